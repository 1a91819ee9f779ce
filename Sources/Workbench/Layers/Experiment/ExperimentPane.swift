import Core
import Engine
import Terminal

/// An experiment's grid in a window over all the lanes: prompts down, variants across, sums below.
enum ExperimentPane {
  /// Above the rows: what is shown, how far it is, the variants in two lines.
  private static let head = 4
  private static let leastColumn = 9

  /// What stands where.
  private struct Layout {
    var area: Area
    var idWidth: Int
    /// Of these: the items' own ids.
    var name: Int
    var column: Int
    /// Variants that have room.
    var lanes: Range<Int>
    var sums: [(name: String, cells: [String])]
    var pairs: [StyledLine]

    var rows: Int { max(1, area.height - head - (sums.isEmpty && pairs.isEmpty ? 0 : sums.count + pairs.count + 1)) }

    func x(_ lane: Int) -> Int { area.x + 2 + idWidth + (lane - lanes.lowerBound) * column }
  }

  static func visibleRows(_ page: ExperimentPage, _ state: State) -> Int { layout(page, state, inside(state)).rows }

  static func row(at y: Int, _ page: ExperimentPage, _ state: State) -> Int? {
    let layout = layout(page, state, inside(state))
    let offset = y - layout.area.y - head
    let index = first(page, layout.rows) + offset
    return (0..<layout.rows).contains(offset) && page.rows.indices.contains(index) ? index : nil
  }

  private static func inside(_ state: State) -> Area {
    Area(x: 1, y: 2, width: state.screen.width - 2, height: max(1, state.screen.height - 4))
  }

  private static func first(_ page: ExperimentPage, _ visible: Int) -> Int {
    max(0, min(page.selection - visible / 2, page.rows.count - visible))
  }

  private static func layout(_ page: ExperimentPage, _ state: State, _ area: Area) -> Layout {
    let count = page.table?.lanes.count ?? 0
    let idWidth = max(12, min(48, (area.width - 3) * 36 / 100))
    let room = area.width - 3 - idWidth
    let shown = max(1, min(count, room / leastColumn))
    let column = min(24, max(leastColumn, room / max(1, shown)))
    let start = max(0, min(page.place.column - shown / 2, count - shown))
    let few = area.height < 24
    return Layout(
      area: area, idWidth: idWidth, name: min(idWidth / 2, page.nameWidth), column: column,
      lanes: start..<min(count, start + shown),
      sums: sums(page, isShort: few, column: column),
      pairs: pairs(page, state, most: few ? 1 : max(1, min(6, area.height / 6))))
  }

  static func draw(_ page: ExperimentPage, _ state: State, _ frame: inout Frame) {
    let area = WindowPane.draw(
      state, width: state.screen.width, height: state.screen.height - 2,
      title: page.snapshot.map { "Experiment \(VisibleText.line(Session.shownTitle($0.title)))" } ?? "Experiment",
      &frame)
    guard let snapshot = page.snapshot, let table = page.table else {
      let words = page.fault.map { VisibleText.line($0) } ?? "reading …"
      for (row, line) in StyledLine.wrapped(
        [Span(words, Style(page.fault == nil ? .quiet : .bad))], width: area.width - 4
      ).enumerated() {
        frame.put(line, x: area.x + 2, y: area.y + 1 + row, limit: area.width - 4)
      }
      return
    }
    drawHead(page, snapshot, area, state, &frame)
    let layout = layout(page, state, area)
    drawVariants(table, layout, state, &frame)
    if page.rows.isEmpty {
      frame.put("no prompt is so", x: area.x + 2, y: area.y + head, Style(.quiet))
    }
    let first = first(page, layout.rows)
    for (offset, index) in page.rows.dropFirst(first).prefix(layout.rows).enumerated() {
      draw(
        table.rows[index], isChosen: first + offset == page.selection, page, layout, y: area.y + head + offset, state,
        &frame)
    }
    drawSums(layout, state, &frame)
  }

  // MARK: The head

  private static func drawHead(
    _ page: ExperimentPage, _ snapshot: ExperimentSnapshot, _ area: Area, _ state: State, _ frame: inout Frame
  ) {
    let dot = " \(state.screen.borders.dot) "
    let total = page.table?.rows.count ?? 0
    let count = page.rows.count == total ? "\(total)" : "\(page.rows.count) of \(total)"
    if let line = page.line {
      let used = frame.put(" \(state.screen.borders.prompt) ", x: area.x, y: area.y, Style(.focus, bold: true))
      let room = area.width - used - 12
      let before = SessionsPane.tail(VisibleText.line(String(line.characters[..<line.cursor])), columns: room)
      let written = frame.put(before, x: area.x + used, y: area.y)
      let after = VisibleText.line(String(line.characters[line.cursor...]))
      frame.put(TextWidth.fitted(after, columns: room - written), x: area.x + used + written, y: area.y)
      frame.cursor = Frame.Point(x: area.x + used + written, y: area.y)
    } else {
      var words = [page.place.filter.words]
      if !page.place.line.isEmpty { words.append("“\(VisibleText.line(page.place.line))”") }
      let used = frame.put(page.place.measure.rawValue, x: area.x + 2, y: area.y, Style(.strong, bold: true))
      frame.put(
        TextWidth.fitted(dot + words.joined(separator: dot), columns: area.width - used - 14), x: area.x + 2 + used,
        y: area.y, Style(page.place.filter == .all && page.place.line.isEmpty ? .quiet : .warning))
    }
    frame.put(count, x: area.x + area.width - TextWidth.of(count) - 2, y: area.y, Style(.quiet))
    let (words, role): (String, Role) =
      if let fault = page.fault {
        (fault, .bad)
      } else if let plan = page.plan {
        ("\(plan.words); \(state.keymap.keyName(.experimentGo)) again asks them", .warning)
      } else if snapshot.isElsewhere {
        ("\(snapshot.standing(dot))\(dot)another Furlong is asking it", .busy)
      } else if snapshot.isRunning {
        (snapshot.progress.words(seconds: snapshot.seconds), .busy)
      } else if let trouble = snapshot.trouble {
        (trouble, .bad)
      } else {
        (snapshot.standing(dot), .quiet)
      }
    frame.put(
      TextWidth.fitted(VisibleText.line(words), columns: area.width - 4), x: area.x + 2, y: area.y + 1, Style(role))
  }

  private static func drawVariants(_ table: BatchTable, _ layout: Layout, _ state: State, _ frame: inout Frame) {
    for lane in layout.lanes {
      let own = table.lanes[lane]
      let role = Role.lane(lane)
      let room = layout.column - 1
      let name = VisibleText.line(own.model.model.split(separator: "/").last.map(String.init) ?? own.text)
      let below =
        own.variant ?? own.text.dropFirst(own.model.text.count + 1).description.nilIfEmpty ?? own.model.provider
      frame.put(
        TextWidth.fitted("\(lane + 1) \(name)", columns: room), x: layout.x(lane), y: layout.area.y + 2,
        Style(role, bold: true))
      frame.put(
        TextWidth.fitted(VisibleText.line(below), columns: room), x: layout.x(lane), y: layout.area.y + 3, Style(.quiet)
      )
    }
    if layout.lanes.upperBound < table.lanes.count || layout.lanes.lowerBound > 0 {
      let words = "\(layout.lanes.lowerBound + 1)-\(layout.lanes.upperBound) of \(table.lanes.count)"
      frame.put(words, x: layout.area.x + 2, y: layout.area.y + 2, Style(.quiet))
    }
  }

  // MARK: Rows

  private static func draw(
    _ row: BatchTable.Row, isChosen: Bool, _ page: ExperimentPage, _ layout: Layout, y: Int, _ state: State,
    _ frame: inout Frame
  ) {
    let area = layout.area
    if isChosen {
      frame.fill(Area(x: area.x, y: y, width: layout.idWidth + 1, height: 1), Style(.selection))
      frame.put(state.screen.borders.prompt, x: area.x, y: y, Style(.selection, bold: true))
    }
    frame.put(
      TextWidth.fitted(VisibleText.line(row.id), columns: layout.name), x: area.x + 2, y: y,
      Style(isChosen ? .selection : .strong, bold: isChosen))
    frame.put(
      TextWidth.fitted(VisibleText.line(row.title), columns: layout.idWidth - layout.name - 2),
      x: area.x + 3 + layout.name, y: y, Style(isChosen ? .selection : .quiet))
    let best = best(row, page.place.measure)
    for lane in layout.lanes {
      let (words, role) = cell(row, lane, page.place.measure, isBest: best == lane, state)
      let isHere = isChosen && lane == page.place.column
      let x = layout.x(lane)
      if isHere { frame.fill(Area(x: x - 1, y: y, width: layout.column, height: 1), Style(.selection)) }
      frame.put(
        TextWidth.fitted(words, columns: layout.column - 1), x: x, y: y, Style(isHere ? .selection : role, bold: isHere)
      )
    }
  }

  /// The variant that is fastest or cheapest, or that the judges like best, where it is one alone.
  private static func best(_ row: BatchTable.Row, _ measure: ExperimentPage.Measure) -> Int? {
    let lanes = row.runs.first?.cells.indices ?? 0..<0
    let values = lanes.compactMap { lane -> (lane: Int, value: Double)? in
      let cells = row.runs.map { $0.cells[lane] }
      switch measure {
      case .time:
        let ends = cells.compactMap(\.end).map(Double.init).sorted()
        return Quantiles.type7(ends, 0.5).map { (lane, -$0) }
      case .cost:
        guard cells.allSatisfy({ $0.cost != nil }) else { return nil }
        return (lane, -cells.compactMap { $0.cost?.dollars }.reduce(0, +))
      case .fit:
        let count = cells.reduce(0) { $0 + $1.fits }
        return count == 0 ? nil : (lane, cells.reduce(0) { $0 + $1.fit } / Double(count))
      case .verdict, .check: return nil
      }
    }
    guard values.count > 1, let best = values.max(by: { $0.value < $1.value }),
      values.count(where: { $0.value == best.value }) == 1
    else { return nil }
    return best.lane
  }

  private static func cell(
    _ row: BatchTable.Row, _ lane: Int, _ measure: ExperimentPage.Measure, isBest: Bool, _ state: State
  ) -> (String, Role) {
    let cells = row.runs.map { $0.cells[lane] }
    let isASCII = state.screen.borders.isASCII
    if row.runs.contains(where: \.isHidden) { return ("hidden", .quiet) }
    if cells.contains(where: \.isAsked) { return (state.screen.borders.ellipsis + " asked", .busy) }
    if let failed = cells.first(where: \.hasFailed)?.state { return (failed.rawValue, .bad) }
    if let stopped = cells.first(where: { $0.state == .stopped })?.state { return (stopped.rawValue, .warning) }
    guard cells.contains(where: { $0.state != nil }) else { return (isASCII ? "." : "·", .quiet) }
    switch measure {
    case .verdict: return verdict(row, lane, isASCII: isASCII)
    case .fit:
      let count = cells.reduce(0) { $0 + $1.fits }
      guard count > 0 else { return ("–", .quiet) }
      return (Readable.fit(cells.reduce(0) { $0 + $1.fit } / Double(count)), isBest ? .good : .text)
    case .time:
      guard let end = Quantiles.type7(cells.compactMap(\.end).map(Double.init).sorted(), 0.5) else {
        return ("–", .quiet)
      }
      return (Readable.duration(Int64(saturating: end)), isBest ? .good : .text)
    case .cost:
      let sum = cells.compactMap(\.cost).reduce(.zero, +)
      return (Readable.total(sum, hasUnknown: cells.contains(where: \.hasUnknownCost)), isBest ? .good : .text)
    case .check:
      let passed = cells.compactMap(\.passed)
      guard !passed.isEmpty else { return ("–", .quiet) }
      let count = passed.count { $0 }
      let role: Role = count == passed.count ? .good : count == 0 ? .bad : .warning
      if passed.count > 1 { return ("\(count) of \(passed.count)", role) }
      return (count == 1 ? (isASCII ? "passed" : "✓ passed") : (isASCII ? "not" : "✗ not"), role)
    }
  }

  private static func verdict(_ row: BatchTable.Row, _ lane: Int, isASCII: Bool) -> (String, Role) {
    let tally = row.tally(lane)
    let (wins, losses, splits) = (tally.wins, tally.losses, tally.splits)
    let count = wins + losses + tally.ties + splits
    guard count > 0 else { return (tally.missing > 0 ? "no verdict" : "answered", .quiet) }
    let (mark, role): (String, Role) =
      wins > losses
      ? (isASCII ? "+" : "✓", .good)
      : losses > wins ? (isASCII ? "-" : "✗", .bad) : splits > 0 ? (isASCII ? "?" : "±", .warning) : ("=", .quiet)
    if count == 1 {
      return ("\(mark) \(wins > 0 ? "won" : losses > 0 ? "lost" : splits > 0 ? "split" : "tie")", role)
    }
    return ("\(mark) \(wins):\(losses)", role)
  }

  // MARK: Sums

  private static func sums(_ page: ExperimentPage, isShort: Bool, column: Int) -> [(name: String, cells: [String])] {
    guard let snapshot = page.snapshot else { return [] }
    let lanes = snapshot.sums.lanes
    func percent(_ value: Double) -> String { "\(Int(saturating: (value * 100).rounded()))" }
    func interval(_ estimate: IntervalEstimate) -> String {
      let bounds = "\(percent(estimate.low))-\(percent(estimate.high))"
      // A narrow column has room for the interval alone.
      return column < 17 ? "\(bounds) %" : "\(percent(estimate.value)) % (\(bounds))"
    }
    var rows: [(measure: ExperimentPage.Measure, name: String, cells: [String])] = []
    if snapshot.hasVerdicts {
      rows.append(
        (
          .verdict, "won, 95 % interval",
          lanes.map { lane in
            lane.share.map(interval) ?? (lane.compared == 0 ? "–" : "\(lane.compared) compared")
          }
        ))
      rows.append((.fit, "mean fit", lanes.map { $0.fit.map(Readable.fit) ?? "–" }))
    }
    if snapshot.hasChecks {
      rows.append((.check, "passed, 95 % interval", lanes.map { $0.passed.map(interval) ?? "–" }))
    }
    rows.append((.time, "time, middle one", lanes.map { $0.end.map(Readable.duration) ?? "–" }))
    rows.append((.cost, "cost", lanes.map { Readable.total($0.cost, hasUnknown: $0.hasUnknownCost) }))
    if isShort { rows = rows.filter { $0.measure == page.place.measure } }
    return rows.map { ($0.name, $0.cells) }
  }

  /// What separates two variants, in words.
  private static func pairs(_ page: ExperimentPage, _ state: State, most: Int) -> [StyledLine] {
    guard let snapshot = page.snapshot, !snapshot.sums.pairs.isEmpty else { return [] }
    // Those of the variant one is on come first.
    let own = snapshot.sums.pairs.filter { $0.a == page.place.column || $0.b == page.place.column }
    let others = snapshot.sums.pairs.filter { $0.a != page.place.column && $0.b != page.place.column }
    return (own + others).prefix(most).map { pair in
      let (a, b) = ("\(pair.a + 1)", "\(pair.b + 1)")
      var words = pair.evidence.words(a: a, b: b)
      if let noise = pair.noise { words += "; \(noise.words(a: a, b: b))" }
      return StyledLine([
        Span("\(a) : \(b)  ", Style(.strong)), Span(words, Style(pair.evidence.isDecided ? .good : .text)),
      ])
    }
  }

  private static func drawSums(_ layout: Layout, _ state: State, _ frame: inout Frame) {
    let area = layout.area
    guard !layout.sums.isEmpty || !layout.pairs.isEmpty else { return }
    var y = area.y + area.height - layout.sums.count - layout.pairs.count - 1
    frame.put(String(repeating: state.screen.borders.horizontal, count: area.width), x: area.x, y: y, Style(.border))
    y += 1
    for row in layout.sums {
      frame.put(TextWidth.fitted(row.name, columns: layout.idWidth), x: area.x + 2, y: y, Style(.quiet))
      for lane in layout.lanes {
        frame.put(
          TextWidth.fitted(row.cells[lane], columns: layout.column - 1), x: layout.x(lane), y: y, Style(.strong))
      }
      y += 1
    }
    for line in layout.pairs {
      frame.put(line, x: area.x + 2, y: y, limit: area.width - 4)
      y += 1
    }
  }
}

extension ExperimentSnapshot {
  /// `80 of 80 answers · $0.02`.
  fileprivate func standing(_ dot: String) -> String {
    let cells = table.value.rows.flatMap { $0.runs.flatMap(\.cells) }
    let failed = cells.count { $0.hasFailed }
    var words = ["\(cells.count(where: \.isFinish)) of \(cells.count) answers"]
    if failed > 0 { words.append("\(failed) failed") }
    words.append(Readable.total(progress.cost, hasUnknown: progress.hasUnknownCost))
    return words.joined(separator: dot)
  }
}

extension String {
  fileprivate var nilIfEmpty: String? { isEmpty ? nil : self }
}
