import Core
import Terminal

/// Adding, dropping and changing lanes.
extension State {
  static let mostLanes = 9

  mutating func chooseLane() -> [Command] {
    open(ChoiceList(.addLane, title: "Add a lane", items: [], isLoading: true))
    return [.loadModels]
  }

  mutating func chooseModel() -> [Command] {
    open(ChoiceList(.changeModel(lane: focus), title: "Model of lane \(focus + 1)", items: [], isLoading: true))
    return [.loadModels]
  }

  /// One of the lineups, or a name for this one.
  mutating func chooseLineup(_ purpose: ChoiceList.Purpose, _ title: String) -> [Command] {
    open(ChoiceList(purpose, title: title, items: [], isLoading: true))
    return [.loadLineups]
  }

  mutating func add(_ lane: Lane) -> [Command] {
    session.lanes.append(lane)
    focus = lanes.count - 1
    // While others run it joins them; otherwise it waits for the next prompt.
    return saveSetup + (isStreaming ? ask([focus]) : [])
  }

  mutating func duplicate() -> [Command] {
    session.lanes.append(lanes[focus])
    focus = lanes.count - 1
    open(ParameterForm(lane: focus, lanes: lanes, system: draft.system, isCopy: true))
    return saveSetup
  }

  /// The lane is not asked any more; its number and its answers stay, so that it can come back.
  mutating func drop() -> [Command] {
    guard shown.count > 1, let index = shown.firstIndex(of: focus) else {
      message = "the last lane stays; \(keymap.keyName(.model)) changes its model"
      return []
    }
    guard !race.lanes.contains(focus) else {
      message = "still answering: \(keymap.keyName(.stop)) stops it first"
      return []
    }
    message = "lane \(focus + 1) dropped; \(keymap.keyName(.undo)) brings it back"
    session.lanes[focus].isDropped = true
    undo.lanes.append(focus)
    if desk.pinned == focus { desk.pinned = nil }
    focus = shown[min(index, shown.count - 1)]
    return saveSetup
  }

  mutating func undoDrop() -> [Command] {
    guard let lane = undo.lanes.popLast(), lanes.indices.contains(lane) else { return [] }
    session.lanes[lane].isDropped = false
    focus = lane
    return saveSetup
  }

  mutating func pin() {
    desk.pinned = desk.pinned == focus ? nil : focus
    message =
      desk.pinned.map { "lane \($0 + 1) is pinned: it stays beside the lane you look at" } ?? "no lane is pinned"
  }

  mutating func change(_ lane: Int, to chosen: Lane) -> [Command] {
    guard lanes.indices.contains(lane) else { return [] }
    // A model alone keeps the lane's parameters; with parameters of its own it brings them.
    if chosen.parameters == Parameters() {
      session.lanes[lane].model = chosen.model
    } else {
      session.lanes[lane].parameters = chosen.parameters
      session.lanes[lane].model = chosen.model
    }
    let name = VisibleText.line(chosen.text)
    message =
      "lane \(lane + 1) is now \(name), from the next prompt on; \(keymap.keyName(.retry)) asks it this one"
    return saveSetup
  }

  /// What the form says, put into its lane or into all.
  mutating func apply(_ form: ParameterForm) -> [Command] {
    let targets = form.isForAll ? shown : [form.lane]
    var changed: [(Int, Lane)] = []
    for lane in targets {
      do throws(InvalidLane) {
        changed.append((lane, try form.applied(to: lanes[lane])))
      } catch {
        _ = layers.edit(ParameterForm.self) { $0.fault = error.message }
        message = error.message
        return []
      }
    }
    layers.remove(ParameterForm.self)
    guard changed.contains(where: { lanes[$0.0] != $0.1 }) else { return [] }
    for (lane, new) in changed { session.lanes[lane] = new }
    let who = form.isForAll ? "all lanes" : "lane \(form.lane + 1)"
    let again = form.isForAll ? Action.retryAll : .retry
    message = "\(who) changed, from the next prompt on" + (turn == nil ? "" : "; \(keymap.keyName(again)) asks again")
    return saveSetup
  }

  /// A session that has answers is left as it is: the lineup begins a new one.
  mutating func load(_ lineup: [Lane]) -> [Command] {
    guard !isStreaming else {
      message = "lanes are still answering"
      return []
    }
    place = .prompt
    if session.turns.isEmpty {
      session.lanes = lineup
      (undo.lanes, desk.pinned, focus) = ([], nil, 0)
      return saveSetup
    }
    session.lanes = lineup
    startNewSession()
    message = "a new session with this lineup; \(keymap.keyName(.sessions)) opens the one before"
    return []
  }

  var lineup: [Lane] { asked.map { lanes[$0] } }
}
