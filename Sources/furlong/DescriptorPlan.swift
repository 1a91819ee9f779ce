import Dispatch

/// How the descriptors that this process may have are shared out: a client's connection needs one, and so does each model that
/// is asked for it. A value.
struct DescriptorPlan: Equatable {
  /// Of clients.
  var connections: Int
  /// To models, at once.
  var upstream: Int
  /// To models, kept open for the next request.
  var idle: Int

  /// - Parameters:
  ///   - limit: of the process.
  ///   - open: taken already, and for good.
  init(limit: Int, open: Int) {
    // For the database's own files, keys' commands, name look-ups and whoever must be told that there is no room.
    let reserve = max(10, min(96, limit / 10))
    let free = max(8, limit - open - reserve)
    idle = min(64, free / 8)
    connections = (free - idle) * 3 / 5
    upstream = free - idle - connections
  }
}

/// What libdispatch waits with: it opens it at the first need, and ends the process when there is no descriptor left by then.
enum DispatchTimers {
  static func open() {
    let opened = DispatchGroup()
    opened.enter()
    DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(1)) { opened.leave() }
    opened.enter()
    DispatchQueue.global().asyncAfter(wallDeadline: .now() + .milliseconds(1)) { opened.leave() }
    _ = opened.wait(timeout: .now() + 1)
  }
}
