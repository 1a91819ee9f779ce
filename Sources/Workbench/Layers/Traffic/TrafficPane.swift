import Core
import Terminal

/// The page of the gateway's traffic in a window over all the lanes.
enum TrafficPane {
  /// Above the rows: the line, the sums, the names of the columns.
  private static let head = 3

  static func visibleRows(_ state: State) -> Int { max(1, state.screen.height - 4 - head - 1) }

  static func draw(_ page: TrafficPage, _ state: State, _ frame: inout Frame) {
    let area = WindowPane.draw(
      state, width: state.screen.width, height: state.screen.height - 2, title: "Gateway traffic", &frame)
    drawLine(page, area, state, &frame)
    frame.put(sums(page.traffic, width: area.width - 4, state), x: area.x + 3, y: area.y + 1, limit: area.width - 4)
    guard !page.rows.isEmpty else { return drawNothing(page, area, state, &frame) }
    let lines = lines(page)
    let chosen = lines.firstIndex { $0.row == page.selection } ?? 0
    let visible = area.height - head
    let first = page.isFollowing ? 0 : max(0, min(chosen - visible / 2, lines.count - visible))
    let shown = lines.dropFirst(first).prefix(visible)
    // Two hundred rows would be measured for the forty that show.
    let columns = TrafficColumns(
      shown.filter { !$0.isDetail }.map { page.rows[$0.row] }, hasKeys: page.rows.contains { $0.key != nil },
      width: area.width - 4)
    columns.draw(columns.header, x: area.x + 3, y: area.y + 2, &frame) { _ in Style(.quiet) }
    for (offset, line) in shown.enumerated() {
      draw(
        page.rows[line.row], line, columns, page,
        Area(x: area.x, y: area.y + head + offset, width: area.width, height: 1), state, &frame)
    }
  }

  /// A call takes a line; an open one and the chosen one take another for what has no room there.
  private struct Line {
    var row: Int
    var isDetail = false
  }

  private static func lines(_ page: TrafficPage) -> [Line] {
    page.rows.enumerated().flatMap { index, call in
      let hasDetail = call.isOpen || index == page.selection
      return hasDetail ? [Line(row: index), Line(row: index, isDetail: true)] : [Line(row: index)]
    }
  }

  private static func draw(
    _ call: TrafficCall, _ line: Line, _ columns: TrafficColumns, _ page: TrafficPage, _ area: Area, _ state: State,
    _ frame: inout Frame
  ) {
    guard !line.isDetail else {
      frame.put(
        detail(call, columns, page.traffic.date, state, width: area.width - 6), x: area.x + 5, y: area.y,
        limit: area.width - 6)
      return
    }
    let isChosen = line.row == page.selection
    if isChosen {
      frame.fill(area, Style(.selection))
      frame.put(state.screen.borders.prompt, x: area.x + 1, y: area.y, Style(.selection, bold: true))
    }
    columns.draw(columns.cells(call), x: area.x + 3, y: area.y, &frame) { column in
      isChosen ? Style(.selection) : column == .state ? Style(call.state.role) : Style()
    }
  }

  private static func drawLine(_ page: TrafficPage, _ area: Area, _ state: State, _ frame: inout Frame) {
    let isAll = page.rows.count == page.traffic.calls.count
    var count = isAll ? Readable.count(page.rows.count, "call") : "\(page.rows.count) of \(page.traffic.calls.count)"
    if page.traffic.calls.count >= TrafficPage.limit { count = isAll ? "newest \(page.rows.count)" : count }
    if page.isLoading { count = "" }
    if !page.isFollowing { count += " \(state.screen.borders.dot) Home follows" }
    let countWidth = TextWidth.of(count)
    frame.put(count, x: area.x + area.width - countWidth - 1, y: area.y, Style(.quiet))
    let used = frame.put(" \(state.screen.borders.prompt) ", x: area.x, y: area.y, Style(.focus, bold: true))
    let room = area.width - used - countWidth - 3
    let before = SessionsPane.tail(VisibleText.line(String(page.line.characters[..<page.line.cursor])), columns: room)
    let written = frame.put(before, x: area.x + used, y: area.y)
    let after = VisibleText.line(String(page.line.characters[page.line.cursor...]))
    frame.put(TextWidth.fitted(after, columns: room - written), x: area.x + used + written, y: area.y)
    frame.cursor = Frame.Point(x: area.x + used + written, y: area.y)
  }

  // MARK: Sums

  /// As much as there is room for: the minute, then the hour.
  private static func sums(_ traffic: Traffic, width: Int, _ state: State) -> StyledLine {
    let dot = " \(state.screen.borders.dot) "
    func words(_ sums: TrafficSums, _ unit: String) -> [Span] {
      var spans = [Span("\(sums.calls)", Style(.strong)), Span("/\(unit)", Style(.quiet))]
      if sums.failures > 0 {
        spans.append(Span(dot + Readable.count(sums.failures, "error"), Style(.bad)))
      }
      spans.append(Span(dot + Readable.total(sums.cost, hasUnknown: sums.hasUnknownCost)))
      if let time = sums.firstToken {
        spans.append(Span("\(dot)first token p50 ", Style(.quiet)))
        spans.append(Span(Readable.duration(time)))
      }
      return spans
    }
    var line = StyledLine(words(traffic.minute, "min"))
    let open = Span("\(dot)\(traffic.open) open", Style(traffic.open > 0 ? .busy : .quiet))
    line.spans.insert(open, at: 2)
    let hour = StyledLine([Span(width < 100 ? "  " : "    ")] + words(traffic.hour, "hour"))
    if line.width + hour.width <= width { line.spans += hour.spans }
    return line
  }

  // MARK: Nothing yet

  private static func drawNothing(_ page: TrafficPage, _ area: Area, _ state: State, _ frame: inout Frame) {
    guard !page.isLoading else { return }
    guard page.traffic.calls.isEmpty else {
      frame.put("no call is so", x: area.x + 3, y: area.y + 3, Style(.quiet))
      return
    }
    let place = state.gateway.map { "127.0.0.1:\($0)" } ?? "127.0.0.1:4141"
    let rows: [(String, Style)] = [
      ("Nothing has come through the gateway yet.", Style()),
      (state.gateway == nil ? "Start it in another terminal, or here:" : "It listens.", Style(.quiet)),
      ("", Style()),
      (state.gateway == nil ? "  furlong serve        furlong --serve" : "", Style(.code)),
      ("", Style()),
      ("Then point a program's base URL at it:", Style(.quiet)),
      ("  http://\(place)/v1   OpenAI's SDKs", Style(.code)),
      ("  http://\(place)      Anthropic's SDKs", Style(.code)),
    ]
    for (offset, row) in rows.prefix(area.height - 3).enumerated() {
      frame.put(row.0, x: area.x + 3, y: area.y + 3 + offset, row.1, limit: area.width - 4)
    }
  }

  // MARK: The second line

  /// What has come of an open call; of one that has ended what its row has no room for, and its other lanes.
  private static func detail(
    _ call: TrafficCall, _ columns: TrafficColumns, _ date: Int64, _ state: State, width: Int
  ) -> StyledLine {
    if call.isOpen {
      let elapsed = Readable.duration(
        max(0, date.subtractingSaturating(call.created)).multipliedSaturating(by: 1_000_000_000))
      var spans = [Span("\(elapsed)  ", Style(.quiet))]
      let room = width - TextWidth.of(spans[0].text)
      let text = VisibleText.line(call.tail)
      spans.append(
        text.isEmpty
          ? Span(call.keepsWords ? "nothing has come yet" : "the words of its key are not kept", Style(.quiet))
          : Span(SessionsPane.tail(text, columns: room), Style(call.state == .thinking ? .reasoning : .text)))
      return StyledLine(spans)
    }
    let dot = " \(state.screen.borders.dot) "
    var facts: [Span] = []
    if let error = call.serving?.error, call.state != .done {
      facts.append(Span(VisibleText.line(error.message) + dot, Style(call.state.role)))
    }
    for response in call.responses where response.lane != call.serving?.lane {
      let reason = response.error.map { " (\($0.kind.rawValue))" } ?? ""
      facts.append(Span("\(VisibleText.line(response.model.text)) ", Style(.quiet)))
      facts.append(Span("\(response.state.rawValue)\(reason)", Style(response.state.role)))
      facts.append(Span(dot, Style(.quiet)))
    }
    facts.append(Span(columns.missing(call).joined(separator: dot), Style(.quiet)))
    return StyledLine(facts)
  }
}
