import Core
import Logging

/// A log line as one JSON object on stderr or in a file, so that any collector reads it. Never holds what was said or any key.
public struct LogLines: LogHandler {
  public var metadata: Logger.Metadata = [:]
  public var logLevel = Logger.Level.info

  /// Shared by all copies: lines go out whole and in order, and nobody waits for their reader.
  private let queue: LogQueue
  private let clock: Clock

  /// - Parameter descriptor: an open file, which stays open.
  public init(descriptor: Int32 = 2, clock: Clock = .system) {
    queue = LogQueue(descriptor: descriptor, clock: clock)
    self.clock = clock
  }

  /// Waits for what is on its way, for the end of the process.
  public func flush(seconds: Double) { queue.flush(seconds: seconds) }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    var line: JSON = [
      "time": .string(isoTime(clock.date())), "level": .string(event.level.rawValue),
      "event": .string("\(event.message)"),
    ]
    let all = metadata.merging(event.metadata ?? [:]) { $1 }
    for (name, value) in all.sorted(by: { $0.key < $1.key }) { line[name] = .string("\(value)") }
    queue.add(Array((line.serialized() + "\n").utf8))
  }
}
