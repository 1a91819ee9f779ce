import Core
import Terminal

/// The line for a key, in a window: dots, and where the key goes.
enum KeyEntryPane {
  static func draw(_ entry: KeyEntry, _ state: State, _ frame: inout Frame) {
    let width = min(76, state.screen.width - 4)
    let title = "Key for \(entry.provider.services.map { VisibleText.line($0) }.joined(separator: ", "))"
    let lines = words(entry).flatMap { StyledLine.wrapped([$0], width: width - 4) }
    let rows = lines.count + (entry.byHand == nil ? 3 : 1)
    let area = WindowPane.draw(
      state, width: width, height: min(rows + 2, state.screen.height - 3),
      title: TextWidth.fitted(title, columns: width - 6), &frame)
    var y = area.y
    if entry.byHand == nil {
      drawLine(entry, area, state, &frame)
      y += 2
    }
    for line in lines where y < area.y + area.height {
      frame.put(line, x: area.x + 1, y: y, limit: area.width - 2)
      y += 1
    }
  }

  private static func drawLine(_ entry: KeyEntry, _ area: Area, _ state: State, _ frame: inout Frame) {
    let used = frame.put(" \(state.screen.borders.prompt) ", x: area.x, y: area.y, Style(.focus, bold: true))
    let count = entry.typed.revealed.count
    let end = entry.isKeeping ? "keeping it \(state.screen.borders.ellipsis)" : Readable.count(count, "character")
    let dots = String(
      repeating: state.screen.borders.isASCII ? "*" : "•", count: min(count, max(0, area.width - used - end.count - 3)))
    let drawn = frame.put(dots, x: area.x + used, y: area.y)
    if count == 0 { frame.put("paste it here", x: area.x + used, y: area.y, Style(.quiet)) }
    frame.cursor = Frame.Point(x: area.x + used + drawn, y: area.y)
    if count > 0 { frame.put(end, x: area.x + area.width - end.count - 1, y: area.y, Style(.quiet)) }
  }

  private static func words(_ entry: KeyEntry) -> [Span] {
    if let byHand = entry.byHand {
      return [
        Span("The key is kept in \(VisibleText.line(byHand.file)) and can be used now.", Style(.good)),
        Span("The config is in a form that is not changed for you. So that it is found the next time, put into"),
        Span(VisibleText.line(byHand.config) + ":"),
      ] + byHand.lines.map { Span(VisibleText.line($0), Style(.strong)) }
    }
    var spans: [Span] = []
    if let fault = entry.fault { spans.append(Span(VisibleText.line(fault), Style(.bad))) }
    spans.append(
      Span(
        "It goes into a file that only you can read, beside the config, which then names the file. It is shown nowhere and kept "
          + "nowhere else."))
    if let variable = entry.provider.variable {
      spans.append(
        Span("Or leave here and set it for the next start: export \(VisibleText.line(variable))=…", Style(.quiet)))
    }
    return spans
  }
}
