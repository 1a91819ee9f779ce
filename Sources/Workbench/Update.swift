import Core
import Engine
import Terminal

/// The one function that changes the state. Pure: time and chance are in the state, what has to be done outside comes back as
/// commands.
public func update(_ state: inout State, _ input: Input) -> [Command] {
  let commands = respond(&state, input)
  state.letGo()
  // A lane that was fused is there in its own turn alone.
  if !state.isComparing, let first = state.shown.first, !state.shown.contains(state.focus) { state.focus = first }
  if commands.contains(.quit) { state.leaveVoteDesk() }
  defer { state.leftBehind = [] }
  return state.leftBehind + commands
}

private func respond(_ state: inout State, _ input: Input) -> [Command] {
  switch input {
  case .key(let key): return state.press(key)
  case .size(let width, let height): (state.screen.width, state.screen.height) = (width, height)
  case .tick(let now, let date):
    let before = state.moment.now
    (state.moment.now, state.moment.date) = (now, date)
    state.advancePlayback(from: before)
    return state.doWaiting() + state.offer { $0.tick($1) }
  case .replay(let replay): state.play(replay)
  case .race(let session, let turn, let event): return state.observe(event, session, turn)
  case .models(let items, let isWhole):
    state.fill(items, isWhole: isWhole) { $0 == .addLane || $0.isChangeModel || $0 == .judge }
    let own = state.fusers
    let others = items.filter { item in !own.contains { $0.value == item.value } }
    state.fill(own + others, isWhole: isWhole) { if case .fuseBy = $0 { true } else { false } }
  case .sessions(let items): state.fill(items) { $0 == .sessions }
  case .foundSessions(let found, let number):
    return state.edit(SessionsPage.self) { page, state in
      page.fill(found, number)
      return page.askPreview(state)
    }
  case .again(let session, let turn, let withOwnLanes): return state.askAgain(session, turn, withOwnLanes)
  case .lineups(let items): state.fill(items) { $0 == .lineups || $0 == .saveLineup }
  case .lineup(let lanes): return state.load(lanes)
  case .formats(let items, let sessions):
    let what =
      sessions.count == 1 ? "session \(sessions[0].prefix(4)) to a file" : "\(sessions.count) sessions to files"
    state.open(ChoiceList(.export(sessions: sessions), title: "Write \(what)", items: items))
  case .files(let items):
    state.fill(items) { if case .attach = $0 { true } else { false } }
  case .themes(let items, let current):
    state.open(ChoiceList(.theme(before: current), title: "Theme", items: items, chosen: current))
  case .codeFound(let blocks, let lane): return state.copyCode(blocks, lane: lane)
  case .codeBlocks(let items): state.open(ChoiceList(.codeBlocks, title: "Copy a code block", items: items))
  case .opened(let session, let isRacedHere, let place): return state.take(session, isRacedHere: isRacedHere, at: place)
  case .drawn(let extents):
    state.desk.extents = extents
    state.goToPendingMatch()
  case .estimated(let estimate, let asking): return state.weigh(estimate, asking)
  case .outlook(let outlook): state.draft.outlook = outlook
  case .spending(let session, let spending): if session == state.session.id { state.money.spending = spending }
  case .repeated(let pair): return state.take(pair)
  case .judging(let session, let turn, let event): state.observe(event, session, turn)
  case .judged(let session, let turn): return state.endJudging(session, turn)
  case .panels(let session, let panels): if session == state.session.id { state.findings.panels = panels }
  case .votes(let session, let votes, let picks):
    guard session == state.session.id else { return [] }
    state.take(votes: votes)
    state.findings.picks = picks
  case .judgements(let session, let found, let fits):
    if session == state.session.id { (state.findings.judgements, state.findings.fits) = (found, fits) }
  case .criteria(let text): return [.edit(.criteria, text)]
  case .traffic(let traffic): return state.edit(TrafficPage.self) { page, _ in page.take(traffic) }
  case .answer(let answer):
    // The bar tells the same of today as the page.
    if let found = answer as? HomeInquiry.Found { state.money.spending.today = found.today }
    if let snapshot = answer as? ExperimentSnapshot, !snapshot.isElsewhere { state.note(snapshot) }
    return state.offer { $0.hear(answer, $1) }
  case .gateway(let news): state.hear(news)
  case .dropped(let paths):
    state.place = .prompt
    return paths.map { .attach(path: $0) }
  case .mentioned(let names, let files, let revision):
    guard revision == state.draft.composer.revision else { return [] }
    state.draft.mentions.formUnion(names)
    state.draft.attachments += files
    return state.send()
  case .attached(let file):
    state.draft.attachments.append(file)
    state.message = "\(file.name) goes with the next prompt"
  case .edited(let what, let text): return state.take(text, from: what)
  case .message(let text): if !text.isEmpty { state.message = text }
  case .quit: return [.quit]
  }
  return []
}

extension ChoiceList.Purpose {
  fileprivate var isChangeModel: Bool { if case .changeModel = self { true } else { false } }
}

extension State {
  fileprivate mutating func fill(
    _ items: [ChoiceList.Item], isWhole: Bool = true, where isMeant: (ChoiceList.Purpose) -> Bool
  ) {
    _ = layers.edit(ChoiceList.self) { if isMeant($0.purpose) { $0.fill(items, isWhole: isWhole) } }
  }

  fileprivate mutating func take(_ session: Session, isRacedHere: Bool, at found: FoundPlace?) -> [Command] {
    open(session)
    isStored = true
    race.turn = session.turns.last?.number ?? 0
    let unfinished = responses.filter { !$0.state.isOver }.map(\.lane)
    if isRacedHere {
      race.lanes = Set(unfinished)
    } else if !unfinished.isEmpty {
      message = "another Furlong is asking this session: open it again later for the rest"
    }
    let commands = revealIfHopeless()
    if let found, !isHidden { show(found) }
    guard session.purpose == .batch else { return commands }
    if let place = gridPlaces[session.id], shown.contains(place.column) { focus = place.column }
    // A data set is looked at as a grid, unless one answer of it was looked for.
    return commands + (found == nil ? openExperiment() : [])
  }

  /// Shows a session, as if nothing had been looked at before.
  mutating func open(_ session: Session) {
    self.session = session
    focus = session.activeLanes.first ?? 0
    draft.system = session.turns.last?.system
    undo.lanes = []
    desk.pinned = nil
    desk.selection = nil
    desk.scroll = [:]
    desk.openReasoning = []
    desk.showsSource = []
    (race.lanes, seen) = ([], nil)
    race.sentAt = [:]
    race.speeds = [:]
    leaveVoteDesk()
    layers = Layers()
    message = nil
    findings.judging = nil
    (findings.judgements, findings.fits, findings.panels) = ([], [], [])
    (findings.votes, findings.picks) = ([], [])
    money.spending = Spending()
    if let assignment = session.turns.last?.blind { hide(behind: assignment) }
  }

  fileprivate mutating func take(_ text: String, from what: Editing) -> [Command] {
    switch what {
    case .prompt:
      draft.composer.set(text)
      place = .prompt
    case .system:
      _ = layers.edit(ParameterForm.self) { $0.setSystem(text) }
    case .criteria: return take(criteria: text)
    // The stored answer stays what the model wrote.
    case .answer: break
    }
    return []
  }

  // MARK: The race

  fileprivate mutating func observe(_ event: RaceEvent, _ id: String, _ number: Int) -> [Command] {
    // A race of a session that is no longer shown goes on in the database.
    guard id == session.id, let index = session.turns.firstIndex(where: { $0.number == number }) else { return [] }
    switch event {
    case .lane(let lane, .began(let response)): session.turns[index].responses[lane] = response
    case .lane(let lane, let change):
      if case .state(.waiting) = change, number == race.turn { race.sentAt[lane] = moment.now }
      if case .text(_, _, let offset) = change, number == race.turn {
        race.speeds[lane, default: Sparkline()].note(at: offset)
      }
      if case .ended(let response) = change, number == race.turn {
        race.lanes.remove(lane)
        if response.error?.kind == .money, response.state == .stopped { message = response.error?.message }
      }
      // In place: a copy taken out and put back would copy the whole answer for every token.
      session.turns[index].responses[lane]?.apply(change)
    case .won(let lane): session.turns[index].winner = lane
    case .fit(let fit): findings.fits.append(fit)
    case .ended(let winner):
      session.turns[index].winner = winner
      return revealIfHopeless()
    }
    return []
  }

  // MARK: Keys

  mutating func press(_ key: Key) -> [Command] {
    if key == .resize { return [] }
    if case .mouse(let mouse) = key { return point(mouse) }
    message = nil
    desk.selection = nil
    let row = keymap.row(for: key, in: keyPlaces, takesText: takesText && layers.top?.takesAsText(key) != false)
    // Nothing can be seen: only ways out of it work.
    if isTooSmall, ![.interrupt, .close, .suspend, .redraw].contains(row?.action) { return [] }
    // Any other key takes the question back.
    if row?.action != .interrupt, row?.action != .close { isAskedToLeave = false }
    if isHidden, row?.action != .revealUnvoted { reading?.isAskedToReveal = false }
    if window == nil, place == .prompt, draft.composer.takesFirst(key) {
      _ = draft.composer.handle(key)
      return []
    }
    if window == nil, place == .prompt, key == .tab, let commands = completeMention() { return commands }
    var before: [Command] = []
    if let commands = takeAsLetter(key, row, &before) { return before + commands }
    if let row { return before + perform(row) }
    for index in layers.all.indices.reversed() {
      var layer = layers.all[index]
      if let commands = layer.type(key, self) {
        layers.replace(at: index, with: layer)
        return before + commands
      }
      if layer.isWindow { return before }
    }
    return before + type(key)
  }

  /// A key that no row has, over no layer.
  private mutating func type(_ key: Key) -> [Command] {
    switch place {
    case .prompt:
      let wasEmpty = draft.composer.isEmpty
      _ = draft.composer.handle(key)
      // Connections are opened while the prompt is typed.
      return wasEmpty && !draft.composer.isEmpty ? [.warm(lineup)] : []
    case .lanes:
      if case .character(let digit) = key, let number = digit.wholeNumberValue, !isHidden, shown.contains(number - 1) {
        focus = number - 1
      } else if case .paste = key {
        place = .prompt
        _ = draft.composer.handle(key)
      }
      return []
    }
  }

  mutating func close() -> [Command] {
    if desk.isZoomed {
      desk.isZoomed = false
    } else if isStreaming, !isAskedToLeave {
      isAskedToLeave = true
      message = "lanes are still answering: \(keymap.keyName(.close)) again stops them and leaves"
    } else if isAskedToLeave {
      return [.quit]
    } else {
      return interrupt()
    }
    return []
  }

  mutating func say(_ text: String) { message = text }

  /// Tells in one line and leaves it at that.
  mutating func tell(_ text: String) -> [Command] {
    message = text
    return []
  }

  mutating func nothingToTake() -> [Command] {
    message = "lane \(focus + 1) has no answer yet"
    return []
  }
}
