import Core
import Terminal

extension KeyPlace {
  static let traffic = KeyPlace("traffic", "Among the gateway's calls")
}

extension Action {
  static let trafficOpen = Action("traffic.open")
}

extension TrafficPage: Layer {
  static let keys: [KeyRow] = [
    KeyRow(
      .trafficOpen, .traffic, [.enter], "look into the call", label: Label("look in", 1),
      unless: { $0.layers.topmost(TrafficPage.self)?.chosen == nil ? "no call is chosen" : nil }
    ) { state in
      guard let chosen = state.layers.topmost(TrafficPage.self)?.chosen else { return [] }
      _ = state.layers.edit(TrafficPage.self) { $0.watching = chosen.id }
      return state.open(CallPage(id: chosen.id))
    }
  ]

  func places(_ state: State) -> [KeyPlace] { [.traffic, .list, .window] }
  var takesText: Bool { true }

  mutating func type(_ key: Key, _ state: State) -> [Command]? {
    let before = line.text
    line.type(key)
    if line.text != before { filterAnew() }
    return []
  }

  mutating func clear(_ state: State) -> [Command]? {
    guard !line.isEmpty else { return nil }
    line.clear()
    filterAnew()
    return []
  }

  mutating func move(_ step: Step, _ state: State) -> [Command] {
    select(step.moved(selection, height: TrafficPane.visibleRows(state), count: rows.count))
    return []
  }

  /// Reads anew when it is time.
  mutating func tick(_ state: State) -> [Command] {
    mustRead(at: state.moment.now, every: state.trafficInterval) ? [.readTraffic(limit: TrafficPage.limit)] : []
  }

  /// What was read; nil when it could not be. A call that is looked into and has changed is read anew.
  mutating func take(_ traffic: Traffic?) -> [Command] {
    fill(traffic).map { [.inquire(CallInquiry(id: $0))] } ?? []
  }

  func draw(_ state: State, _ layouts: Layouts, _ frame: inout Frame) { TrafficPane.draw(self, state, &frame) }
}

extension State {
  mutating func openTraffic() -> [Command] {
    open(TrafficPage()) + edit(TrafficPage.self) { page, state in page.tick(state) }
  }

  public var isWatchingTraffic: Bool { layers.topmost(TrafficPage.self) != nil }

  /// Nanoseconds between two looks at the gateway's calls.
  var trafficInterval: Int64 { screen.hasReducedMotion ? 4 * TrafficPage.interval : TrafficPage.interval }

  mutating func hear(_ news: GatewayNews) {
    switch news {
    case .listening(let port): gateway = port
    case .failed(let sentence): (gateway, message) = (nil, sentence)
    }
  }
}
