import Core
import Engine
import Terminal

extension KeyPlace {
  static let experimentForm = KeyPlace("experiment set-up", "Setting up an experiment")
}

extension Action {
  static let experimentBegin = Action("experiment.begin"), experimentUp = Action("experiment.field-up")
  static let experimentDown = Action("experiment.field-down")
}

/// An experiment being set up: a data set, and the ways in which the lanes are asked. Nothing is asked before its price has been
/// told.
struct ExperimentForm: Layer {
  struct Field: Equatable, Sendable {
    let name: String
    let hint: String
    var text = ""
  }

  private let lanes: [Lane]
  private let judges: [Lane]
  private(set) var fields = [
    Field(name: "data set", hint: "a .jsonl file: {\"prompt\": …}"),
    Field(name: "prompt", hint: "text or @file with {{vars}}"), Field(name: "or prompt", hint: "a second variant"),
    Field(name: "system", hint: "text or @file"), Field(name: "or system", hint: "a second variant"),
    Field(name: "runs", hint: "each prompt so often: 1"), Field(name: "judge", hint: "none: nobody judges"),
    Field(name: "at most", hint: "US dollars for all of it"),
  ]
  private(set) var selection = 0
  /// What has been set up, with its price: Enter asks it.
  private(set) var plan: ExperimentPlan?
  private(set) var fault: String?
  private var isAsked = false

  init(lanes: [Lane], judges: [Lane]) {
    (self.lanes, self.judges) = (lanes, judges)
    fields[6].text = judges.map(\.text).joined(separator: " ")
  }

  static let keys: [KeyRow] = [
    KeyRow(
      .experimentBegin, .experimentForm, [.enter], "what it will cost; again: ask it",
      label: Label(1) { ($0.layers.top as? ExperimentForm)?.plan == nil ? "what it costs" : "ask it" }
    ) { $0.takeExperimentForm() },
    mover(.experimentUp, [.up, .shiftTab], "field above", -1),
    mover(.experimentDown, [.down, .tab], "field below", 1, label: Label("field", 2, with: .experimentUp)),
  ]

  private static func mover(
    _ action: Action, _ keys: [Key], _ summary: String, _ step: Int, label: Label? = nil
  ) -> KeyRow {
    KeyRow(action, .experimentForm, keys, summary, label: label) { state in
      state.edit(ExperimentForm.self) { form, _ in form.step(by: step) }
    }
  }

  func places(_ state: State) -> [KeyPlace] { [.experimentForm, .window] }
  var takesText: Bool { true }

  mutating func step(by count: Int) -> [Command] {
    selection = max(0, min(fields.count - 1, selection + count))
    return []
  }

  mutating func move(_ step: Step, _ state: State) -> [Command] {
    if case .lines(let count) = step { return self.step(by: count) }
    return []
  }

  mutating func type(_ key: Key, _ state: State) -> [Command]? {
    var line = Composer(fields[selection].text)
    line.type(key)
    if line.text != fields[selection].text { (plan, fault) = (nil, nil) }
    fields[selection].text = line.text
    return []
  }

  mutating func clear(_ state: State) -> [Command]? {
    guard !fields[selection].text.isEmpty else { return nil }
    (fields[selection].text, plan, fault) = ("", nil, nil)
    return []
  }

  mutating func hear(_ answer: any Sendable, _ state: State) -> [Command] {
    if let fault = answer as? ExperimentFault, isAsked { (self.fault, isAsked) = (fault.description, false) }
    if let plan = answer as? ExperimentPlan, plan.session == nil, isAsked { (self.plan, isAsked) = (plan, false) }
    return []
  }

  /// As it is typed; a fault of a field is told.
  mutating func draft() -> ExperimentDraft? {
    func text(_ index: Int) -> String { fields[index].text.trimmed }
    var draft = ExperimentDraft(lanes: lanes)
    draft.file = text(0)
    draft.prompts = [1, 2].map(text).filter { !$0.isEmpty }
    draft.systems = [3, 4].map(text).filter { !$0.isEmpty }
    (draft.runs, draft.budget) = (text(5), text(7))
    do throws(InvalidLane) {
      draft.judges =
        try text(6) == "none"
        ? []
        : text(6).split(separator: " ").map { part throws(InvalidLane) in
          try Lane(parsing: String(part))
        }
    } catch {
      fault = error.message
      return nil
    }
    (isAsked, fault) = (true, nil)
    return draft
  }

  func draw(_ state: State, _ layouts: Layouts, _ frame: inout Frame) {
    let area = WindowPane.draw(state, width: 84, height: fields.count + 8, title: "Experiment", &frame)
    let names = lanes.isEmpty ? "no lanes: add some first" : lanes.map(\.text).joined(separator: ", ")
    frame.put("lanes", x: area.x + 3, y: area.y + 1, Style(.quiet))
    frame.put(
      TextWidth.fitted(VisibleText.line(names), columns: area.width - 20), x: area.x + 17, y: area.y + 1, Style(.strong)
    )
    for (index, field) in fields.enumerated() {
      let isChosen = index == selection
      FormPane.put(
        field.name, field.text.isEmpty && !isChosen ? "–" : field.text, field.hint, isChosen: isChosen,
        isQuiet: field.text.isEmpty, area, y: area.y + 2 + index, state, &frame)
    }
    let last = area.y + area.height - 3
    let (words, role): (String, Role) =
      fault.map { ($0, .bad) } ?? plan.map { ("\($0.words). Enter asks it.", .warning) } ?? (
        isAsked ? "reading …" : "", .quiet
      )
    let lines = StyledLine.wrapped([Span(VisibleText.line(words), Style(role))], width: area.width - 4)
    for (offset, line) in lines.prefix(3).enumerated() {
      frame.put(line, x: area.x + 2, y: last + offset, limit: area.width - 4)
    }
  }
}

extension State {
  fileprivate mutating func takeExperimentForm() -> [Command] {
    guard var form = layers.top as? ExperimentForm else { return [] }
    if let plan = form.plan {
      _ = closeTop()
      return begin(plan.request)
    }
    let draft = form.draft()
    _ = layers.edit(ExperimentForm.self) { $0 = form }
    return draft.map { [.planExperiment($0)] } ?? []
  }
}
