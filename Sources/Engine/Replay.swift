import Core
import Store

/// A stored turn as it happened: every event of every lane on one clock, in order. Pure; whoever plays it keeps the time.
public struct Replay: Equatable, Sendable {
  public struct Event: Equatable, Sendable {
    /// Nanoseconds since the first lane was sent.
    public var at: Int64
    public var event: RaceEvent
  }

  public let session: String
  /// As it was stored.
  public let turn: Turn
  public let events: [Event]
  /// The last event's moment.
  public var end: Int64 { events.last?.at ?? 0 }

  /// - Parameter arrivals: of each lane's chunks; a lane without any shows its whole text at its end.
  public init(session: String, turn: Turn, arrivals: [Int: [Arrivals.Chunk]]) {
    self.session = session
    self.turn = turn
    var events: [Event] = []
    let winner = turn.winner.flatMap { turn.responses[$0] }
    let won = winner.map { response in
      response.timing.sentAfter
        + ((turn.rule == .firstToken ? response.timing.firstToken : response.timing.end) ?? 0)
    }
    for (lane, response) in turn.responses.sorted(by: { $0.key < $1.key }) {
      var began = Response(lane: lane, model: response.model, parameters: response.parameters)
      began.generation = response.generation
      began.system = response.system
      (began.isSimulated, began.sharesMachine) = (response.isSimulated, response.sharesMachine)
      began.usage.input = response.usage.input
      began.cost.status = response.cost.status == .free ? .free : .unknown
      began.cost.price = response.cost.price
      let start = response.timing.sentAfter
      func add(_ offset: Int64, _ event: ResponseEvent) {
        events.append(Event(at: start + offset, event: .lane(lane, event)))
      }
      // All lanes stand at the start, also those that were sent later.
      events.append(Event(at: 0, event: .lane(lane, .began(began))))
      if response.timing.firstByte != nil || response.timing.firstToken != nil { add(0, .state(.waiting)) }
      var rest: [Channel: Substring.UTF8View] = [
        .answer: response.text[...].utf8, .reasoning: response.reasoning[...].utf8,
      ]
      var last: Int64 = 0
      for chunk in arrivals[lane] ?? [] {
        guard let text = rest[chunk.channel] else { continue }
        last = chunk.microseconds * 1000
        add(last, .text(chunk.channel, String(Substring(text.prefix(chunk.length))), at: last))
        rest[chunk.channel] = text.dropFirst(chunk.length)
      }
      // A loser was stopped when the winner won, wherever it was.
      let stopped = response.state == .stopped ? won.map { $0 - start } : nil
      add(max(last, response.timing.end ?? 0, stopped ?? 0), .ended(response))
    }
    if let lane = turn.winner, let won { events.append(Event(at: won, event: .won(lane: lane))) }
    // Equal moments keep the order in which they were made: a stable sort.
    self.events = events.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
  }
}

extension Engine {
  /// A turn of a stored session, by its number or the last one.
  /// - Throws: `StoreError`, also for a turn that is blind still or has no answers.
  public func replay(_ session: Session, turn number: Int? = nil) throws(StoreError) -> Replay {
    guard let turn = number.map({ n in session.turns.first { $0.number == n } }) ?? session.turns.last else {
      throw StoreError.nothingToReplay("session \(session.id) has no turn \(number.map(String.init) ?? "yet")")
    }
    if turn.blind != nil {
      throw StoreError.nothingToReplay(
        "turn \(turn.number) is blind: vote first, its timing would tell whose answer is whose")
    }
    if turn.responses.values.contains(where: { !$0.state.isOver }) {
      throw StoreError.nothingToReplay("turn \(turn.number) is still being answered")
    }
    var arrivals: [Int: [Arrivals.Chunk]] = [:]
    for (lane, response) in turn.responses {
      arrivals[lane] = try store.arrivals(
        of: ResponseKey(
          session: session.id, turn: turn.number, lane: lane, generation: response.generation))
    }
    return Replay(session: session.id, turn: turn, arrivals: arrivals)
  }
}
