import Core

/// Three things of a turn that are often one lane and mean three things. None of them is the turn's `winner`, which is what its
/// rule says. Each comes from rows of its own: the answers' times, the judgements and fits, the votes.
public struct TurnMarks: Equatable, Sendable {
  public enum Mark: String, CaseIterable, Sendable {
    case fastest, judge, you, pick
  }

  /// The lane whose whole answer ended first, counted from when it was sent; nil before there is one.
  public var fastest: Int?
  /// The lane that the judges' verdicts put above every other; without verdicts the one of the best fit, where several have one.
  public var judgesBest: Int?
  /// The lane that the person's votes put above every other.
  public var picked: Int?
  /// The lane whose answer the person picked with its name in view: no blind vote, and counted apart.
  public var openPick: Int?

  /// - Parameters:
  ///   - session: the turn's, whose votes count; a repeated pair is of another one.
  ///   - judgements: of any turn of the session; those count that are on these answers, are not set aside or quarantined, and are each judge's
  ///     last word.
  ///   - fits: of any turn of the session.
  ///   - votes: of any turn, none while the turn is hidden.
  ///   - picks: of any turn of the session, those that hold.
  public init(
    _ turn: Turn, session: String, judgements: [Judgement] = [], fits: [Fit] = [], votes: [Vote] = [],
    picks: [Pick] = []
  ) {
    fastest =
      turn.raced.filter { $0.state == .done }
      .min { ($0.timing.end ?? .max, $0.lane) < ($1.timing.end ?? .max, $1.lane) }?.lane
    let verdicts = Judgement.latest(judgements.filter { $0.isOn(turn) }).compactMap { judgement in
      judgement.rankingValue.map { Comparison(judgement.a.lane, judgement.b.lane, value: $0) }
    }
    judgesBest = Self.best(of: verdicts) ?? (verdicts.isEmpty ? Self.bestFit(fits, turn) : nil)
    picked = Self.best(
      of: votes.filter {
        $0.left.session == session && turn.isAnswered(by: $0.left) && turn.isAnswered(by: $0.right)
      }.compactMap { vote in
        vote.choice.value.map { Comparison(vote.left.lane, vote.right.lane, value: $0) }
      })
    openPick = picks.last { $0.answer.session == session && turn.isAnswered(by: $0.answer) }?.answer.lane
  }

  /// What is said of one lane.
  public func marks(_ lane: Int) -> [Mark] {
    Mark.allCases.filter { mark in
      switch mark {
      case .fastest: lane == fastest
      case .judge: lane == judgesBest
      case .you: lane == picked
      case .pick: lane == openPick
      }
    }
  }

  /// Somebody has compared the answers, not only the clock.
  public var isCompared: Bool { judgesBest != nil || picked != nil || openPick != nil }

  /// What was found of two lanes: 1 where the first is better, 0 where the second is.
  private struct Comparison {
    var first: Int
    var second: Int
    var value: Double

    init(_ first: Int, _ second: Int, value: Double) {
      (self.first, self.second, self.value) = (first, second, value)
    }
  }

  /// The lane that comes out ahead of every lane it was compared with, where exactly one does.
  private static func best(of comparisons: [Comparison]) -> Int? {
    var balance: [Int: [Int: Double]] = [:]
    for one in comparisons {
      balance[one.first, default: [:]][one.second, default: 0] += one.value - 0.5
      balance[one.second, default: [:]][one.first, default: 0] += 0.5 - one.value
    }
    let best = balance.filter { $0.value.values.allSatisfy { $0 > 0 } }
    return best.count == 1 ? best.first?.key : nil
  }

  private static func bestFit(_ fits: [Fit], _ turn: Turn) -> Int? {
    let counted = fits.filter { !$0.isQuarantined && turn.isAnswered(by: $0.answer) }
    let values = counted.compactMap { fit in fit.value.map { (lane: fit.answer.lane, value: $0) } }
    guard Set(values.map(\.lane)).count > 1, let most = values.map(\.value).max() else { return nil }
    let best = Set(values.filter { $0.value == most }.map(\.lane))
    return best.count == 1 ? best.first : nil
  }
}

extension Turn {
  /// Whether this is one of its answers as they are now: none that was asked for again since.
  func isAnswered(by key: ResponseKey) -> Bool {
    key.turn == number && responses[key.lane]?.generation == key.generation
  }
}

extension Vote.Choice {
  /// 1 for the left answer, 0 for the right one; nil where it says nothing of which is better.
  fileprivate var value: Double? {
    switch self {
    case .left: 1
    case .right: 0
    case .tie: 0.5
    case .bothBad: nil
    }
  }
}
