import Core

/// A provider as data: where it is, which dialect it speaks, and how it departs from that dialect. One row in `Catalog`
/// or in a person's config; code never asks for a service by name.
public struct Service: Equatable, Sendable {
  public var id: String
  /// A name in `Dialects.all`.
  public var dialect: String
  /// Without a trailing slash; the dialect adds its paths.
  public var baseURL: String
  /// Environment variables that may hold the key, first found wins.
  public var keyVariables: [String] = []
  public var needsKey = true
  public var headers: [Header] = []
  /// The provider id in the price records; nil when no list covers it.
  public var priceList: String?
  /// Runs on this machine: free, and sharing it with the other local lanes.
  public var isLocal = false
  /// Made up by Furlong, without a network.
  public var isSimulated: Bool { dialect == ScriptedDialect.name }
  /// Used when a person names no model; nil asks the server for its list.
  public var defaultModel: String?
  /// Models that live at another base URL than the rest (a local server holds one model each).
  public var modelURLs: [String: String] = [:]
  /// A cap on output for lanes that set none: needed where the wire demands one or a small model may run on.
  public var defaultMaxTokens: Int?
  public var wire = Wire()

  public struct Header: Equatable, Sendable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  public init(_ id: String, dialect: String, baseURL: String, _ configure: (inout Service) -> Void = { _ in }) {
    self.id = id
    self.dialect = dialect
    self.baseURL = baseURL
    configure(&self)
  }

  public func baseURL(for model: String) -> String { modelURLs[model] ?? baseURL }
}

/// How one service departs from its dialect on the wire.
public struct Wire: Equatable, Sendable {
  /// The field that caps output tokens.
  public var tokenCap = "max_tokens"
  /// The field of the seed; nil where the service has none.
  public var seed: String? = "seed"
  public var effort = Effort.field
  /// Asks for a usage chunk at the end of a stream.
  public var streamOptions: JSON? = ["include_usage": true]
  public var cost: CostField?
  /// Whether breaking off a stream stops the billing; nil when nobody says.
  public var disconnectStopsBilling: Bool?
  /// A number of searches a day or month costs nothing, and no answer tells which of them did.
  public var hasFreeSearches = false
  /// Base URLs that bill by a price of their own, and what the price records call those places.
  public var regions: [Region] = []
  /// Below the base URL, what tells the charge of a call afterwards, by its id; nil where there is no such thing.
  public var settlementPath: String?
  public var rules: [ParameterRule] = []
  /// How an answer is held to a JSON Schema.
  public var schema = Schema.strict
  /// The server makes a grammar of a schema: it knows bounds, and small models need them.
  public var boundsSchema = false
  /// A router that must be told to use only upstreams which know every field that was sent.
  public var requiresParameters = false

  public enum Schema: Equatable, Sendable {
    /// The dialect's own field for a schema.
    case strict
    /// `{"type": "json_object"}`: JSON, of whatever shape.
    case object
    /// Asked for in words alone.
    case none
  }

  public struct Region: Equatable, Sendable {
    public var base: String
    public var name: String
  }

  public enum Effort: Equatable, Sendable {
    /// `"reasoning_effort": "low"`
    case field
    /// `"reasoning": {"effort": "low"}`
    case object
  }

  /// Where the service itself reports what the call cost.
  public enum CostField: Equatable, Sendable {
    /// `usage.cost` in dollars, plus the upstream's charge on the person's own key there.
    case dollars
    /// `usage.cost_in_usd_ticks`, 10⁻¹⁰ dollars.
    case ticks
    /// `usage.estimated_cost` in dollars: an estimate, not the charge.
    case estimate
  }
}

/// Which models take a parameter. The first rule naming the parameter decides.
public struct ParameterRule: Equatable, Sendable {
  public var parameters: [Parameters.Name]
  /// Prefixes of model names.
  public var models: [String]
  /// True: only these models take it. False: these models refuse it.
  public var isAccepted: Bool
  /// An effort with which it is taken all the same.
  public var exceptEffort: String?

  public func refuses(model: String, effort: String?) -> Bool {
    let isNamed = models.contains { model.hasPrefix($0) }
    return isNamed != isAccepted && !(exceptEffort != nil && effort == exceptEffort)
  }
}

extension Service {
  /// The parameters this model takes, with a sentence for each that is left out.
  public func accepted(_ parameters: Parameters, model: String) -> (parameters: Parameters, notices: [String]) {
    var kept = parameters
    var notices: [String] = []
    for name in Parameters.Name.allCases {
      guard let rule = wire.rules.first(where: { $0.parameters.contains(name) }) else { continue }
      if rule.refuses(model: model, effort: parameters.effort), kept.remove(name) {
        notices.append(Service.notSent(name, by: model))
      }
    }
    if kept.maxTokens == nil { kept.maxTokens = defaultMaxTokens }
    return (kept, notices)
  }

  public static func notSent(_ name: Parameters.Name, by model: String) -> String {
    "\(name.rawValue) not sent: \(model) does not take it"
  }
}
