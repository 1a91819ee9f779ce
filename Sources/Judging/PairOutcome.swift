import Core

/// What one order of a pair came to.
public enum OrderReading: Equatable, Sendable {
  case verdict(Verdict)
  case refused(String)
  case unparsed(String)
  case incoherent(String)
  /// Not asked: it does not fit, or the budget is spent.
  case void(String)
  case failed(String)

  /// Why there is no preference; nil when there is one.
  public var reasonForNone: String? {
    switch self {
    case .verdict(let verdict): verdict.preference == .cannotJudge ? "the judge cannot judge it" : nil
    case .refused: "the judge refused"
    case .unparsed(let message): "the reply could not be read: \(message)"
    case .incoherent(let message): "the reply contradicts itself: \(message)"
    case .void(let message), .failed(let message): message
    }
  }
}

/// What both orders together say of the answers A and B, slots exchanged back.
public struct PairOutcome: Equatable, Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    case win, weakWin = "weak win", tie, orderSplit = "order-split", half, none
  }

  public enum Winner: String, Sendable { case a, b }

  public var kind: Kind
  public var winner: Winner?
  public var tieKind: Verdict.TieKind?
  /// 1 for A, 0 for B, graded, mean over both orders; nil without both.
  public var value: Double?
  /// Why it came out so, in words.
  public var reason = ""
  /// No judge was needed: kept out of what is said about judges.
  public var isMechanical = false
  /// An answer talks to the judge: kept, but not counted until the person says so.
  public var isQuarantined = false
  /// What else a reader should know, each a sentence.
  public var flags: [String] = []
  /// 0 to 10, mean over the orders that have it.
  public var fitA: Double?
  public var fitB: Double?

  public init(kind: Kind, winner: Winner? = nil, reason: String = "") {
    self.kind = kind
    self.winner = winner
    self.reason = reason
  }

  /// What counts in a ranking, seen from A: a win 1, a weak win 0.75, a tie and an order-split 0.5; nil where nothing counts.
  public var rankingValue: Double? {
    guard !isQuarantined else { return nil }
    switch kind {
    case .win: return winner == .a ? 1 : 0
    case .weakWin: return winner == .a ? 0.75 : 0.25
    case .tie, .orderSplit: return 0.5
    case .half, .none: return nil
    }
  }

  /// - Parameters:
  ///   - ab: A was listed first, as r1.
  ///   - ba: B was listed first.
  public static func combine(ab: OrderReading, ba: OrderReading) -> PairOutcome {
    let first = View(ab, isExchanged: false)
    let second = View(ba, isExchanged: true)
    var outcome: PairOutcome
    switch (first?.steps, second?.steps) {
    case (let x?, let y?): outcome = decide(x, y, first, second)
    case (.some, nil), (nil, .some):
      let why = (first?.steps == nil ? ab : ba).reasonForNone ?? ""
      outcome = PairOutcome(kind: .half, reason: "one of two orders has no verdict (\(why))")
      let steps = first?.steps ?? second?.steps ?? 0
      outcome.winner = steps == 0 ? nil : steps > 0 ? .a : .b
    case (nil, nil):
      outcome = PairOutcome(kind: .none, reason: ab.reasonForNone ?? ba.reasonForNone ?? "no verdict")
    }
    outcome.fitA = mean([first?.fitA, second?.fitA])
    outcome.fitB = mean([first?.fitB, second?.fitB])
    return outcome
  }

  private static func decide(_ x: Int, _ y: Int, _ first: View?, _ second: View?) -> PairOutcome {
    var outcome: PairOutcome
    switch (x.signum(), y.signum()) {
    case (0, 0):
      outcome = PairOutcome(kind: .tie, reason: "a tie in both orders")
      if first?.tieKind == second?.tieKind { outcome.tieKind = first?.tieKind }
    case (let a, let b) where a == b:
      outcome = PairOutcome(kind: .win, winner: a > 0 ? .a : .b, reason: "the same winner in both orders")
    case (let a, let b) where a == 0 || b == 0:
      outcome = PairOutcome(
        kind: .weakWin, winner: a + b > 0 ? .a : .b, reason: "a winner in one order, a tie in the other")
    default:
      // The first slot won in both orders, or lost in both.
      outcome = PairOutcome(
        kind: .orderSplit, reason: "the \(x > 0 ? "first" : "second") listed answer was preferred in both orders")
    }
    outcome.value = (2 + Double(x + y) / 2) / 4
    return outcome
  }

  private static func mean(_ values: [Double?]) -> Double? {
    let known = values.compactMap(\.self)
    return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
  }

  /// Stage 0: where no judge is needed. Nil where one is.
  public static func mechanical(a: String, b: String, aFailed: Bool, bFailed: Bool) -> PairOutcome? {
    func isEmpty(_ text: String, _ failed: Bool) -> Bool { failed || text.allSatisfy(\.isWhitespace) }
    var outcome: PairOutcome
    switch (isEmpty(a, aFailed), isEmpty(b, bFailed)) {
    case (true, true): outcome = PairOutcome(kind: .none, reason: "void: neither answered")
    case (true, false): outcome = PairOutcome(kind: .win, winner: .b, reason: "empty: the other gave no answer")
    case (false, true): outcome = PairOutcome(kind: .win, winner: .a, reason: "empty: the other gave no answer")
    case (false, false):
      guard trimmed(a).utf8.elementsEqual(trimmed(b).utf8) else { return nil }
      outcome = PairOutcome(kind: .tie, reason: "the answers are identical")
    }
    outcome.isMechanical = true
    return outcome
  }

  private static func trimmed(_ text: String) -> Substring {
    var text = text[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }

  /// One order with its slots exchanged back.
  private struct View {
    /// +2 for A much better to -2; nil when the judge could not tell.
    var steps: Int?
    var fitA: Double
    var fitB: Double
    var tieKind: Verdict.TieKind?

    init?(_ reading: OrderReading, isExchanged: Bool) {
      guard case .verdict(let verdict) = reading else { return nil }
      steps = verdict.preference.steps.map { isExchanged ? -$0 : $0 }
      tieKind = verdict.tieKind
      fitA = Double(isExchanged ? verdict.fit.r2 : verdict.fit.r1)
      fitB = Double(isExchanged ? verdict.fit.r1 : verdict.fit.r2)
    }
  }
}

extension PairOutcome {
  public var json: JSON {
    func number(_ value: Double?) -> JSON { value.map(JSON.double) ?? .null }
    return [
      "kind": .string(kind.rawValue), "winner": .optional(winner?.rawValue), "tie_kind": .optional(tieKind?.rawValue),
      "value": number(value), "reason": .string(reason), "mechanical": .bool(isMechanical),
      "quarantined": .bool(isQuarantined), "flags": .array(flags.map { .string($0) }), "fit_a": number(fitA),
      "fit_b": number(fitB),
    ]
  }

  public init?(json: JSONView) {
    guard let kind = json["kind"]?.string.flatMap(Kind.init) else { return nil }
    self.init(kind: kind, winner: json["winner"]?.string.flatMap(Winner.init), reason: json["reason"]?.string ?? "")
    tieKind = json["tie_kind"]?.string.flatMap(Verdict.TieKind.init)
    value = json["value"]?.double?.clamped(to: -1...1)
    isMechanical = json["mechanical"]?.bool ?? false
    isQuarantined = json["quarantined"]?.bool ?? false
    flags = json["flags"]?.elements.compactMap(\.string) ?? []
    fitA = json["fit_a"]?.double?.clamped(to: 0...10)
    fitB = json["fit_b"]?.double?.clamped(to: 0...10)
  }
}
