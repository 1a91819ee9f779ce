import Core
import Terminal

/// The lanes side by side; a stack with one open when columns would get narrower than 36 cells, or when one is zoomed.
enum LanesPane {
  private static let narrowest = 36

  static func draw(_ state: State, _ area: Area, _ layouts: Layouts, _ frame: inout Frame) -> [Int: State.Extent] {
    let count = state.lanes.count
    guard count > 0 else {
      frame.put(
        "No lanes yet: \(state.keymap.keyName(.places)), then \(state.keymap.keyName(.add)) adds one.", x: 2,
        y: area.y + 1, Style(.quiet))
      return [:]
    }
    let places = Scoreboard.places(state.responses, winner: state.turn?.winner, rule: state.turn?.rule ?? .all)
    if !state.isZoomed, area.width / count >= narrowest {
      return columns(state, area, places, layouts, &frame)
    }
    return stack(state, area, places, layouts, &frame)
  }

  private static func columns(
    _ state: State, _ area: Area, _ places: [Int: Int], _ layouts: Layouts, _ frame: inout Frame
  ) -> [Int: State.Extent] {
    let count = state.lanes.count
    var extents: [Int: State.Extent] = [:]
    for lane in 0..<count {
      // Whole columns that share the remainder.
      let left = area.width * lane / count
      let right = area.width * (lane + 1) / count
      let column = Area(x: left, y: area.y, width: right - left, height: area.height)
      extents[lane] = LanePane(state: state, lane: lane, place: places[lane]).draw(column, layouts, &frame)
    }
    return extents
  }

  /// One line for each other lane, in order, around the open one. Zoomed, the others are left out when the window is low.
  private static func stack(
    _ state: State, _ area: Area, _ places: [Int: Int], _ layouts: Layouts, _ frame: inout Frame
  ) -> [Int: State.Extent] {
    let others = state.isZoomed ? 0 : max(0, min(state.lanes.count - 1, area.height - 6))
    let openHeight = area.height - others
    var extents: [Int: State.Extent] = [:]
    var y = area.y
    var shown = 0
    for lane in state.lanes.indices {
      let pane = LanePane(state: state, lane: lane, place: places[lane])
      if lane == state.focus {
        extents[lane] = pane.draw(Area(x: area.x, y: y, width: area.width, height: openHeight), layouts, &frame)
        y += openHeight
      } else if shown < others {
        pane.drawStrip(Area(x: area.x, y: y, width: area.width, height: 1), &frame)
        y += 1
        shown += 1
      }
    }
    return extents
  }
}
