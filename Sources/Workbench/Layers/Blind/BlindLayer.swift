import Core
import Terminal

extension KeyPlace {
  static let blind = KeyPlace("blind", "While it is hidden whose answers they are")
}

extension Action {
  static let voteLeft = Action("vote.left"), voteRight = Action("vote.right"), voteTie = Action("vote.tie")
  static let voteBothBad = Action("vote.both-bad"), voteConfirm = Action("vote.confirm")
  static let voteUndo = Action("vote.undo")
  static let revealUnvoted = Action("vote.reveal")
}

/// The turn in view is hidden: two answers at a time, until the votes are in.
struct BlindLayer: Layer {
  var reading: BlindReading

  static let keys: [KeyRow] = [
    choice(.voteLeft, "1", .left, Label("left", 1)), choice(.voteRight, "2", .right, Label("right", 2)),
    choice(.voteTie, "3", .tie, Label("tie", 3)), choice(.voteBothBad, "4", .bothBad, Label("both bad", 4)),
    KeyRow(
      .voteConfirm, .blind, [.enter], "when all votes are in: reveal", label: Label(5) { $0.isVoted ? "reveal" : nil }
    ) { state in
      guard state.isVoted else {
        return state.tell(
          state.currentRound == nil ? "wait until all have answered" : "vote first: 1 left, 2 right, 3 tie, 4 both bad")
      }
      return state.reveal()
    },
    KeyRow(.voteUndo, .blind, [.character("u")], "take the last vote back", label: Label("undo", 6)) { $0.undoVote() },
    KeyRow(
      .revealUnvoted, .blind, [.character("b")], "reveal without a vote", label: Label("give up", 7)
    ) { $0.revealUnvoted() },
  ]

  private static func choice(_ action: Action, _ key: Character, _ choice: Vote.Choice, _ label: Label) -> KeyRow {
    KeyRow(
      action, .blind, [.character(key)], "vote: \(choice.words)", label: label,
      unless: { $0.rounds.isEmpty ? "wait until all have answered" : nil }
    ) { $0.vote(choice) }
  }

  func places(_ state: State) -> [KeyPlace] { state.place == .lanes ? [.blind] : [] }
  /// The two sides stand where the lanes do.
  var isWindow: Bool { false }

  func draw(_ state: State, _ layouts: Layouts, _ frame: inout Frame) {}
}

/// Reading and voting while it is hidden which answer is whose.
extension State {
  /// The latest turn is hidden until its votes are in.
  public var isHidden: Bool { reading != nil }

  /// The reading of the latest turn, while it is hidden.
  var reading: BlindReading? {
    get { layers.topmost(BlindLayer.self)?.reading }
    set {
      guard let newValue else { return layers.remove(BlindLayer.self) }
      // Below whatever is open over the lanes.
      if layers.edit(BlindLayer.self, { $0.reading = newValue }) == nil {
        layers.putBelow(BlindLayer(reading: newValue))
      }
    }
  }

  /// Votes of this session: a reading that was broken off goes on behind them.
  public mutating func take(votes: [Vote]) {
    self.findings.votes = votes
    reading?.resume(votes)
  }

  /// What scrolls: the two sides, or the lanes.
  var panes: [Int] {
    if let desk = voteDesk { return Array(0..<(desk.entry?.task.answers.count ?? 2)) }
    return isHidden ? [0, 1] : shown
  }

  /// Where one starts to read an answer that is there already.
  mutating func readFromTheTop() {
    desk.scroll = isComparing ? Dictionary(uniqueKeysWithValues: panes.map { ($0, .at(line: 0)) }) : [:]
    if isComparing { focus = 0 }
  }

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

  fileprivate mutating func vote(_ choice: Vote.Choice) -> [Command] {
    guard let round = currentRound else { return tell("all are voted on: Enter reveals") }
    let (id, date, now) = (Session.newID(using: &moment.random), moment.date, moment.now)
    guard let vote = reading?.vote(choice, on: round, id: id, created: date, now: now) else { return [] }
    // The last pair stays as it was read: names and figures will appear on it.
    if !isVoted { readFromTheTop() }
    return [.vote(vote)]
  }

  fileprivate mutating func undoVote() -> [Command] {
    guard let vote = reading?.undo() else { return tell("no vote to take back") }
    readFromTheTop()
    return [.undoVote(id: vote.id)]
  }

  fileprivate mutating func revealUnvoted() -> [Command] {
    guard let reading, !reading.isAskedToReveal else { return reveal() }
    self.reading?.isAskedToReveal = true
    message = "\(keymap.keyName(.blind)) again reveals them without a vote"
    return []
  }

  /// Everyone may know: names, times and costs come back, first on the panes that have just been read.
  mutating func reveal() -> [Command] {
    guard let reading else { return [] }
    let (side, scroll) = (focus, desk.scroll)
    self.reading = nil
    if let index = session.turns.indices.last { session.turns[index].blind = nil }
    findings.votes += reading.votes.filter { vote in !findings.votes.contains { $0.id == vote.id } }
    focus = session.activeLanes.first ?? 0
    readFromTheTop()
    if let turn = session.turns.last { open(VoteDesk(reading, turn, self, seed: moment.random.next())) }
    (focus, desk.scroll) = (side, scroll)
    return [
      .reveal(reading),
      .inquire(RevealInquiry(assignment: reading.assignment, among: Set(reading.assignment.lanes.values))),
    ]
  }

  /// The next turns are raced blind, or not any more.
  mutating func toggleBlind() {
    draft.isBlind.toggle()
    message =
      draft.isBlind
      ? "blind: the next answers come without names, times and costs until you have voted"
      : "not blind any more"
  }

  /// Hides the turn that is about to be sent.
  mutating func hide() {
    guard draft.isBlind, shown.count > 1, let index = session.turns.indices.last else { return }
    // A rule that stops lanes would tell who was faster.
    session.turns[index].rule = .all
    let assignment = BlindAssignment.draw(
      session: session.id, turn: session.turns[index].number, lanes: shown.map { ($0, lanes[$0].text) },
      using: &moment.random)
    session.turns[index].blind = assignment
    hide(behind: assignment)
  }

  mutating func hide(behind assignment: BlindAssignment) {
    reading = BlindReading(assignment)
    place = .lanes
    focus = 0
    desk.isZoomed = false
    readFromTheTop()
    search = nil
  }

  /// Nobody, or only one, has answered: there is nothing to vote on.
  mutating func revealIfHopeless() -> [Command] {
    guard let reading, !isStreaming, let turn, reading.isHopeless(turn) else { return [] }
    let commands = reveal()
    layers.remove(VoteDesk.self)
    (focus, desk.scroll) = (session.activeLanes.first ?? 0, [:])
    message = "no two answers to compare: nothing to vote on"
    return commands
  }

}
