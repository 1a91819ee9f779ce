import Yams

/// Numbers of a YAML file, held to a range where they are read. Yams itself stops the program at `1:0:0:0:0:0:0:0:0:0:0:0`, which
/// is a number to the base 60 and larger than any integer.
extension Node {
  /// Nil for what is no whole number of the range.
  func whole(in range: ClosedRange<Int>) -> Int? {
    let isToBase60 = scalar?.string.contains(":") ?? false
    let number = isToBase60 ? float.flatMap { Int(exactly: $0) } : int
    return number.flatMap { range.contains($0) ? $0 : nil }
  }

  /// Nil for what is no number of the range.
  func number(in range: ClosedRange<Double>) -> Double? {
    let number = float ?? whole(in: .min ... .max).map(Double.init)
    return number.flatMap { range.contains($0) ? $0 : nil }
  }
}
