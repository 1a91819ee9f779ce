extension RandomNumberGenerator {
  /// Lower-case hexadecimal digits, four bits of chance each. They go through SHA-256, so that whoever sees them cannot tell what
  /// the generator draws next, be it one that is only good for statistics.
  /// - Parameter count: at most 64.
  public mutating func hexadecimalDigits(_ count: Int) -> String {
    var bytes: [UInt8] = []
    while bytes.count * 2 < count { withUnsafeBytes(of: next()) { bytes += $0 } }
    return String(SHA256.hexadecimal(bytes).prefix(count))
  }
}
