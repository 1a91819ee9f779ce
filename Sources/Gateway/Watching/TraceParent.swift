/// Where in somebody's trace a request belongs, from its `traceparent` header (W3C Trace Context).
public struct TraceParent: Equatable, Sendable {
  /// 32 and 16 hexadecimal digits in lower case.
  public var trace: String
  public var span: String
  /// Whether whoever began the trace keeps it: spans of one that is not kept are not sent.
  public var isSampled: Bool
  /// The `tracestate` header as it came.
  public var state: String?

  /// Nil for what the specification tells to ignore. Of a later version only what this one knows is read.
  public init?(header: String, state: String? = nil) {
    let parts = header.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    guard parts.count >= 4, parts[0].count == 2, parts[0] != "ff", parts[0] != "00" || parts.count == 4,
      parts[1].count == 32, parts[2].count == 16, parts[3].count == 2,
      parts.prefix(4).allSatisfy({ $0.utf8.allSatisfy(Self.isDigit) }),
      parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" }),
      let flags = UInt8(parts[3], radix: 16)
    else { return nil }
    trace = parts[1]
    span = parts[2]
    isSampled = flags & 1 == 1
    self.state = state
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }
}
