import Core
import Engine
import Terminal

/// A turn being watched again in the lanes. The session as it was comes back when it is left.
public struct Playback: Equatable, Sendable {
  static let speeds = [1, 2, 8]

  let replay: Replay
  let saved: Session
  let savedPanel: State.Panel
  /// Nanoseconds since the gun.
  private(set) var position: Int64 = 0
  /// The first event that has not happened yet.
  private(set) var next = 0
  var speed = 1
  var isPaused = false

  init(_ replay: Replay, saved: Session, panel: State.Panel) {
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

  mutating func play(_ replay: Replay) {
    guard !isStreaming, replay.session == session.id, !isHidden else { return say("lanes are still answering") }
    if playback != nil { endPlayback() }
    playback = Playback(replay, saved: session, panel: panel)
    if panel != .none { panel = .timeline }
    session.turns = session.turns.filter { $0.number <= replay.turn.number }
    place = .lanes
    overlay = nil
    restart()
  }

  /// Everything before the gun.
  private mutating func restart() {
    guard let index = session.turns.indices.last else { return }
    session.turns[index].responses = [:]
    session.turns[index].winner = nil
    (sentAt, speeds, scroll) = ([:], [:], [:])
    playback?.rewind()
    happen(upTo: 0)
  }

  /// By the clock of the main loop.
  mutating func advancePlayback(from before: Int64) {
    guard let playback, isPlaying, before > 0 else { return }
    happen(upTo: playback.position + (now - before) * Int64(playback.speed))
    if self.playback?.isAtEnd == true { self.playback?.isPaused = true }
  }

  /// Lets events happen up to a moment; an earlier one begins anew.
  private mutating func happen(upTo moment: Int64) {
    guard let index = session.turns.indices.last, let position = playback?.position else { return }
    if moment < position { restart() }
    for event in playback?.advance(to: moment) ?? [] {
      switch event.event {
      case .lane(let lane, .began(let response)): session.turns[index].responses[lane] = response
      case .lane(let lane, let change):
        if case .text(_, _, let offset) = change { speeds[lane, default: Sparkline()].note(at: offset) }
        session.turns[index].responses[lane]?.apply(change)
      case .won(let lane): session.turns[index].winner = lane
      case .fit, .ended: break
      }
    }
    // The running clocks of the lanes show the time of then.
    for (lane, response) in playback?.replay.turn.responses ?? [:] {
      sentAt[lane] = now - ((playback?.position ?? 0) - response.timing.sentAfter)
    }
  }

  /// Nil: the key means what it means everywhere.
  mutating func pressPlayback(_ key: Key) -> [Command]? {
    guard let playback else { return nil }
    switch key {
    case .character(" "):
      if playback.isAtEnd { restart() }
      self.playback?.isPaused = !playback.isPaused && !playback.isAtEnd
    case .character("+"), .character("-"):
      let place = Playback.speeds.firstIndex(of: playback.speed) ?? 0
      let step = key == .character("+") ? 1 : -1
      self.playback?.speed = Playback.speeds[max(0, min(Playback.speeds.count - 1, place + step))]
    case .left, .right:
      let step = max(100_000_000, playback.replay.end / 20)
      happen(upTo: max(0, playback.position + (key == .right ? step : -step)))
    case .home: restart()
    case .end: happen(upTo: playback.replay.end)
    case .character("."), .character(","): stepOne(key == .character(".") ? 1 : -1)
    case .character("w"):
      self.playback?.isPaused = true
      overlay = .page(Page.whatIf(playback.replay))
    case .escape, .character("q"): endPlayback()
    case .control("c"): return nil
    default:
      let allowed: [Action] = [
        .scrollUp, .scrollDown, .halfUp, .halfDown, .pageUp, .pageDown, .top, .bottom, .zoom, .reasoning, .source,
        .scoreboard, .timeline, .sync, .redraw, .suspend,
      ]
      if let action = keymap.action(for: key, in: .lanes), allowed.contains(action) { return perform(action) }
      if case .character(let digit) = key, let number = digit.wholeNumberValue, shown.contains(number - 1) {
        focus = number - 1
        return []
      }
      message = "this is a replay: Esc ends it"
    }
    return []
  }

  /// To the next chunk, or back to the one before.
  private mutating func stepOne(_ direction: Int) {
    guard let playback else { return }
    self.playback?.isPaused = true
    let events = playback.replay.events
    let moment =
      direction > 0
      ? events.first { $0.at > playback.position }?.at : events.last { $0.at < playback.position }?.at
    happen(upTo: moment ?? (direction > 0 ? playback.replay.end : 0))
  }

  mutating func endPlayback() {
    guard let playback else { return }
    session = playback.saved
    panel = playback.savedPanel
    self.playback = nil
    (sentAt, speeds, scroll) = ([:], [:], [:])
  }
}
