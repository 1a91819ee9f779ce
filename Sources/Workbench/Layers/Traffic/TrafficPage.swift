import Core
import Terminal

/// The page of the gateway's traffic: a line that filters, the newest calls, and over them one call when it is looked into. Read
/// anew a few times a second while it is open.
public struct TrafficPage: Equatable, Sendable {
  /// Calls asked for each time.
  static let limit = 200
  /// Nanoseconds between two readings.
  static let interval: Int64 = 250_000_000

  public var line = Composer()
  public private(set) var traffic = Traffic()
  /// Calls that the line leaves.
  public private(set) var rows: [TrafficCall] = []
  public private(set) var selection = 0
  /// The chosen row goes with the newest call.
  public private(set) var isFollowing = true
  /// Until the first reading is there.
  public private(set) var isLoading = true
  /// A reading is on its way.
  private var isAsked = false
  private var askedAt: Int64 = 0
  /// The call that is looked into, on a page above.
  var watching: String?

  public init() {}

  public var chosen: TrafficCall? { rows.indices.contains(selection) ? rows[selection] : nil }

  /// - Parameters: of the monotonic clock, in nanoseconds.
  /// - Returns: whether to read now.
  mutating func mustRead(at now: Int64, every interval: Int64) -> Bool {
    guard !isAsked, now - askedAt >= interval || askedAt == 0 else { return false }
    (isAsked, askedAt) = (true, now)
    return true
  }

  /// What was read; nil when it could not be.
  /// - Returns: a call that is looked into and has changed.
  mutating func fill(_ traffic: Traffic?) -> String? {
    isAsked = false
    guard let traffic else { return nil }
    isLoading = false
    let before = watched
    self.traffic = traffic
    filter()
    guard let watching, let after = watched, after != before || after.isOpen else { return nil }
    return watching
  }

  private var watched: TrafficCall? {
    watching.flatMap { id in traffic.calls.first { $0.id == id } }
  }

  mutating func select(_ index: Int) {
    selection = max(0, min(rows.count - 1, index))
    isFollowing = selection == 0
  }

  /// After the line has changed: the first row is where one begins to read.
  mutating func filterAnew() {
    isFollowing = true
    filter()
  }

  private mutating func filter() {
    let words = line.text.lowercased().split(whereSeparator: \.isWhitespace).map(String.init)
    let before = chosen?.id
    rows = traffic.calls.filter { $0.matches(words) }
    // Without following, the call that was chosen stays so; one that has fallen off the end leaves its place.
    let place = isFollowing ? 0 : rows.firstIndex { $0.id == before } ?? selection
    selection = max(0, min(rows.count - 1, place))
  }
}
