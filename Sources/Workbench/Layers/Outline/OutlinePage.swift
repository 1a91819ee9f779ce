import Core
import Terminal

extension KeyPlace {
  static let outline = KeyPlace("outline", "In the outline")
}

extension Action {
  static let outlineClose = Action("outline.close")
}

/// The turns of the session, one a row.
struct OutlinePage: PageLayer {
  static let place = KeyPlace.outline

  var cursor = PageCursor()

  static let keys: [KeyRow] = [
    KeyRow(.outlineClose, .outline, [.character("#")], "close the outline") { $0.closeTop() }
  ]

  /// Begins at the turn in view.
  init(_ state: State) { cursor.chosen = state.turn.map { .turn($0.number) } }

  func page(_ state: State, width: Int) -> Page {
    let rows = state.session.turns.map { turn -> Page.Row in
      let responses = turn.responses.values
      let over = responses.filter(\.state.isOver)
      let end = over.compactMap(\.timing.end).max().map(Readable.duration)
      let cost = state.money.spending.session.turns[turn.number]?.screenText ?? "–"
      let isHidden = turn.blind != nil
      let winner = isHidden ? "blind" : turn.winner.map { "\($0 + 1) \(state.laneName($0))" } ?? "–"
      return Page.Row(
        [
          "\(turn.number)", sessionTitle(turn.prompt), "\(over.count) of \(responses.count)", winner, end ?? "…",
          isHidden ? "" : cost,
        ], Style(turn.number == state.turn?.number ? .strong : .text)
      ).linked(to: .turn(turn.number))
    }
    return Page(
      title: "Turns \(state.screen.borders.dot) \(rows.count)",
      blocks: [
        .table(header: ["#", "prompt", "ended", "winner", "time", "cost"], rows: rows, numeric: [0, 2, 4, 5])
      ])
  }
}
