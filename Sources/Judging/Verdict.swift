/// A judge's reply on two answers in one order: r1 is the answer that was listed first.
public struct Verdict: Equatable, Sendable {
  public enum Preference: String, CaseIterable, Sendable {
    case r1Much = "r1_much", r1Slight = "r1_slight", tie, r2Slight = "r2_slight", r2Much = "r2_much"
    case cannotJudge = "cannot_judge"

    /// +2 for r1 much better to -2 for r2 much better; nil when it cannot be judged.
    public var steps: Int? {
      switch self {
      case .r1Much: 2
      case .r1Slight: 1
      case .tie: 0
      case .r2Slight: -1
      case .r2Much: -2
      case .cannotJudge: nil
      }
    }

    /// 1 for r1, 0 for r2, graded; nil when it cannot be judged.
    public var value: Double? { steps.map { 0.5 + Double($0) / 4 } }
  }

  public enum TieKind: String, CaseIterable, Sendable { case bothGood = "both_good", bothBad = "both_bad" }

  public enum Answer: String, CaseIterable, Sendable { case yes, partly, no, na }

  /// How the two answers meet one criterion.
  public struct Mark: Equatable, Sendable {
    public var id: String
    public var r1: Answer
    public var r2: Answer

    public init(id: String, r1: Answer, r2: Answer) {
      self.id = id
      self.r1 = r1
      self.r2 = r2
    }
  }

  public enum Place: String, CaseIterable, Sendable { case r1, r2 }

  public enum FaultKind: String, CaseIterable, Sendable {
    case wrong, missing, ignoredInstruction = "ignored_instruction", unsafe, format

    public var words: String { self == .ignoredInstruction ? "instruction ignored" : rawValue }
  }

  public struct Fault: Equatable, Sendable {
    public var place: Place
    public var quote: String
    public var kind: FaultKind

    public init(place: Place, quote: String, kind: FaultKind) {
      self.place = place
      self.quote = quote
      self.kind = kind
    }
  }

  /// The same thing said of both answers.
  public struct Both<Value: Equatable & Sendable>: Equatable, Sendable {
    public var r1: Value
    public var r2: Value

    public init(r1: Value, r2: Value) {
      self.r1 = r1
      self.r2 = r2
    }
  }

  public var criteria: [Mark] = []
  public var errors: [Fault] = []
  public var addressesJudge = Both(r1: false, r2: false)
  /// Plain text by a model: shown, never read.
  public var reason = ""
  public var preference: Preference
  public var tieKind: TieKind?
  /// 0 to 1.
  public var confidence = 0.5
  /// 0 to 10 each.
  public var fit = Both(r1: 0, r2: 0)

  public init(_ preference: Preference) { self.preference = preference }
}

/// Why a reply is no verdict: a sentence, which also goes back to the judge when it is asked once more.
public struct VerdictFault: Error, Equatable, Sendable {
  public enum Kind: String, Sendable { case unparsed, nonce, incoherent }

  public let kind: Kind
  public let message: String

  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }
}

extension Verdict {
  /// What contradicts itself is no verdict. Fits count when they point the other way by two steps or more on the scale of
  /// preferences (a fit of 1 to 3 more is one step, 4 or more are two), criteria when all that differ, two at the least, point
  /// the other way.
  public var contradiction: String? {
    guard let steps = preference.steps else { return nil }
    let difference = fit.r1 - fit.r2
    let fitSteps = difference.signum() * (abs(difference) >= 4 ? 2 : difference == 0 ? 0 : 1)
    if steps * fitSteps < 0 || (steps == 0 && abs(fitSteps) == 2) {
      return "the preference \(preference.rawValue) contradicts the fits \(fit.r1) and \(fit.r2)"
    }
    let leans = criteria.compactMap { mark -> Int? in
      guard let a = mark.r1.rank, let b = mark.r2.rank, a != b else { return nil }
      return (a - b).signum()
    }
    guard steps != 0, leans.count > 1, leans.allSatisfy({ $0 == -steps.signum() }) else { return nil }
    return "the preference \(preference.rawValue) contradicts every criterion that differs"
  }
}

extension Verdict.Answer {
  fileprivate var rank: Int? {
    switch self {
    case .yes: 2
    case .partly: 1
    case .no: 0
    case .na: nil
    }
  }
}
