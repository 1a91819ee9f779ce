import Core
import Terminal

/// The one function that changes the state. Pure: what has to be done outside comes back as commands.
public func update(_ state: inout State, _ input: Input) -> [Command] {
  switch input {
  case .key(let key): return press(key, &state)
  case .size(let width, let height): (state.width, state.height) = (width, height)
  case .tick(let now): state.now = now
  case .race(let session, let turn, let event): return observe(event, session, turn, &state)
  case .models(let items): fill(items, [.addLane, .changeModel(lane: state.focus)], &state)
  case .sessions(let items): fill(items, [.sessions], &state)
  case .opened(let session, let isRacedHere):
    open(session, &state)
    let unfinished = state.responses.filter { !$0.state.isOver }.map(\.lane)
    if isRacedHere {
      state.running = Set(unfinished)
    } else if !unfinished.isEmpty {
      state.message = "another Furlong is asking this session: open it again later for the rest"
    }
  case .message(let text): state.message = text
  case .quit: return [.quit]
  }
  return []
}

private func fill(_ items: [ChoiceList.Item], _ purposes: [ChoiceList.Purpose], _ state: inout State) {
  guard case .list(var list)? = state.overlay, purposes.contains(list.purpose) else { return }
  list.fill(items)
  state.overlay = .list(list)
}

private func open(_ session: Session, _ state: inout State) {
  state.session = session
  state.isStored = true
  state.focus = 0
  state.scroll = [:]
  state.openReasoning = []
  state.running = []
  state.sentAt = [:]
  state.overlay = nil
  state.message = nil
}

// MARK: - The race

private func observe(_ event: RaceEvent, _ session: String, _ number: Int, _ state: inout State) -> [Command] {
  // A race of a session that is no longer shown goes on in the database.
  guard session == state.session.id, let index = state.session.turns.firstIndex(where: { $0.number == number }) else {
    return []
  }
  switch event {
  case .lane(let lane, .began(let response)): state.session.turns[index].responses[lane] = response
  case .lane(let lane, let change):
    if case .state(.waiting) = change { state.sentAt[lane] = state.now }
    if case .ended = change, number == state.turn?.number { state.running.remove(lane) }
    // In place: a copy taken out and put back would copy the whole answer for every token.
    state.session.turns[index].responses[lane]?.apply(change)
  case .won(let lane): state.session.turns[index].winner = lane
  case .ended(let winner): state.session.turns[index].winner = winner
  }
  return []
}

// MARK: - Keys

private func press(_ key: Key, _ state: inout State) -> [Command] {
  if key == .resize { return [] }
  state.message = nil
  let place: Keymap.Place = state.place == .prompt ? .prompt : .lanes
  let action = state.keymap.action(for: key, in: place)
  // Any other key takes the question back.
  if action != .interrupt, action != .close { state.isAskedToLeave = false }
  if let overlay = state.overlay { return press(key, in: overlay, &state) }
  if let action { return perform(action, &state) }
  switch state.place {
  case .prompt:
    let wasEmpty = state.composer.isEmpty
    _ = state.composer.handle(key)
    // Connections are opened while the prompt is typed.
    return wasEmpty && !state.composer.isEmpty ? [.warm] : []
  case .lanes:
    if case .character(let digit) = key, let number = digit.wholeNumberValue, state.lanes.indices.contains(number - 1) {
      state.focus = number - 1
    } else if case .paste = key {
      state.place = .prompt
      _ = state.composer.handle(key)
    }
    return []
  }
}

private func press(_ key: Key, in overlay: Overlay, _ state: inout State) -> [Command] {
  let action = state.keymap.action(for: key, in: .lanes)
  switch overlay {
  case .help(let scroll):
    switch key {
    case .up, .character("k"): state.overlay = .help(scroll: max(0, scroll - 1))
    case .down, .character("j"): state.overlay = .help(scroll: scroll + 1)
    case .pageUp: state.overlay = .help(scroll: max(0, scroll - state.height / 2))
    case .pageDown, .character(" "): state.overlay = .help(scroll: scroll + state.height / 2)
    default: if [.places, .help, .close, .interrupt].contains(action) || key == .enter { state.overlay = nil }
    }
  case .list(var list):
    if key == .enter {
      guard let item = list.entered else { return [] }
      if list.takesLanes {
        do throws(InvalidLane) { _ = try Lane(parsing: item.value) } catch {
          state.message = error.message
          return []
        }
      }
      state.overlay = nil
      return choose(item, list.purpose, &state)
    }
    if key == .escape || key == .control("c") {
      state.overlay = nil
    } else if list.handle(key, page: max(1, state.height - 8)) {
      state.overlay = .list(list)
    }
  }
  return []
}

private func choose(_ item: ChoiceList.Item, _ purpose: ChoiceList.Purpose, _ state: inout State) -> [Command] {
  switch purpose {
  case .commands: return Action(rawValue: item.value).map { perform($0, &state) } ?? []
  case .sessions: return [.open(session: item.value)]
  case .addLane:
    guard let lane = try? Lane(parsing: item.value) else { return [] }
    return addLane(lane, &state)
  case .changeModel(let lane):
    guard let chosen = try? Lane(parsing: item.value), state.lanes.indices.contains(lane) else { return [] }
    // A model alone keeps the lane's parameters; with parameters of its own it brings them.
    if chosen.parameters == Parameters() {
      state.session.lanes[lane].model = chosen.model
    } else {
      state.session.lanes[lane] = chosen
    }
    let name = VisibleText.line(chosen.text)
    state.message =
      "lane \(lane + 1) is now \(name), from the next prompt on; \(state.keymap.keyName(.retry)) asks it this one"
    return save(state)
  }
}

private func addLane(_ lane: Lane, _ state: inout State) -> [Command] {
  state.session.lanes.append(lane)
  state.focus = state.lanes.count - 1
  // While others run it joins them; otherwise it waits for the next prompt.
  return save(state) + (state.isStreaming ? ask([state.focus], &state) : [])
}

private func save(_ state: State) -> [Command] { state.isStored ? [.saveSetup] : [] }

/// Puts lanes of the latest turn to work again. They are queued from this moment, so that no second key can ask them twice.
private func ask(_ lanes: [Int], _ state: inout State) -> [Command] {
  guard let turn = state.session.turns.indices.last else { return [] }
  if lanes.contains(where: { $0 == state.session.turns[turn].winner }) { state.session.turns[turn].winner = nil }
  for lane in lanes { state.queue(lane) }
  return lanes.isEmpty ? [] : [.run(lanes: lanes)]
}

private func perform(_ action: Action, _ state: inout State) -> [Command] {
  switch action {
  case .send: return send(&state)
  case .newLine: state.composer.insert("\n")
  case .historyBack: state.composer.up()
  case .historyForward: state.composer.down()
  case .places: state.place = state.place == .prompt ? .lanes : .prompt
  case .focusLeft: state.focus = max(0, state.focus - 1)
  case .focusRight: state.focus = min(max(0, state.lanes.count - 1), state.focus + 1)
  case .scrollUp, .scrollDown, .halfUp, .halfDown, .pageUp, .pageDown, .top, .bottom: scroll(action, &state)
  case .zoom: state.isZoomed.toggle()
  case .reasoning: state.openReasoning.formSymmetricDifference([state.focus])
  case .scoreboard: state.showsScoreboard.toggle()
  case .stop: return [.stop(lane: state.focus)]
  case .stopAll: return [.stopAll]
  case .retry: return retry([state.focus], &state)
  case .retryAll: return retry(Array(state.lanes.indices), &state)
  case .rule: return nextRule(&state)
  case .drop: return drop(&state)
  case .add:
    guard state.lanes.count < 9 else {
      state.message = "nine lanes at most"
      return []
    }
    state.overlay = .list(ChoiceList(.addLane, title: "Add a lane", items: [], isLoading: true))
    return [.loadModels]
  case .model:
    guard !state.lanes.isEmpty else { return [] }
    state.overlay = .list(
      ChoiceList(.changeModel(lane: state.focus), title: "Model of lane \(state.focus + 1)", items: [], isLoading: true)
    )
    return [.loadModels]
  case .sessions:
    state.overlay = .list(ChoiceList(.sessions, title: "Sessions", items: [], isLoading: true))
    return [.loadSessions]
  case .newSession: startNewSession(&state)
  case .palette: state.overlay = .list(ChoiceList(.commands, title: "Commands", items: commandItems(state.keymap)))
  case .help: state.overlay = .help(scroll: 0)
  case .interrupt: return interrupt(&state)
  case .suspend: return [.suspend]
  case .redraw: return [.redraw]
  case .close:
    return state.isZoomed
      ? {
        state.isZoomed = false; return []
      }() : interrupt(&state)
  }
  return []
}

private func commandItems(_ keymap: Keymap) -> [ChoiceList.Item] {
  keymap.rows.filter { ![.palette, .send, .newLine].contains($0.action) }.map { row in
    ChoiceList.Item(title: row.summary, detail: row.keys.first?.name ?? "", value: row.action.rawValue)
  }
}

private func send(_ state: inout State) -> [Command] {
  guard !state.composer.text.allSatisfy(\.isWhitespace) else { return [] }
  guard !state.isStreaming else {
    state.message = "lanes are still answering: \(state.keymap.keyName(.interrupt)) stops them, or wait"
    return []
  }
  guard !state.lanes.isEmpty else {
    state.message = "no lane to ask: Esc, then \(state.keymap.keyName(.add)) adds one"
    return []
  }
  let prompt = state.composer.take()
  let turn = Turn(
    number: (state.turn?.number ?? 0) + 1, prompt: prompt, system: state.turn?.system, rule: state.session.rule)
  if state.session.turns.isEmpty { state.session.title = sessionTitle(prompt) }
  state.session.turns.append(turn)
  state.scroll = [:]
  state.sentAt = [:]
  for lane in state.lanes.indices { state.queue(lane) }
  defer { state.isStored = true }
  return [.race(isNewSession: !state.isStored)]
}

extension State {
  /// The lane's response as it is before the engine has taken it up.
  fileprivate mutating func queue(_ lane: Int) {
    guard let turn = session.turns.indices.last else { return }
    var response = Response(lane: lane, model: lanes[lane].model, parameters: lanes[lane].parameters)
    response.generation = (session.turns[turn].responses[lane]?.generation ?? 0) + 1
    session.turns[turn].responses[lane] = response
    sentAt[lane] = nil
    running.insert(lane)
  }
}

/// The first line of a prompt, short enough for a list.
public func sessionTitle(_ prompt: String) -> String {
  let line = prompt.split(whereSeparator: \.isNewline).first { !$0.allSatisfy(\.isWhitespace) } ?? ""
  return line.count > 80 ? line.prefix(79) + "…" : String(line)
}

private func retry(_ lanes: [Int], _ state: inout State) -> [Command] {
  guard state.turn != nil else {
    state.message = "nothing has been asked yet"
    return []
  }
  let idle = lanes.filter { !state.running.contains($0) }
  if idle.isEmpty { state.message = "still answering: \(state.keymap.keyName(.stop)) stops it first" }
  for lane in idle { state.scroll[lane] = .follow }
  return ask(idle, &state)
}

private func drop(_ state: inout State) -> [Command] {
  guard state.lanes.count > 1 else {
    state.message = "the last lane stays; \(state.keymap.keyName(.model)) changes its model"
    return []
  }
  // Answers are kept by lane number: a number that has some is never given to another lane.
  let isAnswered = state.session.turns.contains { $0.responses[state.focus] != nil }
  guard state.session.turns.isEmpty || (state.focus == state.lanes.count - 1 && !isAnswered) else {
    state.message = "this lane has answers in the session: a new session can start without it"
    return []
  }
  state.session.lanes.remove(at: state.focus)
  state.focus = min(state.focus, state.lanes.count - 1)
  return save(state)
}

private func nextRule(_ state: inout State) -> [Command] {
  // A check is needed for first-valid, which the workbench cannot ask for yet.
  let rules = RaceRule.allCases.filter { $0 != .firstValid }
  let index = rules.firstIndex(of: state.session.rule) ?? 0
  state.session.rule = rules[(index + 1) % rules.count]
  state.message = "rule \(state.session.rule.rawValue): \(state.session.rule.explanation)"
  return save(state)
}

private func startNewSession(_ state: inout State) {
  guard !state.isStreaming else {
    state.message = "lanes are still answering"
    return
  }
  open(
    Session(
      id: Session.newID(), created: Clock.date(), title: "", rule: state.session.rule, lanes: state.lanes, turns: []),
    &state)
  state.isStored = false
  state.place = .prompt
}

private func interrupt(_ state: inout State) -> [Command] {
  if state.place == .prompt, !state.composer.isEmpty {
    state.composer.set("")
    return []
  }
  if state.isStreaming {
    state.message = "stopped; what came is kept"
    return [.stopAll]
  }
  if state.isAskedToLeave { return [.quit] }
  state.isAskedToLeave = true
  state.message = "press \(state.keymap.keyName(.interrupt)) or \(state.keymap.keyName(.close)) again to leave"
  return []
}

private func scroll(_ action: Action, _ state: inout State) {
  let extent = state.extents[state.focus] ?? State.Extent(lines: 0, height: 1)
  let last = max(0, extent.lines - extent.height)
  var line: Int
  switch state.scroll[state.focus] ?? .follow {
  case .follow: line = last
  case .at(let place): line = min(place, last)
  }
  switch action {
  case .scrollUp: line -= 1
  case .scrollDown: line += 1
  case .halfUp: line -= max(1, extent.height / 2)
  case .halfDown: line += max(1, extent.height / 2)
  case .pageUp: line -= max(1, extent.height - 1)
  case .pageDown: line += max(1, extent.height - 1)
  case .top: line = 0
  default: line = last
  }
  let isForward = [.scrollDown, .halfDown, .pageDown, .bottom].contains(action)
  state.scroll[state.focus] = isForward && line >= last ? .follow : .at(line: max(0, min(line, last)))
}
