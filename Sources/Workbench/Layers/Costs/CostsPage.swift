import Core
import Engine
import Terminal

/// The ledger as a page.
extension Page {
  /// - Parameter today: spent since midnight, against the budgets.
  public static func costs(
    _ ledger: Ledger, by grouping: Ledger.Grouping, today: Money, budget: Budget, width: Int, ascii: Bool
  ) -> Page {
    let lines = LedgerLines(ledger, by: grouping)
    let total = ledger.total
    var page = Page(title: "Costs · by \(grouping.rawValue)", blocks: [])
    guard total.calls > 0 else {
      page.blocks = [.text("Nothing has been asked yet: no call, no cost.")]
      return page
    }
    var sums: [Span] = [
      Span(LedgerLines.cost(total), Style(.strong, bold: true)), Span(" in \(Readable.count(total.calls, "call"))"),
      Span(" · today \(today.screenText)" + (budget.perDay.map { " of \($0.screenText)" } ?? ""), Style(.quiet)),
    ]
    if total.waste > .zero { sums.append(Span(" · \(total.waste.screenText) for stopped losers", Style(.quiet))) }
    page.blocks = [.text(sums), .space]
    // A narrow window has no room for all of it.
    let dropped = width < 100 ? Set(["failed", "cached", "wasted", "p95", "trend"]) : []
    let kept = lines.header.indices.filter { !dropped.contains(lines.header[$0]) }
    let rows = lines.rows.map { cells in
      Row(kept.map { cells[$0] }, cells[0].isEmpty ? Style(.strong) : Style()).linked(
        to: cells[0].isEmpty ? nil : link(cells[1], grouping))
    }
    page.blocks.append(
      .table(
        header: kept.map { lines.header[$0] == "TTFO" ? "first word" : lines.header[$0] }, rows: rows,
        numeric: Set(kept.indices.filter { LedgerLines.numeric.contains(kept[$0]) })))
    for (title, drawing) in [
      ("Spent by day", lines.bars(width: width, most: 14, ascii: ascii)),
      (
        "Median time to the end against cost a call (\(ascii ? "*" : "◆"): nothing is quicker for less)",
        lines.picture(width: width, height: 8, ascii: ascii)
      ),
    ] where !drawing.isEmpty {
      page.blocks += [.space, .heading(title), .lines(drawing)]
    }
    if !lines.racing.isEmpty {
      page.blocks += [.space, .heading("What racing cost and saved")] + lines.racing.map { .text($0) }
    }
    page.methods = costMethods
    return page
  }

  /// The sessions behind a row.
  private static func link(_ name: String, _ grouping: Ledger.Grouping) -> Link? {
    switch grouping {
    case .model: .sessions(filter: "model:\(name)")
    case .provider: .sessions(filter: "provider:\(name)")
    case .session: .session(name)
    case .day: .sessions(filter: "since:\(name) until:\(name)")
    case .purpose: nil
    }
  }

  private static let costMethods: [Block] = [
    .heading("How the costs are computed"),
    .text(
      "Each call is billed by the token classes that its provider reported, each class at its own price, in whole "
        + "pico-dollars. Where the provider names its own charge for the call, that figure stands instead; the two are never added."
    ),
    .text(
      "‘+ ?’: calls whose price nobody knows are in it; they are never counted as zero. ‘…’: answers that were stopped or cut "
        + "are counted by what came; the figure behind it is what they may have cost at the most, where the provider goes on billing."
    ),
    .text(
      "First word (TTFO) and end are medians, p95 the 95th percentile (type 7, from 20 answers on); failed calls count as infinite, stopped "
        + "ones not at all. Trend: the later half's median end against the earlier half's, from 12 answers on."),
  ]
}
