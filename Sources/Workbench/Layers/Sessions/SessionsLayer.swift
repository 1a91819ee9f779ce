import Core
import Engine
import Terminal

extension KeyPlace {
  static let sessions = KeyPlace("sessions", "Among the sessions")
  static let sessionLine = KeyPlace("session line", "Title and tags")
}

extension Action {
  static let sessionOpen = Action("session.open"), sessionAgain = Action("session.again")
  static let sessionAgainHere = Action("session.again-here"), sessionTitle = Action("session.title")
  static let sessionTags = Action("session.tags"), sessionDelete = Action("session.delete")
  static let sessionUndelete = Action("session.undelete"), sessionKeep = Action("session.keep")
  static let sessionLeave = Action("session.leave"), sessionExport = Action("session.export-chosen")
  static let sessionTick = Action("session.tick"), sessionVote = Action("session.vote")
  static let sessionJudge = Action("session.judge"), sessionCompare = Action("session.compare")
}

extension SessionsPage: Layer {
  static let keys: [KeyRow] = [
    row(.sessionOpen, [.enter], "open the session and go on with it", Label("open", 1)) { state, chosen in
      // Whoever comes back goes on with what was found.
      state.sessionsLine = state.layers.topmost(SessionsPage.self)?.line.text ?? ""
      let hit = chosen.hit.flatMap { $0.isTitle ? nil : $0 }
      let words = hit?.pieces.first(where: \.isMatch)?.text ?? ""
      return [.open(session: chosen.id, at: hit.map { FoundPlace(turn: $0.turn, words: words) })]
    },
    row(
      .sessionAgain, [.control("r")], "ask its prompt again in a new session, with its own lanes", Label("again", 2),
      unless: { $0.isStreaming ? "lanes are still answering: stop them, or wait" : nil }
    ) { _, chosen in [.again(session: chosen.id, turn: chosen.hit?.turn ?? 1, withOwnLanes: true)] },
    row(
      .sessionAgainHere, [.control("t")], "ask its prompt again in a new session, with the lanes shown now",
      Label("mine", 3), unless: { $0.isStreaming ? "lanes are still answering: stop them, or wait" : nil }
    ) { _, chosen in [.again(session: chosen.id, turn: chosen.hit?.turn ?? 1, withOwnLanes: false)] },
    row(.sessionTitle, [.alt("t")], "change the title", Label("title", 6)) { state, chosen in
      state.edit(SessionsPage.self) { page, _ in page.begin(.title(Composer(chosen.name))) }
    },
    row(.sessionTick, [.character(" ")], "tick it, for what is done next", Label("tick", 5)) { state, _ in
      state.edit(SessionsPage.self) { page, state in
        page.tick()
        return page.askPreview(state)
      }
    },
    row(.sessionTags, [.alt("g")], "change the tags, of all that are ticked", Label("tags", 7)) { state, chosen in
      let tags = (state.sessionTargets.count == 1 ? state.sessionTargets.first : nil)?.tags ?? []
      return state.edit(SessionsPage.self) { page, _ in page.begin(.tags(Composer(tags.joined(separator: " ")))) }
    },
    row(.sessionExport, [.control("e")], "write it to a file, or all that are ticked", Label("export", 5)) { state, _ in
      [.loadFormats(sessions: state.sessionTargets.map(\.id))]
    },
    row(.sessionVote, [.alt("v")], "vote on its answers, or on those of all that are ticked", Label("vote", 8)) {
      state, _ in
      let ids = state.sessionTargets.map(\.id)
      return state.closeTop() + state.openVoteDesk(.sessions(ids))
    },
    row(
      .sessionJudge, [.alt("j")], "let the judge read its answers, or those of all that are ticked: twice",
      Label("judge", 9)
    ) { state, _ in state.judgeSessions() },
    row(
      .sessionCompare, [.alt("c")], "compare what is ticked side by side", Label("compare", 10),
      unless: { (2...SessionsCompared.most).contains($0.sessionTargets.count) ? nil : "two to four are to be ticked" }
    ) { state, _ in state.open(SessionsCompared(state.sessionTargets)) },
    row(.sessionDelete, [.control("x")], "delete it, or all that are ticked; receipts stay", Label("delete", 4)) {
      state, _ in state.deleteSessions()
    },
    KeyRow(
      .sessionUndelete, .sessions, [.alt("x")], "bring the deleted session back, until you leave",
      label: Label("undo", 5), unless: { $0.undo.sessions.isEmpty ? "nothing was deleted" : nil }
    ) { $0.undelete() },
    KeyRow(.sessionKeep, .sessionLine, [.enter], "keep what is written", label: Label("keep", 1)) {
      $0.keepSessionLine()
    },
    KeyRow(
      .sessionLeave, .sessionLine, [.escape, .control("c")], "leave it as it was", label: Label("leave as it was", 2)
    ) { $0.edit(SessionsPage.self) { page, _ in page.begin(.browsing) } },
  ]

  private static func row(
    _ action: Action, _ keys: [Key], _ summary: String, _ label: Label,
    unless why: @escaping @Sendable (State) -> String? = { _ in nil },
    run: @escaping @Sendable (inout State, SessionSummary) -> [Command]
  ) -> KeyRow {
    KeyRow(
      action, .sessions, keys, summary, label: label,
      unless: { $0.layers.topmost(SessionsPage.self)?.chosen == nil ? "no session is chosen" : why($0) }
    ) { state in
      (state.layers.topmost(SessionsPage.self)?.chosen).map { run(&state, $0) } ?? []
    }
  }

  func places(_ state: State) -> [KeyPlace] { isEditing ? [.sessionLine] : [.sessions, .list, .window] }
  var takesText: Bool { true }
  func takesAsText(_ key: Key) -> Bool { key != .character(" ") || !ticks }

  mutating func begin(_ mode: Mode) -> [Command] {
    self.mode = mode
    return []
  }

  mutating func type(_ key: Key, _ state: State) -> [Command]? {
    noteWhere(amongRows: false)
    switch mode {
    case .title(var line):
      line.type(key)
      mode = .title(line)
    case .tags(var line):
      line.type(key)
      mode = .tags(line)
    case .browsing:
      let before = line.text
      line.type(key)
      if line.text != before { return findAnew(state) }
    }
    return []
  }

  private mutating func findAnew(_ state: State) -> [Command] {
    selectFirst()
    return [find(now: state.moment.date)]
  }

  mutating func clear(_ state: State) -> [Command]? {
    guard !line.isEmpty else {
      guard !ticked.isEmpty else { return nil }
      untick()
      return []
    }
    line.clear()
    return findAnew(state)
  }

  mutating func move(_ step: Step, _ state: State) -> [Command] {
    noteWhere(amongRows: true)
    select(step.moved(selection, height: SessionsPane.visibleRows(state), count: rows.count))
    // The end of what was asked for is not the end of what there is.
    guard selection == rows.count - 1, isCut, !isLoading else { return askPreview(state) }
    return [find(now: state.moment.date, limit: limit + 2 * SessionsPage.page)] + askPreview(state)
  }

  mutating func hear(_ answer: any Sendable, _ state: State) -> [Command] {
    if let found = answer as? SessionPreview { take(found) }
    if let found = answer as? MarksInquiry.Found { take(found.marks) }
    return []
  }

  func draw(_ state: State, _ layouts: Layouts, _ frame: inout Frame) { SessionsPane.draw(self, state, &frame) }
}

extension Composer {
  /// With this text, the cursor behind it.
  init(_ text: String) {
    self.init()
    set(text)
  }

  /// A key in a line of its own: what is pasted stays on it.
  mutating func type(_ key: Key) {
    if case .paste(let text) = key { return insert(VisibleText.line(text)) }
    _ = handle(key)
  }
}

extension State {
  /// - Parameter line: what filters them at first; nil: what found the session that was opened from here.
  mutating func openSessions(line: String? = nil) -> [Command] {
    var page = SessionsPage()
    page.line = Composer(line ?? sessionsLine)
    sessionsLine = ""
    let find = page.find(now: moment.date)
    return open(page) + [find]
  }

  /// Empties the line of what is on top; nil where there is nothing to empty.
  mutating func clearLine() -> [Command]? {
    guard let index = layers.all.indices.last else { return nil }
    var layer = layers.all[index]
    guard let commands = layer.clear(self) else { return nil }
    layers.replace(at: index, with: layer)
    return commands
  }

  fileprivate mutating func keepSessionLine() -> [Command] {
    guard var page = layers.topmost(SessionsPage.self), let chosen = page.chosen else { return [] }
    defer { _ = layers.edit(SessionsPage.self) { $0 = page } }
    let mode = page.mode
    page.mode = .browsing
    switch mode {
    case .browsing: return []
    case .title(let line):
      page.change([chosen.id]) { $0.title = line.text }
      if session.id == chosen.id { session.title = line.text }
      return [.setTitle(session: chosen.id, line.text)]
    case .tags(let line):
      let words = line.text.split(whereSeparator: { $0.isWhitespace || $0 == "," }).map(String.init)
      return page.targets.flatMap { target -> [Command] in
        let tags = TagChange.apply(words, to: words.isEmpty ? [] : target.tags)
        page.change([target.id]) { $0.tags = tags }
        if session.id == target.id { for index in session.turns.indices { session.turns[index].tags = tags } }
        return [.setTags(session: target.id, tags)]
      }
    }
  }

  // MARK: Deleting

  /// What an action of the page is about.
  var sessionTargets: [SessionSummary] { layers.topmost(SessionsPage.self)?.targets ?? [] }

  fileprivate mutating func deleteSessions() -> [Command] {
    let targets = sessionTargets
    let ids = targets.map(\.id)
    if ids.contains(session.id), isStreaming || targets.contains(where: { $0.state == .answering }) {
      return tell("this session is being answered: stop the lanes first")
    }
    guard !targets.contains(where: { $0.state == .answering }) else {
      return tell("this session is being answered: stop its lanes first")
    }
    if ids.contains(session.id) {
      // Only the session behind the page is another one.
      let before = layers
      startNewSession()
      layers = before
    }
    _ = layers.edit(SessionsPage.self) { $0.remove(ids) }
    undo.sessions += ids
    let key = keymap.keyName(.sessionUndelete)
    message =
      ids.count == 1
      ? "deleted; \(key) brings it back until you leave. Its receipts stay."
      : "\(ids.count) deleted; \(key) brings back one after another until you leave. Their receipts stay."
    return ids.map { .delete(session: $0) }
  }

  /// Says first how much is to be read; the same key again has it read.
  fileprivate mutating func judgeSessions() -> [Command] {
    guard !findings.judges.isEmpty else {
      return tell("no judge is chosen: \(keymap.keyName(.judge)) in the lanes does")
    }
    guard findings.judging == nil else { return tell("the judge is at work: wait, or stop it in the lanes") }
    let targets = sessionTargets
    let ids = targets.map(\.id)
    guard let page = layers.topmost(SessionsPage.self), page.askedToJudge == ids else {
      _ = layers.edit(SessionsPage.self) { $0.askedToJudge = ids }
      let turns = Readable.count(targets.reduce(0) { $0 + $1.turns }, "turn")
      let judges = findings.judges.map { VisibleText.line($0.text) }.joined(separator: ", ")
      return tell(
        "\(judges) reads the answers of \(turns), each pair twice: \(keymap.keyName(.sessionJudge)) again has it read")
    }
    _ = layers.edit(SessionsPage.self) { $0.askedToJudge = [] }
    message = "the judge is asked"
    return [.judgeSessions(ids, by: findings.judges)]
  }

  fileprivate mutating func undelete() -> [Command] {
    guard let last = undo.sessions.popLast() else { return [] }
    message = "brought back"
    return [.undelete(session: last)]
      + edit(SessionsPage.self) { page, state in
        page.wanted = last
        return [page.find(now: state.moment.date, limit: page.limit)]
      }
  }

  // MARK: Asking again

  /// A new session with the prompt of an old one: nothing that was answered is changed.
  mutating func askAgain(_ old: Session, _ number: Int, _ withOwnLanes: Bool) -> [Command] {
    guard !isStreaming else { return tell("lanes are still answering: stop them, or wait") }
    guard let turn = old.turns.first(where: { $0.number == number }) ?? old.turns.first else {
      return tell("this session has no prompt")
    }
    var lanes = withOwnLanes ? old.lanes : self.lanes
    lanes.removeAll { $0.isDropped || $0.isFusion }
    guard !lanes.isEmpty else { return tell("no lane to ask: every lane was dropped") }
    let rule = turn.rule.examines ? RaceRule.all : turn.rule
    open(
      Session(
        id: Session.newID(using: &moment.random), created: moment.date, title: "", rule: rule, lanes: lanes, turns: []))
    isStored = false
    draft.system = turn.system
    draft.attachments = turn.attachments
    draft.composer.set(turn.prompt)
    place = .prompt
    let cost = turn.responses.values.compactMap(\.cost.amount).reduce(.zero, +)
    guard cost <= Self.smallChange else {
      return tell("its answers cost \(cost.screenText): \(keymap.keyName(.send)) asks again")
    }
    return send()
  }
}
