import Core

/// When each chunk of a response came and how long it was, so that a race can be watched again as it happened.
/// For each chunk two LEB128 numbers: microseconds since the chunk before (the first: since *sent*), and its length in UTF-8
/// bytes times two, plus one for reasoning.
public struct Arrivals: Equatable, Sendable {
  public struct Chunk: Equatable, Sendable {
    public var microseconds: Int64
    public var length: Int
    public var channel: Channel
  }

  public private(set) var bytes: [UInt8] = []
  private var last: Int64 = 0

  public init() {}

  /// - Parameter offset: nanoseconds since the request was sent.
  mutating func append(_ channel: Channel, length: Int, at offset: Int64) {
    let microseconds = max(last, offset / 1000)
    append(UInt64(microseconds - last))
    append(UInt64(length) << 1 | UInt64(channel.rawValue))
    last = microseconds
  }

  /// The encoded chunks so far; the clock goes on.
  mutating func take() -> [UInt8] {
    defer { bytes = [] }
    return bytes
  }

  private mutating func append(_ number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// Bytes of one answer, at the most.
  private static let longest = UInt64(1) << 40

  /// Chunks with times since *sent*. Reading stops at the first byte that makes no sense.
  public static func chunks(_ bytes: some Sequence<UInt8>) -> [Chunk] {
    var result: [Chunk] = []
    var numbers: [UInt64] = []
    var number: UInt64 = 0
    var shift: UInt64 = 0
    var clock: Int64 = 0
    var length: UInt64 = 0
    for byte in bytes {
      guard shift < 63 else { break }
      number |= UInt64(byte & 0x7F) << shift
      shift += 7
      guard byte & 0x80 == 0 else { continue }
      numbers.append(number)
      (number, shift) = (0, 0)
      if numbers.count == 2 {
        let (sum, overflow) = clock.addingReportingOverflow(Int64(clamping: numbers[0]))
        length += min(numbers[1] >> 1, longest)
        // Whoever counts in nanoseconds, or adds lengths up, must have room for it.
        guard !overflow, sum <= Bounds.durations.upperBound / 1000, length < longest else { break }
        clock = sum
        result.append(
          Chunk(microseconds: clock, length: Int(numbers[1] >> 1), channel: numbers[1] & 1 == 1 ? .reasoning : .answer))
        numbers = []
      }
    }
    return result
  }
}
