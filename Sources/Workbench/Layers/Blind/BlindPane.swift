import Core
import Terminal

/// Answers side by side without a trace of whose they are: no names, no colours of states, no times, no counts. Once they are
/// revealed, names and figures appear on the same panes.
enum BlindPane {
  /// Rows of the vote below the answers.
  static let voteHeight = 3
  /// Columns below which a pane of several is not shown beside the others.
  private static let least = 28

  static func draw(_ state: State, _ area: Area, _ layouts: Layouts, _ frame: inout Frame) -> [Int: State.Extent] {
    let sides = state.panes
    let count = max(1, min(sides.count, max(2, area.width / least)))
    // Of more than fit those around the one that is read.
    let first = max(0, min(state.focus - count / 2, sides.count - count))
    let shown = state.compared
    var extents: [Int: State.Extent] = [:]
    for (place, side) in sides.dropFirst(first).prefix(count).enumerated() {
      let (start, end) = (area.width * place / count, area.width * (place + 1) / count)
      let column = Area(x: area.x + start, y: area.y, width: end - start, height: area.height)
      extents[side] = draw(side, shown, state, column, layouts, &frame)
    }
    // That there are others on either side.
    if first > 0 { frame.put("‹", x: area.x, y: area.y, Style(.focus, bold: true)) }
    if first + count < sides.count {
      frame.put("›", x: area.x + area.width - 1, y: area.y, Style(.focus, bold: true))
    }
    return extents
  }

  private static func draw(
    _ side: Int, _ shown: Compared?, _ state: State, _ area: Area, _ layouts: Layouts, _ frame: inout Frame
  ) -> State.Extent {
    let isActive = state.focus == side && state.place == .lanes
    let isChosen = shown?.chosen == side
    frame.box(area, Style(isActive ? .focus : .border), borders: state.screen.borders)
    let names = state.panes.count == 2 ? ["left", "right"] : state.panes.map { "\($0 + 1)" }
    var x = area.x + 1
    x += frame.put(" \(names[side]) ", x: x, y: area.y, Style(isChosen ? .selection : .title, bold: true))
    let room = area.width - 4
    if let answers = shown?.revealed, answers.indices.contains(side) {
      let name = TextWidth.fittedInTheMiddle(
        VisibleText.line(answers[side].name), columns: max(4, room - names[side].count - 2))
      frame.put("\(name) ", x: x, y: area.y, Style(.strong))
    }
    let inside = Area(x: area.x + 2, y: area.y + 1, width: max(2, area.width - 4), height: max(1, area.height - 2))
    let blocks = blocks(side, shown, state, width: inside.width, layouts)
    let total = blocks.reduce(0) { $0 + $1.count }
    let top = firstLine(side, state, total: total, height: inside.height)
    blocks.draw(from: top, in: inside, &frame)
    // That there is more has to be told; how much more would tell the length.
    let hasMore = total - top > inside.height
    if hasMore {
      frame.put(
        " \(state.screen.borders.down) more ", x: area.x + area.width - 9, y: area.y + area.height - 1, Style(.quiet))
    }
    if let answers = shown?.revealed, answers.indices.contains(side), !answers[side].figures.isEmpty {
      frame.put(
        " \(TextWidth.fitted(answers[side].figures, columns: hasMore ? room - 9 : room)) ", x: area.x + 1,
        y: area.y + area.height - 1,
        Style(.quiet))
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
    _ side: Int, _ shown: Compared?, _ state: State, width: Int, _ layouts: Layouts
  ) -> [Block] {
    layouts.begin(lane: side, width: width)
    guard let shown, shown.texts.indices.contains(side) else {
      let key = Layouts.Key(turn: state.turn?.number ?? 0, lane: side, generation: 0, part: .blindPrompt)
      let words = state.waitingWords
      let prompt = state.voteDesk == nil ? state.turn?.prompt ?? "" : ""
      return (prompt.isEmpty ? [] : [prompted(prompt, state, key, width, layouts)])
        + [Block(lines: [words], style: Style(.quiet))]
    }
    // Votes taken back bring a pair back: the memo is by pair, not by lane.
    let key = Layouts.Key(turn: shown.memo.turn, lane: side, generation: shown.memo.place, part: .blind)
    let masked = layouts.masked(shown.texts[side], key, models: shown.models)
    let rendered = layouts.markdown(masked, key, width: width, ascii: state.screen.borders.isASCII)
    var promptKey = key
    promptKey.part = .blindPrompt
    // A vote is on what was said: what cannot be drawn with all its signs is shown as it came.
    return [prompted(shown.prompt, state, promptKey, width, layouts)]
      + (layouts.isChanged(key) ? [layouts.block(masked, key, width: width)] : rendered)
  }

  private static func prompted(
    _ prompt: String, _ state: State, _ key: Layouts.Key, _ width: Int, _ layouts: Layouts
  ) -> Block {
    let text = "\(state.screen.borders.prompt) \(prompt.prefix(width * 6))"
    let lines = layouts.lines(text, key, width: width)
    return Block(lines: Array(lines.prefix(6)) + [""], style: Style(.prompt))
  }

  // MARK: The vote

  /// In place of the scoreboard.
  static func drawVote(_ state: State, _ area: Area, _ frame: inout Frame) {
    let lines = state.voteDesk?.bar(state) ?? state.reading?.bar(state) ?? VoteBar(question: "", choices: [])
    let width = area.width - 2
    let used = frame.put(lines.question, x: area.x + 1, y: area.y, Style(.strong), limit: width)
    var x = area.x + 1
    for choice in lines.choices where x < area.x + width {
      let style = Style(choice.isChosen ? .selection : .strong, bold: true)
      x += frame.put(" \(choice.key) ", x: x, y: area.y + 1, style, limit: area.x + width - x)
      x += frame.put(
        "\(choice.words) ", x: x, y: area.y + 1, Style(choice.isChosen ? .selection : .text), limit: area.x + width - x)
      x += 2
    }
    frame.put(TextWidth.fitted(lines.below, columns: width), x: area.x + 1, y: area.y + 2, Style(.quiet))
    let aside = lines.aside
    guard !aside.isEmpty, used + TextWidth.of(aside) + 4 < area.width else { return }
    frame.put(aside, x: area.x + area.width - TextWidth.of(aside) - 1, y: area.y, Style(.quiet))
  }
}

/// The three rows below the answers.
struct VoteBar {
  struct Choice {
    var key: String
    var words: String
    var isChosen = false
  }

  var question: String
  /// Right of the question.
  var aside = ""
  var choices: [Choice]
  var below = ""

  /// Of two answers.
  static func pair(chosen: Vote.Choice?) -> [Choice] {
    Vote.Choice.allCases.enumerated().map { place, choice in
      Choice(key: "\(place + 1)", words: choice.words, isChosen: choice == chosen)
    }
  }
}

/// What stands side by side at this moment.
struct Compared {
  var prompt: String
  var texts: [String]
  /// Whose they are, in no order: what an answer says of them is masked.
  var models: [ModelID]
  /// The side that was voted for, or picked.
  var chosen: Int?
  /// Nil while it is hidden whose they are.
  var revealed: [VoteTask.Answer]?
  /// What layouts are kept by.
  var memo: (turn: Int, place: Int)
}

extension State {
  /// Nil while there is nothing to compare.
  var compared: Compared? {
    if let desk = voteDesk { return desk.compared }
    guard let reading, !rounds.isEmpty else { return nil }
    // Once all are voted on, the last pair stays.
    let place = min(reading.round, rounds.count - 1)
    let round = rounds[place]
    let chosen: Int? = isVoted ? [.left: 0, .right: 1][reading.votes.last?.choice ?? .tie] : nil
    return Compared(
      prompt: round.prompt, texts: [round.left.text, round.right.text], models: lanes.map(\.model), chosen: chosen,
      memo: (turn?.number ?? 0, place)
    )
  }

  var waitingWords: String {
    if let desk = voteDesk {
      return desk.isLoading ? "looking for answers \(screen.borders.ellipsis)" : "nothing to vote on"
    }
    return "waiting for all answers \(screen.borders.ellipsis)"
  }
}

extension BlindReading {
  func bar(_ state: State) -> VoteBar {
    let (rounds, current) = (state.rounds, state.currentRound)
    var question: String
    if let current {
      let place = rounds.count > 1 ? "  pair \(round + 1) of \(rounds.count)" : ""
      question = "Which answer is better?" + place + (current.repeats == nil ? "" : "  (another prompt)")
    } else if state.isVoted {
      question = "Voted. Enter reveals who is who, \(state.keymap.keyName(.voteUndo)) takes the last vote back."
    } else {
      question = "Names, times and costs are hidden until you have voted."
    }
    // A digit typed into the prompt is no vote.
    if state.place == .prompt { question += "  \(state.keymap.keyName(.places)) goes to the vote." }
    return VoteBar(
      question: question, aside: "assignment \(assignment.id)",
      choices: rounds.isEmpty ? [] : VoteBar.pair(chosen: state.isVoted ? votes.last?.choice : nil))
  }
}

extension VoteDesk {
  var compared: Compared? {
    guard let entry else { return nil }
    let chosen: Int?
    switch entry.choice {
    case .pair(.left): chosen = 0
    case .pair(.right): chosen = 1
    case .best(let best, _): chosen = best
    default: chosen = nil
    }
    return Compared(
      prompt: entry.task.prompt, texts: entry.task.answers.map(\.text), models: entry.task.models, chosen: chosen,
      revealed: isRevealed ? entry.task.answers : nil, memo: (-1 - entry.task.assignment.turn, place))
  }

  func bar(_ state: State) -> VoteBar {
    let dot = " \(state.screen.borders.dot) "
    guard let entry else {
      var left = skipped.map { $0 + "." } ?? ""
      if hasLeftOutFamilies, !hasFamilies {
        left += " \(state.keymap.keyName(.votesFamilies)) takes in models of one maker."
      }
      return VoteBar(
        question: isLoading ? "Looking for answers to vote on." : "Nothing to vote on: \(source.words).", choices: [],
        below: left)
    }
    let task = entry.task
    var question: String
    if let choice = entry.choice {
      question = "Voted: \(choice.words)."
      if !entry.isRevealed {
        question += " Enter reveals whose they are, \(state.keymap.keyName(.votesUndo)) takes it back."
      }
    } else if entry.isRevealed {
      question = "Revealed without a vote."
    } else if task.isPair {
      question = "Which answer is better?"
    } else {
      let count = "of \(task.answers.count)"
      question =
        namesWorst
        ? "Which is the worst \(count)?"
        : "Which is the best \(count)\(worst.map { ", with \($0 + 1) the worst" } ?? "")?"
    }
    if task.repeats != nil, entry.votes.isEmpty { question += "  (seen before)" }
    if let line {
      return VoteBar(
        question: "Note: \(line.text)\(state.screen.borders.isASCII ? "_" : "▏")", choices: [],
        below: "Enter keeps it, Esc does not.")
    }
    let choices =
      task.isPair
      ? VoteBar.pair(chosen: { if case .pair(let choice)? = entry.choice { choice } else { nil } }())
      : task.answers.indices.map { VoteBar.Choice(key: "\($0 + 1)", words: "", isChosen: compared?.chosen == $0) } + [
        VoteBar.Choice(key: "=", words: "alike", isChosen: entry.choice == .all(.tie)),
        VoteBar.Choice(key: "0", words: "none good", isChosen: entry.choice == .all(.bothBad)),
        VoteBar.Choice(key: "w", words: "worst", isChosen: namesWorst),
      ]
    let below = [
      entry.note.map { "note: \(VisibleText.line($0))" }, outlook.isEmpty || !entry.isRevealed ? nil : outlook,
      skipped,
    ].compactMap(\.self).joined(separator: dot)
    return VoteBar(
      question: question, aside: "\(place + 1) of \(entries.count)\(isCut ? "+" : "")\(dot)\(voted) voted",
      choices: choices, below: below)
  }
}
