import Core
import Foundation
import Providers
import Yams

/// A config of LiteLLM's proxy, as a config of ours with a list of what it has no place for. Values that could be keys are never
/// repeated.
struct LiteLLMConfig {
  /// One entry of `model_list`.
  struct Deployment {
    var place: String
    var group: String
    var lane: Lane
    var weight: Double?
    var requests: Double?
    var tokens: Double?
    var order: Int?
    var id: String?
  }

  private(set) var deployments: [Deployment] = []
  private(set) var providers = LiteLLMProviders()
  /// US dollars for a million tokens, by model.
  private(set) var prices: [(model: String, rates: [(kind: TokenClass, dollars: String)])] = []
  var routes: [(name: String, route: Route)] = []
  /// What has no counterpart, or another meaning, by its path in the file.
  private(set) var notes: [String] = []

  private let environment: [String: String]

  /// - Throws: a sentence when it is no such file.
  init(yaml: String, environment: [String: String] = [:]) throws(CommandError) {
    self.environment = environment
    let root: Node?
    do { root = try Yams.compose(yaml: yaml) } catch { throw CommandError("this is not valid YAML") }
    guard let root = root?.mapping, let list = root["model_list"]?.sequence else {
      throw CommandError("this is no config of LiteLLM's proxy: it has no model_list")
    }
    for parameters in list.compactMap({ $0.mapping?["litellm_params"]?.mapping }) {
      guard parameters["api_base"] == nil, parameters["base_url"] == nil, let model = parameters["model"]?.string,
        let found = providers.split(model, provider: parameters["custom_llm_provider"]?.string)
      else { continue }
      providers.reserve(found.prefix, key: Self.key(parameters))
    }
    for (index, entry) in list.enumerated() { read(entry, "model_list[\(index)]") }
    var routing = LiteLLMRouting()
    for (name, section) in root.compactMap({ key, value in key.string.map { ($0, value) } }) where name != "model_list"
    {
      guard let members = section.mapping else {
        note(name, LiteLLMHints.sentence(for: name))
        continue
      }
      for (key, value) in members {
        let key = key.string ?? "?"
        let isTaken = ["router_settings", "litellm_settings"].contains(name) && routing.read(key, value)
        if !isTaken {
          note("\(name).\(key)", LiteLLMHints.sentence(for: name == "environment_variables" ? name : key))
        }
      }
    }
    routing.write(into: &self)
  }

  mutating func note(_ path: String, _ sentence: String) { notes.append("\(path): \(sentence)") }

  // MARK: - Deployments

  private mutating func read(_ entry: Node, _ place: String) {
    guard let entry = entry.mapping, let group = entry["model_name"]?.string,
      let parameters = entry["litellm_params"]?.mapping, let model = parameters["model"]?.string
    else { return note(place, "has no model_name or no litellm_params.model") }
    let mode = entry["model_info"]?.mapping?["mode"]?.string
    if let mode, !["chat", "completion", "responses"].contains(mode) {
      return note("\(place) (\(group))", "models for \(mode) have no counterpart")
    }
    if model.contains("*") || group.contains("*") {
      return note("\(place) (\(group))", "needs no route: ask the gateway for provider/model")
    }
    guard let found = providers.split(model, provider: parameters["custom_llm_provider"]?.string) else {
      return note("\(place).litellm_params.model", "Furlong has no provider for ‘\(VisibleText.line(model))’")
    }
    guard let id = provider(found.prefix, parameters, place) else { return }
    var deployment = Deployment(
      place: place, group: group, lane: Lane(model: ModelID(provider: id, model: found.model)))
    for (key, value) in parameters {
      take(key.string ?? "?", value, into: &deployment, "\(place).litellm_params")
    }
    for (key, value) in entry where !["model_name", "litellm_params", "model_info"].contains(key.string ?? "") {
      take(key.string ?? "?", value, into: &deployment, place)
    }
    for (key, value) in entry["model_info"]?.mapping ?? [:] where key.string != "mode" {
      take(key.string ?? "?", value, into: &deployment, "\(place).model_info")
    }
    readPrices([parameters, entry["model_info"]?.mapping].compactMap { $0 }, of: deployment.lane.model)
    deployments.append(deployment)
  }

  private mutating func provider(_ prefix: String, _ parameters: Node.Mapping, _ place: String) -> String? {
    let path = "\(place).litellm_params"
    var base: String?
    for name in ["api_base", "base_url"] {
      guard let text = parameters[name]?.string else { continue }
      guard let variable = Self.variable(text) else {
        base = withoutUserInfo(text)
        if base != text { note("\(path).\(name)", "the name and password in it are left out") }
        continue
      }
      base = environment[variable]
      if base == nil {
        note(
          "\(path).\(name)",
          "is in the environment variable \(variable), which is not set here: set it and import again")
        return nil
      }
    }
    let text = parameters["api_key"]?.string
    let key: LiteLLMProviders.Key =
      text.map { text in
        Self.variable(text).map { .variable($0) } ?? .plain(text)
      } ?? .none
    guard let (id, sentence) = providers.provider(prefix, base: base, key: key) else {
      note(
        "\(path).api_base",
        "is needed to say where \(prefix) is, and must begin with http:// or https:// and end before any ? or #")
      return nil
    }
    if let sentence { note("\(path).api_key", sentence) }
    return id
  }

  private static func key(_ parameters: Node.Mapping) -> LiteLLMProviders.Key {
    guard let text = parameters["api_key"]?.string else { return .none }
    return variable(text).map { .variable($0) } ?? .plain(text)
  }

  /// `os.environ/NAME`.
  private static func variable(_ text: String) -> String? {
    guard text.hasPrefix("os.environ/") else { return nil }
    let name = text.dropFirst("os.environ/".count)
    return name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") } ? String(name) : nil
  }

  private static let read = [
    "model", "api_key", "api_base", "base_url", "custom_llm_provider", "input_cost_per_token", "output_cost_per_token",
    "cache_read_input_token_cost", "cache_creation_input_token_cost",
  ]

  private static let parameters: [String: Parameters.Name] = [
    "temperature": .temperature, "top_p": .topP, "max_tokens": .maxTokens, "max_completion_tokens": .maxTokens,
    "seed": .seed, "stop": .stop, "reasoning_effort": .effort,
  ]

  private mutating func take(_ key: String, _ value: Node, into deployment: inout Deployment, _ path: String) {
    let isInfo = path.hasSuffix("model_info")
    switch key {
    case "weight" where !isInfo: deployment.weight = value.number(in: -1e15...1e15)
    case "rpm" where !isInfo: deployment.requests = value.number(in: -1e15...1e15)
    case "tpm" where !isInfo: deployment.tokens = value.number(in: -1e15...1e15)
    case "order" where !isInfo: deployment.order = value.whole(in: .min ... .max)
    case "id" where isInfo: deployment.id = value.scalar?.string
    case let key where Self.read.contains(key): break
    case let key where !isInfo && Self.parameters[key] != nil:
      let texts = value.sequence.map { $0.compactMap(\.scalar?.string) } ?? [value.scalar?.string ?? ""]
      for text in texts {
        guard let name = Self.parameters[key], !text.contains(","),
          (try? deployment.lane.parameters.set(name.rawValue, to: text)) != nil
        else {
          note("\(path).\(key)", "cannot stand in a lane as it is")
          continue
        }
      }
    default: note("\(path).\(key)", LiteLLMHints.sentence(for: key))
    }
  }

  private mutating func readPrices(_ mappings: [Node.Mapping], of model: ModelID) {
    let names: [(String, TokenClass)] = [
      ("input_cost_per_token", .input), ("output_cost_per_token", .output),
      ("cache_read_input_token_cost", .cacheRead), ("cache_creation_input_token_cost", .cacheWrite),
    ]
    let rates = names.compactMap { name, kind -> (TokenClass, String)? in
      guard let text = mappings.lazy.compactMap({ $0[name]?.scalar?.string }).first else { return nil }
      if let one = Money(decimal: text), one >= .zero {
        let (million, isTooMuch) = one.picoDollars.multipliedReportingOverflow(by: 1_000_000)
        if !isTooMuch { return (kind, Money(picoDollars: million).decimalText) }
      }
      note("\(model.text).\(name)", "is no price that a token can have: left out")
      return nil
    }
    guard !rates.isEmpty else { return }
    if providers.rows.contains(where: { $0.id == model.provider && $0.isLocal }) {
      return note(model.text, "its prices are left out: what runs on this machine is free here")
    }
    guard !prices.contains(where: { $0.model == model.text }) else { return }
    prices.append((model.text, rates))
  }

  // MARK: - Writing

  /// A config of ours.
  var yaml: String {
    var lines: [String] = []
    func section(_ name: String, _ entries: [String]) {
      if !entries.isEmpty { lines += ["\(name):"] + entries.map { "  " + $0 } }
    }
    section("providers", providers.rows.map(Self.text))
    section(
      "prices",
      prices.map { model, rates in
        "\(yamlText(model)): {" + rates.map { "\($0.kind.rawValue): \($0.dollars)" }.joined(separator: ", ") + "}"
      })
    section("routes", routes.map { "\(yamlText($0.name)): \($0.route.text)" })
    return lines.map { $0 + "\n" }.joined()
  }

  private static func text(_ row: LiteLLMProviders.Row) -> String {
    var members = ["dialect: \(yamlText(row.dialect))", "base_url: \(yamlText(row.baseURL))"]
    if let variable = row.keyVariable { members.append("key_env: \(yamlText(variable))") }
    if let prices = row.prices { members.append("prices: \(yamlText(prices))") }
    if row.isLocal { members.append("local: true") }
    return "\(yamlText(row.id)): {\(members.joined(separator: ", "))}"
  }
}
