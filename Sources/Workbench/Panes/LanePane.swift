import Core
import Terminal

/// One lane: prompt and answer of the turn in view in a border that says who answers and how it goes.
struct LanePane {
  let state: State
  let lane: Int
  let place: Int?
  /// Cells of the longest line of an answer.
  static let longestLine = 90

  private var model: String { VisibleText.line(state.lanes[lane].title) }
  private var isFocused: Bool { lane == state.focus }
  private var response: Response? { state.response(lane) }

  func draw(_ area: Area, _ layouts: Layouts, _ frame: inout Frame) -> State.Extent {
    let isActive = isFocused && state.place == .lanes
    frame.box(area, Style(isActive ? .focus : .border), borders: state.screen.borders)
    drawTitle(area, isActive, &frame)
    // Lines longer than this are hard to read.
    let width = min(Self.longestLine, max(2, area.width - 4))
    let inside = Area(x: area.x + 2, y: area.y + 1, width: width, height: max(1, area.height - 2))
    let blocks = Thread(state: state, lane: lane, width: inside.width).blocks(layouts)
    let total = blocks.reduce(0) { $0 + $1.count }
    let found = search(state.search?.query, blocks, layouts)
    let top = firstLine(total: total, height: inside.height)
    let rows = blocks.draw(from: top, in: inside, &frame)
    markQuotes(blocks, from: top, in: inside, layouts, &frame)
    if let found { mark(found, from: top, in: inside, &frame) }
    if total > inside.height { drawThumb(area, top, total, inside.height, &frame) }
    drawFoot(area, below: total - top - inside.height, &frame)
    return State.Extent(
      lines: total, height: inside.height, top: top, area: inside, pane: area, rows: rows,
      matches: found?.matches ?? [], query: found?.query)
  }

  /// Of a lane that is not drawn: where a search would find something in it.
  func measured(width: Int, height: Int, _ layouts: Layouts) -> State.Extent {
    let blocks = Thread(state: state, lane: lane, width: width).blocks(layouts)
    let total = blocks.reduce(0) { $0 + $1.count }
    let nowhere = Area(x: .min / 2, y: .min / 2, width: 0, height: 0)
    let found = search(state.search?.query, blocks, layouts)
    return State.Extent(
      lines: total, height: height, top: firstLine(total: total, height: height), area: nowhere,
      matches: found?.matches ?? [], query: found?.query)
  }

  private func search(_ query: String?, _ blocks: [Block], _ layouts: Layouts) -> LineSearch? {
    query.flatMap {
      layouts.search(
        $0, lane: lane, blocks, turn: state.turn?.number ?? 0,
        isGrowing: state.isRunningInView && state.race.lanes.contains(lane), now: state.moment.now)
    }
  }

  /// A lane of which only the state is seen.
  func drawStrip(_ area: Area, _ frame: inout Frame) {
    // The name comes first; figures that the scoreboard has too give way to it.
    let nameWidth = min(TextWidth.of(model), area.width / 2)
    let foot = response.map { footText($0, columns: area.width - nameWidth - 10) } ?? ""
    let footWidth = TextWidth.of(foot)
    let used = frame.put(" \(lane + 1) ", x: area.x + 1, y: area.y, Style(.lane(lane), bold: true))
    frame.put(
      TextWidth.fittedInTheMiddle(model, columns: max(4, area.width - footWidth - 8)), x: area.x + 1 + used, y: area.y,
      Style(.quiet))
    frame.put(foot, x: area.x + area.width - footWidth - 2, y: area.y, Style(response?.state.role ?? .quiet))
  }

  private var title: String {
    let pin = state.desk.pinned == lane ? " \(state.screen.borders.pin)" : ""
    let system = state.lanes[lane].system == nil ? "" : " +system"
    return model + system + (response?.isSimulated == true ? " (simulated)" : "") + pin
  }

  private func drawTitle(_ area: Area, _ isActive: Bool, _ frame: inout Frame) {
    let said = [place.map(Readable.ordinal)].compactMap(\.self) + marks
    let medal = said.isEmpty ? "" : " \(said.joined(separator: " ")) "
    let medalWidth = TextWidth.of(medal)
    let room = area.width - 7 - medalWidth
    let style = Style(isActive ? .focus : isFocused ? .strong : .title, bold: isFocused)
    let used = frame.put(
      " \(lane + 1) ", x: area.x + 1, y: area.y, Style(.lane(lane), bold: true, reversed: isFocused))
    frame.put(" " + TextWidth.fittedInTheMiddle(title, columns: room - 1) + " ", x: area.x + 1 + used, y: area.y, style)
    if !medal.isEmpty {
      frame.put(
        medal, x: area.x + area.width - 1 - medalWidth, y: area.y, Style(place == 1 ? .good : .quiet, bold: place == 1))
    }
  }

  /// That the judge, or the person, puts this answer above the others.
  private var marks: [String] {
    (state.marks?.marks(lane) ?? []).compactMap { mark in
      switch mark {
      case .fastest: nil
      case .judge: state.screen.borders.judge
      case .you: state.screen.borders.picked
      case .pick: state.screen.borders.openPick
      }
    }
  }

  // MARK: Text

  private func firstLine(total: Int, height: Int) -> Int {
    let last = max(0, total - height)
    switch state.desk.scroll[lane] ?? .follow {
    case .follow: return last
    case .at(let line): return min(line, last)
    }
  }

  /// Matches of the search, the one gone to last apart from the others.
  private func mark(_ found: LineSearch, from top: Int, in area: Area, _ frame: inout Frame) {
    let current = state.search?.current.flatMap { $0.lane == lane ? $0.index : nil }
    for row in 0..<area.height {
      for piece in found.pieces(top + row) {
        let columns = (area.x + piece.columns.lowerBound)..<min(area.x + area.width, area.x + piece.columns.upperBound)
        let isCurrent = piece.match == current
        frame.mark(columns, y: area.y + row, Style(.match, bold: isCurrent, underlined: isCurrent))
      }
    }
  }

  /// What the judges quoted as wrong, while their reasons stand below.
  private func markQuotes(
    _ blocks: [Block], from top: Int, in area: Area, _ layouts: Layouts, _ frame: inout Frame
  ) {
    guard state.desk.panel == .verdicts else { return }
    for quote in VerdictPane.quotes(of: lane, state) {
      guard let found = search(quote, blocks, layouts) else { continue }
      for row in 0..<area.height {
        for piece in found.pieces(top + row) {
          let end = min(area.x + area.width, area.x + piece.columns.upperBound)
          frame.mark((area.x + piece.columns.lowerBound)..<end, y: area.y + row, Style(.removed, underlined: true))
        }
      }
    }
  }

  /// Where in the whole text the pane stands, on its right border.
  private func drawThumb(_ area: Area, _ top: Int, _ total: Int, _ height: Int, _ frame: inout Frame) {
    let length = max(1, height * height / total)
    let start = (height - length) * top / max(1, total - height)
    for offset in 0..<length {
      frame.put(state.screen.borders.thumb, x: area.x + area.width - 1, y: area.y + 1 + start + offset, Style(.quiet))
    }
  }

  // MARK: Foot

  private func drawFoot(_ area: Area, below: Int, _ frame: inout Frame) {
    let y = area.y + area.height - 1
    var mark = ""
    if case .at? = state.desk.scroll[lane], below > 0 { mark = " \(state.screen.borders.down) \(below) more " }
    if let response {
      // While it runs its speed is worth more than the last of its figures; what is new below more than either.
      let spared = mark.isEmpty ? !response.state.isOver && speedColumns(response) > 0 ? 8 : 0 : TextWidth.of(mark)
      let room = area.width - 4 - spared
      let text = " " + TextWidth.fitted(footText(response, columns: room), columns: room) + " "
      let word = response.state.rawValue
      drawProgress(Area(x: area.x + 1, y: y, width: area.width - 2, height: 1), response, &frame)
      let used = frame.put(text, x: area.x + 1, y: y, Style(.quiet))
      if mark.isEmpty {
        drawSpeed(Area(x: area.x + 1 + used, y: y, width: area.width - 2 - used, height: 1), response, &frame)
      }
      frame.put(TextWidth.fitted(word, columns: area.width - 4), x: area.x + 2, y: y, Style(response.state.role))
    }
    frame.put(mark, x: area.x + area.width - 1 - TextWidth.of(mark), y: y, Style(.busy))
  }

  /// How far it has come of what it usually writes, along the border: all of it when it has finished.
  private func drawProgress(_ area: Area, _ response: Response, _ frame: inout Frame) {
    guard let share = state.progress(response), share > 0 else { return }
    let length = max(1, Int(saturating: (share * Double(area.width)).rounded(.down)))
    frame.put(
      String(repeating: state.screen.borders.progress, count: min(length, area.width)), x: area.x, y: area.y,
      Style(.lane(lane)))
  }

  /// Tokens a second over time, where the foot leaves room.
  private func drawSpeed(_ area: Area, _ response: Response, _ frame: inout Frame) {
    // A third of the border at the most: how far it has come is worth more.
    let columns = min(speedColumns(response), area.width / 3)
    guard columns > 2, let speeds = state.race.speeds[lane] else { return }
    let text = " \(speeds.text(columns: columns, ascii: state.screen.borders.isASCII)) "
    frame.put(
      text, x: area.x + area.width - TextWidth.of(text) - 1, y: area.y, Style(response.state.isOver ? .quiet : .busy))
  }

  /// The most it takes; none before there is something to show, or where nothing may move.
  private func speedColumns(_ response: Response) -> Int {
    if state.screen.hasReducedMotion, !response.state.isOver { return 0 }
    // They are of the turn that was asked last.
    if state.playback == nil, state.turn?.number != state.race.turn { return 0 }
    let slices = state.race.speeds[lane]?.counts.count ?? 0
    return slices > 2 ? min(24, slices) : 0
  }

  /// State and seconds; TTFT, speed and cost where no scoreboard shows them, as far as there is room.
  private func footText(_ response: Response, columns: Int = .max) -> String {
    var parts = [response.state.rawValue]
    let timing = response.timing
    if response.state.isOver {
      parts[0] += timing.end.map { " " + Readable.duration($0) } ?? ""
    } else if let sent = state.race.sentAt[lane] {
      parts[0] += " " + Readable.duration(max(0, state.moment.now - sent))
    }
    if !state.showsScoreboard {
      if let first = timing.firstToken { parts.append(Readable.duration(first)) }
      if let speed = response.tokensPerSecond { parts.append("\(Readable.rate(speed)) t/s") }
      parts.append(Scoreboard.cost(response))
    }
    // Local models slow each other down: their times are not to be compared with a model that had a machine to itself.
    if response.sharesMachine { parts.append("shared machine") }
    func joined() -> String { parts.joined(separator: " \(state.screen.borders.dot) ") }
    while parts.count > 2, TextWidth.of(joined()) > columns { parts.remove(at: 1) }
    return joined()
  }
}

/// Lines of one kind within a pane: wrapped text in one style, or lines with styles of their own.
struct Block {
  private var texts: [String] = []
  private var joints: [StyledLine.Joint] = []
  private var style = Style()
  private var styled: [StyledLine] = []

  init(lines: [String], joints: [StyledLine.Joint] = [], style: Style = Style()) {
    texts = lines
    self.joints = joints
    self.style = style
  }

  init(_ styled: [StyledLine]) { self.styled = styled }

  var count: Int { texts.count + styled.count }

  func line(_ index: Int) -> StyledLine {
    guard index < texts.count else { return styled[index - texts.count] }
    var line = StyledLine(texts[index], style)
    if index < joints.count { line.joint = joints[index] }
    return line
  }

  func text(_ index: Int) -> String { index < texts.count ? texts[index] : styled[index - texts.count].text }
}

extension [Block] {
  /// - Returns: what has been drawn, a line for each row.
  @discardableResult
  func draw(from top: Int, in area: Area, _ frame: inout Frame) -> [StyledLine] {
    var skipped = 0
    var rows: [StyledLine] = []
    for block in self {
      for index in Swift.max(0, Swift.min(block.count, top - skipped))..<block.count {
        guard rows.count < area.height else { return rows }
        let line = block.line(index)
        frame.put(line, x: area.x, y: area.y + rows.count, limit: area.width)
        rows.append(line)
      }
      skipped += block.count
    }
    return rows
  }
}

/// What one lane has been asked in the turn in view and has said, as blocks of wrapped lines.
private struct Thread {
  let state: State
  let lane: Int
  let width: Int

  func blocks(_ layouts: Layouts) -> [Block] {
    layouts.begin(lane: lane, width: width)
    guard let turn = state.turn else { return [] }
    var result = [prompt(turn, layouts)]
    if let response = turn.responses[lane] {
      result += answer(response, turn, layouts)
    } else {
      let words =
        turn.item != nil
        ? "not asked yet" : state.isLatest ? "not asked; goes along with the next prompt" : "not asked in this turn"
      result.append(Block(lines: ["\(state.screen.borders.dot) \(words)"], style: Style(.quiet)))
    }
    if let from = turn.continued, from != lane {
      let note = "\(state.screen.borders.dot) goes on from lane \(from + 1)'s answer"
      result.append(Block(lines: ["", note], style: Style(.prompt, italic: true)))
    }
    return result
  }

  private func key(_ turn: Turn, _ part: Layouts.Key.Part) -> Layouts.Key {
    Layouts.Key(turn: turn.number, lane: lane, generation: turn.responses[lane]?.generation ?? 0, part: part)
  }

  private func prompt(_ turn: Turn, _ layouts: Layouts) -> Block {
    let most = 6
    if turn.isFused(lane) {
      let words = VisibleText.line(state.lanes[lane].variant ?? "fused")
      let lines = layouts.lines("\(state.screen.borders.prompt) \(words)", key(turn, .prompt), width: width)
      return Block(lines: lines + [""], style: Style(.prompt))
    }
    // A pasted book is not wrapped for the sake of its first lines.
    let own = turn.responses[lane]?.prompt ?? turn.prompt
    let shown = own.prefix(width * most)
    var lines = layouts.lines("\(state.screen.borders.prompt) \(shown)", key(turn, .prompt), width: width)
    if lines.count > most || shown.endIndex < own.endIndex {
      lines = lines.prefix(most - 1) + ["… \(own.utf8.count) bytes in all"]
    }
    lines += turn.attachments.map { "\(state.screen.borders.file) \($0.name) \(Readable.bytes($0.data.count))" }
    return Block(lines: lines + [""], style: Style(.prompt))
  }

  private func answer(_ response: Response, _ turn: Turn, _ layouts: Layouts) -> [Block] {
    var blocks: [Block] = []
    if !response.notices.isEmpty {
      let text = response.notices.map { "\(state.screen.borders.dot) \($0)" }.joined(separator: "\n")
      blocks.append(layouts.block(text, key(turn, .notices), width: width, style: Style(.quiet)))
    }
    if !response.reasoning.isEmpty { blocks += reasoning(response, turn, layouts) }
    if !response.text.isEmpty {
      blocks +=
        state.desk.showsSource.contains(lane)
        ? [layouts.block(response.text, key(turn, .answer), width: width)]
        : layouts.markdown(
          response.text, key(turn, .answer), width: width, ascii: state.screen.borders.isASCII,
          isAside: lane != state.focus && !response.state.isOver, now: state.moment.now)
    }
    if let error = response.error {
      let style = Style(response.state == .stopped || response.state == .cut ? .warning : .bad)
      let text = "\(state.screen.borders.failed) \(error.message)"
      blocks.append(layouts.block(text, key(turn, .error), width: width, style: style))
    }
    return blocks
  }

  /// One line, or all of it when opened.
  private func reasoning(_ response: Response, _ turn: Turn, _ layouts: Layouts) -> [Block] {
    let isOpen = state.desk.openReasoning.contains(lane)
    let timing = response.timing
    // While it thinks the clock runs, also between two chunks.
    let running = state.race.sentAt[lane].map { state.moment.now - $0 }
    let until = timing.firstAnswer ?? (response.state == .thinking ? running : nil) ?? timing.end ?? 0
    let seconds = Readable.duration(max(0, until - (timing.firstToken ?? 0)))
    let tokens =
      response.usage.reasoning > 0 ? "\(response.usage.reasoning)" : "~\((response.reasoning.utf8.count + 3) / 4)"
    let mark = isOpen ? state.screen.borders.opened : state.screen.borders.folded
    let word = response.state == .thinking ? "thinking" : "thought"
    var blocks = [
      Block(
        lines: ["\(mark) \(word) \(seconds) \(state.screen.borders.dot) \(tokens) tok"],
        style: Style(.reasoning, italic: true)
      )
    ]
    if isOpen {
      blocks.append(
        layouts.block(
          response.reasoning, key(turn, .reasoning), width: width, style: Style(.reasoning, italic: true)))
    }
    if !response.text.isEmpty { blocks.append(Block(lines: [""])) }
    return blocks
  }
}
