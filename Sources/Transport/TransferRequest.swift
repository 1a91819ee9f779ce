/// One HTTP request, as a value.
public struct TransferRequest: Sendable {
  public enum Method: Sendable { case post, get, head }

  public var method = Method.post
  public var url: String
  public var headers: [(name: String, value: String)] = []
  public var body: [UInt8] = []
  /// Limits in nanoseconds: to be connected (name, TCP and TLS together), and between one byte received and the next.
  public var connectLimit: Int64 = 10_000_000_000
  public var silenceLimit: Int64 = 300_000_000_000
  /// Nanoseconds from the request's being sent to the first progress, and from one progress to the next; nil for no limit. What
  /// is progress, `TransferLoop.noteProgress` is told: bytes alone are none.
  public var progressLimit: Int64?
  /// Bytes of status lines and headers, those of provisional answers included.
  public static let longestHead = 256 << 10

  public init(_ method: Method, _ url: String) {
    self.method = method
    self.url = url
  }
}

/// What happens to a transfer, in order. Times are monotonic nanoseconds, taken when libcurl hands the bytes over.
public enum TransferEvent {
  /// The connection stands and the request's first byte is about to be written. Comes again if a dead pooled connection
  /// made libcurl start over.
  case sent(at: Int64)
  /// The answer's status and headers (names in lower case).
  case head(status: Int, headers: [String: String], at: Int64)
  /// Valid during the call only.
  case bytes(UnsafeRawBufferPointer, at: Int64)
  /// Always last, unless the transfer was cancelled: then nothing more comes.
  case finished(TransferError?, at: Int64)
}

/// How long a transfer took to be connected, in nanoseconds; zeros on a reused connection.
public struct ConnectionPhases: Equatable, Sendable {
  public var isReused = false
  public var nameLookup: Int64 = 0
  public var connect: Int64 = 0
  public var tls: Int64 = 0
}

public struct TransferID: Hashable, Sendable {
  let number: Int
}
