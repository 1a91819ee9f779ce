/// What a call cost, and how sure that is.
public struct Cost: Equatable, Sendable {
  /// `exact`: the provider's charge, or a price on the counts it reported; `estimated`: on our own count; `partial`: of an answer
  /// stopped or cut, a lower bound; `unknown`: no price known, never shown as 0; `free`: a local or simulated model.
  public enum Status: String, Sendable, CaseIterable { case exact, estimated, partial, unknown, free }

  public var status = Status.unknown
  public var computed: Money?
  public var reported: Money?
  /// Whether `reported` is the charge, or only an estimate of the provider's.
  public var reportedIsCharge = true
  /// Of an answer stopped or cut: what it cost at the least and at the most. `highest` is nil when nobody can say.
  public var lowest: Money?
  public var highest: Money?
  public var price: Price?
  /// Why it is not exact, each a few words: `no price for web searches`.
  public var reasons: [String] = []
  /// Billed, but not for the winner: the answer of a lane that a race rule stopped.
  public var isWasted = false

  public init() {}

  /// The provider's own charge, else the computed figure, else the provider's estimate; nil when unknown. Never a sum of them.
  public var amount: Money? { (reportedIsCharge ? reported : nil) ?? computed ?? reported }

  /// The bounds of what it really cost: one figure where that is certain, nil where nobody can say.
  public var atLeast: Money? { status == .partial ? lowest : amount }
  public var atMost: Money? { status == .partial ? highest : amount }

  /// `reasons`, as they are stored; nil when there are none.
  public var reasonsText: String? { reasons.isEmpty ? nil : JSON.array(reasons.map { .string($0) }).serialized() }

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
  /// What it has cost so far: the final figure, or while it runs an estimate by the running count. Nil when no price is known.
  public var costSoFar: Money? {
    if state.isOver { return cost.amount }
    if cost.status == .free || state == .queued { return .zero }
    return cost.price?.amount(input: usage.input, output: count.tokens)
  }
}

/// What a session has cost, as the ledger has it.
public struct SessionSpending: Equatable, Sendable {
  /// Of the answers that stand.
  public var answers = Money.zero
  /// Of those that were asked for again.
  public var retries = Money.zero
  /// Of judges who have read them, and of what they wrote before.
  public var judging = Money.zero
  /// Some cost of it nobody knows.
  public var hasUnknown = false
  /// Of answers and retries, by turn.
  public var turns: [Int: Money] = [:]
  /// What is in it of the session's own answers.
  public var counted: Set<ResponseKey> = []

  public init() {}

  public var total: Money { answers + retries + judging }
}
