import Core
import Judging
import Ranking
import Store

/// Whose word a ranking is made of. Never mixed without saying so.
public enum BallotSource: String, CaseIterable, Sendable { case human, judge, joint }

/// Stored votes and verdicts as ballots, with what was left out and why.
public struct Ballots: Sendable {
  public var table = BallotTable(models: [])
  /// Judges by rater number, which begins at 1; 0 is the person.
  public var judges: [String] = []
  public var prompts = 0
  public var tags: Set<String> = []
  /// How many verdicts do not count, by the reason.
  public var leftOut: [String: Int] = [:]
  /// Splits between the two orders, by pair of competitors in alphabetical order.
  public var splits: [String: Int] = [:]
  /// Votes that one choice among several answers implied, and how many such choices there were.
  public var implied = (votes: 0, choices: 0)
}

/// What one vote or verdict says of two competitors.
public struct PairWord: Equatable, Sendable {
  /// Seconds since 1970.
  public var created: Int64
  /// Its first side is the first competitor.
  public var isFirst: Bool
  /// The answer of its first side: where to look.
  public var answer: ResponseKey
  public var outcome: Ballot.Outcome
  /// The person's note, or the judge's reason.
  public var note: String?
  public var isImplied: Bool
  /// Nil: the person.
  public var judge: String?
  public var kind: PairOutcome.Kind?
  /// Why it does not count; nil: it does.
  public var leftOut: String?

  public init(
    created: Int64, isFirst: Bool, answer: ResponseKey, outcome: Ballot.Outcome, note: String?, isImplied: Bool
  ) {
    (self.created, self.isFirst, self.answer) = (created, isFirst, answer)
    (self.outcome, self.note, self.isImplied) = (outcome, note, isImplied)
  }

  /// `a`, `b`, a tie, or both bad, as the competitors were asked for.
  public var side: Ballot.Outcome {
    switch outcome {
    case .a: isFirst ? .a : .b
    case .b: isFirst ? .b : .a
    case .tie, .bothBad: outcome
    }
  }
}

extension Ballots {
  fileprivate mutating func add(
    _ a: String, _ b: String, _ outcome: Ballot.Outcome, isWeak: Bool = false, prompt: Int, rater: Int = 0,
    contest: Contest
  ) {
    // A lane and its twin are one competitor: between them there is nothing to learn.
    guard a != b else { return }
    let places = [a, b].map { name in table.models.firstIndex(of: name) ?? table.addModel(name) }
    table.append(
      Ballot(
        a: places[0], b: places[1], outcome: outcome, isWeak: isWeak, prompt: prompt, rater: rater,
        lengths: Ballot.Lengths(a: contest.a.length, b: contest.b.length), tags: contest.tags))
  }
}

extension Engine {
  /// Reads the database: not for the main thread.
  /// - Parameter tag: only prompts with this tag.
  public func ballots(_ source: BallotSource, tag: String? = nil) throws(StoreError) -> Ballots {
    let votes = source == .judge ? [] : try store.votedContests().filter { $0.vote.repeats == nil }
    let verdicts = source == .human ? [] : latest(try store.judgedContests())
    let names = CompetitorNames(votes.map(\.contest) + verdicts.map(\.contest))
    var ballots = Ballots()
    var prompts: [String: Int] = [:]
    func cluster(_ contest: Contest) -> Int {
      if let known = prompts[contest.promptSHA256] { return known }
      let number = prompts.count
      prompts[contest.promptSHA256] = number
      return number
    }
    func isWanted(_ contest: Contest) -> Bool { tag.map(contest.tags.contains) ?? true }
    let implied = votes.filter { isWanted($0.contest) }.compactMap(\.vote.impliedBy)
    ballots.implied = (implied.count, Set(implied).count)
    for (vote, contest) in votes where isWanted(contest) {
      ballots.tags.formUnion(contest.tags)
      ballots.add(
        names.name(contest.a), names.name(contest.b), Ballot.Outcome(vote.choice), prompt: cluster(contest),
        contest: contest)
    }
    guard source != .human else {
      ballots.prompts = prompts.count
      return ballots
    }
    let cards = try store.cards()
    for (judgement, contest) in verdicts where isWanted(contest) {
      ballots.tags.formUnion(contest.tags)
      if let reason = reasonToLeaveOut(judgement, cards) {
        ballots.leftOut[reason, default: 0] += 1
        continue
      }
      let (a, b) = (names.name(contest.a), names.name(contest.b))
      if judgement.outcome.kind == .orderSplit { ballots.splits["\(min(a, b))\n\(max(a, b))", default: 0] += 1 }
      let rater = (ballots.judges.firstIndex(of: judgement.judge) ?? ballots.judges.count) + 1
      if rater > ballots.judges.count { ballots.judges.append(judgement.judge) }
      ballots.add(
        a, b, Ballot.Outcome(judgement.outcome), isWeak: judgement.outcome.kind == .weakWin, prompt: cluster(contest),
        rater: rater, contest: contest)
    }
    ballots.prompts = prompts.count
    return ballots
  }

  /// Votes and verdicts on two competitors, as the board names them, newest first: those that do not count with the reason.
  public func words(on a: String, _ b: String, _ source: BallotSource, tag: String? = nil) throws(StoreError)
    -> [PairWord]
  {
    let votes = source == .judge ? [] : try store.votedContests().filter { $0.vote.repeats == nil }
    let verdicts = source == .human ? [] : latest(try store.judgedContests())
    let names = CompetitorNames(votes.map(\.contest) + verdicts.map(\.contest))
    func isWanted(_ contest: Contest) -> Bool {
      (tag.map(contest.tags.contains) ?? true) && Set([names.name(contest.a), names.name(contest.b)]) == [a, b]
    }
    var words = votes.filter { isWanted($0.contest) }.map { vote, contest in
      PairWord(
        created: vote.created, isFirst: names.name(contest.a) == a, answer: contest.a.key,
        outcome: Ballot.Outcome(vote.choice), note: vote.note, isImplied: vote.impliedBy != nil)
    }
    let cards = try store.cards()
    words += verdicts.filter { isWanted($0.contest) }.map { judgement, contest in
      var word = PairWord(
        created: judgement.created, isFirst: names.name(contest.a) == a, answer: contest.a.key,
        outcome: Ballot.Outcome(judgement.outcome), note: judgement.outcome.reason, isImplied: false)
      (word.judge, word.kind) = (judgement.judge, judgement.outcome.kind)
      word.leftOut = reasonToLeaveOut(judgement, cards)
      return word
    }
    return words.sorted { ($0.created, $0.answer.turn) > ($1.created, $1.answer.turn) }
  }

  private func latest(
    _ all: [(judgement: Judgement, contest: Contest)]
  ) -> [(judgement: Judgement, contest: Contest)] {
    let ids = Set(Judgement.latest(all.map(\.judgement)).map(\.id))
    return all.filter { ids.contains($0.judgement.id) }
  }

  /// Nil when the verdict counts.
  private func reasonToLeaveOut(_ judgement: Judgement, _ cards: [StoredCard]) -> String? {
    if judgement.isSetAside { return "the judge is of a contestant's family" }
    if judgement.outcome.isQuarantined, !judgement.isConfirmed { return "quarantined" }
    guard judgement.rankingValue != nil else {
      return judgement.outcome.kind == .half ? "half a verdict" : "no verdict"
    }
    if judgement.outcome.isMechanical { return nil }
    let isKnown = cards.contains {
      $0.judge == judgement.judge && $0.version == judgement.version && $0.judgeReported == judgement.judgeReported
    }
    return isKnown ? nil : "the judge has no card (furlong judge-card \(judgement.judge))"
  }
}

extension Ballot.Outcome {
  init(_ choice: Vote.Choice) {
    self =
      switch choice {
      case .left: .a
      case .right: .b
      case .tie: .tie
      case .bothBad: .bothBad
      }
  }

  /// Of a verdict that counts; an order-split is half for each.
  public init(_ outcome: PairOutcome) {
    switch outcome.kind {
    case .win, .weakWin: self = outcome.winner == .a ? .a : .b
    case .tie: self = outcome.tieKind == .bothBad ? .bothBad : .tie
    case .orderSplit, .half, .none: self = .tie
    }
  }
}

/// What competitors are called: the lane as written; where its provider has put another model under the same name, each of
/// them is a competitor of its own.
private struct CompetitorNames {
  private var reported: [String: Set<String>] = [:]

  init(_ contests: [Contest]) {
    for side in contests.flatMap({ [$0.a, $0.b] }) {
      if let model = side.modelReported { reported[side.model, default: []].insert(model) }
    }
  }

  func name(_ side: Contest.Side) -> String {
    guard let models = reported[side.model], models.count > 1, let model = side.modelReported else { return side.model }
    return "\(side.model) (\(model))"
  }
}
