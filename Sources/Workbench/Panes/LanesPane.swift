import Core
import Terminal

/// The lanes side by side; a stack with one open when columns would get narrower than 36 cells, or when one is zoomed.
enum LanesPane {
  private static let narrowest = 36

  static func draw(_ state: State, _ area: Area, _ layouts: Layouts, _ frame: inout Frame) -> [Int: State.Extent] {
    let count = state.shown.count
    guard count > 0 else {
      frame.put(
        "No lanes yet: \(state.keymap.keyName(.places)), then \(state.keymap.keyName(.add)) adds one.", x: 2,
        y: area.y + 1, Style(.quiet))
      return [:]
    }
    let places = state.places
    if !state.isZoomed, area.width / count >= narrowest {
      return columns(state, area, places, layouts, &frame)
    }
    return stack(state, area, places, layouts, &frame)
  }

  private static func columns(
    _ state: State, _ area: Area, _ places: [Int: Int], _ layouts: Layouts, _ frame: inout Frame
  ) -> [Int: State.Extent] {
    columns(of: state.shown, state, area, places, layouts, &frame)
  }

  private static func columns(
    of lanes: [Int], _ state: State, _ area: Area, _ places: [Int: Int], _ layouts: Layouts, _ frame: inout Frame
  ) -> [Int: State.Extent] {
    let count = lanes.count
    var extents: [Int: State.Extent] = [:]
    for (place, lane) in lanes.enumerated() {
      // Whole columns that share the remainder.
      let left = area.width * place / count
      let right = area.width * (place + 1) / count
      let column = Area(x: left, y: area.y, width: right - left, height: area.height)
      extents[lane] = LanePane(state: state, lane: lane, place: places[lane]).draw(column, layouts, &frame)
    }
    return extents
  }

  /// One line for each other lane, in order, around the open ones: the focused and the pinned. Zoomed, the others are left out when the window is low.
  private static func stack(
    _ state: State, _ area: Area, _ places: [Int: Int], _ layouts: Layouts, _ frame: inout Frame
  ) -> [Int: State.Extent] {
    var open = [state.focus]
    if let pinned = state.pinned, pinned != state.focus, area.width >= 2 * narrowest, !state.isZoomed {
      open = [min(pinned, state.focus), max(pinned, state.focus)]
    }
    let rest = state.shown.count - open.count
    let others = state.isZoomed ? 0 : max(0, min(rest, area.height - 6))
    // Where not all have a line, the last one says how many are left.
    let strips = others < rest && !state.isZoomed ? others - 1 : others
    let openHeight = area.height - others
    var extents: [Int: State.Extent] = [:]
    var y = area.y
    var shown = 0
    for lane in state.shown {
      if lane == open.first {
        let opened = columns(
          of: open, state, Area(x: area.x, y: y, width: area.width, height: openHeight), places, layouts, &frame)
        extents.merge(opened) { $1 }
        y += openHeight
      } else if shown < strips, !open.contains(lane) {
        let strip = Area(x: area.x, y: y, width: area.width, height: 1)
        LanePane(state: state, lane: lane, place: places[lane]).drawStrip(strip, &frame)
        extents[lane] = State.Extent(lines: 0, height: 1, area: strip, isFolded: true)
        y += 1
        shown += 1
      }
    }
    if strips < others {
      let words = "and \(Readable.count(rest - strips, "more lane")): digits go to a lane"
      frame.put(words, x: area.x + 4, y: area.y + area.height - 1, Style(.quiet))
    }
    if state.search?.isEverywhere == true {
      let width = (area.width / open.count) - 4
      for lane in state.shown where !open.contains(lane) {
        var found = LanePane(state: state, lane: lane, place: nil).measured(
          width: width, height: openHeight - 2, layouts)
        if let strip = extents[lane] { (found.area, found.isFolded) = (strip.area, true) }
        extents[lane] = found
      }
    }
    return extents
  }
}
