import Core
import Terminal

extension KeyPlace {
  static let methods = KeyPlace("methods", "Where it says how numbers are computed")
}

extension Action {
  static let methodsClose = Action("methods.close")
}

/// How the numbers of the scoreboard come about, with the rows behind them.
struct MethodsPage: PageLayer {
  static let place = KeyPlace.methods

  var cursor = PageCursor()

  static let keys: [KeyRow] = [
    KeyRow(.methodsClose, .methods, [.character("W")], "close it") { $0.closeTop() }
  ]

  func page(_ state: State, width: Int) -> Page { Page.scoreboardMethods(state) }
}

extension Page {
  /// How the numbers of the scoreboard came about, with the rows behind them.
  static func scoreboardMethods(_ state: State) -> Page {
    let rows = state.responses.map { response -> Row in
      let timing = response.timing
      func time(_ nanoseconds: Int64?) -> String { nanoseconds.map { "\(Double($0 / 1000) / 1000) ms" } ?? "–" }
      return Row([
        "\(response.lane + 1)", time(timing.firstToken), time(timing.firstAnswer), time(timing.end),
        "\(response.usage.output)", "\(timing.chunks)", response.usage.source.rawValue,
        response.cost.amount.map { "$" + $0.decimalText } ?? "unknown", response.cost.status.rawValue,
        response.cost.price.map { "\($0.text(.input))/\($0.text(.output)) \($0.record)" } ?? "–",
      ])
    }
    let formulas: [(String, String)] = [
      (
        "first token (TTFT)",
        "first chunk with any token, reasoning included, less sent; sent is just before the request's first byte"
      ),
      ("first word (TTFO)", "first chunk of visible answer text, less sent"), ("end", "last content chunk, less sent"),
      (
        "tokens/s",
        "(output tokens - tokens of the first chunk) / (end - TTFT); output tokens as the provider reports them"
      ),
      ("in, out", "token counts as the provider reports them; ~ before our own estimate of four bytes a token"),
      (
        "cost",
        "the provider's own charge where it reports one, else each class of tokens times its price on the day of the call; ≥ where an answer was stopped, ? where no price is known"
      ),
      ("fit", "0 to 10 from the judge: the mean over both orders, all pairs and all judges of this turn"),
      ("1st, 2nd", "lanes that finished, by their end; the winner of the rule before all"),
      ("fastest", "the whole answer that ended first, whoever has won by the rule"),
      ("judge", "above every other answer by the verdicts that count; without verdicts, of the best fit"),
      ("you", "above every other answer by your votes"),
    ]
    var blocks: [Block] = formulas.map { name, words in
      .text([Span("\(name): ", Style(.strong)), Span(words)])
    }
    blocks += [
      .space,
      .table(
        header: [
          "#", "first token", "first word", "end", "out", "chunks", "counted", "cost", "status", "price in/out per M",
        ],
        rows: rows, numeric: [0, 1, 2, 3, 4, 5]),
    ]
    // Before a vote a receipt would tell whose answer is whose.
    for response in state.responses where !state.isHidden && response.state.isOver && response.cost.status != .free {
      let lines = ReceiptLines(response)
      blocks += [
        .space, .heading("Receipt of lane \(response.lane + 1), \(response.model.text)"),
        .table(header: ReceiptLines.header, rows: lines.rows.map { Row($0) }, numeric: ReceiptLines.numeric),
      ]
      blocks += lines.sums.map { .text([Span("\($0.name): ", Style(.quiet)), Span($0.words)]) }
    }
    return Page(title: "How the scoreboard is computed \(state.screen.borders.dot) n = \(rows.count)", blocks: blocks)
  }
}
