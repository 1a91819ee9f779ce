import Core
import Terminal

extension KeyPlace {
  static let votes = KeyPlace("vote desk", "At the vote desk")
}

extension Action {
  static let votesUndo = Action("votes.undo"), votesNote = Action("votes.note"), votesSkip = Action("votes.skip")
  static let votesReveal = Action("votes.reveal"), votesWorst = Action("votes.worst")
  static let votesTie = Action("votes.alike"), votesNone = Action("votes.none")
  static let votesNext = Action("votes.next"), votesPrevious = Action("votes.previous")
  static let votesFamilies = Action("votes.families"), votesAlways = Action("votes.always-reveal")
  static let votesLeft = Action("votes.focus-left"), votesRight = Action("votes.focus-right")
  static func votesPick(_ number: Int) -> Action { Action("votes.pick-\(number)") }
}

extension VoteDesk {
  static let keys: [KeyRow] =
    (1...9).map(pick) + [
      KeyRow(
        .votesTie, .votes, [.character("=")], "of several: all alike", unless: { several($0) }
      ) { $0.vote(.all(.tie)) },
      KeyRow(
        .votesNone, .votes, [.character("0")], "of several: none is good", unless: { several($0) }
      ) { $0.vote(.all(.bothBad)) },
      KeyRow(
        .votesWorst, .votes, [.character("w")], "of several: the next digit names the worst",
        label: Label(11) { several($0) == nil ? "name the worst" : nil }, unless: { several($0) }
      ) { $0.edit(VoteDesk.self) { desk, _ in desk.nameWorst() } },
      KeyRow(.votesUndo, .votes, [.character("u")], "take the last vote back", label: Label("undo", 5)) {
        $0.undoDeskVote()
      },
      KeyRow(.votesNote, .votes, [.character("n")], "a note to the vote", label: Label("note", 6)) {
        $0.edit(VoteDesk.self) { desk, _ in desk.beginNote() }
      },
      KeyRow(.votesSkip, .votes, [.character("s")], "skip it without a vote", label: Label("skip", 7)) {
        $0.skipTask()
      },
      KeyRow(
        .votesReveal, .votes, [.enter], "reveal whose they are, then on to the next",
        label: Label(4) {
          $0.voteDesk?.isRevealed == true
            ? $0.voteDesk?.isDone == true ? "close" : "next"
            : $0.voteDesk?.entry?.votes.isEmpty == false ? "reveal" : nil
        }
      ) { $0.revealTask() },
      KeyRow(.votesNext, .votes, [.character("]")], "the next one", label: Label("walk", 9, with: .votesPrevious)) {
        $0.walkTasks(by: 1)
      },
      KeyRow(.votesPrevious, .votes, [.character("[")], "the one before") { $0.walkTasks(by: -1) },
      KeyRow(
        .votesAlways, .votes, [.character("r")], "reveal after every vote, and back",
        label: Label(10) { $0.voteDesk?.revealsAlways == true ? "reveal at the end" : "reveal each" }
      ) { state in
        _ = state.layers.edit(VoteDesk.self) { $0.revealsAlways.toggle() }
        return state.tell(
          state.voteDesk?.revealsAlways == true
            ? "whose they are shows after every vote" : "the next pair comes by itself")
      },
      KeyRow(
        .votesFamilies, .votes, [.character("f")], "answers of models of one maker too, and back",
        label: Label(8) { $0.voteDesk?.hasLeftOutFamilies == true ? "one maker's too" : nil }
      ) { state in
        _ = state.layers.edit(VoteDesk.self) { $0.hasFamilies.toggle() }
        return state.reloadTasks()
          + state.tell(
            state.voteDesk?.hasFamilies == true
              ? "answers of models of one maker are voted on too" : "models of one maker are left out")
      },
      KeyRow(.votesLeft, .votes, [.character("h"), .left, .shiftTab], "to the left pane") { state in
        state.moveFocus(by: -1)
        return []
      },
      KeyRow(.votesRight, .votes, [.character("l"), .right, .tab], "to the right pane") { state in
        state.moveFocus(by: 1)
        return []
      },
    ]

  /// One to four vote on a pair; of several a digit picks the best.
  private static func pick(_ number: Int) -> KeyRow {
    let summary =
      number > 4
      ? "of several: this one is best" : "vote: \(Vote.Choice.allCases[number - 1].words); of several: this one is best"
    return KeyRow(
      .votesPick(number), .votes, [.character(Character(String(number)))], summary,
      unless: { $0.voteDesk?.entry == nil ? "there is nothing to vote on" : nil }
    ) { $0.pick(number - 1) }
  }

  private static func several(_ state: State) -> String? {
    state.voteDesk?.entry?.task.isPair == false ? nil : "these are two: 3 is a tie, 4 both bad"
  }
}

extension State {
  var voteDesk: VoteDesk? { layers.topmost(VoteDesk.self) }

  /// Two answers or more stand side by side, told by number only.
  var isComparing: Bool { isHidden || voteDesk != nil }

  /// Before something else takes the place of all layers.
  mutating func leaveVoteDesk() {
    guard let desk = voteDesk else { return }
    layers.remove(VoteDesk.self)
    leftBehind += desk.closed(&self)
  }

  /// An old pair that is to be voted on once more.
  mutating func take(_ pair: RepeatedPair) -> [Command] {
    if voteDesk != nil {
      _ = layers.edit(VoteDesk.self) { $0.add(pair) }
      return []
    }
    guard isHidden else { return [] }
    reading?.add(pair)
    return [.hide(pair.assignment)]
  }

  /// - Parameter source: where the answers come from.
  mutating func openVoteDesk(_ source: VoteSource) -> [Command] {
    leaveVoteDesk()
    open(VoteDesk(source, self, seed: moment.random.next()))
    place = .lanes
    readFromTheTop()
    return [.inquire(VoteInquiry(source: source, families: false, seed: moment.random.next())), .loadRepeat]
  }

  fileprivate mutating func reloadTasks() -> [Command] {
    guard let desk = voteDesk else { return [] }
    return [.inquire(VoteInquiry(source: desk.source, families: desk.hasFamilies, seed: moment.random.next()))]
  }

  fileprivate mutating func pick(_ number: Int) -> [Command] {
    guard let desk = voteDesk, let task = desk.entry?.task else { return [] }
    if task.isPair {
      guard Vote.Choice.allCases.indices.contains(number) else {
        return tell("1 left, 2 right, 3 tie, 4 both bad")
      }
      return vote(.pair(Vote.Choice.allCases[number]))
    }
    guard task.answers.indices.contains(number) else { return tell("there are \(task.answers.count) answers") }
    if desk.namesWorst {
      _ = layers.edit(VoteDesk.self) { $0.setWorst(number) }
      return tell("\(number + 1) is the worst; now the best")
    }
    guard desk.worst != number else { return tell("\(number + 1) is the worst: name another as the best") }
    return vote(.best(number, worst: desk.worst))
  }

  fileprivate mutating func vote(_ choice: VoteTask.Choice) -> [Command] {
    guard let desk = voteDesk, let entry = desk.entry else { return [] }
    guard entry.votes.isEmpty else {
      return tell(
        entry.isRevealed
          ? "you have seen whose they are: the vote stands" : "voted; \(keymap.keyName(.votesUndo)) takes it back")
    }
    guard !entry.isRevealed else { return tell("you have seen whose they are: no blind vote any more") }
    let votes = entry.task.votes(
      choice, note: entry.note, time: desk.time(moment.now), created: moment.date, using: &moment.random)
    guard !votes.isEmpty else { return tell("they are all of one maker: nothing to compare") }
    var commands = edit(VoteDesk.self) { desk, _ in desk.record(choice, votes) }
    if desk.revealsAlways {
      _ = layers.edit(VoteDesk.self) { $0.reveal() }
    } else {
      commands += goOn()
    }
    if let names = voteDesk.map({ Set($0.entries.flatMap(\.task.answers).map(\.name)) }) {
      commands.append(.inquire(VoteOutlookInquiry(names: names)))
    }
    return commands + [.loadRepeat]
  }

  private mutating func goOn() -> [Command] {
    let before = voteDesk?.place
    let commands = edit(VoteDesk.self) { $0.goOn($1) }
    if voteDesk?.place != before { readFromTheTop() }
    return commands
  }

  fileprivate mutating func undoDeskVote() -> [Command] {
    guard let desk = voteDesk, let last = desk.lastVoted else { return tell("no vote to take back") }
    guard !desk.entries[last].isRevealed else { return tell("you have seen whose they are: the vote stands") }
    let (id, salt) = (Session.newID(using: &moment.random), BlindAssignment.newSalt(using: &moment.random))
    let commands = edit(VoteDesk.self) { $0.takeBack(last, id: id, salt: salt, $1) }
    readFromTheTop()
    return commands
  }

  fileprivate mutating func skipTask() -> [Command] {
    let place = voteDesk?.place
    let commands = edit(VoteDesk.self) { $0.skip($1) }
    if voteDesk?.place == place { return commands + tell("nothing else to vote on") }
    readFromTheTop()
    return commands
  }

  fileprivate mutating func revealTask() -> [Command] {
    guard let desk = voteDesk, let entry = desk.entry else {
      return tell(
        voteDesk?.isLoading == true
          ? "still looking for answers" : "nothing to vote on; \(keymap.keyName(.windowClose)) closes the desk")
    }
    if entry.isRevealed { return desk.isDone ? closeTop() : goOn() }
    guard !entry.votes.isEmpty || entry.isSkipped else {
      return tell("vote first; \(keymap.keyName(.votesSkip)) skips it")
    }
    _ = layers.edit(VoteDesk.self) { $0.reveal() }
    return []
  }

  fileprivate mutating func walkTasks(by step: Int) -> [Command] {
    let place = voteDesk?.place
    let commands = edit(VoteDesk.self) { $0.walk(by: step, $1) }
    if voteDesk?.place == place { return tell(step > 0 ? "this is the last" : "this is the first") }
    readFromTheTop()
    return commands
  }
}
