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

  /// What came was none of the protocol's.
  public var isProtocolFault: Bool {
    if case .failure(let error) = self { error.kind == .protocolFault } else { false }
  }
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

  /// Whether it adds neither to the name nor to the arguments.
  public var addsNothing: Bool { arguments.isEmpty && (name ?? "").isEmpty }

  /// Whether it says nothing at all, as some servers do to keep a stream open.
  public var isEmpty: Bool { addsNothing && (id ?? "").isEmpty }
}

/// Where text belongs. Reasoning is never counted as the answer.
public enum Channel: Int, Sendable { case answer, reasoning }

public enum FinishReason: String, Sendable, CaseIterable {
  case stop, length, toolCalls = "tool_calls", refusal, other
}

/// Token counts of one call, normalised: `input` is everything read, cached parts included; `output` is everything written,
/// reasoning included. How each provider counts is its dialect's and its service row's matter.
public struct Usage: Equatable, Sendable {
  public enum Source: String, Sendable, CaseIterable { case reported, estimated }

  @TokensOfCall public var input = 0
  @TokensOfCall public var cacheRead = 0
  @TokensOfCall public var cacheWrite = 0
  @TokensOfCall public var output = 0
  @TokensOfCall public var reasoning = 0
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
  /// What the provider reported that is out of range, as a person reads it: it is left out of the figures above.
  public var leftOut: [String] = []
  /// Whether that is a count, so that the others say too little by themselves.
  public var lacksCounts = false
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
      if let kind = TokenClass(rawValue: name), let count = value.tokens {
        parts[kind] = count
      } else if let text = value.string {
        variant[name] = text
      }
    }
  }

  /// Notes a part of the totals, when there is some.
  public mutating func note(_ kind: TokenClass, _ count: Int?) {
    if let count, count > 0 { parts[kind] = (parts[kind] ?? 0).addingSaturating(count).clamped(to: Bounds.tokens) }
  }

  /// A count of the provider's; nil when it says none, or one out of range, which is noted.
  public mutating func take(_ name: StaticString, of view: JSONView?) -> Int? {
    guard let value = view?[name] else { return nil }
    guard let tokens = value.tokens else {
      // Servers that do not count say so with other words than a number.
      guard value.numberText != nil else { return nil }
      leave(name, value, Bounds.text(Bounds.tokens))
      lacksCounts = true
      return nil
    }
    return tokens
  }

  /// An amount that the provider charges for the call, a number or a text; nil so too.
  /// - Parameter exponent: what the number is to be multiplied by to be dollars, such as `e-10`.
  public mutating func takeDollars(_ name: StaticString, of view: JSONView?, exponent: String = "") -> Money? {
    guard let value = view?[name], let text = value.numberText ?? value.string else { return nil }
    if let amount = Money(decimal: text + exponent), amount.isOfCall { return amount }
    leave(name, value, "from 0 to \(Money(picoDollars: Bounds.callMoney.upperBound).decimalText) dollars")
    return nil
  }

  private mutating func leave(_ name: StaticString, _ value: JSONView, _ range: String) {
    // The same counts come with every chunk of some streams.
    let text = "\(name) \(VisibleText.line(String(value.source.prefix(40)))), which is not \(range)"
    if !leftOut.contains(text), leftOut.count < Self.mostLeftOut { leftOut.append(text) }
  }

  private static let mostLeftOut = 8

  /// Notes what a price may depend on. Tiers that are everybody's are left out.
  public mutating func note(_ name: String, _ value: String?) {
    guard let value, !["", "standard", "default", "auto", "on_demand", "not_available", "global"].contains(value)
    else { return }
    variant[name] = String(value.prefix(64))
  }
}
