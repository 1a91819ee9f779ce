/// What the mouse did, in cells from the upper left corner, which is (0, 0). Only the first button and the wheel are told.
public struct Mouse: Hashable, Sendable {
  public enum Kind: Hashable, Sendable { case wheelUp, wheelDown, press, drag, release }

  public var kind: Kind
  public var x: Int
  public var y: Int

  public init(_ kind: Kind, x: Int, y: Int) { (self.kind, self.x, self.y) = (kind, x, y) }

  /// From xterm's SGR report (mode 1006): `<button;column;row`, counted from 1, ended by M, or by m when a button is let go.
  init?(_ report: ControlSequence) {
    // No terminal is larger than its size can be told.
    let cells = 1...Int(UInt16.max)
    guard report.parameters.count == 3, let button = report.number(0), let column = report.number(1),
      let row = report.number(2), cells.contains(column), cells.contains(row), report.intermediates.isEmpty
    else { return nil }
    let end = Unicode.Scalar(report.final)
    guard end == "M" || end == "m" else { return nil }
    // 4, 8 and 16 are Shift, Alt and Ctrl; 32 is a movement.
    switch (button & ~28, end) {
    case (0, "M"): kind = .press
    case (0, _), (32, "m"): kind = .release
    case (32, _): kind = .drag
    case (64, "M"): kind = .wheelUp
    case (65, "M"): kind = .wheelDown
    default: return nil
    }
    x = column - 1
    y = row - 1
  }
}
