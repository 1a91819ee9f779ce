import Core
import Engine
import Ranking
import Workbench

/// A leaderboard as text: the table, the pairs that are still open, what must be said beside them, the next pair.
enum LeaderboardText {
  /// The open pairs that are listed.
  private static let mostPairs = 10

  static func lines(_ board: Board) -> [String] {
    lines(board.standings) + BoardLines(board).lines
  }

  static func lines(_ standings: Standings) -> [String] {
    var lines = TextTable.lines(
      header: ["rank", "model", "win %", "rating", "95 %", "Elo", "best %", "W", "T", "BB", "L", ""],
      rows: standings.models.map(row), numeric: [0, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    lines += ["", "\(standings.votes) \(standings.votes == 1 ? "vote" : "votes"). \(standings.method)."]
    if let tie = standings.fit.tieParameter {
      lines.append(
        "Tie parameter \(decimalText(tie, places: 4)); log likelihood"
          + " \(decimalText(standings.fit.logLikelihood, places: 3)).")
    } else {
      lines.append("Log likelihood \(decimalText(standings.fit.logLikelihood, places: 3)).")
    }
    lines += standings.notices.map { "Note: " + VisibleText.line($0) + "." }
    lines += pairLines(standings)
    if let next = standings.next, !standings.pairs.allSatisfy(\.evidence.isDecided) {
      let (a, b) = (VisibleText.line(standings.name(next.a)), VisibleText.line(standings.name(next.b)))
      lines += ["", "Next: \(a) against \(b): \(next.words)."]
    }
    return lines
  }

  private static func row(_ model: Standings.Model) -> [String] {
    let rank = model.rank
    return [
      rank.best == rank.worst ? "\(rank.best)" : "\(rank.best)–\(rank.worst)", VisibleText.line(model.name),
      decimalText(100 * model.winProbability, places: 1), decimalText(model.rating, places: 3),
      "±" + decimalText(model.high - model.rating, places: 3), decimalText(model.elo, places: 0),
      decimalText(100 * model.bestProbability, places: 0), "\(model.wins)", "\(model.ties)", "\(model.bothBad)",
      "\(model.losses)", model.hasFewVotes ? "few votes" : "",
    ]
  }

  /// Pairs that are not decided, the closest to a decision first; decided ones only when they are few.
  private static func pairLines(_ standings: Standings) -> [String] {
    let decided = standings.pairs.filter(\.evidence.isDecided)
    let open = standings.pairs.filter { !$0.evidence.isDecided }.sorted { $0.evidence.logE > $1.evidence.logE }
    let shown = (standings.pairs.count <= mostPairs ? decided : []) + open.prefix(mostPairs)
    guard !shown.isEmpty else { return [] }
    let rows = shown.map { pair in
      let name = "\(VisibleText.line(pair.a)) : \(VisibleText.line(pair.b))"
      let words = pair.evidence.words(a: VisibleText.line(pair.a), b: VisibleText.line(pair.b))
      let share =
        "\(decimalText(100 * pair.evidence.low, places: 0))–"
        + "\(decimalText(100 * pair.evidence.high, places: 0)) %"
      return [name, "\(pair.wins)-\(pair.ties)-\(pair.bothBad)-\(pair.losses)", share, words]
    }
    let table = TextTable.lines(header: ["pair", "W-T-BB-L", "share", ""], rows: rows, numeric: [1, 2])
    let count = "\(decided.count) of \(standings.pairs.count) pairs decided"
    return ["", count + (open.count > mostPairs ? "; the open ones nearest to a decision:" : ":")] + table
  }
}
