import Core

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The leaderboard: everything that is shown of a table of ballots, computed once. A value; sources and tags are chosen by
/// whoever makes the table.
public struct Standings: Equatable, Sendable {
  public struct Options: Equatable, Sendable {
    public var fit: BradleyTerry.Options
    /// A model and the Elo rating it shall have; else the mean is 1000.
    public var anchor: Anchor?
    /// Seed of P(best) and of the next pair.
    public var seed: UInt64

    public init(fit: BradleyTerry.Options = .init(), anchor: Anchor? = nil, seed: UInt64 = 1) {
      self.fit = fit
      self.anchor = anchor
      self.seed = seed
    }
  }

  public struct Anchor: Equatable, Sendable {
    public var model: String
    public var elo: Double

    public init(model: String, elo: Double) {
      self.model = model
      self.elo = elo
    }
  }

  public enum Failure: Error, Equatable, Sendable {
    case unknownAnchor(String)
    case fit(BradleyTerry.Failure)
  }

  public struct Model: Equatable, Sendable {
    public var name: String
    /// Its index in the table.
    public var index: Int
    public var rating: Double
    public var elo: Double
    public var standardError: Double
    /// 95 % interval of the rating.
    public var low: Double
    public var high: Double
    public var rank: RankRange
    public var wins: Int
    public var losses: Int
    public var ties: Int
    public var bothBad: Int
    public var winProbability: Double
    public var bestProbability: Double

    public var votes: Int { wins + losses + ties + bothBad }
    /// Below ten votes a model is greyed: “few votes”.
    public var hasFewVotes: Bool { votes < 10 }
  }

  /// Two models that met; `a` is the one with the higher rating.
  public struct Pair: Equatable, Sendable {
    public var a: String
    public var b: String
    public var wins: Int
    public var losses: Int
    public var ties: Int
    public var bothBad: Int
    /// From one vote a prompt.
    public var evidence: PairEvidence

    public var words: String { evidence.words(a: a, b: b) }
  }

  public let options: Options
  public let fit: BradleyTerry
  public let votes: Int
  /// By rating, the highest first.
  public let models: [Model]
  public let pairs: [Pair]
  public let graph: WinGraph
  public let cycle: CyclicTriple?
  public let fitCheck: FitCheck?
  public let next: NextPair?
  private let names: [String]

  /// Elo points per natural log unit.
  public static let eloScale = 400 / log(10.0)

  /// - Throws: `Failure` for an anchor that is no model, and for ratings that do not exist without a prior.
  public init(_ table: BallotTable, options: Options = Options()) throws(Failure) {
    let pairTable = PairTable(table)
    let fit: BradleyTerry
    do throws(BradleyTerry.Failure) {
      fit = try BradleyTerry(table, pairs: pairTable, options: options.fit)
    } catch {
      throw .fit(error)
    }
    var shift = 1000.0
    if let anchor = options.anchor {
      guard let index = table.models.firstIndex(of: anchor.model) else { throw .unknownAnchor(anchor.model) }
      shift = anchor.elo - fit.ratings[index] * Self.eloScale
    }
    self.options = options
    self.fit = fit
    votes = table.votes
    names = table.models
    models = Self.models(table.models, fit: fit, pairs: pairTable, shift: shift, seed: options.seed)
    pairs = Self.pairs(pairTable, models: models)
    graph = WinGraph(pairTable)
    cycle = CyclicTriple.largest(pairTable)
    fitCheck = FitCheck(table, pairs: pairTable)
    next = NextPair.forBest(fit, seed: options.seed)
  }

  /// The name of a model by its index in the table, as cycles and the next pair give it.
  public func name(_ index: Int) -> String { names[index] }

  private static func models(
    _ names: [String], fit: BradleyTerry, pairs: PairTable, shift: Double, seed: UInt64
  ) -> [Model] {
    let ranks = fit.rankRanges()
    let best = fit.bestProbabilities(seed: seed)
    var models = names.indices.map { index in
      let rating = fit.ratings[index]
      let error = fit.standardError(index)
      return Model(
        name: names[index], index: index, rating: rating, elo: shift + rating * eloScale, standardError: error,
        low: rating - normalQuantile95 * error, high: rating + normalQuantile95 * error, rank: ranks[index], wins: 0,
        losses: 0, ties: 0, bothBad: 0, winProbability: fit.winProbability(index), bestProbability: best[index])
    }
    for pair in pairs.met {
      models[pair.a].wins += pair.wins
      models[pair.b].losses += pair.wins
      models[pair.a].losses += pair.losses
      models[pair.b].wins += pair.losses
      for index in [pair.a, pair.b] {
        models[index].ties += pair.ties
        models[index].bothBad += pair.bothBad
      }
    }
    return models.sorted { $0.rating == $1.rating ? $0.name < $1.name : $0.rating > $1.rating }
  }

  private static func pairs(_ table: PairTable, models: [Model]) -> [Pair] {
    var places = Array(repeating: 0, count: models.count)
    for (place, model) in models.enumerated() { places[model.index] = place }
    let met = table.met
    return met.map { pair -> (Int, Int, Pair) in
      let isStraight = places[pair.a] < places[pair.b]
      let (first, second) = isStraight ? (places[pair.a], places[pair.b]) : (places[pair.b], places[pair.a])
      let evidence = PairEvidence(
        wins: isStraight ? pair.promptWins : pair.promptLosses,
        losses: isStraight ? pair.promptLosses : pair.promptWins,
        ties: pair.ties, bothBad: pair.bothBad, testedPairs: met.count)
      return (
        first, second,
        Pair(
          a: models[first].name, b: models[second].name, wins: isStraight ? pair.wins : pair.losses,
          losses: isStraight ? pair.losses : pair.wins, ties: pair.ties, bothBad: pair.bothBad, evidence: evidence)
      )
    }
    .sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
  }
}
