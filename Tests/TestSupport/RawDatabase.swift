import GRDB

/// A database as SQLite has it, beside the store that is tested: a store that was let go closes when its queue is done with it, and
/// may hold the file for that long.
public func rawDatabase(_ path: String) throws -> DatabaseQueue {
  var configuration = Configuration()
  configuration.busyMode = .timeout(patience)
  return try DatabaseQueue(path: path, configuration: configuration)
}
