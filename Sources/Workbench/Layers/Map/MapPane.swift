import Core
import Terminal

/// All answers against each other, by sentences.
enum MapPane {
  static func draw(_ map: DisagreementMap, _ state: State, _ frame: inout Frame) {
    let title =
      "Where lanes disagree \(state.screen.borders.dot) \(map.disputed) of \(Readable.count(map.rows.count, "sentence"))"
    let area = WindowPane.draw(state, width: state.screen.width, height: state.screen.height - 2, title: title, &frame)
    let marksWidth = map.lanes.count * 3
    let textWidth = area.width - marksWidth - 6
    for (index, lane) in map.lanes.enumerated() {
      frame.put("\(lane + 1)", x: area.x + area.width - marksWidth - 1 + index * 3, y: area.y, Style(.strong))
    }
    frame.put(legend(state), x: area.x + 1, y: area.y, limit: textWidth)
    let detail = detailLines(map, state, width: area.width - 4)
    let detailHeight = min(detail.count, max(3, area.height / 2))
    let visible = max(1, area.height - 2 - detailHeight)
    let first = max(0, min(map.selection - visible / 2, map.rows.count - visible))
    for (offset, row) in map.rows.dropFirst(first).prefix(visible).enumerated() {
      let y = area.y + 1 + offset
      let isChosen = first + offset == map.selection
      if isChosen { frame.fill(Area(x: area.x, y: y, width: area.width, height: 1), Style(.selection)) }
      frame.put("\(row.lane + 1)", x: area.x + 1, y: y, Style(isChosen ? .selection : .quiet))
      frame.put(
        TextWidth.fitted(VisibleText.line(row.sentence), columns: textWidth), x: area.x + 4, y: y,
        Style(isChosen ? .selection : row.isDisputed ? .text : .quiet))
      for (index, mark) in row.marks.enumerated() {
        let (text, role) = look(mark, state.screen.borders.isASCII)
        frame.put(
          text, x: area.x + area.width - marksWidth - 1 + index * 3, y: y,
          Style(isChosen ? .selection : role, bold: true))
      }
    }
    let rule = String(repeating: state.screen.borders.horizontal, count: area.width)
    let below = area.y + 1 + visible
    frame.put(rule, x: area.x, y: below, Style(.border))
    for (offset, line) in detail.prefix(detailHeight).enumerated() {
      frame.put(line, x: area.x + 1, y: below + 1 + offset, limit: area.width - 2)
    }
  }

  private static func legend(_ state: State) -> StyledLine {
    let words: [(DisagreementMap.Mark?, String)] = [
      (.same, "same  "), (.partly, "partly  "), (.numbers, "other numbers  "), (.missing, "not said"),
    ]
    return StyledLine(
      words.flatMap { mark, word -> [Span] in
        let (text, role) = look(mark, state.screen.borders.isASCII)
        return [Span(text + " ", Style(role, bold: true)), Span(word, Style(.quiet))]
      })
  }

  private static func look(_ mark: DisagreementMap.Mark?, _ isASCII: Bool) -> (String, Role) {
    switch mark {
    case nil: (isASCII ? "*" : "●", .strong)
    case .same: ("=", .good)
    case .partly: ("~", .busy)
    case .numbers: (isASCII ? "#" : "≠", .bad)
    case .missing: (isASCII ? "-" : "–", .warning)
    }
  }

  /// The chosen sentence and the nearest one of every other lane, whole.
  private static func detailLines(_ map: DisagreementMap, _ state: State, width: Int) -> [StyledLine] {
    guard map.rows.indices.contains(map.selection) else { return [] }
    let row = map.rows[map.selection]
    return map.lanes.enumerated().flatMap { index, lane -> [StyledLine] in
      let isOwn = lane == row.lane
      let said = isOwn ? row.sentence : row.nearest[index]
      let text = said.isEmpty ? "does not say it" : VisibleText.line(said)
      let style = isOwn ? Style(.strong) : Style(said.isEmpty || row.marks[index] == .missing ? .quiet : .text)
      return StyledLine.wrapped([Span("\(lane + 1)  ", Style(.focus, bold: true)), Span(text, style)], width: width)
    }
      + (map.isCut
        ? [StyledLine("Only the beginning of so long answers is compared.", Style(.quiet))] : [])
  }
}
