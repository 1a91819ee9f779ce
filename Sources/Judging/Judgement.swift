import Core

/// One judge's finding on two answers, from both orders: what a verdict is made of and what it came to. Append-only: judging
/// again makes another one.
public struct Judgement: Equatable, Sendable {
  /// Twelve hexadecimal digits.
  public var id: String
  /// Seconds since 1970.
  public var created: Int64
  public var a: ResponseKey
  public var b: ResponseKey
  /// The judge as a lane's text, and the model that its provider said had answered.
  public var judge: String
  public var judgeReported: String?
  /// Of the judge's prompts: `JudgePrompt.version`.
  public var version: String
  /// The brief it went by; nil where none could be had, or none was needed.
  public var brief: String?
  public var outcome: PairOutcome
  /// With A first, and with B first; nil when no call was needed.
  public var readings: Readings?
  /// The same with what talked to the judge taken out; nil where nothing did.
  public var checked: Readings?
  /// Shown, but not counted: the judge is of a contestant's family.
  public var isSetAside = false
  /// Sessions of the calls.
  public var calls: [String] = []
  public var cost = Money.zero
  public var hasUnknownCost = false
  /// The person has looked at a quarantined verdict and lets it count.
  public var isConfirmed = false

  public struct Readings: Equatable, Sendable {
    public var ab: OrderReading
    public var ba: OrderReading

    public init(ab: OrderReading, ba: OrderReading) {
      self.ab = ab
      self.ba = ba
    }
  }

  public init(
    id: String, created: Int64, a: ResponseKey, b: ResponseKey, judge: String, version: String,
    outcome: PairOutcome
  ) {
    self.id = id
    self.created = created
    self.a = a
    self.b = b
    self.judge = judge
    self.version = version
    self.outcome = outcome
  }

  /// For the ranking: 1, 0.75, 0.5, …; nil when it does not count.
  public var rankingValue: Double? {
    if isSetAside { return nil }
    guard outcome.isQuarantined, isConfirmed else { return outcome.rankingValue }
    var free = outcome
    free.isQuarantined = false
    return free.rankingValue
  }
}

extension Judgement {
  /// Judging again makes another one: what counts is the last word of each judge on each pair of answers. In the order given.
  public static func latest(_ all: [Judgement]) -> [Judgement] {
    struct Place: Hashable {
      var a: ResponseKey
      var b: ResponseKey
      var judge: String
    }
    var places: [Place: Int] = [:]
    for (index, one) in all.enumerated() { places[Place(a: one.a, b: one.b, judge: one.judge)] = index }
    return places.values.sorted().map { all[$0] }
  }

  /// Whether it is on these very answers of a turn, none of which has been asked for again.
  public func isOn(_ turn: Turn) -> Bool {
    a.turn == turn.number && a.generation == turn.responses[a.lane]?.generation
      && b.generation == turn.responses[b.lane]?.generation
  }
}

/// A brief as it is kept: written once for a prompt by a judge, or with the person's own criteria for all judges.
public struct StoredBrief: Equatable, Sendable {
  /// SHA-256 over the task, the judge and the version; of the person's own, over the task alone.
  public var id: String
  public var created: Int64
  public var judge: String
  public var version: String
  public var brief: Brief
  /// For whose prompt it was written.
  public var session: String?

  public init(
    id: String, created: Int64, judge: String, version: String, brief: Brief, session: String? = nil
  ) {
    self.session = session
    self.id = id
    self.created = created
    self.judge = judge
    self.version = version
    self.brief = brief
  }
}

/// A judge's calibration as it is kept.
public struct StoredCard: Equatable, Sendable {
  public var id: String
  public var created: Int64
  public var judge: String
  public var judgeReported: String?
  public var version: String
  public var card: JudgeCard

  public init(
    id: String, created: Int64, judge: String, judgeReported: String?, version: String,
    card: JudgeCard
  ) {
    self.id = id
    self.created = created
    self.judge = judge
    self.judgeReported = judgeReported
    self.version = version
    self.card = card
  }
}
