import Core
import Terminal

/// The parameter editor in a window.
enum FormPane {
  static func draw(_ form: ParameterForm, _ state: State, _ frame: inout Frame) {
    let name = VisibleText.line(state.lanes[form.lane].model.text)
    let area = WindowPane.draw(
      state, width: 72, height: form.fields.count + 7,
      title: form.isCopy ? "A copy: what should differ?" : "Parameters", &frame)
    put(
      "for", form.isForAll ? "all lanes" : "lane \(form.lane + 1) \(name)", "← → this lane or all",
      isChosen: form.selection == 0, area, y: area.y + 1, state, &frame)
    for (index, field) in form.fields.enumerated() {
      let shown = field.isMixed && !field.isEdited ? "differs" : field.text.isEmpty ? "default" : field.text
      let isQuiet = field.text.isEmpty
      let isChosen = form.selection == index + 1
      put(
        field.name, isChosen && isQuiet && field.isEdited ? "" : shown, field.hint, isChosen: isChosen,
        isQuiet: isQuiet, area, y: area.y + 3 + index, state, &frame)
    }
    let last = area.y + area.height - 1
    if let fault = form.fault {
      frame.put(TextWidth.fitted(VisibleText.line(fault), columns: area.width - 4), x: area.x + 2, y: last, Style(.bad))
    }
  }

  /// A field: its name, its text, and a word on what it takes.
  static func put(
    _ name: String, _ text: String, _ hint: String, isChosen: Bool, isQuiet: Bool = false, _ area: Area, y: Int,
    _ state: State, _ frame: inout Frame
  ) {
    let row = Area(x: area.x, y: y, width: area.width, height: 1)
    if isChosen { frame.fill(row, Style(.selection)) }
    let base: Role = isChosen ? .selection : .text
    frame.put(isChosen ? state.screen.borders.prompt : " ", x: area.x + 1, y: y, Style(base, bold: true))
    frame.put(name, x: area.x + 3, y: y, Style(base, bold: isChosen))
    let hintWidth = min(TextWidth.of(hint), area.width / 2)
    let room = area.width - 19 - hintWidth - 2
    // The end of a long text is where one types.
    let visible = tail(VisibleText.line(text), columns: room)
    let used = frame.put(visible, x: area.x + 17, y: y, Style(isChosen ? .selection : isQuiet ? .quiet : .strong))
    if isChosen, name != "for" { frame.cursor = Frame.Point(x: area.x + 17 + (isQuiet ? 0 : used), y: y) }
    frame.put(hint, x: area.x + area.width - hintWidth - 1, y: y, Style(isChosen ? .selection : .quiet))
  }

  private static func tail(_ text: String, columns: Int) -> String {
    if TextWidth.of(text) <= columns { return text }
    var end = Substring(text)
    while TextWidth.of(String(end)) > columns - 1, !end.isEmpty { end = end.dropFirst() }
    return "…" + end
  }
}
