/// A board of competitors with every number that is shown for them: computed from a table of votes, printed or written
/// as JSON by whoever asked. A plain value.
public struct Standings: Equatable, Sendable {
  public struct Options: Equatable, Sendable {
    public var ties: TieModel
    public var prior: StrengthPrior
    /// The competitor whose Elo is given; without one the mean is 1000.
    public var anchor: (name: String, elo: Double)?
    public var removingLength: Bool

    public init(
      ties: TieModel = .davidson, prior: StrengthPrior = .weak, anchor: (name: String, elo: Double)? = nil,
      removingLength: Bool = false
    ) {
      (self.ties, self.prior, self.anchor, self.removingLength) = (ties, prior, anchor, removingLength)
    }

    public static func == (a: Options, b: Options) -> Bool {
      a.ties == b.ties && a.prior == b.prior && a.removingLength == b.removingLength && a.anchor?.name == b.anchor?.name
        && a.anchor?.elo == b.anchor?.elo
    }
  }

  public struct Model: Equatable, Sendable {
    public var model: String
    /// Natural log strength, mean 0 over the board.
    public var rating: Double
    /// `1000 + 400/ln 10 · rating`, or shifted to the anchor.
    public var ratingElo: Double
    public var standardError: Double
    /// `rating ± 1.96 se`.
    public var low: Double
    public var high: Double
    /// The places that the errors of the differences allow, 1 is best.
    public var ranks: ClosedRange<Int>
    public var wins = 0
    public var losses = 0
    public var ties = 0
    public var bothBad = 0
    /// Mean over the others of `P(win) + P(tie)/2`; 0.5 for a board of one.
    public var winProbability: Double

    public var votes: Int { wins + losses + ties + bothBad }
  }

  public struct Pair: Equatable, Sendable {
    public var a: String
    public var b: String
    /// All votes of the pair.
    public var votes: PairEvidence
    /// The decisive ones, one a prompt: what the evidence is computed from.
    public var independent: PairEvidence
    public var isDecided: Bool
  }

  public var ties: TieModel
  public var prior: StrengthPrior
  public var tieParameter: Double?
  public var logLikelihood: Double
  public var votes: Int
  /// By rating, best first.
  public var models: [Model]
  /// The pairs with votes, in the order of the board.
  public var pairs: [Pair]
  /// Whether there would be a finite estimate without the prior.
  public var isConnected: Bool

  /// 97.5 % point of the normal distribution.
  public static let sigmas = 1.959963984540054
  public static let eloScale = 400 / logOf(10)

  /// - Throws: what `BradleyTerry.fit` throws, and `unknownAnchor`.
  public static func compute(_ table: BallotTable, _ options: Options = Options()) throws(RankingFault) -> Standings {
    let anchor = options.anchor.map { anchor in (table.competitors.firstIndex(of: anchor.name), anchor) }
    if case (nil, let anchor)? = anchor { throw .unknownAnchor(anchor.name) }
    let fit = try BradleyTerry.fit(
      table, ties: options.ties, prior: options.prior, removingLength: options.removingLength)
    var shift = 1000.0
    if case (let index?, let anchor)? = anchor { shift = anchor.elo - eloScale * fit.strengths[index] }

    let counts = table.pairCounts()
    var models = fit.strengths.indices.map { model($0, table.competitors[$0], fit, shift) }
    for pair in counts {
      models[pair.a].add(pair, isFirst: true)
      models[pair.b].add(pair, isFirst: false)
    }
    let order = models.indices.sorted {
      models[$0].rating == models[$1].rating
        ? models[$0].model < models[$1].model : models[$0].rating > models[$1].rating
    }
    return Standings(
      ties: options.ties, prior: options.prior,
      tieParameter: fit.ties == options.ties ? fit.tieParameter : nil, logLikelihood: fit.logLikelihood,
      votes: fit.votes, models: order.map { models[$0] }, pairs: pairs(table, counts, order),
      isConnected: fit.isConnected)
  }

  private static func model(_ i: Int, _ name: String, _ fit: BradleyTerry.Fit, _ shift: Double) -> Model {
    let (rating, error) = (fit.strengths[i], fit.standardError(i))
    var (better, worse, sum) = (0, 0, 0.0)
    for j in fit.strengths.indices where j != i {
      let (gap, margin) = (fit.strengths[j] - rating, sigmas * fit.standardError(of: i, against: j))
      if gap > margin { better += 1 }
      if -gap > margin { worse += 1 }
      let chances = fit.probabilities(i, j)
      sum += chances.a + chances.tie / 2
    }
    let others = fit.strengths.count - 1
    return Model(
      model: name, rating: rating, ratingElo: shift + eloScale * rating, standardError: error,
      low: rating - sigmas * error, high: rating + sigmas * error, ranks: 1 + better...others + 1 - worse,
      winProbability: others > 0 ? sum / Double(others) : 0.5)
  }

  private static func pairs(_ table: BallotTable, _ counts: [PairCounts], _ order: [Int]) -> [Pair] {
    let results = table.independentResults()
    var place = [Int](repeating: 0, count: order.count)
    for (position, index) in order.enumerated() { place[index] = position }
    let rows = counts.indices.map { slot -> (key: (Int, Int), pair: Pair) in
      let (count, result) = (counts[slot], results[slot])
      var (a, b) = (count.a, count.b)
      var votes = PairEvidence(wins: count.wins, losses: count.losses, ties: count.ties, bothBad: count.bothBad)
      var independent = PairEvidence(wins: result.wins, losses: result.losses, ties: count.ties, bothBad: count.bothBad)
      if place[a] > place[b] {
        swap(&a, &b)
        swap(&votes.wins, &votes.losses)
        swap(&independent.wins, &independent.losses)
      }
      let pair = Pair(
        a: table.competitors[a], b: table.competitors[b], votes: votes, independent: independent,
        isDecided: independent.isDecided(testedPairs: counts.count))
      return ((place[a], place[b]), pair)
    }
    return rows.sorted { $0.key < $1.key }.map(\.pair)
  }
}

extension Standings.Model {
  fileprivate mutating func add(_ pair: PairCounts, isFirst: Bool) {
    wins += isFirst ? pair.wins : pair.losses
    losses += isFirst ? pair.losses : pair.wins
    ties += pair.ties
    bothBad += pair.bothBad
  }
}
