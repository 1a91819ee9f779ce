/// A call through the gateway as it is watched: who asked for what, and how the lanes behind it fare.
public struct TrafficCall: Equatable, Sendable {
  public var id: String
  /// Seconds since 1970.
  public var created: Int64
  /// Name of the key it came with; nil for none.
  public var key: String?
  /// What the client asked for, as it wrote it.
  public var route: String
  /// How many lanes there are, those in reserve included.
  public var lanes: Int
  public var winner: Int?
  /// Of the lanes asked so far, by their numbers; without their words.
  public var responses: [Response] = []
  /// Whether its words are kept, so that one can see how far an open one is.
  public var keepsWords = true
  /// The end of what has come of an open one.
  public var tail = ""

  public init(id: String, created: Int64, key: String? = nil, route: String, lanes: Int) {
    (self.id, self.created, self.key, self.route, self.lanes) = (id, created, key, route, lanes)
  }

  /// The lane that serves the client: the winner, else the one that was asked last.
  public var serving: Response? { responses.first { $0.lane == winner } ?? responses.last }

  public var state: ResponseState { serving?.state ?? .queued }

  public var isOpen: Bool { responses.isEmpty || responses.contains { !$0.state.isOver } }

  /// Nothing more will come of it; while no lane has won, one in reserve may yet be asked.
  public var isSettled: Bool { !isOpen && (winner != nil || responses.count >= lanes) }

  /// Of all its lanes that have ended.
  public var cost: Money { responses.compactMap(\.cost.amount).reduce(.zero, +) }

  public var hasUnknownCost: Bool { responses.contains { $0.state.isOver && $0.cost.status == .unknown } }

  /// Whether it has all these words in what it asked for, who answered, its key, its state or its id.
  public func matches(_ words: [String]) -> Bool {
    guard !words.isEmpty else { return true }
    let parts = [route, key ?? "", state.rawValue, id] + responses.map(\.model.text)
    let text = parts.joined(separator: " ").lowercased()
    return words.allSatisfy { text.contains($0) }
  }
}

/// What came through the gateway since some moment.
public struct TrafficSums: Equatable, Sendable {
  public var calls = 0
  /// Calls that ended without an answer, though nobody stopped them.
  public var failures = 0
  /// Sum of the known costs.
  public var cost = Money.zero
  public var hasUnknownCost = false
  /// The median of the newest thousand answers, in nanoseconds; nil where there is none.
  public var firstToken: Int64?

  public init() {}
}

/// The gateway's calls at one moment, whichever process serves them.
public struct Traffic: Equatable, Sendable {
  /// When it was looked at, in seconds since 1970.
  public var date: Int64 = 0
  /// Newest first.
  public var calls: [TrafficCall] = []
  /// Calls that are being answered.
  public var open = 0
  public var minute = TrafficSums()
  public var hour = TrafficSums()

  public init() {}
}
