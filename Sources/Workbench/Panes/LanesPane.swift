import Core
import Terminal

/// The lanes side by side, or in a grid of rows; a stack with one open when its cells would get too small, or when one is
/// zoomed.
enum LanesPane {
  private static let narrowest = 36
  /// Rows of a cell of a grid, with its border.
  private static let lowest = 6
  /// The longest line with its border, and a little more.
  private static let widest = LanePane.longestLine + 8
  /// Columns that a scoreboard wants beside the lanes.
  private static let boardWidth = 78

  static func draw(_ state: State, _ area: Area, _ layouts: Layouts, _ frame: inout Frame) -> [Int: State.Extent] {
    guard !state.shown.isEmpty else {
      frame.put(
        "No lanes yet: \(state.keymap.keyName(.places)), then \(state.keymap.keyName(.add)) adds one.", x: 2,
        y: area.y + 1, Style(.quiet))
      return [:]
    }
    if !state.desk.isZoomed, let columns = gridColumns(state.shown.count, width: area.width, height: area.height) {
      return grid(columns, state, area, layouts, &frame)
    }
    return stack(state, area, state.places, layouts, &frame)
  }

  /// Columns beside the lanes for scoreboard and timeline, where lines of answers would not fill them.
  static func sideWidth(_ state: State) -> Int {
    guard !state.isComparing, state.desk.panel == .scoreboard || state.desk.panel == .timeline, !state.responses.isEmpty
    else {
      return 0
    }
    let count = state.desk.isZoomed ? (state.isPinnedBeside ? 2 : 1) : state.shown.count
    let left = state.screen.width - count * widest
    return left >= boardWidth ? min(left, 120) : 0
  }

  /// How many cells stand side by side; nil: there is no room for all.
  static func gridColumns(_ count: Int, width: Int, height: Int) -> Int? {
    func fits(_ columns: Int) -> Bool {
      let rows = (count + columns - 1) / columns
      return width / columns >= narrowest && (rows == 1 || height / rows >= lowest)
    }
    // Up to three in a row or not at all; four by two, five to nine by three, more where lines would not fill the cells.
    if count <= 3 { return fits(count) ? count : nil }
    let usual = count == 4 ? 2 : 3
    let wanted = min(count, max(usual, width / widest))
    // A last row that is not full counts a little against it.
    func cost(_ columns: Int) -> Int {
      10 * abs(columns - wanted) + 6 * ((columns - count % columns) % columns)
    }
    return (1...count).filter(fits).min { (cost($0), $1) < (cost($1), $0) }
  }

  private static func grid(
    _ columns: Int, _ state: State, _ area: Area, _ layouts: Layouts, _ frame: inout Frame
  ) -> [Int: State.Extent] {
    let rows = (state.shown.count + columns - 1) / columns
    var extents: [Int: State.Extent] = [:]
    for row in 0..<rows {
      let lanes = Array(state.shown.dropFirst(row * columns).prefix(columns))
      // Whole rows that share the remainder.
      let top = area.height * row / rows
      let bottom = area.height * (row + 1) / rows
      let line = Area(x: area.x, y: area.y + top, width: area.width, height: bottom - top)
      extents.merge(Self.columns(of: lanes, state, line, state.places, layouts, &frame)) { $1 }
    }
    return extents
  }

  private static func columns(
    of lanes: [Int], _ state: State, _ area: Area, _ places: [Int: Int], _ layouts: Layouts, _ frame: inout Frame
  ) -> [Int: State.Extent] {
    let count = lanes.count
    var extents: [Int: State.Extent] = [:]
    for (place, lane) in lanes.enumerated() {
      // Whole columns that share the remainder.
      let left = area.x + area.width * place / count
      let right = area.x + area.width * (place + 1) / count
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
    if let pinned = state.desk.pinned, state.isPinnedBeside, area.width >= 2 * narrowest {
      open = [min(pinned, state.focus), max(pinned, state.focus)]
    }
    let rest = state.shown.count - open.count
    let others = state.desk.isZoomed ? 0 : max(0, min(rest, area.height - 6))
    // Where not all have a line, the last one says how many are left.
    let strips = others < rest && !state.desk.isZoomed ? others - 1 : others
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

extension State {
  /// Another lane than the focused one is pinned: both are open.
  var isPinnedBeside: Bool { desk.pinned.map { $0 != focus && shown.contains($0) } ?? false }

  /// The scoreboard is on the screen.
  var showsScoreboard: Bool {
    if LanesPane.sideWidth(self) > 0 { return true }
    return desk.panel == .scoreboard && ScoreboardPane.height(self) > 0
  }

  /// The share of its usual answer that a lane has written, 1 when it has finished; nil where it shows nothing.
  func progress(_ response: Response) -> Double? {
    if response.state.isOver { return response.state.isFinish ? 1 : nil }
    guard isRunningInView || playback != nil, response.timing.firstToken != nil else { return nil }
    let others = responses.filter { $0.state.isFinish }.map(\.usage.output)
    let usual =
      draft.outlook.usual[response.lane] ?? others.max() ?? draft.outlook.usual.values.max() ?? Self.usualTokens
    return min(0.97, Double(response.count.tokens) / Double(max(usual, 1)))
  }

  /// Of an answer about which nothing is known.
  private static let usualTokens = 500
}
