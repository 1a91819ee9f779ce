import Core
import Engine
import Ranking
import Terminal

/// What stands beside the ratings of a leaderboard, the same on the screen and headless: whose word it is, what it cost, what was
/// left out.
public struct BoardLines {
  public static let figuresHeader = ["model", "answers", "failed", "cost each", "TTFO p50", "end p50", "end p95"]
  public static let jointHeader = ["rank", "model", "rating", "95 %", "Elo"]
  public static let ratersHeader = ["rater", "votes", "scale", "slot", "length", "family"]

  private let board: Board

  public init(_ board: Board) { self.board = board }

  /// One sentence each.
  public var notes: [String] {
    var notes: [String] = []
    if let source = board.source {
      let judges = board.ballots.judges.joined(separator: ", ")
      let whose =
        switch source {
        case .human: "your blind votes"
        case .judge: "verdicts of \(judges)"
        case .joint: "your votes and verdicts of \(judges)"
        }
      let tag = board.tag.map { " tagged ‘\($0)’" } ?? ""
      notes.append("From \(whose), on \(Readable.count(board.ballots.prompts, "prompt"))\(tag).")
    }
    if board.ballots.implied.votes > 0 {
      let (votes, choices) = board.ballots.implied
      notes.append(
        "\(Readable.count(votes, "vote")) of them are implied by \(Readable.count(choices, "choice")) among several answers: "
          + "they are not independent, and count as related.")
    }
    for (reason, count) in board.ballots.leftOut.sorted(by: { $0.key < $1.key }) {
      notes.append("\(Readable.count(count, "verdict")) left out: \(reason).")
    }
    for (pair, count) in board.ballots.splits.sorted(by: { $0.key < $1.key }) {
      let names = pair.split(separator: "\n").joined(separator: " and ")
      notes.append(
        "\(names): \(Readable.count(count, "order-split")), counted half for each; your vote would settle them.")
    }
    for saving in board.savings {
      let share = "\(percent(saving.winRate)) (\(percent(saving.low)) to \(percent(saving.high)))"
      notes.append(
        "\(saving.a) against \(saving.b): \(share) by your votes with the judge's help; the judge saved you about "
          + "\(Readable.count(Int(saturating: max(0, saving.votesSaved).rounded()), "vote")).")
    }
    return notes
  }

  private func percent(_ share: Double) -> String { "\(Int(saturating: (share * 100).rounded())) %" }

  public var figures: [[String]] {
    board.standings.models.compactMap { model in
      guard let found = board.figures[model.name] else { return nil }
      func quantile(_ times: [Int64], _ level: Double, atLeast: Int = 1) -> String {
        guard times.count >= atLeast, let value = Quantiles.type7(times.sorted().map(Double.init), level) else {
          return "–"
        }
        return Readable.duration(Int64(saturating: value))
      }
      return [
        model.name, "\(found.answers)", "\(found.failures)", found.costPerAnswer?.screenText ?? "?",
        quantile(found.firstAnswers, 0.5), quantile(found.ends, 0.5), quantile(found.ends, 0.95, atLeast: 20),
      ]
    }
  }

  public var joint: [[String]] {
    board.jointRows.map { row in
      [
        row.rankLow == row.rankHigh ? "\(row.rankLow)" : "\(row.rankLow)–\(row.rankHigh)", row.name,
        decimalText(row.rating, places: 3), "±" + decimalText(row.high - row.rating, places: 3),
        decimalText(1000 + row.rating * Standings.eloScale, places: 0),
      ]
    }
  }

  /// How each rater differs from the person's scale: what it takes for a point, which slot, length and family it likes.
  public var raters: [[String]] {
    (board.joint?.raters ?? []).enumerated().map { index, rater in
      [
        index == 0 ? "you" : board.ballots.judges[index - 1], "\(rater.votes)", decimalText(rater.scale, places: 2),
        decimalText(rater.slot, places: 2), decimalText(rater.length, places: 2), decimalText(rater.family, places: 2),
      ]
    }
  }

  /// Headless, below the table of ratings.
  public var lines: [String] {
    var lines: [String] = []
    func table(_ header: [String], _ rows: [[String]], _ numeric: Set<Int>) {
      guard !rows.isEmpty else { return }
      let block = Page.Block.table(header: header, rows: rows.map { Page.Row($0) }, numeric: numeric)
      lines.append("")
      lines += block.lines(width: 10_000).map { line in
        var text = line.line.text
        while text.hasSuffix(" ") { text.removeLast() }
        return text
      }
    }
    if board.joint != nil { lines += ["", "Votes and verdicts in one model:"] }
    table(Self.jointHeader, joint, [0, 2, 3, 4])
    table(Self.ratersHeader, raters, [1, 2, 3, 4, 5])
    table(Self.figuresHeader, figures, [1, 2, 3, 4, 5, 6])
    let notes = notes.map { VisibleText.line($0) }
    return lines + (notes.isEmpty ? [] : [""]) + notes
  }
}
