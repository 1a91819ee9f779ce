import Core
import Terminal

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

    /// It is still to be voted on.
    var isLeft: Bool { votes.isEmpty && !isSkipped && !isRevealed }
  }

  let source: VoteSource
  private(set) var entries: [Entry] = []
  /// An old pair that came before the queue.
  private var early: RepeatedPair?
  private(set) var place = 0
  /// Until the queue has been read.
  private(set) var isLoading = true
  /// What was left out of the queue, and why; nil: nothing.
  private(set) var skipped: String?
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
  private let focusBefore: Int
  private let scrollBefore: [Int: State.Scroll]

  /// - Parameter seed: of ids.
  init(_ source: VoteSource, _ state: State, seed: UInt64) {
    (self.source, random) = (source, SplitMix64(seed: seed))
    (focusBefore, scrollBefore) = (state.focus, state.desk.scroll)
  }

  /// A turn that has just been voted on, on the panes as they were read.
  init(_ reading: BlindReading, _ turn: Turn, _ state: State, seed: UInt64) {
    self.init(.turn(session: reading.assignment.session, number: turn.number), state, seed: seed)
    entries = reading.rounds(turn).filter { $0.repeats == nil }.map { round in
      var entry = Entry(
        task: VoteTask(
          turn, lanes: [round.left.key.lane, round.right.key.lane], of: state.lanes, assignment: reading.assignment))
      entry.isRevealed = true
      if let vote = reading.votes.first(where: { $0.left == round.left.key && $0.right == round.right.key }) {
        (entry.votes, entry.choice) = ([vote], .pair(vote.choice))
      }
      return entry
    }
    place = max(0, min(reading.round, entries.count) - 1)
    isLoading = false
  }

  var entry: Entry? { entries.indices.contains(place) ? entries[place] : nil }
  var voted: Int { entries.count { !$0.votes.isEmpty } }
  /// Nothing is left that could be voted on.
  var isDone: Bool { !isLoading && !entries.contains(where: \.isLeft) }
  /// Names may be shown of what is on the screen.
  var isRevealed: Bool { entry?.isRevealed == true }

  func places(_ state: State) -> [KeyPlace] { line == nil ? [.votes, .reading, .window] : [.line] }
  /// The panes scroll as the lanes do.
  var coversLanes: Bool { false }
  var takesText: Bool { line != nil }

  mutating func type(_ key: Key, _ state: State) -> [Command]? {
    guard line != nil else { return nil }
    line?.type(key)
    return []
  }

  mutating func endLine(keeps: Bool, _ state: State) -> [Command] {
    let text = line?.text ?? ""
    line = nil
    return keeps ? setNote(text.allSatisfy(\.isWhitespace) ? nil : text) : []
  }

  func draw(_ state: State, _ layouts: Layouts, _ frame: inout Frame) {}

  // MARK: The queue

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
    (isLoading, skipped) = (false, queue.skippedWords)
    hasLeftOutFamilies = hasFamilies || queue.skipped[.family] != nil
    isCut = queue.isCut
    if let early { entries.insert(Entry(task: VoteTask(early)), at: min(entries.count, place + 1)) }
    early = nil
    let names = Set(entries.flatMap(\.task.answers).map(\.name))
    let isOn = shown != nil && entry?.votes.isEmpty == true
    return
      (isOn ? [] : show(entries.firstIndex(where: \.isLeft) ?? place, state))
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
    (state.focus, state.desk.scroll) = (focusBefore, scrollBefore)
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
    let next = entries.dropFirst(place + 1).firstIndex(where: \.isLeft) ?? entries.firstIndex(where: \.isLeft)
    guard let next else { return [] }
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
