import Core
import Terminal

/// Reading and voting while it is hidden which answer is whose.
extension State {
  /// The latest turn is hidden until its votes are in.
  public var isHidden: Bool { reading != nil }

  /// What scrolls: the two sides, or the lanes.
  var panes: [Int] { isHidden ? [0, 1] : shown }

  /// Where one starts to read an answer that is there already.
  private mutating func readFromTheTop() { scroll = isHidden ? [0: .at(line: 0), 1: .at(line: 0)] : [:] }

  /// Pairs to be voted on; empty while a lane still answers, so that nothing tells who is faster.
  var rounds: [BlindReading.Round] {
    guard let reading, let turn, !isStreaming, turn.responses.values.allSatisfy(\.state.isOver) else { return [] }
    return reading.rounds(turn)
  }

  var currentRound: BlindReading.Round? {
    guard let reading else { return nil }
    let rounds = rounds
    return rounds.indices.contains(reading.round) ? rounds[reading.round] : nil
  }

  /// All pairs have their votes: they can be taken back, or everything revealed.
  var isVoted: Bool {
    let rounds = rounds
    return !rounds.isEmpty && reading?.isVoted(rounds.count) == true
  }

  /// What works while it is hidden: reading and voting, nothing that would tell lanes apart.
  private static let harmless: Set<Action> = [
    .places, .focusLeft, .focusRight, .scrollUp, .scrollDown, .halfUp, .halfDown, .pageUp, .pageDown, .top, .bottom,
    .sync, .help, .palette, .interrupt, .suspend, .redraw, .close, .mouse, .vote, .undo, .blind, .newLine,
    .historyBack, .historyForward, .historySearch, .editPrompt, .attach, .detach, .themes, .stopAll, .send,
  ]

  /// A key or command while the turn is hidden; nil when it means what it always means.
  mutating func performHidden(_ action: Action) -> [Command]? {
    guard isHidden else { return nil }
    guard Self.harmless.contains(action) else {
      message = "hidden until you have voted; \(keymap.keyName(.blind)) reveals without a vote"
      return []
    }
    if action != .blind { reading?.isAskedToReveal = false }
    switch action {
    case .focusLeft: focus = 0
    case .focusRight: focus = 1
    case .vote: choose(next: reading?.choice)
    case .undo: return undoVote()
    case .blind: return revealUnvoted()
    default: return nil
    }
    return []
  }

  /// Digits and Enter vote while a pair is read.
  mutating func pressHidden(_ key: Key) -> [Command]? {
    guard isHidden, place == .lanes, overlay == nil else { return nil }
    if key == .enter { return confirmVote() }
    guard case .character(let character) = key, let number = character.wholeNumberValue else { return nil }
    guard Vote.Choice.allCases.indices.contains(number - 1) else { return [] }
    guard currentRound != nil else { return tell("wait until all have answered") }
    reading?.choice = Vote.Choice.allCases[number - 1]
    return []
  }

  private mutating func choose(next choice: Vote.Choice?) {
    guard currentRound != nil else { return say("wait until all have answered") }
    let all = Vote.Choice.allCases
    reading?.choice = all[((choice.flatMap(all.firstIndex) ?? -1) + 1) % all.count]
  }

  private mutating func confirmVote() -> [Command] {
    if isVoted { return reveal() }
    guard let round = currentRound else { return tell("wait until all have answered") }
    let id = Session.newID(using: &random)
    guard let vote = reading?.confirm(round, id: id, created: date, now: now) else {
      return tell("choose first: 1 left, 2 right, 3 tie, 4 both bad")
    }
    readFromTheTop()
    return [.vote(vote)]
  }

  private mutating func undoVote() -> [Command] {
    if reading?.choice != nil {
      reading?.choice = nil
      return []
    }
    guard let vote = reading?.undo() else { return tell("no vote to take back") }
    readFromTheTop()
    return [.undoVote(id: vote.id)]
  }

  private mutating func revealUnvoted() -> [Command] {
    guard let reading, !reading.isAskedToReveal else { return reveal() }
    self.reading?.isAskedToReveal = true
    message = "\(keymap.keyName(.blind)) again reveals them without a vote"
    return []
  }

  /// Everyone may know: names, times and costs come back.
  mutating func reveal() -> [Command] {
    guard let reading else { return [] }
    self.reading = nil
    if let index = session.turns.indices.last { session.turns[index].blind = nil }
    focus = session.activeLanes.first ?? 0
    readFromTheTop()
    revealed = reading
    votes += reading.votes.filter { vote in !votes.contains { $0.id == vote.id } }
    overlay = .page(Page.reveal(reading, self))
    return [.reveal(reading)]
  }

  /// The next turns are raced blind, or not any more.
  mutating func toggleBlind() {
    isBlind.toggle()
    message =
      isBlind
      ? "blind: the next answers come without names, times and costs until you have voted"
      : "not blind any more"
  }

  /// Hides the turn that is about to be sent.
  mutating func hide() {
    guard isBlind, shown.count > 1, let index = session.turns.indices.last else { return }
    // A rule that stops lanes would tell who was faster.
    session.turns[index].rule = .all
    let assignment = BlindAssignment.draw(
      session: session.id, turn: session.turns[index].number, lanes: shown.map { ($0, lanes[$0].text) },
      using: &random)
    session.turns[index].blind = assignment
    hide(behind: assignment)
  }

  mutating func hide(behind assignment: BlindAssignment) {
    reading = BlindReading(assignment)
    place = .lanes
    focus = 0
    isZoomed = false
    readFromTheTop()
    search = nil
    revealed = nil
  }

  /// Nobody, or only one, has answered: there is nothing to vote on.
  mutating func revealIfHopeless() -> [Command] {
    guard let reading, !isStreaming, let turn, reading.isHopeless(turn) else { return [] }
    let commands = reveal()
    overlay = nil
    message = "no two answers to compare: nothing to vote on"
    return commands
  }

  /// What the store says goes onto the page that tells who was who.
  mutating func add(_ blocks: [Page.Block], toRevealOf assignment: String) {
    guard case .page(var page)? = overlay, revealed?.assignment.id == assignment else { return }
    page.blocks += blocks
    overlay = .page(page)
  }

  /// Outside a hidden turn.
  mutating func explainVote() -> [Command] {
    tell("votes are blind: \(keymap.keyName(.blind)) hides whose answers the next ones are")
  }
}
