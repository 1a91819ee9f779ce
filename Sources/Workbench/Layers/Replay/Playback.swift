import Core
import Engine
import Terminal

/// A turn being watched again in the lanes. The session as it was comes back when it is left.
public struct Playback: Equatable, Sendable {
  static let speeds = [1, 2, 8]

  let replay: Replay
  let saved: Session
  let savedPanel: State.Panel
  /// The turn that was in view.
  let savedSeen: Int?
  /// Nanoseconds since the gun.
  private(set) var position: Int64 = 0
  /// The first event that has not happened yet.
  private(set) var next = 0
  var speed = 1
  var isPaused = false

  init(_ replay: Replay, saved: Session, panel: State.Panel, seen: Int?) {
    savedSeen = seen
    self.replay = replay
    self.saved = saved
    savedPanel = panel
  }

  var isAtEnd: Bool { position >= replay.end }

  /// Goes on to a moment; gives what happens until then.
  mutating func advance(to moment: Int64) -> ArraySlice<Replay.Event> {
    position = min(max(position, moment), replay.end)
    let first = next
    while next < replay.events.count, replay.events[next].at <= position { next += 1 }
    return replay.events[first..<next]
  }

  mutating func rewind() { (position, next) = (0, 0) }
}

extension State {
  /// Something moves by itself.
  var isPlaying: Bool { playback.map { !$0.isPaused } ?? false }

  /// The turn that is watched again.
  var playback: Playback? { layers.topmost(Playback.self) }

  mutating func play(_ replay: Replay) {
    guard !isStreaming, replay.session == session.id, !isHidden else { return say("lanes are still answering") }
    if let before = playback {
      layers.remove(Playback.self)
      before.giveBack(&self)
    }
    let playback = Playback(replay, saved: session, panel: desk.panel, seen: seen)
    if desk.panel != .none { desk.panel = .timeline }
    session.turns = session.turns.filter { $0.number <= replay.turn.number }
    seen = nil
    place = .lanes
    closeAll()
    open(playback)
    restart()
  }

  /// Everything before the gun.
  mutating func restart() {
    guard let index = session.turns.indices.last else { return }
    session.turns[index].responses = [:]
    session.turns[index].winner = nil
    (race.sentAt, race.speeds, desk.scroll) = ([:], [:], [:])
    _ = layers.edit(Playback.self) { $0.rewind() }
    happen(upTo: 0)
  }

  /// By the clock of the main loop.
  mutating func advancePlayback(from before: Int64) {
    guard let playback, isPlaying, before > 0 else { return }
    happen(upTo: playback.position + (moment.now - before) * Int64(playback.speed))
    _ = layers.edit(Playback.self) { if $0.isAtEnd { $0.isPaused = true } }
  }

  /// Lets events happen up to a moment; an earlier one begins anew.
  mutating func happen(upTo end: Int64) {
    guard let index = session.turns.indices.last, let position = playback?.position else { return }
    if end < position { restart() }
    for event in layers.edit(Playback.self, { $0.advance(to: end) }) ?? [] {
      switch event.event {
      case .lane(let lane, .began(let response)): session.turns[index].responses[lane] = response
      case .lane(let lane, let change):
        if case .text(_, _, let offset) = change { race.speeds[lane, default: Sparkline()].note(at: offset) }
        session.turns[index].responses[lane]?.apply(change)
      case .won(let lane): session.turns[index].winner = lane
      case .fit, .ended: break
      }
    }
    // The running clocks of the lanes show the time of then.
    for (lane, response) in playback?.replay.turn.responses ?? [:] {
      race.sentAt[lane] = moment.now - ((playback?.position ?? 0) - response.timing.sentAfter)
    }
  }

  /// To the next chunk, or back to the one before.
  mutating func stepOne(_ direction: Int) {
    guard let playback else { return }
    _ = layers.edit(Playback.self) { $0.isPaused = true }
    let events = playback.replay.events
    let moment =
      direction > 0
      ? events.first { $0.at > playback.position }?.at : events.last { $0.at < playback.position }?.at
    happen(upTo: moment ?? (direction > 0 ? playback.replay.end : 0))
  }
}
