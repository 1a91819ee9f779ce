import Core
import Engine
import Foundation
import Gateway
import Providers
import Yams

/// The person's config file, read and checked. Everything in it is optional.
struct Config {
  var services = Catalog.services
  /// How to get a service's key, where the config says; by service id.
  var keySources: [String: KeySource] = [:]
  var lineups: [String: [Lane]] = [:]
  var limits = Engine.Limits()
  var theme: String?
  /// Who judges when nobody is named.
  var judges: [Lane] = []
  var budget = Budget()
  var prices: [PriceBook.Override] = []
  /// What a client of the gateway may ask for besides models, by name.
  var routes: [String: Route] = [:]
  /// `reduced` moves nothing that need not move.
  var motion: Motion?
  var composer: ComposerStyle?
  var usesMouse = true
  var gateway = Gateway.Settings()
  /// Key names by action name.
  var keys: [String: String] = [:]

  enum Motion: String, CaseIterable { case full, reduced }
  enum ComposerStyle: String, CaseIterable { case emacs, vi }

  enum KeySource: Equatable {
    case command(String)
    case file(String)
  }

  /// What is wrong with the file, by line, each a whole sentence.
  struct Faults: Error {
    let path: String
    let lines: [String]

    var commandError: CommandError { CommandError(message) }
    var message: String { "the config \(path) has a fault:\n  " + lines.joined(separator: "\n  ") }
  }

  init() {}

  /// A missing file is an empty config.
  /// - Throws: `Faults` naming every fault with its line.
  init(path: String) throws(Faults) {
    self.init()
    guard FileManager.default.fileExists(atPath: path) else { return }
    guard let data = FileManager.default.contents(atPath: path), let text = String(data: data, encoding: .utf8) else {
      throw Faults(path: path, lines: ["it cannot be read: check its permissions and that it is UTF-8"])
    }
    try read(yaml: text, path: path)
  }

  mutating func read(yaml: String, path: String) throws(Faults) {
    let root: Node?
    do {
      root = try Yams.compose(yaml: yaml)
    } catch {
      throw Faults(path: path, lines: [Config.sentence(for: "\(error)")])
    }
    guard let root else { return }
    var reader = ConfigReader()
    reader.read(root, into: &self)
    if !reader.faults.isEmpty { throw Faults(path: path, lines: reader.faults) }
  }
}

extension Config {
  /// Yams writes `LINE:COLUMN: error: PART: WORDS` and an excerpt.
  fileprivate static func sentence(for yamlError: String) -> String {
    let first = yamlError.split(separator: "\n").first.map(String.init) ?? ""
    let line = first.split(separator: ":").first.flatMap { Int($0) }.map { "line \($0): " } ?? ""
    let words = first.components(separatedBy: "error: ").last ?? first
    return "\(line)this is not valid YAML (\(words))"
  }
}

/// Walks the YAML tree; collects every fault instead of stopping at the first.
struct ConfigReader {
  var faults: [String] = []
  /// Lanes that name providers which may stand further down.
  private var named: [(node: Node, lane: Lane)] = []

  private static let topKeys = [
    "providers", "lineups", "judge", "budget", "timeouts", "theme", "keys", "motion", "composer", "mouse",
    "prices", "routes", "gateway",
  ]
  private static let providerKeys = [
    "dialect", "base_url", "key_env", "key_command", "key_file", "headers", "prices", "models", "local", "max_tokens",
  ]

  mutating func read(_ root: Node, into config: inout Config) {
    var routes: Node?
    for (name, value) in members(root, "the file", known: Self.topKeys) {
      switch name {
      case "routes": routes = value
      case "gateway": readGateway(value, into: &config)
      case "providers":
        for (id, entry) in members(value, name) { readProvider(id, entry, into: &config) }
      case "lineups":
        for (lineup, list) in members(value, name) { config.lineups[lineup] = lanes(list) }
      case "timeouts":
        for (limit, node) in members(value, name, known: ["connect", "first_token", "silence"]) {
          guard let seconds = node.number(in: 0...86_400), seconds > 0 else {
            fault(node, "\(limit) must be a number of seconds, above 0 and up to 86400 (a day)")
            continue
          }
          let nanoseconds = Int64(saturating: seconds * 1e9)
          switch limit {
          case "connect": config.limits.connect = nanoseconds
          case "first_token": config.limits.firstToken = nanoseconds
          default: config.limits.silence = nanoseconds
          }
        }
      case "theme": config.theme = text(value, name)
      case "keys":
        for (action, key) in members(value, name) {
          config.keys[action] = key.sequence.map { $0.compactMap(\.string).joined(separator: " ") } ?? text(key, action)
        }
      case "judge":
        for (_, node) in members(value, name, known: ["model"]) {
          for one in node.sequence.map(Array.init) ?? [node] {
            do throws(InvalidLane) {
              let lane = try Lane(parsing: one.string ?? "")
              config.judges.append(lane)
              named.append((one, lane))
            } catch {
              fault(one, error.message)
            }
          }
        }
      case "budget":
        for (limit, node) in members(value, name, known: ["per_turn", "per_day", "per_month", "allow_unpriced"]) {
          if limit == "allow_unpriced" {
            if let allows = node.bool {
              config.budget.allowsUnpriced = allows
            } else {
              fault(node, "allow_unpriced must be true or false")
            }
            continue
          }
          guard let amount = node.scalar.flatMap({ Money(decimal: $0.string) }), amount >= .zero else {
            fault(node, "\(limit) must be an amount of US dollars, such as 0.50")
            continue
          }
          switch limit {
          case "per_turn": config.budget.perTurn = amount
          case "per_day": config.budget.perDay = amount
          default: config.budget.perMonth = amount
          }
        }
      case "prices":
        for (model, rates) in members(value, name) { readPrice(model, rates, into: &config) }
      case "motion": config.motion = choice(value, name)
      case "composer": config.composer = choice(value, name)
      case "mouse":
        if let isOn = value.bool { config.usesMouse = isOn } else { fault(value, "mouse must be true or false") }
      default: break
      }
    }
    for (node, lane) in named {
      let service = config.services.first { $0.id == lane.model.provider }
      if let wrong = service?.fault(inModel: lane.model.model) { fault(node, wrong) }
    }
    // They name providers, which may stand further down.
    guard let routes else { return }
    readRoutes(routes, into: &config)
    for (name, route) in config.routes {
      for lane in route.lanes {
        let service = config.services.first { $0.id == lane.model.provider }
        if let wrong = service?.fault(inModel: lane.model.model) { fault(routes, "route \(name): \(wrong)") }
      }
    }
  }

  /// `{store: metadata, max_in_flight: 256, max_body_mb: 8, keep_alive: 15, patience: 30, grace: 10}`; times in seconds.
  private mutating func readGateway(_ node: Node, into config: inout Config) {
    let names = ["store", "leave_out", "max_in_flight", "max_body_mb", "keep_alive", "patience", "grace"]
    for (name, value) in members(node, "gateway", known: names) {
      if name == "store" {
        config.gateway.keeping = choice(value, "store") ?? .full
        continue
      }
      if name == "leave_out" {
        let fields = value.sequence?.compactMap(\.string) ?? []
        if fields.isEmpty { fault(value, "leave_out must be a list of fields, such as [context_management]") }
        config.gateway.leavesOut = Set(fields)
        continue
      }
      guard let number = value.whole(in: 1...86_400) else {
        fault(value, "\(name) must be a whole number from 1 to 86400")
        continue
      }
      switch name {
      case "max_in_flight": config.gateway.mostInFlight = number
      case "max_body_mb": config.gateway.longestBody = min(number, 1024) << 20
      case "keep_alive": config.gateway.keepAlive = Int64(number) * 1_000_000_000
      case "patience": config.gateway.patience = Int64(number) * 1_000_000_000
      default: config.gateway.grace = number
      }
    }
  }

  /// `openai/gpt-5.6: {input: 3.5, output: 18}`, US dollars per million tokens; `mybox/*` for all of a provider.
  private mutating func readPrice(_ name: String, _ rates: Node, into config: inout Config) {
    guard let model = ModelID(name) else {
      return fault(rates, "‘\(name)’ is no model: prices are named provider/model, or provider/* for all of one")
    }
    var override = PriceBook.Override(provider: model.provider, model: model.model, rates: [:])
    for (kind, node) in members(rates, name, known: TokenClass.allCases.map(\.rawValue)) {
      guard let kind = TokenClass(rawValue: kind), let dollars = node.scalar?.string,
        let amount = Money(decimal: dollars),
        amount >= .zero
      else {
        fault(node, "\(kind) must be US dollars per million tokens, such as 2.50")
        continue
      }
      override.rates[kind] = amount.decimalText
    }
    config.prices.append(override)
  }

  private mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ node: Node, _ name: String
  ) -> Choice? {
    if let choice = node.string.flatMap(Choice.init) { return choice }
    fault(node, "\(name) must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
    return nil
  }

  private mutating func readProvider(_ id: String, _ entry: Node, into config: inout Config) {
    let index: Int
    if let known = config.services.firstIndex(where: { $0.id == id }) {
      index = known
    } else {
      var service = Service(id, dialect: OpenAIChatDialect.name, baseURL: "")
      service.needsKey = false
      config.services.append(service)
      index = config.services.count - 1
    }
    for (name, value) in members(entry, "provider \(id)", known: Self.providerKeys) {
      switch name {
      case "dialect":
        let dialect = text(value, name) ?? ""
        guard Dialects.names.contains(dialect) else {
          let hint = nearest(to: dialect, in: Dialects.names).map { "did you mean \($0)? " } ?? ""
          fault(value, "no dialect ‘\(dialect)’: \(hint)there are \(Dialects.names.joined(separator: ", "))")
          continue
        }
        config.services[index].dialect = dialect
      case "base_url":
        var url = text(value, name) ?? ""
        while url.hasSuffix("/") { url.removeLast() }
        if let wrong = URLPart.fault(inBase: url) { fault(value, "base_url \(wrong)") }
        config.services[index].baseURL = url
        config.services[index].modelURLs = [:]
      case "key_env":
        config.services[index].keyVariables = [text(value, name) ?? ""]
        config.services[index].needsKey = true
      case "key_command": config.keySources[id] = .command(text(value, name) ?? "")
      case "key_file": config.keySources[id] = .file(text(value, name) ?? "")
      case "headers":
        for (header, content) in members(value, "headers") {
          let content = text(content, header) ?? ""
          if (header + content).contains(where: \.isNewline) { fault(value, "a header cannot hold a line break") }
          config.services[index].headers.append(.init(header, content))
        }
      case "prices": config.services[index].priceList = text(value, name)
      case "local": config.services[index].isLocal = value.bool ?? false
      case "models": config.services[index].defaultModel = value.sequence?.first?.string ?? value.string
      case "max_tokens":
        guard let number = value.whole(in: 1...Bounds.tokens.upperBound) else {
          fault(value, "max_tokens must be a whole number from 1 to \(Bounds.tokens.upperBound)")
          continue
        }
        config.services[index].defaultMaxTokens = number
      default: break
      }
    }
    if config.services[index].baseURL.isEmpty, config.services[index].dialect != ScriptedDialect.name {
      fault(entry, "provider \(id) needs a base_url")
    }
  }

  private mutating func lanes(_ list: Node) -> [Lane] {
    var result: [Lane] = []
    for node in list.sequence.map(Array.init) ?? [] {
      do throws(InvalidLane) {
        let lane = try Lane(parsing: node.string ?? "")
        result.append(lane)
        named.append((node, lane))
      } catch {
        fault(node, error.message)
      }
    }
    if list.sequence?.isEmpty ?? true {
      fault(list, "a lineup is a list of models, such as [openai/gpt-5.6, local/smollm2-135m]")
    }
    return result
  }

  mutating func text(_ node: Node, _ name: String) -> String? {
    if let text = node.string { return text }
    fault(node, "\(name) must be a text")
    return nil
  }

  /// The members of a mapping; with `known`, others are faults that name the nearest valid key.
  mutating func members(_ node: Node, _ place: String, known: [String]? = nil) -> [(String, Node)] {
    guard let mapping = node.mapping else {
      if node.null == nil { fault(node, "\(place) must be a mapping of names to values") }
      return []
    }
    return mapping.compactMap { key, value in
      let name = key.string ?? ""
      if let known, !known.contains(name) {
        let hint =
          nearest(to: name, in: known).map { "; did you mean ‘\($0)’?" } ?? "; known: \(known.joined(separator: ", "))"
        fault(key, "unknown key ‘\(name)’ in \(place)\(hint)")
        return nil
      }
      return (name, value)
    }
  }

  mutating func fault(_ node: Node, _ message: String) {
    faults.append("line \(node.mark?.line ?? 0): \(message)")
  }
}
