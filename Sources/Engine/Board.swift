import Core
import Judging
import Ranking
import Store

/// A leaderboard with everything that stands beside it.
public struct Board: Sendable {
  /// Nil for votes from elsewhere.
  public var source: BallotSource?
  public var tag: String?
  public var standings: Standings
  public var ballots: Ballots
  /// What answers took and cost, by competitor.
  public var figures: [String: LaneFigures] = [:]
  /// What the judges' verdicts add to the person's votes, by pair.
  public var savings: [Saving] = []

  public struct Saving: Equatable, Sendable {
    public var a: String
    public var b: String
    public var winRate: Double
    public var low: Double
    public var high: Double
    public var votesSaved: Double
  }

  /// Votes and verdicts in one model; for the joint board alone.
  public var joint: JointModel?

  public init(outside table: BallotTable, _ options: Standings.Options) throws(Standings.Failure) {
    standings = try Standings(table, options: options)
    ballots = Ballots()
    ballots.table = table
  }

  init(source: BallotSource, tag: String?, standings: Standings, ballots: Ballots) {
    self.source = source
    self.tag = tag
    self.standings = standings
    self.ballots = ballots
  }

  /// A competitor's place on the joint board.
  public struct JointRow: Equatable, Sendable {
    public var name: String
    public var rating: Double
    public var standardError: Double
    public var rankLow: Int
    public var rankHigh: Int

    public var low: Double { rating - 1.959963984540054 * standardError }
    public var high: Double { rating + 1.959963984540054 * standardError }
  }

  /// By rating; ranks by the standard error of each difference. Empty without a joint model.
  public var jointRows: [JointRow] {
    guard let joint else { return [] }
    let all = ballots.table.models.indices
    return all.map { i in
      func isAbove(_ x: Int, _ y: Int) -> Bool {
        joint.ratings[x] - joint.ratings[y] > 1.959963984540054 * joint.standardError(x, minus: y)
      }
      return JointRow(
        name: ballots.table.models[i], rating: joint.ratings[i], standardError: joint.standardError(i),
        rankLow: 1 + all.count { $0 != i && isAbove($0, i) },
        rankHigh: all.count - all.count { $0 != i && isAbove(i, $0) })
    }.sorted { $0.rating > $1.rating }
  }

  /// The contract of `leaderboard --json`, with what only stored votes have added to it.
  public var json: JSON {
    var document = standings.json
    guard let source else { return document }
    if joint != nil { document["models"] = .array(jointRows.map(jointModel)) }
    document["source"] = .string(source.rawValue)
    document["prompts"] = .int(ballots.prompts)
    document["implied_votes"] = .int(ballots.implied.votes)
    document["implied_by_choices"] = .int(ballots.implied.choices)
    document["left_out"] = .array(
      ballots.leftOut.sorted { $0.key < $1.key }.map { ["reason": .string($0.key), "verdicts": .int($0.value)] })
    document["figures"] = .array(
      standings.models.compactMap { model in
        guard let found = figures[model.name] else { return nil }
        var row = Self.json(found)
        row["model"] = .string(model.name)
        return row
      })
    return document
  }

  /// A row of the contract with the joint model's ratings; counts are of votes and verdicts together.
  private func jointModel(_ row: JointRow) -> JSON {
    let model = standings.models.first { $0.name == row.name }
    return [
      "model": .string(row.name), "rating": .double(row.rating),
      "rating_elo": .double(1000 + row.rating * Standings.eloScale), "se": .double(row.standardError),
      "ci_low": .double(row.low), "ci_high": .double(row.high), "rank_low": .int(row.rankLow),
      "rank_high": .int(row.rankHigh), "wins": .int(model?.wins ?? 0), "losses": .int(model?.losses ?? 0),
      "ties": .int(model?.ties ?? 0), "both_bad": .int(model?.bothBad ?? 0),
      "win_probability": .double(model?.winProbability ?? 0.5),
    ]
  }

  private static func json(_ figures: LaneFigures) -> JSON {
    func milliseconds(_ times: [Int64], _ share: Double) -> JSON {
      guard let time = Quantiles.type7(times.sorted().map { Double($0) / 1e6 }, share) else { return .null }
      return .double((time * 1000).rounded() / 1000)
    }
    return [
      "answers": .int(figures.answers), "failures": .int(figures.failures),
      "cost_per_answer_usd": .optional(figures.costPerAnswer?.decimalText),
      "ttfo_p50_ms": milliseconds(figures.firstAnswers, 0.5), "end_p50_ms": milliseconds(figures.ends, 0.5),
      "end_p95_ms": figures.ends.count < 20 ? .null : milliseconds(figures.ends, 0.95),
    ]
  }
}

extension Engine {
  /// Reads the database: not for the main thread.
  /// - Throws: `StoreError`, `NothingToRank`, `Standings.Failure`.
  public func board(_ source: BallotSource, tag: String? = nil, _ options: Standings.Options) throws -> Board {
    var options = options
    let all = try ballots(source)
    var ballots = all
    if let tag {
      ballots.table = all.table.filtered { $0.tags.contains(tag) }
      // Few votes on one tag crown nobody: each strength is drawn to what it is over all prompts.
      if options.fit.prior == .weak, all.table.rows > 0 {
        let overall = try Standings(all.table, options: options)
        options.fit.prior = .normal(means: overall.fit.ratings, standardDeviation: TagBoard.spread)
      }
    }
    guard ballots.table.rows > 0 else { throw NothingToRank(source: source, tag: tag, leftOut: ballots.leftOut) }
    var board = Board(
      source: source, tag: tag, standings: try Standings(ballots.table, options: options), ballots: ballots)
    if source == .joint {
      board.joint = try JointModel(
        ballots.table, families: families(ballots), lengthControl: options.fit.hasLengthTerm ? .all : .judgesExcess)
    }
    board.figures = try store.laneFigures()
    if source != .human { board.savings = try savings() }
    return board
  }

  /// By rater, the competitors of its own family; the person has none.
  private func families(_ ballots: Ballots) -> [Set<Int>] {
    [[]]
      + ballots.judges.map { judge in
        guard let model = (try? Lane(parsing: judge))?.model, let family = Makers.family(of: model) else { return [] }
        return Set(
          ballots.table.models.indices.filter { index in
            let name = ballots.table.models[index].split(separator: " ").first.map(String.init) ?? ""
            return (try? Lane(parsing: name)).flatMap { Makers.family(of: $0.model) } == family
          })
      }
  }
}

/// There is no vote or verdict that counts.
public struct NothingToRank: Error, Equatable, Sendable {
  public let source: BallotSource
  public let tag: String?
  public let leftOut: [String: Int]

  public var message: String {
    let about = tag.map { " on prompts tagged ‘\($0)’" } ?? ""
    var text: String
    switch source {
    case .human: text = "no vote yet\(about): furlong ab PROMPT, or b in the workbench"
    case .judge: text = "no verdict that counts yet\(about): furlong judge SESSION, or J in the workbench"
    case .joint: text = "no vote and no verdict that counts yet\(about): furlong ab PROMPT, or furlong judge SESSION"
    }
    for (reason, count) in leftOut.sorted(by: { $0.key < $1.key }) { text += "; \(count) left out: \(reason)" }
    return text
  }
}
