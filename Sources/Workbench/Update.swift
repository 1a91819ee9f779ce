import Core
import Engine
import Terminal

/// The one function that changes the state. Pure: time and chance are in the state, what has to be done outside comes back as
/// commands.
public func update(_ state: inout State, _ input: Input) -> [Command] {
  switch input {
  case .key(let key): return state.press(key)
  case .size(let width, let height): (state.width, state.height) = (width, height)
  case .tick(let now, let date):
    let before = state.now
    (state.now, state.date) = (now, date)
    state.advancePlayback(from: before)
    return state.refreshTraffic()
  case .replay(let replay): state.play(replay)
  case .race(let session, let turn, let event): return state.observe(event, session, turn)
  case .models(let items): state.fill(items) { $0 == .addLane || $0.isChangeModel || $0 == .judge }
  case .sessions(let items): state.fill(items) { $0 == .sessions }
  case .foundSessions(let found, let number): return state.show(found, number)
  case .again(let session, let turn, let withOwnLanes): return state.askAgain(session, turn, withOwnLanes)
  case .lineups(let items): state.fill(items) { $0 == .lineups || $0 == .saveLineup }
  case .lineup(let lanes): return state.load(lanes)
  case .files(let items):
    state.fill(items) { if case .attach = $0 { true } else { false } }
  case .opened(let session, let isRacedHere): return state.take(session, isRacedHere: isRacedHere)
  case .estimated(let estimate, let asking): return state.weigh(estimate, asking)
  case .outlook(let outlook): state.outlook = outlook
  case .spending(let session, let spending): if session == state.session.id { state.spending = spending }
  case .repeated(let pair): state.reading?.add(pair)
  case .verified(let assignment, let blocks): state.add(blocks, toRevealOf: assignment)
  case .judging(let session, let turn, let event): state.observe(event, session, turn)
  case .judged(let session, let turn): return state.endJudging(session, turn)
  case .evidence(let session, let blocks): if session == state.session.id { state.add(evidence: blocks) }
  case .panels(let session, let panels): if session == state.session.id { state.panels = panels }
  case .votes(let session, let votes):
    guard session == state.session.id else { return [] }
    state.votes = votes
    state.reading?.resume(votes)
  case .judgements(let session, let found, let fits):
    if session == state.session.id { (state.judgements, state.fits) = (found, fits) }
  case .criteria(let text): return [.edit(.criteria, text)]
  case .page(let page): state.overlay = .page(page)
  case .traffic(let traffic): return state.show(traffic)
  case .call(let page): state.show(call: page)
  case .gateway(let news): state.hear(news)
  case .attached(let file):
    state.attachments.append(file)
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
  fileprivate mutating func fill(_ items: [ChoiceList.Item], where isMeant: (ChoiceList.Purpose) -> Bool) {
    guard case .list(var list)? = overlay, isMeant(list.purpose) else { return }
    list.fill(items)
    overlay = .list(list)
  }

  fileprivate mutating func take(_ session: Session, isRacedHere: Bool) -> [Command] {
    open(session)
    isStored = true
    let unfinished = responses.filter { !$0.state.isOver }.map(\.lane)
    if isRacedHere {
      running = Set(unfinished)
    } else if !unfinished.isEmpty {
      message = "another Furlong is asking this session: open it again later for the rest"
    }
    return revealIfHopeless()
  }

  /// Shows a session, as if nothing had been looked at before.
  mutating func open(_ session: Session) {
    self.session = session
    focus = session.activeLanes.first ?? 0
    system = session.turns.last?.system
    dropped = []
    pinned = nil
    search = nil
    selection = nil
    scroll = [:]
    openReasoning = []
    showsSource = []
    running = []
    sentAt = [:]
    speeds = [:]
    overlay = nil
    message = nil
    (reading, revealed, judging) = (nil, nil, nil)
    (judgements, fits, panels, votes) = ([], [], [], [])
    spending = Spending()
    if let assignment = session.turns.last?.blind { hide(behind: assignment) }
  }

  fileprivate mutating func take(_ text: String, from what: Editing) -> [Command] {
    switch what {
    case .prompt:
      composer.set(text)
      place = .prompt
    case .system:
      if case .form(var form)? = overlay {
        form.setSystem(text)
        overlay = .form(form)
      }
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
      if case .state(.waiting) = change { sentAt[lane] = now }
      if case .text(_, _, let offset) = change { speeds[lane, default: Sparkline()].note(at: offset) }
      if case .ended(let response) = change, number == turn?.number {
        running.remove(lane)
        if response.error?.kind == .money, response.state == .stopped { message = response.error?.message }
      }
      // In place: a copy taken out and put back would copy the whole answer for every token.
      session.turns[index].responses[lane]?.apply(change)
    case .won(let lane): session.turns[index].winner = lane
    case .fit(let fit): fits.append(fit)
    case .ended(let winner):
      session.turns[index].winner = winner
      return revealIfHopeless()
    }
    return []
  }

  // MARK: Keys

  fileprivate mutating func press(_ key: Key) -> [Command] {
    if key == .resize { return [] }
    if case .mouse(let mouse) = key { return point(mouse) }
    message = nil
    selection = nil
    let place: Keymap.Place = self.place == .prompt ? .prompt : .lanes
    let action = keymap.action(for: key, in: place)
    // Nothing can be seen: only ways out of it work.
    if isTooSmall, ![.interrupt, .close, .suspend, .redraw].contains(action) { return [] }
    // Any other key takes the question back.
    if action != .interrupt, action != .close { isAskedToLeave = false }
    if let overlay { return press(key, in: overlay) }
    if let commands = pressPlayback(key) { return commands }
    if let commands = pressHidden(key) { return commands }
    if search?.isTyping == true { return type(key) }
    if place == .prompt, composer.takesFirst(key) {
      _ = composer.handle(key)
      return []
    }
    if let action { return perform(action) }
    switch self.place {
    case .prompt:
      let wasEmpty = composer.isEmpty
      _ = composer.handle(key)
      // Connections are opened while the prompt is typed.
      return wasEmpty && !composer.isEmpty ? [.warm] : []
    case .lanes:
      if case .character(let digit) = key, let number = digit.wholeNumberValue, shown.contains(number - 1) {
        focus = number - 1
      } else if case .paste = key {
        self.place = .prompt
        _ = composer.handle(key)
      }
      return []
    }
  }

  mutating func perform(_ action: Action) -> [Command] {
    if let commands = performHidden(action) { return commands }
    switch action {
    case .send: return send()
    case .newLine: composer.insert("\n")
    case .historyBack: composer.up()
    case .historyForward: composer.down()
    case .historySearch: searchHistory()
    case .editPrompt: return [.edit(.prompt, composer.text)]
    case .attach:
      overlay = .list(ChoiceList(.attach(folder: "."), title: "Attach a file", items: [], isLoading: true))
      return [.loadFiles(folder: ".")]
    case .detach: detach()
    case .places: changePlace()
    case .focusLeft: moveFocus(by: -1)
    case .focusRight: moveFocus(by: 1)
    case .scrollUp, .scrollDown, .halfUp, .halfDown, .pageUp, .pageDown, .top, .bottom: scroll(action)
    case .sync:
      isSynced.toggle()
      message = isSynced ? "all lanes scroll together" : "each lane scrolls by itself"
    case .search:
      search = Search()
      place = .lanes
    case .searchNext: findNext(by: 1)
    case .searchPrevious: findNext(by: -1)
    case .zoom: isZoomed.toggle()
    case .pin: pin()
    case .reasoning: openReasoning.formSymmetricDifference([focus])
    case .source:
      showsSource.formSymmetricDifference([focus])
      message = showsSource.contains(focus) ? "lane \(focus + 1): the text as it came" : nil
    case .scoreboard:
      panel = panel == .scoreboard ? .none : .scoreboard
      if panel == .scoreboard, height < ScoreboardPane.leastHeight(self) {
        say("the window is too low for the scoreboard")
      }
    case .timeline: panel = panel == .timeline ? .scoreboard : .timeline
    case .sortNext, .sortReverse: sort(action)
    case .compare: compare()
    case .map: openMap()
    case .proceed: return proceed()
    case .copy, .copyCode, .copyTurn: return copy(action)
    case .editAnswer:
      guard let text = response(focus)?.text, !text.isEmpty else { return nothingToTake() }
      return [.edit(.answer, text)]
    case .stop: return [.stop(lane: focus)]
    case .stopAll: return [.stopAll]
    case .retry: return retry([focus])
    case .retryAll: return retry(shown)
    case .rule: return nextRule()
    case .add: return chooseLane()
    case .duplicate: return duplicate()
    case .drop: return drop()
    case .undo: return undoDrop()
    case .model: return chooseModel()
    case .parameters: openParameters()
    case .lineups: return chooseLineup(.lineups, "Load a lineup")
    case .saveLineup: return chooseLineup(.saveLineup, "Save these lanes as")
    case .themes: return [.loadThemes]
    case .blind: toggleBlind()
    case .vote: return explainVote()
    case .judge: return startJudging()
    case .judges: return chooseJudge()
    case .criteria: return editCriteria()
    case .verdicts: return showVerdicts()
    case .leaderboard: return [.loadLeaderboard(BoardChoice())]
    case .costs: return [.loadCosts(.model)]
    case .traffic: return openTraffic()
    case .replay:
      guard turn != nil else { return nothingToTake() }
      return isStreaming ? tell("lanes are still answering") : [.loadReplay]
    case .cards: return [.loadCards]
    case .methods: overlay = .page(Page.scoreboardMethods(self))
    case .mouse:
      capturesMouse.toggle()
      message = capturesMouse ? "mouse on" : "mouse off: the terminal selects text itself"
      return [.captureMouse(capturesMouse)]
    case .sessions:
      return openSessions()
    case .newSession: startNewSession()
    // They need a session to be chosen first.
    case .sessionOpen, .sessionAgain, .sessionAgainHere, .sessionTitle, .sessionTags, .sessionDelete, .sessionUndelete:
      break
    case .palette: overlay = .list(ChoiceList(.commands, title: "Commands", items: keymap.commandItems))
    case .help: overlay = .help(scroll: 0)
    case .interrupt: return interrupt()
    case .suspend: return [.suspend]
    case .redraw: return [.redraw]
    case .close: return close()
    }
    return []
  }

  /// Esc and Tab: out of a search first.
  private mutating func changePlace() {
    if search != nil { search = nil } else { place = place == .prompt ? .lanes : .prompt }
  }

  private mutating func close() -> [Command] {
    if search != nil {
      search = nil
    } else if isZoomed {
      isZoomed = false
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

  private mutating func moveFocus(by step: Int) {
    let index = shown.firstIndex(of: focus) ?? 0
    guard !shown.isEmpty else { return }
    focus = shown[max(0, min(shown.count - 1, index + step))]
  }

  private mutating func sort(_ action: Action) {
    panel = .scoreboard
    if action == .sortNext { order.advance() } else { order.isReversed.toggle() }
    message = "sorted by \(order.column.rawValue)\(order.isReversed ? ", the other way round" : "")"
  }

  private mutating func searchHistory() {
    let items = composer.history.map { ChoiceList.Item(title: sessionTitle($0), detail: "", value: $0) }
    overlay = .list(ChoiceList(.history, title: "Older prompts", items: items))
  }

  private mutating func detach() {
    guard let file = attachments.popLast() else { return say("no file is attached") }
    message = "\(file.name) does not go with the prompt"
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

extension Keymap {
  fileprivate var commandItems: [ChoiceList.Item] {
    rows.filter { ![.palette, .send, .newLine].contains($0.action) && $0.place != .sessions }.map { row in
      ChoiceList.Item(title: row.summary, detail: row.keys.first?.name ?? "", value: row.action.rawValue)
    }
  }
}
