/// Limits on spending in US dollars, from the config; nil for none.
public struct Budget: Equatable, Sendable {
  public var perTurn: Money?
  public var perDay: Money?
  public var perMonth: Money?
  /// Models whose price nobody knows may be asked all the same; what they cost is not counted.
  public var allowsUnpriced = false

  public init() {}

  /// No limit at all.
  public var isEmpty: Bool { perTurn == nil && perDay == nil && perMonth == nil }
}

/// What one request may cost, reckoned before it is sent.
public struct Exposure: Equatable, Sendable {
  public var model: ModelID
  /// Reading the input alone.
  public var least = Money.zero
  /// With an answer as long as this model's have been, as far as any is known.
  public var probable = Money.zero
  /// With a long answer, or one of the cap where that is lower: what is held for it until more is needed.
  public var usual = Money.zero
  /// All that the request's own fields allow.
  public var most = Money.zero
  /// Nobody knows its price.
  public var isUnpriced = false
  /// A field whose cost nobody can reckon, as a sentence: refused where a strict limit holds.
  public var fault: String?
  /// The request has no cap on its output.
  public var isUncapped = false

  public init(model: ModelID) { self.model = model }
}

extension Sequence<Exposure> {
  /// Of requests that run together.
  public var sum: (least: Money, usual: Money, most: Money) {
    reduce((.zero, .zero, .zero)) { ($0.0 + $1.least, $0.1 + $1.usual, $0.2 + $1.most) }
  }

  /// Of requests of which one runs at a time.
  public var dearest: (least: Money, usual: Money, most: Money) {
    reduce((.zero, .zero, .zero)) { (Swift.max($0.0, $1.least), Swift.max($0.1, $1.usual), Swift.max($0.2, $1.most)) }
  }
}
