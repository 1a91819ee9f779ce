import Core
import Engine
import Terminal

extension KeyPlace {
  static let experiment = KeyPlace("experiment", "In an experiment's grid")
}

extension Action {
  static let experiment = Action("experiment"), experimentOpen = Action("experiment.open")
  static let experimentLeft = Action("experiment.left"), experimentRight = Action("experiment.right")
  static let experimentMeasure = Action("experiment.measure"), experimentFilter = Action("experiment.filter")
  static let experimentLine = Action("experiment.line"), experimentGo = Action("experiment.go-on")
  static let experimentStop = Action("experiment.stop"), experimentVote = Action("experiment.vote")
  static let experimentExport = Action("experiment.export")
}

extension ExperimentPage: Layer {
  static let keys: [KeyRow] = [
    KeyRow(.experimentLeft, .experiment, [.character("h"), .left], "variant to the left") { state in
      state.change { $0.step(by: -1) }
    },
    KeyRow(.experimentRight, .experiment, [.character("l"), .right], "variant to the right") { state in
      state.change { $0.step(by: 1) }
    },
    KeyRow(
      .experimentOpen, .experiment, [.enter], "open the answers to the prompt", label: Label("answers", 1),
      unless: { state in
        guard let row = state.experimentPage?.row else { return "no prompt is chosen" }
        return row.runs.isEmpty ? "no answer is there yet" : nil
      }
    ) { $0.openCell() },
    KeyRow(
      .experimentMeasure, .experiment, [.character("m"), .tab], "what cells show: verdict, fit, time, cost, check",
      label: Label("measure", 2)
    ) { state in
      state.change { $0.nextMeasure() }
    },
    KeyRow(
      .experimentFilter, .experiment, [.character("f")], "only disagreement, failures, or what is not done",
      label: Label("filter", 3)
    ) { state in
      state.change { $0.nextFilter() }
    },
    KeyRow(
      .experimentLine, .experiment, [.character("/")], "only prompts with these words; tag:name",
      label: Label("find", 4)
    ) { state in
      state.change { $0.beginLine() }
    },
    KeyRow(
      .experimentGo, .experiment, [.character("s")], "ask what is not done yet: twice, the price comes first",
      label: Label(5) { $0.experimentPage.map { !$0.isRunning && $0.hasOpen } == true ? "go on" : nil },
      unless: { $0.experimentPage?.isRunning == true ? "it is being asked" : nil }
    ) { $0.goOnWithExperiment() },
    KeyRow(
      .experimentStop, .experiment, [.character("x")], "stop asking; what came is kept",
      label: Label(5) { $0.experimentPage?.isRunning == true ? "stop" : nil },
      unless: { $0.experimentPage?.isRunning == true ? nil : "nothing is being asked" }
    ) { state in
      state.experimentPage?.session.map { [.stopExperiment(session: $0)] } ?? []
    },
    KeyRow(
      .experimentVote, .experiment, [.character("v")], "vote on its answers with names hidden", label: Label("vote", 6)
    ) { state in
      guard let id = state.experimentPage?.session else { return [] }
      state.keepGridPlace()
      let commands = state.closeTop() + state.openVoteDesk(.sessions([id]))
      state.gridAfterVotes = id
      return commands
    },
    KeyRow(
      .experimentExport, .experiment, [.character("E")], "write it to a file: Markdown, HTML, JSON and others"
    ) { state in state.experimentPage?.session.map { [.loadFormats(sessions: [$0])] } ?? [] },
  ]

  var isRunning: Bool { snapshot?.isRunning ?? (fault == nil) }
  /// Something is not answered yet.
  var hasOpen: Bool { table?.rows.contains(where: \.isOpen) == true }

  func places(_ state: State) -> [KeyPlace] { isTyping ? [.line] : [.experiment, .reading, .window] }
  var takesText: Bool { isTyping }

  mutating func type(_ key: Key, _ state: State) -> [Command]? {
    guard isTyping else { return nil }
    type(inLine: key)
    return []
  }

  mutating func endLine(keeps: Bool, _ state: State) -> [Command] {
    endLine(keeps: keeps)
    return []
  }

  mutating func move(_ step: Step, _ state: State) -> [Command] {
    select(step.moved(selection, height: ExperimentPane.visibleRows(self, state), count: rows.count))
    return []
  }

  mutating func point(at row: Int, _ state: State) -> Bool? {
    guard let index = ExperimentPane.row(at: row, self, state) else { return nil }
    let wasThere = index == selection
    select(index)
    return wasThere
  }

  mutating func hear(_ answer: any Sendable, _ state: State) -> [Command] {
    if let snapshot = answer as? ExperimentSnapshot {
      take(snapshot)
      readAt = state.moment.now
    }
    if let fault = answer as? ExperimentFault { self.fault = fault.description }
    if let plan = answer as? ExperimentPlan, plan.session == session, session != nil { self.plan = plan }
    return []
  }

  func opened(_ state: State) -> [Command] { session.map { [.readExperiment(session: $0)] } ?? [] }
  func uncovered(_ state: State) -> [Command] { opened(state) }

  /// What another process asks is read anew every two seconds.
  mutating func tick(_ state: State) -> [Command] {
    guard snapshot?.isElsewhere == true, let session, state.moment.now - readAt > Self.interval else { return [] }
    readAt = state.moment.now
    return [.readExperiment(session: session)]
  }

  func closed(_ state: inout State) -> [Command] {
    if let session { state.gridPlaces[session] = place }
    if snapshot?.isRunning == true {
      state.message =
        "it goes on: \(state.keymap.keyName(.experiment)) in the lanes shows it, \(state.keymap.keyName(.experimentStop)) there stops it"
    }
    // Nothing is there to go back to.
    if state.session.turns.isEmpty, state.session.purpose != .batch { return state.perform(.home) }
    return []
  }

  func draw(_ state: State, _ layouts: Layouts, _ frame: inout Frame) { ExperimentPane.draw(self, state, &frame) }
}

extension State {
  fileprivate mutating func change(_ change: (inout ExperimentPage) -> Void) -> [Command] {
    edit(ExperimentPage.self) { page, _ in
      change(&page)
      return []
    }
  }

  var experimentPage: ExperimentPage? { layers.topmost(ExperimentPage.self) }

  /// The grid of the session, where it is a data set's; else an experiment is set up.
  mutating func openExperiment() -> [Command] {
    let id = session.purpose == .batch ? session.id : asking?.session
    guard let id else { return open(ExperimentForm(lanes: lineup, judges: findings.judges)) }
    return open(ExperimentPage(session: id, place: gridPlaces[id]))
  }

  /// Set while a data set is being asked here, whatever is shown.
  mutating func note(_ snapshot: ExperimentSnapshot) {
    asking = snapshot.isRunning ? Asked(session: snapshot.session, progress: snapshot.progress) : nil
  }

  fileprivate mutating func keepGridPlace() {
    guard let page = experimentPage, let id = page.session else { return }
    gridPlaces[id] = page.place
  }

  fileprivate mutating func openCell() -> [Command] {
    guard let page = experimentPage, let id = page.session, let run = page.row?.runs.first else { return [] }
    keepGridPlace()
    if session.id == id, session.turns.contains(where: { $0.number == run.turn }), !page.isRunning {
      _ = closeTop()
      place = .lanes
      seen = run.turn
      focus = shown.contains(page.place.column) ? page.place.column : focus
      readFromTheTop()
      return []
    }
    return [.open(session: id, at: FoundPlace(turn: run.turn, words: ""))]
  }

  fileprivate mutating func goOnWithExperiment() -> [Command] {
    guard let page = experimentPage, let id = page.session else { return [] }
    guard let plan = page.plan else { return [.planRest(session: id)] }
    _ = layers.edit(ExperimentPage.self) { $0.plan = nil }
    return [.runExperiment(plan.request)]
  }

  /// An experiment that is begun: its grid fills from now on.
  public mutating func begin(_ request: BatchRequest) -> [Command] {
    open(ExperimentPage(session: nil)) + [.runExperiment(request)]
  }
}
