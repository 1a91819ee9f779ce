import Core
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
    public var standardError: Double
    public var votesSaved: Double
  }

  public init(outside table: BallotTable, _ options: Standings.Options) throws(RankingFault) {
    standings = try Standings.compute(table, options)
    ballots = Ballots()
    ballots.table = table
  }

  init(source: BallotSource, tag: String?, standings: Standings, ballots: Ballots) {
    self.source = source
    self.tag = tag
    self.standings = standings
    self.ballots = ballots
  }

  /// The contract of `leaderboard --json`, with what only stored votes have added to it.
  public var json: JSON {
    var document = standings.json
    guard let source else { return document }
    document["source"] = .string(source.rawValue)
    document["prompts"] = .int(ballots.prompts)
    document["left_out"] = .array(
      ballots.leftOut.sorted { $0.key < $1.key }.map { ["reason": .string($0.key), "verdicts": .int($0.value)] })
    document["figures"] = .array(
      standings.models.compactMap { model in
        guard let found = figures[model.model] else { return nil }
        var row = Self.json(found)
        row["model"] = .string(model.model)
        return row
      })
    return document
  }

  private static func json(_ figures: LaneFigures) -> JSON {
    func milliseconds(_ times: [Int64], _ share: Double) -> JSON {
      Agreement.percentile(times.map { Double($0) / 1e6 }, share).map { .double(($0 * 1000).rounded() / 1000) } ?? .null
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
  /// - Throws: `StoreError`, `RankingFault`.
  public func board(_ source: BallotSource, tag: String? = nil, _ options: Standings.Options) throws -> Board {
    var options = options
    let ballots = try ballots(source, tag: tag)
    if tag != nil, options.prior == .weak {
      // Few votes on one tag crown nobody: each strength is drawn to what it is over all prompts.
      let all = try self.ballots(source)
      if !all.table.competitors.isEmpty {
        let overall = try Standings.compute(all.table, options)
        let strengths = Dictionary(overall.models.map { ($0.model, $0.rating) }, uniquingKeysWith: { a, _ in a })
        options.prior = .around(ballots.table.competitors.map { strengths[$0] ?? 0 }, deviation: 0.5)
      }
    }
    guard !ballots.table.competitors.isEmpty else {
      throw NothingToRank(source: source, tag: tag, leftOut: ballots.leftOut)
    }
    var board = Board(
      source: source, tag: tag, standings: try Standings.compute(ballots.table, options), ballots: ballots)
    board.figures = try store.laneFigures()
    return board
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
    case .joint: text = "no vote and no verdict that counts yet\(about)"
    }
    for (reason, count) in leftOut.sorted(by: { $0.key < $1.key }) { text += "; \(count) left out: \(reason)" }
    return text
  }
}
