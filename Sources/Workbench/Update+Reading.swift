import Core
import Markdown
import Terminal

/// Scrolling, searching, comparing, copying: nothing here changes what is asked.
extension State {
  mutating func scroll(_ lane: Int, _ step: Step) {
    let extent = desk.extents[lane] ?? Extent(lines: 0, height: 1)
    switch step {
    case .beginning: scroll(lane, by: -extent.lines)
    case .end: scroll(lane, by: extent.lines)
    case .lines, .halves, .pages: scroll(lane, by: step.rows(height: extent.height))
    }
  }

  /// At the end a pane follows what comes; anywhere else it stays.
  mutating func scroll(_ lane: Int, by step: Int) {
    let extent = desk.extents[lane] ?? Extent(lines: 0, height: 1)
    let last = max(0, extent.lines - extent.height)
    if passesTurn(lane, step, last: last) { return }
    var line: Int
    switch desk.scroll[lane] ?? .follow {
    case .follow: line = last
    case .at(let place): line = min(place, last)
    }
    line += step
    desk.scroll[lane] = step > 0 && line >= last ? .follow : .at(line: max(0, min(line, last)))
  }

  // MARK: Turns

  /// Beyond the end of an answer comes the next turn, before its beginning the one before.
  private mutating func passesTurn(_ lane: Int, _ step: Int, last: Int) -> Bool {
    // Not by a jump to the beginning or the end, and not with a pane that goes along with another.
    guard lane == focus, !isComparing, playback == nil, abs(step) <= max(1, desk.extents[lane]?.height ?? 1) else {
      return false
    }
    let place: Int
    switch desk.scroll[lane] ?? .follow {
    case .follow: place = last
    case .at(let line): place = min(line, last)
    }
    guard let turnIndex, step < 0 ? place == 0 && turnIndex > 0 : place >= last && !isLatest else { return false }
    _ = showTurn(by: step < 0 ? -1 : 1)
    desk.scroll = step < 0 ? [:] : Dictionary(uniqueKeysWithValues: shown.map { ($0, .at(line: 0)) })
    return true
  }

  mutating func showTurn(by step: Int) -> [Command] {
    guard let turnIndex, session.turns.indices.contains(turnIndex + step) else { return [] }
    return show(turn: session.turns[turnIndex + step].number)
  }

  /// Turns to a turn of the session, from its top; the one that is being answered is followed.
  mutating func show(turn number: Int) -> [Command] {
    guard session.turns.contains(where: { $0.number == number }) else { return [] }
    seen = number == session.turns.last?.number ? nil : number
    let follows = isRunningInView
    desk.scroll = follows ? [:] : Dictionary(uniqueKeysWithValues: session.lanes.indices.map { ($0, .at(line: 0)) })
    search?.current = nil
    return []
  }

  /// To a place that was looked for.
  mutating func show(_ found: FoundPlace) {
    _ = show(turn: found.turn)
    place = .lanes
    if !found.words.isEmpty { open(SearchLayer(words: found.words)) }
  }

  // MARK: Search

  /// To the next match, from one lane to the next, from one turn to the next, and around.
  mutating func findNext(by step: Int) {
    guard let search else { return say("\(keymap.keyName(.search)) searches") }
    guard isSearched else {
      self.search?.pending = step > 0 ? .first : .last
      return
    }
    let all = matchesInView
    if let current = search.current, let index = all.firstIndex(of: current) {
      let next = index + step
      if all.indices.contains(next) { return go(to: all[next]) }
    } else if let first = all.first(where: { $0.lane == focus }) ?? all.first {
      return go(to: first)
    }
    if let other = turnWithMatch(search, from: turnIndex ?? 0, step) {
      _ = show(turn: session.turns[other].number)
      self.search?.pending = step > 0 ? .first : .last
    } else if let around = step > 0 ? all.first : all.last {
      go(to: around)
    } else {
      say("no match")
    }
  }

  /// Where the matches stand is known once the turn has been drawn.
  mutating func goToPendingMatch() {
    guard let pending = search?.pending, isSearched else { return }
    search?.pending = nil
    let all = matchesInView
    if let found = pending == .first ? all.first : all.last { go(to: found) }
  }

  private var searchedLanes: [Int] { search?.isEverywhere == true ? shown : [focus] }

  /// Whether it is known where the matches stand: the frame after the query was typed, or later in a long text.
  private var isSearched: Bool {
    guard let query = search?.query, !query.isEmpty else { return true }
    return searchedLanes.allSatisfy { desk.extents[$0].map { $0.query == query } ?? true }
  }

  private var matchesInView: [Search.Current] {
    searchedLanes.flatMap { lane in
      (desk.extents[lane]?.matches ?? []).indices.map { Search.Current(lane: lane, index: $0) }
    }
  }

  private mutating func go(to found: Search.Current) {
    search?.current = found
    focus = found.lane
    guard let extent = desk.extents[found.lane], extent.matches.indices.contains(found.index) else { return }
    let line = extent.matches[found.index]
    if !(extent.top..<(extent.top + extent.height)).contains(line) {
      desk.scroll[found.lane] = .at(line: max(0, line - extent.height / 2))
    } else {
      // Follows no more: the match must not run away.
      desk.scroll[found.lane] = .at(line: extent.top)
    }
  }

  /// The nearest other turn in a direction, and around, whose prompt or answers have what is looked for.
  private func turnWithMatch(_ search: Search, from index: Int, _ step: Int) -> Int? {
    let count = session.turns.count
    guard count > 1, !search.query.isEmpty else { return nil }
    let (lanes, query) = (search.isEverywhere ? shown : [focus], search.query.lowercased())
    return (1..<count).lazy.map { ((index + $0 * step) % count + count) % count }.first { place in
      let turn = session.turns[place]
      return turn.prompt.lowercased().contains(query)
        || lanes.contains { turn.responses[$0]?.text.lowercased().contains(query) == true }
    }
  }

  // MARK: Comparing

  /// With two lanes the other one, with more a choice; the pinned one is offered first.
  mutating func compare() {
    let others = shown.filter { $0 != focus && !(response($0)?.text.isEmpty ?? true) }
    guard let own = response(focus)?.text, !own.isEmpty else {
      return say("lane \(focus + 1) has no answer to compare")
    }
    guard let first = others.first else { return say("two lanes with answers are needed") }
    if others.count == 1 { return compare(with: first) }
    let ordered = others.filter { $0 == desk.pinned } + others.filter { $0 != desk.pinned }
    let items = ordered.map { lane in
      ChoiceList.Item(title: "\(lane + 1) \(VisibleText.line(lanes[lane].title))", detail: "", value: String(lane))
    }
    open(ChoiceList(.compare(with: focus), title: "Compare lane \(focus + 1) with", items: items))
  }

  mutating func compare(with other: Int) {
    let (left, right) = (min(focus, other), max(focus, other))
    open(Comparison(left: left, response(left)?.text ?? "", right: right, response(right)?.text ?? ""))
  }

  mutating func openMap() {
    let order = [focus] + shown.filter { $0 != focus }
    let answers = order.compactMap { lane -> (lane: Int, text: String)? in
      guard let text = response(lane)?.text, !text.isEmpty else { return nil }
      return (lane, text)
    }
    guard answers.count > 1 else { return say("two lanes with answers are needed") }
    var map = DisagreementMap(answers)
    if map.rows.first?.isDisputed == false { map.walk(by: 1) }
    open(map)
  }

  // MARK: Copying

  mutating func copy(_ action: Action) -> [Command] {
    guard let turn, let answer = response(focus), !answer.text.isEmpty else { return nothingToTake() }
    switch action {
    case .copy: return [.copy(answer.text, words: "lane \(focus + 1)'s answer")]
    case .copyTurn:
      return [.copy(turn.markdown(lanes: shown.map { ($0, lanes[$0]) }), words: "turn \(turn.number) as Markdown")]
    default:
      // A key is answered at once, however long an answer is.
      guard answer.text.utf8.count <= 128 << 10 else { return [.findCode(answer.text, lane: focus)] }
      return copyCode(MarkdownText.codeBlocks(in: answer.text), lane: focus)
    }
  }

  mutating func copyCode(_ blocks: [(language: String, code: String)], lane: Int) -> [Command] {
    guard let first = blocks.first else {
      message = "lane \(lane + 1)'s answer has no code block"
      return []
    }
    if blocks.count == 1 { return [.copy(first.code, words: "the code block")] }
    let items = blocks.map { block in
      let lines = block.code.split(whereSeparator: \.isNewline)
      return ChoiceList.Item(
        title: lines.first.map(String.init) ?? "",
        detail: "\(block.language) \(Readable.count(lines.count, "line"))", value: block.code)
    }
    return [.copyBlock(items, lane: lane)]
  }
}

extension Turn {
  /// The prompt and every lane's answer, to be pasted elsewhere.
  func markdown(lanes: [(Int, Lane)]) -> String {
    var parts = [
      prompt.split(separator: "\n", omittingEmptySubsequences: false).map { "> \($0)" }.joined(separator: "\n")
    ]
    for (number, lane) in lanes {
      guard let response = responses[number] else { continue }
      let place = winner == number ? " · winner" : ""
      let end = response.timing.end.map { " · " + Readable.duration($0) } ?? ""
      let cost = response.isSimulated ? "simulated" : Readable.cost(response.cost)
      parts.append("## \(number + 1) \(lane.text)\n\n*\(response.state.rawValue)\(end) · \(cost)\(place)*")
      if !response.text.isEmpty { parts.append(response.text) }
      if let error = response.error { parts.append("*\(error.message)*") }
    }
    return parts.joined(separator: "\n\n") + "\n"
  }
}
