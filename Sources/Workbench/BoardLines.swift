import Core
import Engine

/// What stands below a leaderboard, in words, the same on the screen and headless.
public struct BoardLines {
  public var notes: [String] = []

  public init(_ board: Board) {
    for (reason, count) in board.ballots.leftOut.sorted(by: { $0.key < $1.key }) {
      notes.append("\(Readable.count(count, "verdict")) left out: \(reason)")
    }
    if let source = board.source {
      let whose =
        switch source {
        case .human: "your blind votes"
        case .judge: "verdicts of \(board.ballots.judges.joined(separator: ", "))"
        case .joint: "your votes and verdicts of \(board.ballots.judges.joined(separator: ", "))"
        }
      notes.append("From \(whose), on \(Readable.count(board.ballots.prompts, "prompt")).")
    }
  }
}
