import Core
import Foundation
import Providers

/// LiteLLM's names of providers as providers here: built-in ones where there is one, else rows for the config. A provider with
/// two keys becomes two. Keys in plain text are compared and go nowhere.
struct LiteLLMProviders {
  /// A row of the config's `providers`.
  struct Row: Equatable {
    var id: String
    var dialect: String
    var baseURL: String
    var keyVariable: String?
    var prices: String?
    var isLocal = false
  }

  enum Key: Hashable {
    case none
    case variable(String)
    case plain(String)
  }

  private(set) var rows: [Row] = []
  /// Providers that somebody uses with their usual key: their names are not for those with another one.
  private var usual: Set<String> = []
  private var ids: [Identity: String] = [:]
  private let services: [Service]

  private struct Identity: Hashable {
    var service: String
    var baseURL: String
    var key: Key
  }

  /// LiteLLM's prefix, and the built-in provider.
  private static let builtIn = [
    "openai": "openai", "anthropic": "anthropic", "gemini": "google", "groq": "groq", "cerebras": "cerebras",
    "deepinfra": "deepinfra", "mistral": "mistral", "xai": "xai", "openrouter": "openrouter", "ollama": "ollama",
    "ollama_chat": "ollama", "lm_studio": "lmstudio", "hosted_vllm": "vllm", "litellm_proxy": "litellm",
    "custom_openai": "openai", "openai_like": "openai",
  ]

  /// Others that speak OpenAI's dialect; an empty address must be in the file.
  private static let compatible: [String: (url: String, variable: String, prices: String?)] = [
    "azure": ("", "AZURE_API_KEY", "azure"),
    "deepseek": ("https://api.deepseek.com/v1", "DEEPSEEK_API_KEY", "deepseek"),
    "together_ai": ("https://api.together.xyz/v1", "TOGETHERAI_API_KEY", "together"),
    "fireworks_ai": ("https://api.fireworks.ai/inference/v1", "FIREWORKS_AI_API_KEY", "fireworks"),
    "perplexity": ("https://api.perplexity.ai", "PERPLEXITYAI_API_KEY", "perplexity"),
    "moonshot": ("https://api.moonshot.ai/v1", "MOONSHOT_API_KEY", "moonshotai"),
    "nvidia_nim": ("https://integrate.api.nvidia.com/v1", "NVIDIA_NIM_API_KEY", nil),
    "sambanova": ("https://api.sambanova.ai/v1", "SAMBANOVA_API_KEY", nil),
  ]

  init(services: [Service] = Catalog.services) { self.services = services }

  /// `openai/gpt-4o` as its prefix and the rest; without a prefix by who makes such models. Nil for a provider that has none here.
  func split(_ model: String, provider: String?) -> (prefix: String, model: String)? {
    if let provider { return isKnown(provider) ? (provider, model) : nil }
    if let slash = model.firstIndex(of: "/") {
      let prefix = String(model[..<slash])
      let rest = String(model[model.index(after: slash)...])
      return isKnown(prefix) && !rest.isEmpty ? (prefix, rest) : nil
    }
    let found = ForeignModels(services: services, origin: "openai").model(model)
    let prefix = Self.builtIn.first {
      $0.value == found.provider && $0.key != "openai_like" && $0.key != "custom_openai"
    }
    return prefix.map { ($0.key, found.model) }
  }

  private func isKnown(_ prefix: String) -> Bool { Self.builtIn[prefix] != nil || Self.compatible[prefix] != nil }

  /// Tells in advance that somebody uses a provider as it is.
  mutating func reserve(_ prefix: String, key: Key) {
    guard let template = template(prefix) else { return }
    if case .variable(let name) = key, !template.keyVariables.contains(name) { return }
    if case .plain = key { return }
    usual.insert(template.id)
  }

  /// The provider's id here, and what a person should know of it. Adds a row where the built-in one does not do.
  /// - Returns: nil when the file does not say where it is.
  mutating func provider(_ prefix: String, base: String?, key: Key) -> (id: String, note: String?)? {
    guard let template = template(prefix) else { return nil }
    let address = base.map { Self.address($0, prefix, template) } ?? template.baseURL
    guard URLPart.fault(inBase: address) == nil else { return nil }
    let isOwn = address == template.baseURL
    let isHere = Self.isThisMachine(address)
    var key = key
    if case .variable(let name) = key, isOwn, template.keyVariables.contains(name) { key = .none }
    var note: String?
    if case .plain = key, isHere {
      key = .none
      note = "left out, since a server on this machine seldom wants one; else give its provider a key_env"
    }
    let identity = Identity(service: template.id, baseURL: address, key: key)
    let isNew = ids[identity] == nil
    let isUsual = isOwn && key == .none
    let id =
      ids[identity] ?? (isUsual ? template.id : freeID(isOwn ? template.id : Self.name(of: address), isOwn: isOwn))
    ids[identity] = id
    let variable: String?
    switch key {
    case .variable(let name): variable = name
    case .plain:
      variable =
        id == template.id ? template.keyVariables.first : id.uppercased().replacing("-", with: "_") + "_API_KEY"
      note = "a key in plain text: put it into the environment variable \(variable ?? "")"
    case .none: variable = isOwn && id != template.id || !isBuiltIn(template.id) ? template.keyVariables.first : nil
    }
    let needsRow =
      id != template.id || !isBuiltIn(template.id) || variable.map { !template.keyVariables.contains($0) } ?? false
    if isNew, needsRow {
      rows.append(
        Row(
          id: id, dialect: template.dialect, baseURL: address, keyVariable: variable,
          prices: isOwn || prefix == "azure" ? template.priceList : nil, isLocal: isHere))
    }
    return (id, note)
  }

  private func isBuiltIn(_ id: String) -> Bool { services.contains { $0.id == id } }

  private func template(_ prefix: String) -> Service? {
    if let id = Self.builtIn[prefix] { return services.first { $0.id == id } }
    guard let row = Self.compatible[prefix] else { return nil }
    return Service(prefix.replacing("_", with: "-"), dialect: OpenAIChatDialect.name, baseURL: row.url) {
      $0.keyVariables = [row.variable]
      $0.priceList = row.prices
    }
  }

  private func freeID(_ wanted: String, isOwn: Bool) -> String {
    // The address of another server must not take the place of a built-in provider.
    let taken = Set(ids.values).union(isOwn ? Array(usual) : services.map(\.id))
    var (id, number) = (wanted, 1)
    while taken.contains(id) {
      number += 1
      id = "\(wanted)-\(number)"
    }
    return id
  }

  /// Where our dialects begin: LiteLLM adds some paths that we expect, and takes some that we add.
  private static func address(_ base: String, _ prefix: String, _ template: Service) -> String {
    var url = base
    for ending in ["/", "/chat/completions", "/v1/messages"] where url.hasSuffix(ending) {
      url.removeLast(ending.count)
    }
    if prefix == "azure", !url.contains("/openai") { url += "/openai/v1" }
    if template.id == "ollama", !url.hasSuffix("/v1") { url += "/v1" }
    return url
  }

  private static func host(_ url: String) -> Substring {
    let rest = url.split(separator: "/", maxSplits: 2).dropFirst().first ?? ""
    return rest.split(separator: "/").first ?? ""
  }

  private static func isThisMachine(_ url: String) -> Bool {
    Authority(ofURL: url).map { $0.isLoopback || $0.isUnspecified } ?? false
  }

  /// `http://vllm.lan:8000/v1` as `vllm-lan-8000`.
  private static func name(of url: String) -> String {
    let words = host(url).split { !$0.isLetter && !$0.isNumber || !$0.isASCII }
    return words.isEmpty ? "server" : words.joined(separator: "-").lowercased()
  }
}
