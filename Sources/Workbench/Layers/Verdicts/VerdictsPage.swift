import Core
import Judging
import Terminal

/// Verdicts as a page to read.
extension Page {
  /// Everything the judges said of the latest turn.
  static func verdicts(_ state: State) -> Page {
    var blocks: [Block] = []
    for judgement in state.verdicts {
      if !blocks.isEmpty { blocks.append(.space) }
      blocks += verdict(judgement, state)
    }
    // What is old is of other answers.
    let pairs = Set(state.verdicts.map { [$0.a, $0.b] })
    let panels = state.findings.panels.filter { pairs.contains([$0.a, $0.b]) }
    if !panels.isEmpty { blocks = panels.map { .text($0.words, .strong) } + [.space] + blocks }
    return Page(title: "Verdicts", blocks: blocks, methods: methods)
  }

  static func verdict(_ judgement: Judgement, _ state: State) -> [Block] {
    let (a, b) = (judgement.a.lane, judgement.b.lane)
    let outcome = judgement.outcome
    var blocks: [Block] = [
      .heading("\(a + 1) \(state.laneName(a))  against  \(b + 1) \(state.laneName(b))"),
      .text([
        Span(outcome.words(a: a, b: b), Style(outcome.isQuarantined ? .warning : .strong, bold: true)),
        Span(": \(outcome.reason)"),
      ]),
    ]
    let fits = [(a, outcome.fitA), (b, outcome.fitB)].compactMap { lane, fit in
      fit.map { "lane \(lane + 1) fits \(Readable.fit($0))" }
    }
    let reported = judgement.judgeReported.map { " (answered as \($0))" } ?? ""
    let cost = Readable.total(judgement.cost, hasUnknown: judgement.hasUnknownCost)
    blocks.append(.text("\((fits + ["judge \(judgement.judge)\(reported)", cost]).joined(separator: " · "))", .quiet))
    if outcome.isQuarantined {
      blocks.append(
        .text(
          judgement.isConfirmed
            ? "Quarantined; you have let it count." : "Quarantined: it does not count until you confirm it.", .warning))
    }
    if judgement.isSetAside { blocks.append(.text("Shown, but not counted.", .warning)) }
    for flag in outcome.flags { blocks.append(.text("· \(flag)", .warning)) }
    if let readings = judgement.readings {
      blocks += order(readings.ab, r1: a, r2: b) + order(readings.ba, r1: b, r2: a)
    }
    return blocks
  }

  /// One call, with its slots named by lane.
  private static func order(_ reading: OrderReading, r1: Int, r2: Int) -> [Block] {
    let title = "lane \(r1 + 1) listed first"
    guard case .verdict(let verdict) = reading else {
      return [.text("\(title): no verdict, \(reading.reasonForNone ?? "")", .quiet)]
    }
    let preference: String
    switch verdict.preference {
    case .r1Much: preference = "lane \(r1 + 1) much better"
    case .r1Slight: preference = "lane \(r1 + 1) slightly better"
    case .tie: preference = verdict.tieKind == .bothBad ? "tie, both bad" : "tie"
    case .r2Slight: preference = "lane \(r2 + 1) slightly better"
    case .r2Much: preference = "lane \(r2 + 1) much better"
    case .cannotJudge: preference = "cannot judge"
    }
    var blocks: [Block] = [
      .text([
        Span("\(title): ", Style(.quiet)), Span(preference, Style(.strong)),
        Span("  \(verdict.reason(r1: r1, r2: r2))"),
      ])
    ]
    for fault in verdict.errors {
      let lane = fault.place == .r1 ? r1 : r2
      blocks.append(
        .text([Span("  lane \(lane + 1) \(fault.kind.words): ", Style(.bad)), Span("“\(fault.quote)”", Style(.quote))]))
    }
    if !verdict.criteria.isEmpty {
      let marks = verdict.criteria.map { "\($0.id) \($0.r1.rawValue)/\($0.r2.rawValue)" }.joined(separator: "  ")
      blocks.append(.text("  criteria, lane \(r1 + 1)/lane \(r2 + 1): \(marks)", .quiet))
    }
    return blocks
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
  func laneName(_ lane: Int) -> String { lanes.indices.contains(lane) ? lanes[lane].text : "lane \(lane + 1)" }
}
