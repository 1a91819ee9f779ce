/// What one event of a provider's stream says, in Furlong's words. A dialect turns bytes into these and nothing else.
public enum Delta: Equatable, Sendable {
  case text(Channel, String)
  /// A piece of a tool's call: id and name come with its first piece, the arguments are added up.
  case toolCall(ToolCallPiece)
  /// Replaces any earlier usage of the same call: counts are cumulative.
  case usage(Usage)
  case model(String)
  case requestID(String)
  case finish(FinishReason)
  case failure(ResponseError)
  /// The stream's own end mark (`[DONE]`, `message_stop`, …): nothing that matters comes after it.
  case terminator

  public var isFailure: Bool { if case .failure = self { true } else { false } }
}

public struct ToolCallPiece: Equatable, Sendable {
  /// Tells the calls of one answer apart, in their order.
  public var index: Int
  public var id: String?
  public var name: String?
  public var arguments: String

  public init(index: Int, id: String? = nil, name: String? = nil, arguments: String = "") {
    self.index = index
    self.id = id
    self.name = name
    self.arguments = arguments
  }
}

/// Where text belongs. Reasoning is never counted as the answer.
public enum Channel: Int, Sendable { case answer, reasoning }

public enum FinishReason: String, Sendable {
  case stop, length, toolCalls = "tool_calls", refusal, other
}

/// Token counts of one call, normalised: `input` is everything read, cached parts included; `output` is everything written,
/// reasoning included. How each provider counts is its dialect's and its service row's matter.
public struct Usage: Equatable, Sendable {
  public enum Source: String, Sendable { case reported, estimated }

  public var input = 0
  public var cacheRead = 0
  public var cacheWrite = 0
  public var output = 0
  public var reasoning = 0
  /// Parts of the totals above by class (cache writes by lifetime, sound, pictures), and units of tools.
  public var parts: [TokenClass: Int] = [:]
  /// What the answer says that a price may depend on, by the price records' own names: `service_tier`, `speed`, `inference_geo`.
  public var variant: [String: String] = [:]
  public var source = Source.reported
  /// What the provider itself says this call cost.
  public var reportedCost: Money?
  /// Whether `reportedCost` is the charge, or only an estimate of the provider's.
  public var reportedCostIsCharge = true
  /// False while the output count is a placeholder or still growing: a stream that ends now has to be estimated.
  public var isOutputFinal = true
  /// The provider's usage object as it came, so that a cost can be computed again later.
  public var raw: String?
  /// The server's own timings, as they came (llama.cpp's `timings`, Cerebras' `time_info`).
  public var rawTimings: String?

  public init() {}

  /// A stand-in from text length (4 bytes a token) for streams that report nothing.
  public static func estimated(inputBytes: Int, outputBytes: Int, reasoningBytes: Int) -> Usage {
    var usage = Usage()
    usage.input = (inputBytes + 3) / 4
    usage.reasoning = (reasoningBytes + 3) / 4
    usage.output = (outputBytes + 3) / 4 + usage.reasoning
    usage.source = .estimated
    return usage
  }
}

extension Usage {
  /// `parts` and `variant`, as they are stored; nil when there is nothing to say.
  public var details: JSON? {
    if parts.isEmpty, variant.isEmpty { return nil }
    var document: JSON = [:]
    for kind in TokenClass.allCases { document[kind.rawValue] = parts[kind].map { .int($0) } }
    for (name, value) in variant.sorted(by: { $0.key < $1.key }) { document[name] = .string(value) }
    return document
  }

  /// Takes what `details` wrote.
  public mutating func readDetails(_ view: JSONView) {
    for (name, value) in view.members {
      if let kind = TokenClass(rawValue: name), let count = value.count {
        parts[kind] = count
      } else if let text = value.string {
        variant[name] = text
      }
    }
  }

  /// Notes a part of the totals, when there is some.
  public mutating func note(_ kind: TokenClass, _ count: Int?) {
    if let count, count > 0 { parts[kind, default: 0] += count }
  }

  /// Notes what a price may depend on. Tiers that are everybody's are left out.
  public mutating func note(_ name: String, _ value: String?) {
    guard let value, !["", "standard", "default", "auto", "on_demand", "not_available", "global"].contains(value)
    else { return }
    variant[name] = String(value.prefix(64))
  }
}
