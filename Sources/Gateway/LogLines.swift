import Core
import Logging

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A log line as one JSON object on stderr or in a file, so that any collector reads it. Never holds what was said or any key.
public struct LogLines: LogHandler {
  public var metadata: Logger.Metadata = [:]
  public var logLevel = Logger.Level.info

  private let descriptor: Int32

  /// - Parameter descriptor: an open file, which stays open.
  public init(descriptor: Int32 = 2) { self.descriptor = descriptor }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    var line: JSON = [
      "time": .string(isoTime(Clock.date())), "level": .string(event.level.rawValue),
      "event": .string("\(event.message)"),
    ]
    let all = metadata.merging(event.metadata ?? [:]) { $1 }
    for (name, value) in all.sorted(by: { $0.key < $1.key }) { line[name] = .string("\(value)") }
    let bytes = Array((line.serialized() + "\n").utf8)
    // One write a line: several threads log at once.
    _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
  }
}
