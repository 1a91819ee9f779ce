import Core
import Terminal

extension Action {
  static let focusLeft = Action("lane.left"), focusRight = Action("lane.right")
  static let turnBefore = Action("turn.previous"), turnNext = Action("turn.next"), outline = Action("turn.outline")
  static let zoom = Action("lane.zoom"), pin = Action("lane.pin"), sync = Action("scroll.together")
  static let stop = Action("lane.stop"), stopAll = Action("lane.stop-all")
  static let retry = Action("lane.retry"), retryAll = Action("lane.retry-all")
  static let add = Action("lane.add"), duplicate = Action("lane.duplicate"), drop = Action("lane.drop")
  static let undo = Action("lane.undo"), model = Action("lane.model"), parameters = Action("lane.parameters")
  static let reasoning = Action("lane.reasoning"), source = Action("lane.source")
  static let copy = Action("copy.answer"), copyCode = Action("copy.code"), copyTurn = Action("copy.turn")
  static let editAnswer = Action("lane.editor"), proceed = Action("continue")
  static let compare = Action("compare.difference"), map = Action("compare.map"), search = Action("search")
  static let scoreboard = Action("scoreboard"), sortNext = Action("scoreboard.sort")
  static let sortReverse = Action("scoreboard.reverse"), timeline = Action("timeline")
  static let lineups = Action("lineup.load"), saveLineup = Action("lineup.save"), themes = Action("theme")
  static let sessions = Action("sessions"), newSession = Action("session.new"), rule = Action("rule.next")
  static let export = Action("session.export"), pick = Action("vote.pick"), voteSession = Action("vote.session"),
    voteRecent = Action("vote.recent")
  static let blind = Action("blind"), vote = Action("vote"), judge = Action("judge"), judges = Action("judge.choose")
  static let criteria = Action("judge.criteria"), verdicts = Action("verdicts"), cards = Action("judge.cards")
  static let leaderboard = Action("leaderboard"), methods = Action("methods"), costs = Action("costs")
  static let traffic = Action("gateway.traffic"), replay = Action("replay")
}

/// Why something cannot be done now.
private enum Unless {
  @Sendable static func asked(_ state: State) -> String? { state.turn == nil ? "nothing has been asked yet" : nil }

  @Sendable static func idle(_ state: State) -> String? {
    state.isStreaming ? "lanes are still answering" : nil
  }

  @Sendable static func running(_ state: State) -> String? { state.isStreaming ? nil : "no lane is answering" }

  @Sendable static func answered(_ state: State) -> String? {
    state.response(state.focus)?.text.isEmpty == false ? nil : "lane \(state.focus + 1) has no answer yet"
  }

  @Sendable static func twoAnswers(_ state: State) -> String? {
    let answers = state.shown.count { state.response($0)?.text.isEmpty == false }
    return answers > 1 ? nil : "two lanes with answers are needed"
  }

  @Sendable static func room(_ state: State) -> String? {
    state.asked.count < State.mostLanes ? nil : "nine lanes at most"
  }

  @Sendable static func lane(_ state: State) -> String? {
    state.lanes.indices.contains(state.focus) ? nil : "there is no lane"
  }
}

extension KeyRow {
  /// While answers are read and lanes worked with.
  static let lanes: [KeyRow] = views + turns + asking + working + toPages

  private static func toggle(
    _ action: Action, _ keys: [Key], _ summary: String, label: Label? = nil, during: [Circumstance] = [.replay],
    unless why: @escaping @Sendable (State) -> String? = { _ in nil },
    _ change: @escaping @Sendable (inout State) -> Void
  ) -> KeyRow {
    KeyRow(action, .lanes, keys, summary, label: label, during: during, unless: why) { state in
      change(&state)
      return []
    }
  }

  private static let turns: [KeyRow] = [
    KeyRow(
      .turnBefore, .lanes, [.character("[")], "the turn before",
      label: Label(15) { $0.session.turns.count > 1 ? "turn before" : nil },
      unless: { ($0.turnIndex ?? 0) > 0 ? nil : "this is the first turn" }
    ) { $0.showTurn(by: -1) },
    KeyRow(
      .turnNext, .lanes, [.character("]")], "the next turn",
      label: Label(16) { $0.session.turns.count > 1 ? "next turn" : nil },
      unless: { $0.isLatest ? "this is the latest turn" : nil }
    ) { $0.showTurn(by: 1) },
    KeyRow(
      .outline, .lanes, [.character("#")], "outline: the turns of this session",
      label: Label(17) { $0.session.turns.count > 1 ? "outline" : nil }, unless: Unless.asked
    ) { $0.open(OutlinePage($0)) },
  ]

  private static let views: [KeyRow] = [
    toggle(
      .focusLeft, [.character("h"), .left], "lane to the left (1 to 9: that lane)", during: [.hidden, .replay]
    ) { $0.moveFocus(by: -1) },
    toggle(.focusRight, [.character("l"), .right], "lane to the right", during: [.hidden, .replay]) {
      $0.moveFocus(by: 1)
    },
    toggle(.sync, [.character("=")], "scroll all lanes together", during: [.hidden, .replay]) { state in
      state.desk.isSynced.toggle()
      state.message = state.desk.isSynced ? "all lanes scroll together" : "each lane scrolls by itself"
    },
    toggle(.zoom, [.character("z")], "zoom the lane", label: Label("zoom", 12)) { $0.desk.isZoomed.toggle() },
    toggle(.pin, [.character("P")], "pin the lane beside the others") { $0.pin() },
    toggle(.reasoning, [.character("t")], "open or fold the reasoning", label: Label("reasoning", 26)) {
      $0.desk.openReasoning.formSymmetricDifference([$0.focus])
    },
    toggle(.source, [.character("M")], "rendered Markdown, or the text as it came") { state in
      state.desk.showsSource.formSymmetricDifference([state.focus])
      state.message =
        state.desk.showsSource.contains(state.focus) ? "lane \(state.focus + 1): the text as it came" : nil
    },
    toggle(
      .search, [.character("/")], "search the answers", label: Label("search", 22), during: [.replay]
    ) { state in
      state.place = .lanes
      state.layers.remove(SearchLayer.self)
      state.open(SearchLayer())
    },
    toggle(.scoreboard, [.character("s")], "scoreboard on and off") { state in
      state.desk.panel = state.desk.panel == .scoreboard ? .none : .scoreboard
      if state.desk.panel == .scoreboard, state.screen.height < ScoreboardPane.leastHeight(state) {
        state.say("the window is too low for the scoreboard")
      }
    },
    toggle(.sortNext, [.character("o")], "sort the scoreboard by the next column") { $0.sort { $0.advance() } },
    toggle(.sortReverse, [.character("O")], "sort the other way round") { $0.sort { $0.isReversed.toggle() } },
    toggle(.timeline, [.character("T")], "timeline of the turn on and off", label: Label("timeline", 23)) {
      $0.desk.panel = $0.desk.panel == .timeline ? .scoreboard : .timeline
    },
  ]

  private static let asking: [KeyRow] = [
    KeyRow(
      .stop, .lanes, [.character("x")], "stop the lane", label: Label("stop", 10), unless: Unless.running
    ) { [.stop($0.runningID, lane: $0.focus)] },
    KeyRow(
      .stopAll, .lanes, [.character("X")], "stop all lanes, else the judge", label: Label("stop all", 11),
      during: [.hidden], unless: { $0.findings.judging == nil ? Unless.running($0) : nil }
    ) { state in
      if state.isStreaming { return [.stopAll(state.runningID)] }
      state.message = "judging stopped; verdicts that are in stay"
      return [.stopJudging]
    },
    KeyRow(
      .retry, .lanes, [.character("r")], "retry the lane", label: Label("retry", 21), waits: true, unless: Unless.asked
    ) { $0.retry([$0.focus]) },
    KeyRow(.retryAll, .lanes, [.character("R")], "retry all lanes", waits: true, unless: Unless.asked) {
      $0.retry($0.asked)
    },
    KeyRow(.add, .lanes, [.character("a")], "add a lane", label: Label("add", 13), unless: Unless.room) {
      $0.chooseLane()
    },
    KeyRow(
      .duplicate, .lanes, [.character("A")], "add a copy of the lane with other parameters", waits: true,
      unless: { Unless.room($0) ?? Unless.lane($0) }
    ) { $0.duplicate() },
    KeyRow(.drop, .lanes, [.character("D")], "drop the lane", waits: true) { $0.drop() },
    KeyRow(
      .undo, .lanes, [.character("u")], "bring the dropped lane back",
      unless: { $0.undo.lanes.isEmpty ? "no lane was dropped" : nil }
    ) { $0.undoDrop() },
    KeyRow(
      .model, .lanes, [.character("m")], "change the lane's model", label: Label("model", 24), unless: Unless.lane
    ) { $0.chooseModel() },
    KeyRow(
      .parameters, .lanes, [.character("p")], "parameters and system prompt", label: Label("params", 14),
      unless: Unless.lane
    ) { state in
      state.open(ParameterForm(lane: state.focus, lanes: state.lanes, system: state.draft.system))
      return []
    },
    KeyRow(.rule, .lanes, [.character("w")], "next race rule: what wins", waits: true) { $0.nextRule() },
    KeyRow(
      .proceed, .lanes, [.character("c")], "continue every lane from this answer", label: Label("continue", 17),
      waits: true,
      unless: { $0.isLatest ? nil : "only the latest turn can be gone on from" }
    ) { $0.proceed() },
    KeyRow(
      .blind, .lanes, [.character("b")], "blind: hide whose answers they are until you have voted",
      label: Label("blind", 19), waits: true
    ) { state in
      state.toggleBlind()
      return []
    },
    KeyRow(
      .vote, .lanes, [.character("v")], "vote on this turn with names hidden, a key a vote", label: Label("vote", 18),
      unless: { Unless.asked($0) ?? Unless.idle($0) ?? Unless.twoAnswers($0) }
    ) { state in state.openVoteDesk(.turn(session: state.session.id, number: state.turn?.number ?? 0)) },
    KeyRow(
      .pick, .lanes, [.character("*")], "pick this answer with its name in view: kept apart from blind votes",
      unless: Unless.answered
    ) { $0.pickOpenly() },
    KeyRow(
      .export, .lanes, [.character("E")], "write this session to a file: Markdown, HTML, JSON and others", waits: true,
      unless: { Unless.asked($0) ?? Unless.idle($0) }
    ) { [.loadFormats(sessions: [$0.session.id])] },
    KeyRow(.voteSession, .lanes, [], "vote on all turns of this session", unless: Unless.asked) { state in
      state.openVoteDesk(.sessions([state.session.id]))
    },
    KeyRow(.voteRecent, .lanes, [], "vote on what the newest sessions have") { $0.openVoteDesk(.recent) },
    KeyRow(
      .judge, .lanes, [.character("J")], "let the judge compare the answers", label: Label("judge", 20), waits: true,
      unless: { Unless.asked($0) ?? Unless.idle($0) }
    ) { $0.startJudging() },
    KeyRow(
      .fuse, .lanes, [.character("F")], "fuse: one more answer, written from the others", label: Label("fuse", 20),
      waits: true, unless: { Unless.asked($0) ?? Unless.idle($0) ?? Unless.twoAnswers($0) }
    ) { $0.chooseFusion() },
    KeyRow(.criteria, .lanes, [.character("C")], "what the judge goes by: edit the criteria", waits: true) {
      $0.editCriteria()
    },
    KeyRow(.judges, .lanes, [], "choose the judge") { $0.chooseJudge() },
  ]

  private static let working: [KeyRow] = [
    KeyRow(
      .compare, .lanes, [.character("d")], "differences to another lane", label: Label("diff", 15),
      unless: { Unless.answered($0) ?? Unless.twoAnswers($0) }
    ) { state in
      state.compare()
      return []
    },
    KeyRow(.map, .lanes, [.character("f")], "where the lanes disagree", unless: Unless.twoAnswers) { state in
      state.openMap()
      return []
    },
    KeyRow(
      .copy, .lanes, [.character("y")], "copy the answer's source text", label: Label("copy", 16),
      unless: Unless.answered
    ) { $0.copy(.copy) },
    KeyRow(.copyCode, .lanes, [.character("Y")], "copy the code block in view", unless: Unless.answered) {
      $0.copy(.copyCode)
    },
    KeyRow(
      .copyTurn, .lanes, [.control("y")], "copy the whole turn as Markdown", unless: Unless.answered
    ) { $0.copy(.copyTurn) },
    KeyRow(.editAnswer, .lanes, [.character("e")], "open the answer in $EDITOR", waits: true, unless: Unless.answered) {
      state in
      [.edit(.answer, state.response(state.focus)?.text ?? "")]
    },
    KeyRow(.lineups, .lanes, [.character("i")], "load a lineup", label: Label("lineups", 25), unless: Unless.idle) {
      $0.chooseLineup(.lineups, "Load a lineup")
    },
    KeyRow(.saveLineup, .lanes, [.character("I")], "save these lanes as a lineup") {
      $0.chooseLineup(.saveLineup, "Save these lanes as")
    },
    KeyRow(.newSession, .lanes, [], "new session with the same lanes", unless: Unless.idle) { state in
      state.startNewSession()
      return []
    },
    KeyRow(.themes, .lanes, [], "choose a theme", during: [.hidden]) { _ in [.loadThemes] },
  ]

  private static let toPages: [KeyRow] = [
    KeyRow(.verdicts, .lanes, [.character("V")], "verdicts on this turn, with their reasons") { $0.showVerdicts() },
    KeyRow(.cards, .lanes, [], "judge cards: what each judge's verdicts are worth") { $0.open(CardsPage()) },
    KeyRow(.leaderboard, .lanes, [.character("L")], "leaderboard") { $0.open(BoardPage()) },
    KeyRow(
      .experiment, .lanes, [.character("S")], "experiment: prompts × variants as a grid",
      label: Label(1) { $0.session.purpose == .batch ? "grid" : nil }, waits: true, unless: Unless.idle
    ) { $0.openExperiment() },
    KeyRow(
      .replay, .lanes, [.character("B")], "replay: watch the turn again as it happened",
      unless: { Unless.asked($0) ?? Unless.idle($0) }
    ) { [.loadReplay($0.sessionInView)] },
    KeyRow(.costs, .lanes, [.character("$")], "costs: what was spent, on what, and how fast it was") {
      $0.open(CostsPage())
    },
    KeyRow(.traffic, .lanes, [.character("U")], "gateway traffic: its calls as they happen") { $0.openTraffic() },
    KeyRow(.methods, .lanes, [.character("W")], "how the numbers shown are computed") { state in
      state.open(MethodsPage())
      return []
    },
    KeyRow(
      .sessions, .lanes, [.character("H")], "sessions", label: Label("sessions", 27)
    ) { $0.openSessions() },
    KeyRow(
      .close, .lanes, [.character("q")], "close what is open, then leave", label: Label("quit", 18),
      during: [.hidden]
    ) { $0.close() },
  ]
}

extension State {
  mutating func moveFocus(by step: Int) {
    let panes = panes
    guard !panes.isEmpty else { return }
    let index = panes.firstIndex(of: focus) ?? 0
    focus = panes[max(0, min(panes.count - 1, index + step))]
  }

  fileprivate mutating func sort(_ change: (inout Scoreboard.Order) -> Void) {
    desk.panel = .scoreboard
    change(&desk.order)
    message = "sorted by \(desk.order.column.title)\(desk.order.isReversed ? ", the other way round" : "")"
  }
}
