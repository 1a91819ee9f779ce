import Terminal

/// The mouse: the wheel scrolls what is under it, a click goes there, dragging within a pane copies when let go.
extension State {
  /// Rows that a turn of the wheel moves.
  private static let wheelStep = 3

  mutating func point(_ mouse: Mouse) -> [Command] {
    if layers.top?.coversLanes == true {
      // A click beside it closes nothing by accident.
      return switch mouse.kind {
      case .wheelUp: move(.lines(-1))
      case .wheelDown: move(.lines(1))
      case .press: pointInLayer(mouse)
      case .drag, .release: []
      }
    }
    switch mouse.kind {
    case .wheelUp, .wheelDown:
      guard let lane = lane(at: mouse) else { return [] }
      let step = mouse.kind == .wheelUp ? -Self.wheelStep : Self.wheelStep
      for lane in desk.isSynced ? panes : [lane] { scroll(lane, by: step) }
    case .press:
      desk.selection = nil
      guard let lane = lane(at: mouse) else {
        // Below the panes the prompt is the only thing to go to.
        if mouse.y > (desk.extents.values.map { $0.area.y + $0.area.height }.max() ?? 0) { place = .prompt }
        return []
      }
      focus = lane
      place = .lanes
      if isComparing { return [] }
      if desk.extents[lane]?.isFolded == true { return [] }
      desk.selection = Selection(
        lane: lane, anchor: Frame.Point(x: mouse.x, y: mouse.y), head: Frame.Point(x: mouse.x, y: mouse.y))
    case .drag:
      guard let lane = desk.selection?.lane, let area = desk.extents[lane]?.area else { return [] }
      // Within the pane it began in, however far the mouse goes.
      desk.selection?.head = Frame.Point(
        x: max(area.x, min(area.x + area.width - 1, mouse.x)), y: max(area.y, min(area.y + area.height - 1, mouse.y)))
    case .release:
      guard let made = desk.selection else { return [] }
      guard made.anchor != made.head else {
        desk.selection = nil
        return []
      }
      return [.copySelection]
    }
    return []
  }

  /// A click goes to a row, a second one takes it.
  private mutating func pointInLayer(_ mouse: Mouse) -> [Command] {
    guard let index = layers.all.indices.last else { return [] }
    var layer = layers.all[index]
    let wasThere = layer.point(at: mouse.y, self)
    layers.replace(at: index, with: layer)
    return wasThere == true ? press(.enter) : []
  }

  /// The lane whose pane, with its border, is under the mouse.
  private func lane(at mouse: Mouse) -> Int? {
    desk.extents.first { _, extent in
      if extent.isFolded { return mouse.y == extent.area.y }
      let pane =
        extent.pane
        ?? Area(
          x: extent.area.x - 2, y: extent.area.y - 1, width: extent.area.width + 4, height: extent.area.height + 2)
      return (pane.x..<(pane.x + pane.width)).contains(mouse.x) && (pane.y..<(pane.y + pane.height)).contains(mouse.y)
    }?.key
  }
}
