import Core
import Terminal

/// Two answers side by side without a trace of whose they are: no names, no colours of states, no times, no counts.
enum BlindPane {
  /// Rows of the vote below the answers.
  static let voteHeight = 3

  static func draw(_ state: State, _ area: Area, _ layouts: Layouts, _ frame: inout Frame) -> [Int: State.Extent] {
    let half = area.width / 2
    let columns = [
      Area(x: area.x, y: area.y, width: half, height: area.height),
      Area(x: area.x + half, y: area.y, width: area.width - half, height: area.height),
    ]
    let round = state.currentRound
    var extents: [Int: State.Extent] = [:]
    for (side, column) in columns.enumerated() {
      extents[side] = draw(side, round, state, column, layouts, &frame)
    }
    return extents
  }

  private static func draw(
    _ side: Int, _ round: BlindReading.Round?, _ state: State, _ area: Area, _ layouts: Layouts, _ frame: inout Frame
  ) -> State.Extent {
    let isChosen = state.reading?.choice == (side == 0 ? .left : .right)
    let isActive = state.focus == side && state.place == .lanes
    frame.box(area, Style(isActive ? .focus : .border), borders: state.screen.borders)
    frame.put(
      " \(side == 0 ? "left" : "right") ", x: area.x + 1, y: area.y, Style(isChosen ? .selection : .title, bold: true))
    let inside = Area(x: area.x + 2, y: area.y + 1, width: max(2, area.width - 4), height: max(1, area.height - 2))
    let blocks = blocks(side, round, state, width: inside.width, layouts)
    let total = blocks.reduce(0) { $0 + $1.count }
    let top = firstLine(side, state, total: total, height: inside.height)
    blocks.draw(from: top, in: inside, &frame)
    // That there is more has to be told; how much more would tell the length.
    if total - top > inside.height {
      frame.put(
        " \(state.screen.borders.down) more ", x: area.x + area.width - 9, y: area.y + area.height - 1, Style(.quiet))
    }
    return State.Extent(lines: total, height: inside.height, top: top, area: inside)
  }

  private static func firstLine(_ side: Int, _ state: State, total: Int, height: Int) -> Int {
    let last = max(0, total - height)
    switch state.desk.scroll[side] {
    case .follow?, nil: return last
    case .at(let line)?: return min(line, last)
    }
  }

  private static func blocks(
    _ side: Int, _ round: BlindReading.Round?, _ state: State, width: Int, _ layouts: Layouts
  ) -> [Block] {
    layouts.begin(lane: side, width: width)
    guard let round, let reading = state.reading else {
      let words = state.isVoted ? "" : "waiting for all answers \(state.screen.borders.ellipsis)"
      return [
        prompted(state.turn?.prompt ?? "", state, side, 0, width, layouts), Block(lines: [words], style: Style(.quiet)),
      ]
    }
    // Votes taken back bring a pair back: the memo is by pair, not by lane.
    let key = Layouts.Key(turn: state.turn?.number ?? 0, lane: side, generation: reading.round, part: .blind)
    let masked = layouts.masked(round.side(side).text, key)
    let rendered = layouts.markdown(masked, key, width: width, ascii: state.screen.borders.isASCII)
    // A vote is on what was said: what cannot be drawn with all its signs is shown as it came.
    return [prompted(round.prompt, state, side, reading.round, width, layouts)]
      + (layouts.isChanged(key) ? [layouts.block(masked, key, width: width)] : rendered)
  }

  private static func prompted(
    _ prompt: String, _ state: State, _ side: Int, _ round: Int, _ width: Int, _ layouts: Layouts
  ) -> Block {
    let key = Layouts.Key(turn: state.turn?.number ?? 0, lane: side, generation: round, part: .blindPrompt)
    let text = "\(state.screen.borders.prompt) \(prompt.prefix(width * 6))"
    let lines = layouts.lines(text, key, width: width)
    return Block(lines: Array(lines.prefix(6)) + [""], style: Style(.prompt))
  }

  // MARK: The vote

  /// In place of the scoreboard.
  static func drawVote(_ state: State, _ area: Area, _ frame: inout Frame) {
    guard let reading = state.reading else { return }
    let rounds = state.rounds
    var question: String
    if let round = state.currentRound {
      let place = rounds.count > 1 ? "  pair \(reading.round + 1) of \(rounds.count)" : ""
      question = "Which answer is better?" + place + (round.repeats == nil ? "" : "  (another prompt)")
    } else if state.isVoted {
      question = "Voted. Enter reveals who is who, \(state.keymap.keyName(.undo)) takes the last vote back."
    } else {
      question = "Names, times and costs are hidden until you have voted."
    }
    // A digit typed into the prompt is no vote.
    if state.place == .prompt { question += "  \(state.keymap.keyName(.places)) goes to the vote." }
    let used = frame.put(question, x: area.x + 1, y: area.y, Style(.strong), limit: area.width - 2)
    var x = area.x + 1
    for (place, choice) in Vote.Choice.allCases.enumerated() where state.currentRound != nil {
      let isChosen = reading.choice == choice
      let used = frame.put(" \(place + 1) ", x: x, y: area.y + 1, Style(isChosen ? .selection : .strong, bold: true))
      x += used + frame.put("\(choice.words) ", x: x + used, y: area.y + 1, Style(isChosen ? .selection : .text)) + 2
    }
    let sha = "assignment \(reading.assignment.id)"
    guard used + sha.count + 4 < area.width else { return }
    frame.put(sha, x: area.x + area.width - sha.count - 1, y: area.y, Style(.quiet))
  }
}
