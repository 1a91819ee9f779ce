import Core
import Judging
import Terminal

/// The menu of the plain workbench: everything by number.
extension PlainWorkbench {
  /// In the order they are listed; the number is the place.
  private static let entries: [(words: String, action: (PlainWorkbench) -> Void)] = [
    ("Read an answer again", { $0.readAgain() }),
    ("Scoreboard", { $0.tellScoreboard() }),
    ("Differences between two answers", { $0.tellDifferences() }),
    ("Continue every lane from one answer", { $0.onLane("Go on from which lane?") { $0.perform(.proceed) } }),
    ("Ask a lane again", { $0.onLane("Ask which lane again?") { $0.perform(.retry) } }),
    ("Add a lane", { $0.choose(.add) }),
    ("Drop a lane", { $0.onLane("Drop which lane?") { $0.perform(.drop) } }),
    ("Bring the dropped lane back", { $0.perform(.undo) }),
    ("Change a lane's model", { $0.onLane("Change which lane?") { $0.choose(.model) } }),
    ("Parameters and system prompt", { $0.editParameters() }),
    ("Attach a file", { $0.attach() }),
    ("Next race rule", { $0.perform(.rule) }),
    ("Load a lineup", { $0.choose(.lineups) }),
    ("Save these lanes as a lineup", { $0.saveLineup() }),
    ("Open a session", { $0.openSession() }),
    ("New session with the same lanes", { $0.perform(.newSession) }),
    ("Lanes", { $0.tellLanes() }),
    ("Vote on this turn with names hidden", { $0.voteOnTurn() }),
    ("Let the judge compare the answers", { $0.choosing(.judge) }),
    ("Verdicts on this turn", { $0.tellVerdicts() }),
    ("Write one more answer from the others", { $0.choosing(.fuse) }),
    ("Leave", { $0.carryOut([.quit]) }),
  ]

  func openMenu() {
    for (index, entry) in Self.entries.enumerated() { tell("\(index + 1). \(entry.words)") }
    guard let line = ask("Type a number, or an empty line to go back to the prompt.") else { return }
    guard let number = Int(line), Self.entries.indices.contains(number - 1) else {
      return tell("There is no number \(line).")
    }
    Self.entries[number - 1].action(self)
  }

  func perform(_ action: Action) {
    carryOut(state.perform(action))
    tellMessage()
  }

  /// Asks for a lane, unless there is only one, and turns to it.
  private func onLane(_ question: String, _ then: (PlainWorkbench) -> Void) {
    if state.asked.count > 1 {
      tellLanes()
      guard let line = ask(question), let number = Int(line), state.shown.contains(number - 1) else {
        return tell("No lane was chosen.")
      }
      state.focus = number - 1
    }
    then(self)
  }

  private func readAgain() {
    onLane("Read which lane?") { plain in
      let text = plain.state.response(plain.state.focus)?.text ?? ""
      plain.tell(text.isEmpty ? "It has no answer." : text)
    }
  }

  /// One sentence a lane: a table is no good to listen to.
  private func tellScoreboard() {
    guard !state.responses.isEmpty else { return tell("Nothing has been asked yet.") }
    let places = state.places
    for response in state.responses {
      let row = Scoreboard.row(
        response, place: places[response.lane], fit: state.fit(response.lane), marks: state.marks)
      let columns = Scoreboard.columns(hasFits: state.hasFits, hasMarks: state.marks?.isCompared == true)
      let parts = columns.filter { $0 != .number && $0 != .model }.map { column in
        column == .state ? row[column] ?? "" : "\(column.rawValue) \(row[column] ?? "")"
      }
      tell("\(name(response.lane)): " + parts.joined(separator: ", ") + ".")
    }
  }

  private func tellDifferences() {
    onLane("First lane?") { plain in
      let others = plain.state.shown.filter {
        $0 != plain.state.focus && plain.state.response($0)?.text.isEmpty == false
      }
      var other = others.first
      if others.count > 1 { other = plain.ask("Second lane?").flatMap(Int.init).map { $0 - 1 } }
      guard let other, others.contains(other), let a = plain.state.response(plain.state.focus)?.text, !a.isEmpty,
        let b = plain.state.response(other)?.text
      else { return plain.tell("Two lanes with answers are needed.") }
      let comparison = Comparison(left: plain.state.focus, a, right: other, b)
      plain.tell("\(Int(saturating: comparison.agreement * 100)) per cent of the words are shared.")
      for piece in comparison.pieces where piece.kind != .same {
        let who = (piece.kind == .removed ? plain.state.focus : other) + 1
        let words = piece.text.trimmed
        if !words.isEmpty { plain.tell("Only lane \(who): \(words)") }
      }
    }
  }

  private func voteOnTurn() {
    guard let turn = state.turn else { return tell("Nothing has been asked yet.") }
    vote(.turn(session: state.session.id, number: turn.number))
  }

  private func openSession() {
    state.open(ChoiceList(.sessions, title: "Sessions", items: [], isLoading: true))
    carryOut([.loadSessions])
    choose()
  }

  private func choose(_ action: Action) {
    perform(action)
    choose()
  }

  /// What may ask for a choice first, or for leave.
  private func choosing(_ action: Action) {
    perform(action)
    while state.layers.top is ChoiceList { choose() }
    if let question = state.layers.top as? Question { confirm(question) }
  }

  private func tellVerdicts() {
    if state.verdicts.isEmpty { tell("No verdict on this turn.") }
    for judgement in state.verdicts { tellVerdict(judgement) }
  }

  func tellVerdict(_ judgement: Judgement) {
    let table = VerdictTable(judgement, brief: nil)
    tell("Verdict of \(judgement.judge): \(table.result): \(judgement.outcome.reason).")
    for order in table.orders {
      tell(
        "Lane \(order.first + 1) listed first: \(order.preference.map { "\($0): " } ?? "no verdict, ")\(order.reason)")
    }
  }

  private func choose() {
    guard var list = filledList() else { return }
    let all = list.items
    while true {
      let most = 20
      for (index, item) in list.items.prefix(most).enumerated() {
        tell("\(index + 1). \(item.title)\(item.detail.isEmpty ? "" : ", \(item.detail)")")
      }
      if list.items.count > most { tell("\(list.items.count - most) more.") }
      let typed = list.takesLanes ? ", a whole provider/model," : ""
      guard let line = ask("Type a number, part of a name\(typed) or an empty line to go back.") else {
        state.closeAll()
        return
      }
      if let number = Int(line), list.items.prefix(most).indices.contains(number - 1) {
        return take(list.items[number - 1], list.purpose)
      }
      if list.takesLanes, (try? Lane(parsing: line)) != nil {
        return take(ChoiceList.Item(title: line, detail: "", value: line), list.purpose)
      }
      list.items = Fuzzy.filter(all, line)
      if list.items.isEmpty, list.purpose == .fuse {
        return take(ChoiceList.Item(title: line, detail: "", value: line), list.purpose)
      }
      if list.items.isEmpty {
        tell("Nothing matches \(line).")
        list.items = all
      }
    }
  }

  private func take(_ item: ChoiceList.Item, _ purpose: ChoiceList.Purpose) {
    state.closeAll()
    carryOut(state.choose(item, purpose))
    tellMessage()
    if purpose == .lineups || purpose == .addLane { tellLanes() }
  }

  private func editParameters() {
    onLane("Parameters of which lane?") { plain in
      var form = ParameterForm(lane: plain.state.focus, lanes: plain.state.lanes, system: plain.state.draft.system)
      for (index, field) in form.fields.enumerated() {
        plain.tell("\(index + 1). \(field.name): \(field.text.isEmpty ? "default" : field.text)")
      }
      guard let line = plain.ask("Change which? Type its number."), let number = Int(line),
        form.fields.indices.contains(number - 1)
      else { return plain.tell("Nothing was changed.") }
      let value = plain.ask("New value for \(form.fields[number - 1].name)? An empty line sets the default.")
      form.set(value ?? "", at: number - 1)
      plain.carryOut(plain.state.apply(form))
      plain.tellMessage()
    }
  }

  private func attach() {
    guard let path = ask("Path of the file?") else { return }
    carryOut([.attach(path: path)])
  }

  private func saveLineup() {
    guard let name = ask("Save under which name?") else { return }
    carryOut([.saveLineup(name: name, lanes: state.lineup)])
  }
}
