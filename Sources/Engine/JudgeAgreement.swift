import Core
import Judging
import Ranking
import Store

/// How far a judge says what the person says, on pairs that both have seen; and how far the person says the same twice, which
/// is the most that any judge can reach.
public struct JudgeAgreement: Equatable, Sendable {
  public var judge: String
  /// Pairs that both have seen.
  public var pairs: Int
  /// The same winner, where both name one.
  public var decisive: (same: Int, of: Int)
  /// The same of win, tie and loss.
  public var classes: (same: Int, of: Int)
  /// Cohen's kappa with a bootstrap interval over pairs; nil when one class only was used.
  public var kappa: IntervalEstimate?
  /// Votes repeated with sides exchanged that came out the same.
  public var own: (same: Int, of: Int)

  /// Pairs it takes before anything is said.
  public static let least = 30

  /// In the words of the judge card.
  public var status: String {
    guard pairs >= Self.least else { return "uncalibrated: \(pairs) of \(Self.least) common pairs" }
    if own.of > 0, Proportion.wilson(classes.same, of: classes.of).high >= Double(own.same) / Double(own.of) {
      return "as good as you"
    }
    return (kappa?.low ?? 0) < 0.4 ? "weak" : "usable"
  }

  public static func == (a: JudgeAgreement, b: JudgeAgreement) -> Bool {
    a.judge == b.judge && a.pairs == b.pairs && a.decisive == b.decisive && a.classes == b.classes
      && a.kappa == b.kappa && a.own == b.own
  }
}

/// The person's votes and one judge's verdicts by pair of answers, each from the same answer's view: 1, 0 or a half.
struct CommonPairs {
  struct Pair: Hashable {
    var first: ResponseKey
    var second: ResponseKey

    init(_ a: ResponseKey, _ b: ResponseKey) {
      let isOrdered = (a.session, a.turn, a.lane, a.generation) < (b.session, b.turn, b.lane, b.generation)
      (first, second) = isOrdered ? (a, b) : (b, a)
    }
  }

  var human: [Pair: Double] = [:]
  /// Verdicts that count in a ranking, card or not.
  var judge: [Pair: Double] = [:]
  var contests: [Pair: Contest] = [:]

  init(
    votes: [(vote: Vote, contest: Contest)], verdicts: [(judgement: Judgement, contest: Contest)], judge name: String?
  ) {
    for (vote, contest) in votes where vote.repeats == nil {
      let pair = Pair(vote.left, vote.right)
      human[pair] = Self.value(vote, pair)
      contests[pair] = contest
    }
    var values: [Pair: [Double]] = [:]
    for (judgement, contest) in verdicts where name == nil || judgement.judge == name {
      guard let value = judgement.rankingValue, !judgement.outcome.isMechanical else { continue }
      let pair = Pair(judgement.a, judgement.b)
      let seen = pair.first == judgement.a ? value : 1 - value
      if name != nil { values[pair] = [seen] } else { values[pair, default: []].append(seen) }
      contests[pair] = contest
    }
    judge = values.mapValues { $0.reduce(0, +) / Double($0.count) }
  }

  static func value(_ vote: Vote, _ pair: Pair) -> Double {
    switch vote.choice {
    case .left: pair.first == vote.left ? 1 : 0
    case .right: pair.first == vote.right ? 1 : 0
    case .tie, .bothBad: 0.5
    }
  }

  /// In a fixed order, so that nothing depends on hashing.
  var common: [Pair] {
    human.keys.filter { judge[$0] != nil }.sorted {
      ($0.first.session, $0.first.turn, $0.first.lane, $0.second.lane)
        < ($1.first.session, $1.first.turn, $1.first.lane, $1.second.lane)
    }
  }
}

extension Engine {
  /// Reads the database: not for the main thread.
  public func agreement(with judge: String) throws(StoreError) -> JudgeAgreement {
    let votes = try store.votedContests()
    let pairs = CommonPairs(votes: votes, verdicts: try store.judgedContests(), judge: judge)
    /// A weak win is a win in three classes.
    func label(_ value: Double) -> Int { value > 0.5 ? 1 : value < 0.5 ? 2 : 0 }
    let common = pairs.common
    let human = common.map { label(pairs.human[$0] ?? 0.5) }
    let judged = common.map { label(pairs.judge[$0] ?? 0.5) }
    // Several pairs on one prompt are not independent.
    var numbers: [String: Int] = [:]
    let prompts = common.map { pair -> Int in
      let prompt = pairs.contests[pair]?.promptSHA256 ?? ""
      let number = numbers[prompt] ?? numbers.count
      numbers[prompt] = number
      return number
    }
    let both = zip(human, judged).filter { $0 != 0 && $1 != 0 }
    return JudgeAgreement(
      judge: judge, pairs: common.count, decisive: (both.count { $0 == $1 }, both.count),
      classes: (zip(human, judged).count { $0 == $1 }, common.count),
      kappa: Agreement.kappa(
        zip(zip(human, judged), prompts).map { Agreement.Pair($0.0, $0.1, prompt: $1) }, resamples: 1000, seed: 1),
      own: Self.selfAgreement(votes.map(\.vote)))
  }

  /// Repeated votes against the first ones, sides exchanged back.
  static func selfAgreement(_ votes: [Vote]) -> (same: Int, of: Int) {
    let byID = Dictionary(votes.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var (same, count) = (0, 0)
    for vote in votes {
      guard let first = vote.repeats.flatMap({ byID[$0] }) else { continue }
      let pair = CommonPairs.Pair(vote.left, vote.right)
      count += 1
      if CommonPairs.value(vote, pair) == CommonPairs.value(first, pair) { same += 1 }
    }
    return (same, count)
  }

  /// What verdicts add to the votes on each pair of competitors (PPI++): the win rate of the first with its error, and how many
  /// votes the judges were worth.
  func savings() throws(StoreError) -> [Board.Saving] {
    let pairs = CommonPairs(votes: try store.votedContests(), verdicts: try store.judgedContests(), judge: nil)
    struct Data {
      var human: [Double] = []
      var judge: [Double] = []
      var only: [Double] = []
    }
    var byNames: [String: Data] = [:]
    for (pair, contest) in pairs.contests {
      let first = contest.a.key == pair.first ? contest.a : contest.b
      let second = contest.a.key == pair.first ? contest.b : contest.a
      let isOrdered = first.model < second.model
      guard first.model != second.model else { continue }
      func seen(_ value: Double) -> Double { isOrdered ? value : 1 - value }
      let names = isOrdered ? "\(first.model)\n\(second.model)" : "\(second.model)\n\(first.model)"
      switch (pairs.human[pair], pairs.judge[pair]) {
      case (let human?, let judge?):
        byNames[names, default: Data()].human.append(seen(human))
        byNames[names, default: Data()].judge.append(seen(judge))
      case (nil, let judge?): byNames[names, default: Data()].only.append(seen(judge))
      default: break
      }
    }
    return byNames.sorted { $0.key < $1.key }.compactMap { names, data in
      guard
        let found = Calibration.PredictionPowered(human: data.human, judge: data.judge, judgeOnly: data.only)
      else { return nil }
      let parts = names.split(separator: "\n").map(String.init)
      return Board.Saving(
        a: parts[0], b: parts[1], winRate: found.rate.value, low: found.rate.low, high: found.rate.high,
        votesSaved: found.votesSaved)
    }
  }
}
