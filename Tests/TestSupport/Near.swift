/// Whether two numbers differ by at most `tolerance`.
public func isNear(_ a: Double?, _ b: Double, within tolerance: Double) -> Bool {
  a.map { abs($0 - b) <= tolerance } ?? false
}
