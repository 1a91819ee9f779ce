import Core
import Judging
import Terminal

/// Verdicts as a page to read.
extension Page {
  /// Everything the judges said of the turn in view.
  /// - Parameter briefs: what they went by, by id.
  static func verdicts(_ state: State, briefs: [String: Brief]) -> Page {
    var blocks: [Block] = []
    for judgement in state.verdicts {
      if !blocks.isEmpty { blocks.append(.space) }
      blocks += verdict(judgement, state, briefs)
    }
    // What is old is of other answers.
    let pairs = Set(state.verdicts.map { [$0.a, $0.b] })
    let panels = state.findings.panels.filter { pairs.contains([$0.a, $0.b]) }
    if !panels.isEmpty { blocks = panels.map { .text($0.words, .strong) } + [.space] + blocks }
    if let judging = state.findings.judging {
      blocks = [.text("\(judging.words)\(state.screen.borders.ellipsis)", .busy)] + [.space] + blocks
    } else if blocks.isEmpty {
      blocks = [.text("No verdict on this turn: \(state.keymap.keyName(.judge)) in the lanes asks the judge.", .quiet)]
    }
    return Page(title: "Verdicts", blocks: blocks, methods: methods)
  }

  /// The result in one line, then the criteria, each order in the judge's words, and what it quotes.
  private static func verdict(_ judgement: Judgement, _ state: State, _ briefs: [String: Brief]) -> [Block] {
    let outcome = judgement.outcome
    let table = VerdictTable(judgement, brief: judgement.brief.flatMap { briefs[$0] })
    func name(_ lane: Int) -> String { "\(lane + 1) \(state.laneName(lane))" }
    var blocks: [Block] = [
      .heading("\(name(table.a))  against  \(name(table.b))"),
      .text([
        Span(table.result, Style(outcome.isQuarantined ? .warning : .strong, bold: true)), Span(": \(outcome.reason)"),
      ]),
    ]
    let reported = judgement.judgeReported.map { " (answered as \($0))" } ?? ""
    let cost = Readable.total(judgement.cost, hasUnknown: judgement.hasUnknownCost)
    blocks.append(.text("judge \(judgement.judge)\(reported) · \(cost)", .quiet))
    if outcome.isQuarantined {
      blocks.append(
        .text(
          judgement.isConfirmed
            ? "Quarantined; you have let it count."
            : "Quarantined: it does not count until you let it (\(state.keymap.keyName(.verdictConfirm))).", .warning))
    }
    if judgement.isSetAside { blocks.append(.text("Shown, but not counted.", .warning)) }
    for flag in outcome.flags { blocks.append(.text("· \(flag)", .warning)) }
    let rows = table.rows(outcome).map { Row([$0[0]] + $0.dropFirst().map { mark($0, state) }) }
    if !rows.isEmpty {
      blocks.append(
        .table(header: ["criterion", "lane \(table.a + 1)", "lane \(table.b + 1)"], rows: rows, numeric: []))
    }
    for order in table.orders {
      blocks.append(
        .text([
          Span("lane \(order.first + 1) listed first: ", Style(.quiet)),
          Span(order.preference ?? "no verdict, ", Style(order.preference == nil ? .quiet : .strong)),
          Span((order.preference == nil ? "" : "  ") + order.reason),
        ]))
    }
    let faults = table.orders.flatMap(\.faults).map { fault in
      Row(["lane \(fault.lane + 1) \(fault.kind.words)", "“\(fault.quote)”"], Style(.quote))
        .linked(to: .passage(lane: fault.lane, fault.quote))
    }
    if !faults.isEmpty { blocks.append(.table(header: ["quoted as", "passage"], rows: faults, numeric: [])) }
    return blocks
  }

  /// A sign that is read faster than its word.
  private static func mark(_ words: String, _ state: State) -> String {
    guard !state.screen.borders.isASCII else { return words }
    let signs = ["yes": "✓", "partly": "◐", "no": "✗"]
    return words.split(separator: " ").map { signs[String($0)].map { "\($0)" } ?? String($0) }.joined(separator: " ")
  }

  private static var methods: [Block] {
    [
      .heading("Verdict"),
      .text(
        "The judge is asked twice, with the answers' order exchanged. The same winner: win, counts 1. A winner and a tie: weak win, 0.75. Two ties: tie, 0.5. Opposite winners: order-split, 0.5, and you decide first. One order without a verdict: half, not counted. None: missing, never a tie and never a loss."
      ), .space, .heading("Fit"),
      .text(
        "What the judge gave an answer, 0 to 10: the mean over both orders, and over all pairs and judges of this turn."
      ),
    ]
  }
}

extension State {
  func laneName(_ lane: Int) -> String { lanes.indices.contains(lane) ? lanes[lane].title : "lane \(lane + 1)" }
}
