import Core

/// A verdict as a person reads it: the result in one line, each criterion with what the judge found in either answer, both orders,
/// the judge's words and what it quotes as wrong. The same on the screen, on standard output and in every export.
public struct VerdictTable: Equatable, Sendable {
  public struct Criterion: Equatable, Sendable {
    /// `c1`, as the judge was given it.
    public var id: String
    /// The criterion in words; its id where the brief is not known.
    public var text: String
    /// What was found in A and in B: with A listed first, then with B listed first; nil where that order said nothing of it.
    public var a: [Verdict.Answer?]
    public var b: [Verdict.Answer?]
  }

  /// One call: what it said with an answer listed first.
  public struct Order: Equatable, Sendable {
    /// The lane that was listed first.
    public var first: Int
    /// `lane 1 much better`; nil where there is no verdict.
    public var preference: String?
    /// In the judge's words, or why it gave no verdict.
    public var reason: String
    public var faults: [Fault]
  }

  public struct Fault: Equatable, Sendable {
    public var lane: Int
    public var kind: Verdict.FaultKind
    /// As the answer has it.
    public var quote: String
  }

  /// Lane numbers.
  public let a: Int
  public let b: Int
  /// `lane 1 wins against lane 2`.
  public let result: String
  public let criteria: [Criterion]
  /// Those with a verdict and those without.
  public let orders: [Order]

  /// - Parameter brief: what the judge went by; nil: only the criteria's ids are known.
  public init(_ judgement: Judgement, brief: Brief?) {
    let (a, b) = (judgement.a.lane, judgement.b.lane)
    (self.a, self.b, result) = (a, b, judgement.outcome.words(a: a, b: b))
    let readings = judgement.readings.map { [(reading: $0.ab, first: a, second: b), ($0.ba, b, a)] } ?? []
    orders = readings.map { reading, first, second in Self.order(reading, first, second) }
    let verdicts = readings.map { reading, _, _ -> Verdict? in
      if case .verdict(let verdict) = reading { verdict } else { nil }
    }
    let given = brief?.criteria ?? []
    let named = verdicts.compactMap(\.self).flatMap(\.criteria).map(\.id)
    var ids = given.map(\.id)
    for id in named where !ids.contains(id) { ids.append(id) }
    criteria = ids.compactMap { id in
      let marks = verdicts.map { verdict in verdict?.criteria.first { $0.id == id } }
      guard marks.contains(where: { $0 != nil }) else { return nil }
      // The second order has them the other way round.
      return Criterion(
        id: id, text: given.first { $0.id == id }?.text ?? id, a: marks.enumerated().map { $0 == 0 ? $1?.r1 : $1?.r2 },
        b: marks.enumerated().map { $0 == 0 ? $1?.r2 : $1?.r1 })
    }
  }

  private static func order(_ reading: OrderReading, _ first: Int, _ second: Int) -> Order {
    guard case .verdict(let verdict) = reading else {
      return Order(first: first, preference: nil, reason: reading.reasonForNone ?? "", faults: [])
    }
    let preference: String
    switch verdict.preference {
    case .r1Much: preference = "lane \(first + 1) much better"
    case .r1Slight: preference = "lane \(first + 1) slightly better"
    case .tie: preference = verdict.tieKind == .bothBad ? "tie, both bad" : "tie"
    case .r2Slight: preference = "lane \(second + 1) slightly better"
    case .r2Much: preference = "lane \(second + 1) much better"
    case .cannotJudge: preference = "cannot judge"
    }
    return Order(
      first: first, preference: preference, reason: verdict.reason(r1: first, r2: second),
      faults: verdict.errors.map {
        Fault(lane: $0.place == .r1 ? first : second, kind: $0.kind, quote: $0.quote)
      })
  }

  /// What the orders found that said anything, as one word or two: `yes`, `yes then no`.
  public static func words(_ answers: [Verdict.Answer?]) -> String {
    let said = answers.compactMap(\.self).map { $0 == .na ? "n/a" : $0.rawValue }
    return Set(said).count < 2 ? said.first ?? "–" : said.joined(separator: " then ")
  }

  /// The criteria as rows of a table, with the fits last: criterion, answer A, answer B.
  public func rows(_ outcome: PairOutcome) -> [[String]] {
    let fits = [outcome.fitA, outcome.fitB].map { $0.map { "\(Self.fit($0)) of 10" } ?? "–" }
    return criteria.map { [$0.text, Self.words($0.a), Self.words($0.b)] }
      + (outcome.fitA == nil && outcome.fitB == nil ? [] : [["fit"] + fits])
  }

  private static func fit(_ value: Double) -> String {
    let tenths = Int(saturating: (value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths % 10))"
  }

  /// `criteria` and their texts, for documents.
  public var json: JSON {
    .array(
      criteria.map { criterion in
        func marks(_ answers: [Verdict.Answer?]) -> JSON {
          let said = answers + Array(repeating: nil, count: max(0, 2 - answers.count))
          return ["ab": .optional(said[0]?.rawValue), "ba": .optional(said[1]?.rawValue)]
        }
        return [
          "id": .string(criterion.id), "text": .string(criterion.text), "a": marks(criterion.a),
          "b": marks(criterion.b),
        ]
      })
  }
}
