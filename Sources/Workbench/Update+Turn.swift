import Core
import Engine
import Terminal

/// Sending, retrying, stopping, going on.
extension State {
  mutating func send() -> [Command] {
    guard !draft.composer.text.allSatisfy(\.isWhitespace) else { return [] }
    guard !isStreaming else {
      message = "lanes are still answering: \(keymap.keyName(.interrupt)) stops them, or wait"
      return []
    }
    guard !isHidden else {
      return tell("vote first: Esc goes to the answers; \(keymap.keyName(.blind)) there reveals without a vote")
    }
    guard !asked.isEmpty else {
      message = "no lane to ask: Esc, then \(keymap.keyName(.add)) adds one"
      return []
    }
    let unknown = NamedFiles.mentioned(draft.composer.text).filter { draft.mentions.isDisjoint(with: $0) }
    if !unknown.isEmpty { return [.attachMentioned(unknown, revision: draft.composer.revision)] }
    if money.budget.isEmpty { return sendNow() }
    var next = session
    next.turns.append(nextTurn)
    return [.estimate(next, .turn, lanes: asked, spent: .zero)]
  }

  /// Behind an `@`, Tab lists the files that may be meant; nil where none is.
  mutating func completeMention() -> [Command]? {
    guard let (start, typed) = NamedFiles.mention(before: draft.composer.cursor, in: draft.composer.characters) else {
      return nil
    }
    let folder = typed.lastIndex(of: "/").map { String(typed[...$0]) } ?? "."
    let name = typed.lastIndex(of: "/").map { String(typed[typed.index(after: $0)...]) } ?? typed
    open(
      ChoiceList(.attach(folder: folder, at: start), title: "Attach a file", items: [], isLoading: true, query: name))
    return [.loadFiles(folder: folder)]
  }

  /// What the turn may cost is known: within the budget it is sent, else the person is asked.
  mutating func weigh(_ estimate: Estimate, _ asking: Asking) -> [Command] {
    guard window == nil else { return [] }
    if asking == .turn, isStreaming || draft.composer.isEmpty { return [] }
    money.spending.today = estimate.today
    guard estimate.isOverBudget, let left = estimate.left else {
      return switch asking {
      case .turn: sendNow()
      case .lanes(let lanes): askNow(lanes)
      case .judge: judgeNow()
      case .fuse(let fusion): fuseNow(fusion)
      }
    }
    if left == .zero {
      message = "the budget is spent: raise it in the config, or wait for the next day"
      return []
    }
    var sentences = [
      "This turn may cost up to \(estimate.worstCase.screenText), and the budget leaves \(left.screenText).",
      "At \(left.screenText) the lanes are stopped; what has come by then is kept.",
    ]
    if !estimate.uncapped.isEmpty {
      sentences.append(
        "\(Self.names(estimate.uncapped)) may write as much as the model can: \(keymap.keyName(.parameters)) in the lanes sets max_tokens."
      )
    }
    if !estimate.unknown.isEmpty {
      let rest =
        money.budget.allowsUnpriced
        ? "it is not counted" : "it is not asked (budget.allow_unpriced in the config)"
      sentences.append("\(Self.names(estimate.unknown)): no price is known, so \(rest).")
    }
    open(Question(asking: asking, title: "More than the budget", sentences: sentences))
    return []
  }

  mutating func sendNow() -> [Command] {
    let turn = nextTurn
    _ = draft.composer.take()
    (draft.attachments, draft.mentions) = ([], [])
    if session.turns.isEmpty { session.title = sessionTitle(turn.prompt) }
    session.turns.append(turn)
    (seen, race.turn) = (nil, turn.number)
    desk.scroll = [:]
    race.sentAt = [:]
    race.speeds = [:]
    search = nil
    for lane in asked { queue(lane) }
    hide()
    defer { isStored = true }
    return [.race(session, isNew: !isStored, judges: findings.judges)] + (isHidden ? [.loadRepeat] : [])
  }

  /// What a single key may spend without a question: a cent.
  static let smallChange = Money(picoDollars: 10_000_000_000)

  static func names(_ lanes: [Int]) -> String {
    (lanes.count == 1 ? "Lane " : "Lanes ") + lanes.map { String($0 + 1) }.joined(separator: ", ")
  }

  /// The lane's response as it is before the engine has taken it up.
  private mutating func queue(_ lane: Int) {
    guard let turn = turnIndex else { return }
    var response = Response(lane: lane, model: lanes[lane].model, parameters: lanes[lane].parameters)
    let before = session.turns[turn].responses[lane]
    response.generation = (before?.generation ?? 0) + 1
    // What was its own stays so when it is asked again.
    (response.prompt, response.system) = (before?.prompt, before?.system)
    session.turns[turn].responses[lane] = response
    race.sentAt[lane] = nil
    race.speeds[lane] = nil
    race.turn = session.turns[turn].number
    race.lanes.insert(lane)
  }

  mutating func retry(_ lanes: [Int]) -> [Command] {
    let idle = isStreaming && !isRunningInView ? [] : lanes.filter { !race.lanes.contains($0) }
    if idle.isEmpty { message = "still answering: \(keymap.keyName(.stop)) stops it first" }
    for lane in idle { desk.scroll[lane] = .follow }
    return ask(idle)
  }

  /// Puts lanes of the turn in view to work again. They are queued from this moment, so that no second key can ask them twice.
  mutating func ask(_ lanes: [Int]) -> [Command] {
    if lanes.isEmpty { return [] }
    if !money.budget.isEmpty { return [.estimate(sessionInView, .lanes(lanes), lanes: lanes, spent: spentThisTurn)] }
    let costs = lanes.compactMap { response($0)?.cost }
    let known = costs.compactMap(\.amount).reduce(.zero, +)
    let hasUnknown = costs.contains { $0.status == .unknown }
    guard known > Self.smallChange else { return askNow(lanes) }
    let words = Readable.total(known, hasUnknown: hasUnknown)
    open(
      Question(
        asking: .lanes(lanes), title: "Ask again?",
        sentences: ["\(Self.names(lanes)) cost \(words) when last asked this."]))
    return []
  }

  mutating func askNow(_ lanes: [Int]) -> [Command] {
    let lanes = lanes.filter { !race.lanes.contains($0) && self.lanes.indices.contains($0) }
    guard let turn = turnIndex, !isStreaming || isRunningInView else { return [] }
    if lanes.contains(where: { $0 == session.turns[turn].winner }) { session.turns[turn].winner = nil }
    for lane in lanes { queue(lane) }
    if !lanes.isEmpty { message = "\(Self.names(lanes)) \(lanes.count == 1 ? "is" : "are") asked" }
    return lanes.isEmpty ? [] : [.run(sessionInView, lanes: lanes, spent: spentThisTurn)]
  }

  /// Every lane goes on from the focused lane's answer; the same key on the same lane takes it back.
  mutating func proceed() -> [Command] {
    guard let index = session.turns.indices.last else { return nothingToTake() }
    if session.turns[index].continued == focus {
      session.turns[index].continued = nil
      message = "each lane goes on from its own answer"
      return saveContinued
    }
    guard let answer = response(focus), !answer.text.isEmpty else { return nothingToTake() }
    guard !race.lanes.contains(focus) else {
      message = "lane \(focus + 1) is still answering"
      return []
    }
    session.turns[index].continued = focus
    place = .prompt
    message = "the next prompt goes on from lane \(focus + 1)'s answer in every lane"
    return saveContinued
  }

  private var saveContinued: [Command] {
    turn.map { [.saveContinued(session: session.id, turn: $0.number, lane: $0.continued)] } ?? []
  }

  mutating func nextRule() -> [Command] {
    // A check is needed for first-valid, which the workbench cannot ask for; first-good needs a judge.
    let rules = RaceRule.allCases.filter { $0 != .firstValid && ($0 != .firstGood || !findings.judges.isEmpty) }
    let index = rules.firstIndex(of: session.rule) ?? 0
    session.rule = rules[(index + 1) % rules.count]
    message = "rule \(session.rule.rawValue): \(session.rule.explanation)"
    return saveSetup
  }

  mutating func startNewSession() {
    guard !isStreaming else { return say("lanes are still answering") }
    let system = draft.system
    open(
      Session(
        id: Session.newID(using: &moment.random), created: moment.date, title: "", rule: session.rule,
        lanes: lanes.filter { !$0.isDropped }, turns: []))
    self.draft.system = system
    isStored = false
    place = .prompt
  }

  mutating func interrupt() -> [Command] {
    if place == .prompt, !draft.composer.isEmpty {
      draft.composer.clear()
      message = "cleared; Ctrl-_ brings it back"
      return []
    }
    if isStreaming {
      message = "stopped; what came is kept"
      return [.stopAll(runningID)]
    }
    if isAskedToLeave { return [.quit] }
    isAskedToLeave = true
    let rest = asking == nil ? "" : ": the experiment stops, and what came is kept"
    message = "press \(keymap.keyName(.interrupt)) or \(keymap.keyName(.close)) again to leave\(rest)"
    return []
  }

  /// The turn whose lanes are answering.
  var runningID: TurnID { TurnID(session: session.id, turn: race.turn) }

  /// Lanes and rule, once the session has a row.
  var saveSetup: [Command] {
    isStored ? [.saveSetup(session: session.id, lanes: session.lanes, rule: session.rule)] : []
  }
}
