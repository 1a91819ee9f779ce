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

/// A queue of answers to be compared, one key a vote. It stands where the lanes are: sides are told by number, and whose they are
/// shows on the panes once it has been voted.
struct VoteDesk: Layer {
  struct Entry: Equatable, Sendable {
    var task: VoteTask
    var votes: [Vote] = []
    var choice: VoteTask.Choice?
    var note: String?
    /// The votes were given after so many others.
    var order = 0
    /// It is on the screen, or has been: its assignment is in the database and not revealed there.
    var isOpen = false
    var isSkipped = false
    /// The person has seen whose they are: what has been voted stands.
    var isRevealed = false
  }

  let source: VoteSource
  private(set) var entries: [Entry] = []
  /// An old pair that came before the queue.
  private var early: RepeatedPair?
  private(set) var place = 0
  /// Nil until the queue has been read.
  private(set) var skipped: String??
  var hasFamilies = false
  private(set) var hasLeftOutFamilies = false
  private(set) var isCut = false
  /// Each vote is revealed before the next pair comes.
  var revealsAlways = false
  /// The next digit names the worst of several.
  private(set) var namesWorst = false
  private(set) var worst: Int?
  /// The note that is being typed.
  private(set) var line: Composer?
  /// Monotonic nanoseconds.
  private var shownAt: Int64?
  /// What more votes would decide, as it was when no vote could be taken back. It names models: shown where the pair is revealed.
  private(set) var outlook = ""
  private var latestOutlook: String?
  private var given = 0
  /// For the ids of votes that get a note later.
  private var random: SplitMix64
  /// How the lanes were read, for when it closes.
  private let before: (focus: Int, scroll: [Int: State.Scroll])

  static func == (a: VoteDesk, b: VoteDesk) -> Bool {
    a.source == b.source && a.entries == b.entries && a.place == b.place && a.line == b.line && a.worst == b.worst
      && a.namesWorst == b.namesWorst && a.outlook == b.outlook
  }

  /// - Parameter seed: of ids.
  init(_ source: VoteSource, _ state: State, seed: UInt64) {
    (self.source, random) = (source, SplitMix64(seed: seed))
    before = (state.focus, state.desk.scroll)
  }

  /// A turn that has just been voted on, on the panes as they were read.
  init(_ reading: BlindReading, _ turn: Turn, _ state: State, seed: UInt64) {
    self.init(.turn(session: reading.assignment.session, number: turn.number), state, seed: seed)
    entries = reading.rounds(turn).filter { $0.repeats == nil }.enumerated().map { place, round in
      var entry = Entry(
        task: VoteTask(turn, lanes: [round.left.key.lane, round.right.key.lane], assignment: reading.assignment))
      entry.isRevealed = true
      if let vote = reading.votes.first(where: { $0.left == round.left.key && $0.right == round.right.key }) {
        (entry.votes, entry.choice) = ([vote], .pair(vote.choice))
      }
      return entry
    }
    place = max(0, min(reading.round, entries.count) - 1)
    skipped = .some(nil)
  }

  var entry: Entry? { entries.indices.contains(place) ? entries[place] : nil }
  var isLoading: Bool { skipped == nil }
  var voted: Int { entries.count { !$0.votes.isEmpty } }
  /// Nothing is left that could be voted on.
  var isDone: Bool { !isLoading && entries.allSatisfy { !$0.votes.isEmpty || $0.isSkipped || $0.isRevealed } }
  /// Names may be shown of what is on the screen.
  var isRevealed: Bool { entry?.isRevealed == true }

  // MARK: Keys

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

  func places(_ state: State) -> [KeyPlace] { line == nil ? [.votes, .reading, .window] : [] }
  /// The panes scroll as the lanes do.
  var coversLanes: Bool { false }
  var takesText: Bool { line != nil }

  mutating func type(_ key: Key, _ state: State) -> [Command]? {
    guard line != nil else { return nil }
    switch key {
    case .enter:
      let text = line?.text ?? ""
      line = nil
      return setNote(text.allSatisfy(\.isWhitespace) ? nil : text)
    case .escape, .control("c"): line = nil
    default: line?.type(key)
    }
    return []
  }

  func draw(_ state: State, _ layouts: Layouts, _ frame: inout Frame) {}

  // MARK: The queue

  func opened(_ state: State) -> [Command] { [] }

  mutating func hear(_ answer: any Sendable, _ state: State) -> [Command] {
    if let found = answer as? VoteOutlookInquiry.Found {
      latestOutlook = found.words
      refreshOutlook()
    }
    guard let found = answer as? VoteInquiry.Found, found.source == source else { return [] }
    let queue = found.queue
    let wanted = Set(queue.tasks.map(\.assignment.turnID))
    let shown = entry?.task.assignment.turnID
    // What has been on the screen stays.
    entries.removeAll {
      !$0.isOpen && $0.votes.isEmpty && $0.task.repeats == nil && !wanted.contains($0.task.assignment.turnID)
    }
    place = entries.firstIndex { $0.task.assignment.turnID == shown } ?? 0
    let known = Set(entries.map(\.task.assignment.turnID))
    entries += queue.tasks.filter { !known.contains($0.assignment.turnID) }.map { Entry(task: $0) }
    skipped = .some(queue.skippedWords)
    hasLeftOutFamilies = hasFamilies || queue.skipped[.family] != nil
    isCut = queue.isCut
    if let early { entries.insert(Entry(task: VoteTask(early)), at: min(entries.count, place + 1)) }
    early = nil
    let names = Set(entries.flatMap(\.task.answers).map(\.name))
    let isOn = shown != nil && entry?.votes.isEmpty == true
    return
      (isOn ? [] : show(entries.firstIndex { $0.votes.isEmpty && !$0.isSkipped && !$0.isRevealed } ?? place, state))
      + (latestOutlook == nil ? [.inquire(VoteOutlookInquiry(names: names))] : [])
  }

  /// An old pair, to be voted on once more after the one on the screen.
  mutating func add(_ pair: RepeatedPair) {
    guard !entries.contains(where: { $0.task.repeats != nil && $0.votes.isEmpty && !$0.isSkipped }) else { return }
    if isLoading {
      early = pair
    } else {
      entries.insert(Entry(task: VoteTask(pair)), at: min(entries.count, place + 1))
    }
  }

  /// Everything that was on the screen is hidden no longer.
  func closed(_ state: inout State) -> [Command] {
    (state.focus, state.desk.scroll) = before
    // What was voted on here shows in the lanes too.
    let votes = entries.flatMap(\.votes).filter { $0.left.session == state.session.id }
    let known = Set(state.findings.votes.map(\.id))
    state.findings.votes += votes.filter { !known.contains($0.id) }
    for entry in entries where entry.isOpen && entry.task.assignment.session == state.session.id {
      let number = entry.task.assignment.turn
      guard let index = state.session.turns.firstIndex(where: { $0.number == number }) else { continue }
      if state.reading?.assignment.turn == number { state.reading = nil }
      state.session.turns[index].blind = nil
    }
    let hidden = entries.filter { $0.isOpen && $0.votes.isEmpty }
    // Nothing is there to go back to.
    let home = state.session.turns.isEmpty ? state.perform(.home) : []
    return hidden.map { .revealed(assignment: $0.task.assignment.id) } + home
  }

  /// - Returns: what has to be stored before its answers show.
  private mutating func show(_ place: Int, _ state: State) -> [Command] {
    guard entries.indices.contains(place) else { return [] }
    self.place = place
    (worst, namesWorst, shownAt) = (nil, false, state.moment.now)
    guard !entries[place].isOpen, entries[place].votes.isEmpty, !entries[place].isRevealed else { return [] }
    entries[place].isOpen = true
    return entries[place].task.isStored ? [] : [.hide(entries[place].task.assignment)]
  }

  /// - Parameter step: to the next or the one before, whatever has come of it.
  mutating func walk(by step: Int, _ state: State) -> [Command] {
    guard entries.indices.contains(place + step) else { return [] }
    return show(place + step, state)
  }

  /// To the next that is not voted on; stays where there is none.
  mutating func goOn(_ state: State) -> [Command] {
    let open = { (entry: Entry) in entry.votes.isEmpty && !entry.isSkipped && !entry.isRevealed }
    guard
      let next = entries.indices.dropFirst(place + 1).first(where: { open(entries[$0]) })
        ?? entries.indices.first(where: { open(entries[$0]) })
    else { return [] }
    return show(next, state)
  }

  // MARK: Voting

  mutating func nameWorst() -> [Command] {
    (namesWorst, worst) = (!namesWorst, nil)
    return []
  }

  mutating func setWorst(_ number: Int) { (worst, namesWorst) = (number, false) }

  mutating func record(_ choice: VoteTask.Choice, _ votes: [Vote]) -> [Command] {
    entries[place].votes = votes
    entries[place].choice = choice
    given += 1
    entries[place].order = given
    entries[place].isSkipped = false
    (worst, namesWorst) = (nil, false)
    // They count from now on; taken back, the pair gets an assignment of its own.
    return votes.map { .vote($0) } + [.revealed(assignment: entries[place].task.assignment.id)]
  }

  func time(_ now: Int64) -> Int64? { shownAt.map { now - $0 } }

  /// Takes the votes on one back, before it has been seen whose they are.
  mutating func takeBack(_ index: Int, id: String, salt: String, _ state: State) -> [Command] {
    let undone = entries[index].votes.map { Command.undoVote(id: $0.id) }
    entries[index].votes = []
    entries[index].choice = nil
    entries[index].isOpen = false
    (entries[index].task.assignment.id, entries[index].task.assignment.salt) = (id, salt)
    entries[index].task.isStored = false
    return undone + show(index, state)
  }

  /// Where the vote was given that was given last.
  var lastVoted: Int? {
    entries.indices.filter { !entries[$0].votes.isEmpty }.max { entries[$0].order < entries[$1].order }
  }

  mutating func skip(_ state: State) -> [Command] {
    guard entries.indices.contains(place), entries[place].votes.isEmpty else { return goOn(state) }
    entries[place].isSkipped = true
    return goOn(state)
  }

  mutating func reveal() {
    guard entries.indices.contains(place) else { return }
    entries[place].isRevealed = true
    refreshOutlook()
  }

  /// While a vote can be taken back, what it has changed would tell whose answer it was for.
  private mutating func refreshOutlook() {
    if entries.allSatisfy({ $0.votes.isEmpty || $0.isRevealed }) { outlook = latestOutlook ?? "" }
  }

  // MARK: The note

  mutating func beginNote() -> [Command] {
    if let entry { line = Composer(entry.note ?? "") }
    return []
  }

  /// A vote is only ever added: one that was given gets its note by another in its place.
  private mutating func setNote(_ note: String?) -> [Command] {
    guard entries.indices.contains(place), entries[place].note != note else { return [] }
    entries[place].note = note
    let before = entries[place].votes
    entries[place].votes = before.map { vote in
      var vote = vote
      (vote.id, vote.note) = (Session.newID(using: &random), note)
      return vote
    }
    return before.map { .undoVote(id: $0.id) } + entries[place].votes.map { .vote($0) }
  }
}

extension BlindAssignment {
  fileprivate var turnID: TurnID { TurnID(session: session, turn: turn) }
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

  /// The focused answer, or none any more where it is picked already.
  mutating func pickOpenly() -> [Command] {
    guard let turn, let response = response(focus), response.state.isOver else {
      return tell("lane \(focus + 1) is still answering")
    }
    let answer = ResponseKey(session: session.id, turn: turn.number, lane: focus, generation: response.generation)
    let isTakenBack = marks?.openPick == focus
    let pick = Pick(
      id: Session.newID(using: &moment.random), created: moment.date, answer: answer, isTakenBack: isTakenBack)
    findings.picks.removeAll { $0.answer.turn == turn.number }
    if !isTakenBack { findings.picks.append(pick) }
    message = isTakenBack ? "picked no more" : "picked in the open: kept apart from blind votes"
    return [.pick(pick)]
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
