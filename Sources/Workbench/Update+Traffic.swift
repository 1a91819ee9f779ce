import Core
import Terminal

/// The page of the gateway's traffic.
extension State {
  mutating func openTraffic() -> [Command] {
    overlay = .traffic(TrafficPage())
    return refreshTraffic()
  }

  public var isWatchingTraffic: Bool { if case .traffic? = overlay { true } else { false } }

  /// Nanoseconds between two looks at the gateway's calls.
  var trafficInterval: Int64 { hasReducedMotion ? 4 * TrafficPage.interval : TrafficPage.interval }

  /// On each tick of the clock: reads anew when it is time.
  mutating func refreshTraffic() -> [Command] {
    guard case .traffic(var page)? = overlay, page.mustRead(at: now, every: trafficInterval) else { return [] }
    overlay = .traffic(page)
    return [.readTraffic(limit: TrafficPage.limit)]
  }

  mutating func show(_ traffic: Traffic?) -> [Command] {
    guard case .traffic(var page)? = overlay else { return [] }
    let changed = page.fill(traffic)
    overlay = .traffic(page)
    return changed.map { [.loadCall(id: $0)] } ?? []
  }

  /// A call that was asked for, or the one that is looked into once more.
  mutating func show(call: Page) {
    guard case .traffic(var page)? = overlay else { return }
    var call = call
    if let before = page.call {
      // Left meanwhile, or another one.
      guard before.purpose == call.purpose else { return }
      call.scroll = before.scroll
    }
    page.call = call
    overlay = .traffic(page)
  }

  mutating func hear(_ news: GatewayNews) {
    switch news {
    case .listening(let port): gateway = port
    case .failed(let sentence): (gateway, message) = (nil, sentence)
    }
  }

  mutating func press(_ key: Key, in page: TrafficPage) -> [Command] {
    var page = page
    defer { if case .traffic = overlay { overlay = .traffic(page) } }
    if var call = page.call {
      if let step = step(key) {
        call.scroll = scrolled(call, by: step)
        page.call = call
      } else if isClosing(key) || key == .enter {
        page.call = nil
      }
      return []
    }
    // Plain letters are the line's.
    switch keymap.action(for: key, in: .sessions) {
    case .redraw: return [.redraw]
    case .suspend: return [.suspend]
    case .help:
      overlay = .help(scroll: 0)
      return []
    default: break
    }
    switch key {
    case .up, .control("p"): page.select(page.selection - 1)
    case .down, .control("n"), .tab: page.select(page.selection + 1)
    case .pageUp: page.select(page.selection - TrafficPane.visibleRows(self))
    case .pageDown: page.select(page.selection + TrafficPane.visibleRows(self))
    case .home: page.select(0)
    case .end: page.select(page.rows.count - 1)
    case .enter:
      guard let chosen = page.chosen else { return [] }
      page.call = Page.opening(chosen)
      return [.loadCall(id: chosen.id)]
    case .escape: overlay = nil
    case .control("c"):
      guard !page.line.isEmpty else {
        overlay = nil
        return []
      }
      page.line.clear()
      page.filterAnew()
    case .paste(let text):
      page.line.insert(VisibleText.line(text))
      page.filterAnew()
    default:
      let before = page.line.text
      _ = page.line.handle(key)
      if page.line.text != before { page.filterAnew() }
    }
    return []
  }
}
