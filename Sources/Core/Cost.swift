/// What a call cost, and how sure that is.
public struct Cost: Equatable, Sendable {
  /// `exact`: the provider's charge, or a price on the counts it reported; `estimated`: on our own count; `partial`: of an answer
  /// stopped or cut, a lower bound; `unknown`: no price known, never shown as 0; `free`: a local or simulated model.
  public enum Status: String, Sendable { case exact, estimated, partial, unknown, free }

  public var status = Status.unknown
  public var computed: Money?
  public var reported: Money?
  /// Whether `reported` is the charge, or only an estimate of the provider's.
  public var reportedIsCharge = true
  /// Of an answer stopped or cut: what it cost at the least and at the most. `highest` is nil when nobody can say.
  public var lowest: Money?
  public var highest: Money?
  public var price: Price?
  /// Billed, but not for the winner: the answer of a lane that a race rule stopped.
  public var isWasted = false

  public init() {}

  /// The provider's own charge, else the computed figure, else the provider's estimate; nil when unknown. Never a sum of them.
  public var amount: Money? { (reportedIsCharge ? reported : nil) ?? computed ?? reported }

  /// Reported less computed; nil unless there are both.
  public var difference: Money? {
    guard let reported, let computed else { return nil }
    return reported - computed
  }
}

/// What a provider told afterwards about a call.
public struct Settlement: Equatable, Sendable {
  public var charge: Money
  /// Tokens as it bills them; nil where it does not say.
  public var input: Int?
  public var output: Int?

  public init(charge: Money, input: Int?, output: Int?) {
    self.charge = charge
    self.input = input
    self.output = output
  }
}

extension Response {
  /// What it has cost so far: the final figure, or while it runs an estimate with a token a chunk. Nil when no price is known.
  public var costSoFar: Money? {
    if state.isOver { return cost.amount }
    if cost.status == .free || state == .queued { return .zero }
    return cost.price?.amount(input: usage.input, output: timing.chunks)
  }
}

/// Limits on spending in US dollars, from the config; nil for none.
public struct Budget: Equatable, Sendable {
  public var perTurn: Money?
  public var perDay: Money?
  public var perMonth: Money?

  public init() {}

  public var isEmpty: Bool { self == Budget() }
}
