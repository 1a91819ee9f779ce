import Core
import Engine
import Terminal

/// The sessions page.
extension State {
  mutating func openSessions() -> [Command] {
    var page = SessionsPage()
    let find = page.find(now: date)
    overlay = .sessions(page)
    return [find]
  }

  mutating func show(_ found: [SessionSummary], _ number: Int) -> [Command] {
    guard case .sessions(var page)? = overlay else { return [] }
    page.fill(found, number)
    overlay = .sessions(page)
    return []
  }

  mutating func press(_ key: Key, in page: SessionsPage) -> [Command] {
    var page = page
    defer { if case .sessions = overlay { overlay = .sessions(page) } }
    switch page.mode {
    case .browsing: return browse(key, &page)
    case .title(var line), .tags(var line):
      if key == .enter { return keep(line.text, &page) }
      if key == .escape || key == .control("c") {
        page.mode = .browsing
        return []
      }
      type(key, into: &line)
      page.mode = if case .title = page.mode { .title(line) } else { .tags(line) }
      return []
    }
  }

  private mutating func browse(_ key: Key, _ page: inout SessionsPage) -> [Command] {
    if let action = keymap.action(for: key, in: .sessions), let commands = perform(action, &page) { return commands }
    switch key {
    case .up, .control("p"): page.select(page.selection - 1)
    case .down, .control("n"), .tab: page.select(page.selection + 1)
    case .pageUp: page.select(page.selection - SessionsPane.visibleRows(self))
    case .pageDown: page.select(page.selection + SessionsPane.visibleRows(self))
    case .home: page.select(0)
    case .end: page.select(page.rows.count - 1)
    case .escape:
      overlay = nil
      return []
    case .control("c"):
      guard !page.line.isEmpty else {
        overlay = nil
        return []
      }
      page.line.clear()
      page.selectFirst()
      return [page.find(now: date)]
    default:
      let before = page.line.text
      type(key, into: &page.line)
      guard page.line.text != before else { return [] }
      page.selectFirst()
      return [page.find(now: date)]
    }
    // The end of what was asked for is not the end of what there is.
    guard page.selection == page.rows.count - 1, page.isCut, !page.isLoading else { return [] }
    return [page.find(now: date, limit: page.limit + 2 * SessionsPage.page)]
  }

  private func type(_ key: Key, into line: inout Composer) {
    if case .paste(let text) = key { return line.insert(VisibleText.line(text)) }
    _ = line.handle(key)
  }

  /// Nil when the action means nothing here.
  private mutating func perform(_ action: Action, _ page: inout SessionsPage) -> [Command]? {
    switch action {
    case .sessionUndelete: return undelete(&page)
    case .redraw: return [.redraw]
    case .suspend: return [.suspend]
    case .help:
      overlay = .help(scroll: 0)
      return []
    default: break
    }
    guard let chosen = page.chosen else { return nil }
    switch action {
    case .sessionOpen: return [.open(session: chosen.id)]
    case .sessionAgain, .sessionAgainHere:
      guard !isStreaming else { return tell("lanes are still answering: stop them, or wait") }
      return [.again(session: chosen.id, turn: chosen.hit?.turn ?? 1, withOwnLanes: action == .sessionAgain)]
    case .sessionTitle:
      var line = Composer()
      line.set(chosen.name)
      page.mode = .title(line)
    case .sessionTags:
      var line = Composer()
      line.set(chosen.tags.joined(separator: " "))
      page.mode = .tags(line)
    case .sessionDelete: return delete(chosen, &page)
    default: return nil
    }
    return []
  }

  private mutating func keep(_ text: String, _ page: inout SessionsPage) -> [Command] {
    defer { page.mode = .browsing }
    guard let chosen = page.chosen else { return [] }
    if case .title = page.mode {
      page.change { $0.title = text }
      if session.id == chosen.id { session.title = text }
      return [.setTitle(session: chosen.id, text)]
    }
    let words = text.split(whereSeparator: { $0.isWhitespace || $0 == "," }).map(String.init)
    let tags = TagChange.apply(words, to: words.isEmpty ? [] : chosen.tags)
    page.change { $0.tags = tags }
    if session.id == chosen.id { for index in session.turns.indices { session.turns[index].tags = tags } }
    return [.setTags(session: chosen.id, tags)]
  }

  // MARK: Deleting

  private mutating func delete(_ chosen: SessionSummary, _ page: inout SessionsPage) -> [Command] {
    if session.id == chosen.id {
      guard !isStreaming else { return tell("this session is being answered: stop the lanes first") }
      let before = page
      startNewSession()
      // Only the session behind the page is another one.
      page = before
      overlay = .sessions(page)
    } else if chosen.state == .answering {
      return tell("this session is being answered: stop its lanes first")
    }
    page.removeChosen()
    deletedSessions.append(chosen.id)
    message = "deleted; \(keymap.keyName(.sessionUndelete)) brings it back until you leave. Its receipts stay."
    return [.delete(session: chosen.id)]
  }

  private mutating func undelete(_ page: inout SessionsPage) -> [Command] {
    guard let last = deletedSessions.popLast() else { return tell("nothing was deleted") }
    message = "brought back"
    return [.undelete(session: last), page.find(now: date, limit: page.limit)]
  }

  // MARK: Asking again

  /// A new session with the prompt of an old one: nothing that was answered is changed.
  mutating func askAgain(_ old: Session, _ number: Int, _ withOwnLanes: Bool) -> [Command] {
    guard !isStreaming else { return tell("lanes are still answering: stop them, or wait") }
    guard let turn = old.turns.first(where: { $0.number == number }) ?? old.turns.first else {
      return tell("this session has no prompt")
    }
    var lanes = withOwnLanes ? old.lanes : self.lanes
    lanes.removeAll(where: \.isDropped)
    guard !lanes.isEmpty else { return tell("no lane to ask: every lane was dropped") }
    let rule = turn.rule.examines ? RaceRule.all : turn.rule
    open(Session(id: Session.newID(using: &random), created: date, title: "", rule: rule, lanes: lanes, turns: []))
    isStored = false
    system = turn.system
    attachments = turn.attachments
    composer.set(turn.prompt)
    place = .prompt
    return send()
  }
}
