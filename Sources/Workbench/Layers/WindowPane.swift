import Core
import Terminal

/// The frame of a window over the lanes.
enum WindowPane {
  /// Columns and rows of text in a window over all the lanes.
  static func pageWidth(_ state: State) -> Int { max(2, state.screen.width - 4) }
  static func pageHeight(_ state: State) -> Int { max(1, state.screen.height - 5) }

  /// - Returns: what is inside.
  static func draw(_ state: State, width: Int, height: Int, title: String, _ frame: inout Frame) -> Area {
    let screen = Area(x: 0, y: 1, width: state.screen.width, height: state.screen.height - 2)
    // A page takes the whole width, anything else leaves what is below it to be seen at the sides.
    let area = screen.centered(
      width: width >= state.screen.width ? state.screen.width : min(width, state.screen.width - 4), height: height)
    frame.fill(area, Style())
    frame.box(area, Style(.focus), borders: state.screen.borders)
    frame.put(" \(title) ", x: area.x + 2, y: area.y, Style(.focus, bold: true))
    return area.inside
  }
}
