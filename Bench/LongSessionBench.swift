import Core
import Store
import Terminal
import Workbench

/// A session of 200 turns and nine lanes: read from its file, shown for the first time, scrolled and walked through. What the
/// terminal needs to draw a frame is not in it.
func measureLongSession() throws {
  let path = folder + "/long.db"
  let id = "0123456789ab"
  let store = try Store(path: path)
  write(id, to: store)
  try store.close()
  func times(_ count: Int, _ body: (Int) throws -> Void) rethrows -> [Double] {
    try (0..<count).map { number in
      let start = now()
      try body(number)
      return Double(now() - start) / 1e6
    }
  }
  func show(_ name: String, _ times: [Double]) {
    row("  \(name), ms: median / most", "\(number(median(times), 2)) / \(number(times.max() ?? 0, 2))")
  }
  row("session of 200 turns × 9 lanes, 5 MB, at 200×50", "")
  var session: Session?
  show(
    "read from a file just opened",
    try times(15) { _ in
      let store = try Store(path: path)
      session = try store.session(id)
      _ = (try store.votes(session: id), try store.fits(session: id), try store.judgements(session: id))
    })
  guard let session else { return }
  func begun() -> (State, Layouts) {
    var state = State(session: session)
    state.isStored = true
    (state.screen.width, state.screen.height) = (200, 50)
    return (state, Layouts())
  }
  show(
    "first frame",
    times(15) { _ in
      let (state, layouts) = begun()
      _ = view(state, layouts)
    })
  var (state, layouts) = begun()
  func press(_ key: Key) {
    _ = update(&state, .key(key))
    let (_, extents) = view(state, layouts)
    _ = update(&state, .drawn(extents))
  }
  press(.tab)
  show("a line further", times(200) { _ in press(.character("k")) })
  show("a turn back, to the first", times(199) { _ in press(.character("[")) })
  show("through them again", times(199) { _ in press(.character("]")) })
}

private func write(_ id: String, to store: Store) {
  let lanes = (0..<9).map { Lane(model: ModelID(provider: "bench", model: "m\($0)")) }
  let unit = """
    ## Tides

    The tide is the **slow** rise and fall of the sea, because the `moon` pulls on the water; 太陽 pulls less.

    - spring tides: sun and moon pull together
    - neap tides: they do not

    ```swift
    let tide = height(at: .now)  // metres
    ```


    """
  store.append(.session(Session(id: id, created: 1, title: "tides", rule: .all, lanes: lanes, turns: [])))
  for number in 1...200 {
    store.append(.turn(session: id, Turn(number: number, prompt: "Tell of the tides, part \(number).", rule: .all)))
    for (lane, definition) in lanes.enumerated() {
      let key = ResponseKey(session: id, turn: number, lane: lane, generation: 1)
      var response = Response(lane: lane, model: definition.model, parameters: Parameters())
      store.append(.began(key, response, request: nil))
      response.text = String(repeating: unit, count: 8 + (number + lane) % 5)
      (response.state, response.usage.input, response.usage.output) = (.done, 30, 600)
      for tick in 1...150 { response.timing.note(.answer, at: Int64(tick) * 20_000_000) }
      store.append(.ended(key, response))
    }
  }
}
