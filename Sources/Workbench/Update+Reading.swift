import Core
import Markdown
import Terminal

/// Scrolling, searching, comparing, copying: nothing here changes what is asked.
extension State {
  mutating func scroll(_ lane: Int, _ step: Step) {
    let extent = extents[lane] ?? Extent(lines: 0, height: 1)
    switch step {
    case .beginning: scroll(lane, by: -extent.lines)
    case .end: scroll(lane, by: extent.lines)
    case .lines, .halves, .pages: scroll(lane, by: step.rows(height: extent.height))
    }
  }

  /// At the end a pane follows what comes; anywhere else it stays.
  mutating func scroll(_ lane: Int, by step: Int) {
    let extent = extents[lane] ?? Extent(lines: 0, height: 1)
    let last = max(0, extent.lines - extent.height)
    var line: Int
    switch scroll[lane] ?? .follow {
    case .follow: line = last
    case .at(let place): line = min(place, last)
    }
    line += step
    scroll[lane] = step > 0 && line >= last ? .follow : .at(line: max(0, min(line, last)))
  }

  // MARK: Search

  /// To the next match, from one lane to the next and around.
  mutating func findNext(by step: Int) {
    guard let search else {
      message = "\(keymap.keyName(.search)) searches"
      return
    }
    let all = (search.isEverywhere ? shown : [focus]).flatMap { lane in
      (extents[lane]?.matches ?? []).indices.map { Search.Current(lane: lane, index: $0) }
    }
    guard !all.isEmpty else { return say("no match") }
    let next: Int
    if let current = search.current, let index = all.firstIndex(of: current) {
      next = (index + step + all.count) % all.count
    } else {
      next = all.firstIndex { $0.lane == focus } ?? 0
    }
    let found = all[next]
    self.search?.current = found
    focus = found.lane
    guard let extent = extents[found.lane] else { return }
    let line = extent.matches[found.index]
    if !(extent.top..<(extent.top + extent.height)).contains(line) {
      scroll[found.lane] = .at(line: max(0, line - extent.height / 2))
    } else {
      // Follows no more: the match must not run away.
      scroll[found.lane] = .at(line: extent.top)
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
    let ordered = others.filter { $0 == pinned } + others.filter { $0 != pinned }
    let items = ordered.map { lane in
      ChoiceList.Item(title: "\(lane + 1) \(VisibleText.line(lanes[lane].text))", detail: "", value: String(lane))
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
      let blocks = MarkdownText.codeBlocks(in: answer.text)
      guard let first = blocks.first else {
        message = "lane \(focus + 1)'s answer has no code block"
        return []
      }
      if blocks.count == 1 { return [.copy(first.code, words: "the code block")] }
      let items = blocks.enumerated().map { index, block in
        ChoiceList.Item(
          title: block.code.split(whereSeparator: \.isNewline).first.map(String.init) ?? "",
          detail: "\(block.language) \(Readable.count(block.code.split(whereSeparator: \.isNewline).count, "line"))",
          value: block.code)
      }
      open(ChoiceList(.codeBlocks, title: "Copy a code block", items: items))
      return []
    }
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
