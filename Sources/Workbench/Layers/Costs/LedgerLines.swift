import Core
import Terminal

/// The ledger's tables and pictures, for the page and for `furlong costs`.
public struct LedgerLines {
  let ledger: Ledger
  let grouping: Ledger.Grouping
  public let entries: [Ledger.Entry]

  public init(_ ledger: Ledger, by grouping: Ledger.Grouping) {
    self.ledger = ledger
    self.grouping = grouping
    entries = ledger.entries(by: grouping)
  }

  public var header: [String] {
    ["#", grouping.rawValue, "calls", "failed", "in", "cached", "out", "cost", "wasted", "TTFO", "end", "p95"]
      + (grouping == .model ? ["trend"] : [])
  }

  public static let numeric = Set(2...12).union([0])

  public var rows: [[String]] {
    entries.enumerated().map { index, entry in row("\(index + 1)", entry) } + [row("", ledger.total)]
  }

  private func row(_ number: String, _ entry: Ledger.Entry) -> [String] {
    [
      number, entry.name, "\(entry.calls)", entry.failures == 0 ? "" : "\(entry.failures)",
      Readable.tokens(entry.input), entry.cached == 0 ? "" : Readable.tokens(entry.cached),
      Readable.tokens(entry.output), Self.cost(entry), entry.waste == .zero ? "" : entry.waste.screenText,
      Self.seconds(entry.firstAnswers, 0.5), Self.seconds(entry.ends, 0.5), Self.seconds(entry.ends, 0.95),
    ] + (grouping == .model ? [number.isEmpty ? "" : trend(entry.name)] : [])
  }

  /// `$0.31`, `$0.31 + ?`, `$0.31–0.44` when stopped answers may have cost more.
  static func cost(_ entry: Ledger.Entry) -> String {
    let known = Readable.total(entry.cost, hasUnknown: entry.unknown > 0)
    guard let more = entry.uncertain else { return "≥" + known }
    return more <= .zero ? known : "\(known)…\((entry.cost + more).screenText)"
  }

  static func seconds(_ sorted: [Double], _ level: Double) -> String {
    guard let value = Ledger.percentile(sorted, level) else { return "–" }
    return value.isFinite ? Readable.duration(Int64(saturating: value * 1e9)) : "never"
  }

  private func trend(_ model: String) -> String {
    guard let trend = ledger.trend(of: model), trend.earlier > 0 else { return "" }
    let change = Int(saturating: (100 * (trend.later / trend.earlier - 1)).rounded())
    return change == 0 ? "±0 %" : change > 0 ? "+\(change) %" : "−\(-change) %"
  }

  /// Spend by day as bars, the last days that there is room for.
  public func bars(width: Int, most: Int, ascii: Bool) -> [StyledLine] {
    let days = ledger.entries(by: .day).suffix(most)
    guard days.count > 1, let top = days.map(\.cost).max(), top > .zero else { return [] }
    let room = max(8, width - 26)
    return days.map { day in
      let share = Double(day.cost.picoDollars) / Double(top.picoDollars)
      let length = day.cost == .zero ? 0 : max(1, Int(saturating: (share * Double(room)).rounded()))
      return StyledLine([
        Span(day.name + "  ", Style(.quiet)),
        Span(String(repeating: ascii ? "#" : "█", count: length), Style(.focus)), Span(" " + Self.cost(day)),
      ])
    }
  }

  /// Median time to the end against cost a call, models numbered as in the table; quicker is higher.
  public func picture(width: Int, height: Int, ascii: Bool) -> [StyledLine] {
    guard grouping == .model else { return [] }
    let points = entries.enumerated().compactMap { index, entry -> CostPicture.Point? in
      guard entry.unknown == 0, let end = Ledger.percentile(entry.ends, 0.5), end.isFinite else { return nil }
      let cost = entry.cost.dollars / Double(max(1, entry.calls))
      return CostPicture.Point(number: index + 1, cost: cost, quality: -end)
    }
    return CostPicture(points) { Readable.duration(Int64(saturating: -$0 * 1e9)) }.lines(
      width: width, height: height, ascii: ascii)
  }

  /// What racing cost and saved, in sentences; empty without a raced turn.
  public var racing: [String] {
    let racing = ledger.racing
    guard racing.turns > 0 else { return [] }
    var lines = [
      "\(Readable.count(racing.turns, "race")): winners \(racing.winners.screenText), other finishers "
        + "\(racing.losers.screenText), stopped losers \(racing.waste.screenText)"
        + (racing.unknown > 0 ? ", \(racing.unknown) calls without a known cost." : ".")
    ]
    if racing.compared > 0 {
      let each = Readable.duration(Int64(saturating: abs(racing.saved) / Double(racing.compared) * 1e9))
      lines.append(
        "The winner ended \(each) \(racing.saved < 0 ? "after" : "before") what its rivals usually take, on the average of "
          + "\(Readable.count(racing.compared, "race")) (the mean of the median ends of the other lanes' models in this ledger)."
      )
    }
    return lines
  }
}
