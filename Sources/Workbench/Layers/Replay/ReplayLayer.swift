import Core
import Engine
import Terminal

extension KeyPlace {
  static let replay = KeyPlace("replay", "While a turn is watched again")
}

extension Action {
  static let playPause = Action("replay.pause"), playFaster = Action("replay.faster")
  static let playSlower = Action("replay.slower"), playBack = Action("replay.back"), playOn = Action("replay.forward")
  static let playStart = Action("replay.start"), playEnd = Action("replay.end"), playStep = Action("replay.step")
  static let playStepBack = Action("replay.step-back"), playWhatIf = Action("replay.what-if")
  static let endReplay = Action("replay.close")
}

extension Playback: Layer {
  static let keys: [KeyRow] = [
    row(.playPause, [.character(" ")], "pause, go on", Label(1) { $0.isPlaying ? "pause" : "play" }) {
      $0.pauseOrPlay()
    },
    row(.endReplay, [.escape, .character("q")], "end the replay", Label("end", 2)) { _ = $0.closeTop() },
    row(.playBack, [.left], "a twentieth back") { $0.seek(by: -1) },
    row(.playOn, [.right], "a twentieth on", Label("seek", 3, with: .playBack)) { $0.seek(by: 1) },
    row(.playStep, [.character(".")], "the next chunk", Label("step", 4, with: .playStepBack)) { $0.stepOne(1) },
    row(.playStepBack, [.character(",")], "the chunk before") { $0.stepOne(-1) },
    row(.playFaster, [.character("+")], "faster", Label("speed", 5, with: .playSlower)) { $0.changeSpeed(by: 1) },
    row(.playSlower, [.character("-")], "slower") { $0.changeSpeed(by: -1) },
    row(.playStart, [.home], "from the beginning") { $0.restart() },
    row(.playEnd, [.end], "to the end") { state in state.playback.map { state.happen(upTo: $0.replay.end) } },
    row(.playWhatIf, [.character("w")], "what other rules would have given", Label("what if", 7)) { state in
      guard let playback = state.playback else { return }
      state.pause()
      state.open(WhatIfPage(playback.replay))
    },
  ]

  private static func row(
    _ action: Action, _ keys: [Key], _ summary: String, _ label: Label? = nil,
    _ change: @escaping @Sendable (inout State) -> Void
  ) -> KeyRow {
    KeyRow(action, .replay, keys, summary, label: label) { state in
      change(&state)
      return []
    }
  }

  func places(_ state: State) -> [KeyPlace] { [.replay] }
  /// The lanes below are what it shows.
  var isWindow: Bool { false }

  func closed(_ state: inout State) -> [Command] {
    giveBack(&state)
    return []
  }

  /// The session as it was.
  func giveBack(_ state: inout State) {
    state.session = saved
    (state.desk.panel, state.seen) = (savedPanel, savedSeen)
    (state.race.sentAt, state.race.speeds, state.desk.scroll) = ([:], [:], [:])
  }

  func draw(_ state: State, _ layouts: Layouts, _ frame: inout Frame) {}

  func note(_ state: State) -> [(strong: String, quiet: String)] {
    let place = "\(Readable.duration(position)) of \(Readable.duration(replay.end))"
    return [("replay \(speed)×", place + (isPaused ? ", paused" : ""))]
  }
}

extension State {
  fileprivate mutating func pause() { _ = layers.edit(Playback.self) { $0.isPaused = true } }

  fileprivate mutating func pauseOrPlay() {
    guard let playback else { return }
    if playback.isAtEnd { restart() }
    _ = layers.edit(Playback.self) { $0.isPaused = !playback.isPaused && !playback.isAtEnd }
  }

  fileprivate mutating func changeSpeed(by step: Int) {
    _ = layers.edit(Playback.self) { playback in
      let place = (Playback.speeds.firstIndex(of: playback.speed) ?? 0) + step
      playback.speed = Playback.speeds[max(0, min(Playback.speeds.count - 1, place))]
    }
  }

  fileprivate mutating func seek(by direction: Int64) {
    guard let playback else { return }
    let step = max(100_000_000, playback.replay.end / 20)
    happen(upTo: max(0, playback.position + direction * step))
  }
}
