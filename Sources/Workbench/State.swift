import Core
import Terminal

/// Everything the screen shows. Changed by `update` alone; never copied while lanes stream, since a second owner of the texts
/// would make every token copy them.
public struct State: Equatable {
  public var width = 80
  public var height = 24
  public var session: Session
  /// Whether the session has a row in the database yet.
  public var isStored = false
  public var place = Place.prompt
  public var focus = 0
  public var isZoomed = false
  public var showsScoreboard = true
  public var openReasoning: Set<Int> = []
  public var scroll: [Int: Scroll] = [:]
  public var composer = Composer()
  public var overlay: Overlay?
  public var message: String?
  /// Monotonic nanoseconds of the last input, for the running clocks.
  public var now: Int64 = 0
  /// When each lane of the running turn was sent, on the same clock.
  public var sentAt: [Int: Int64] = [:]
  /// Lanes of the latest turn that this process is asking. Another Furlong may be filling rows of the same session: those are
  /// not ours to stop or wait for.
  public var running: Set<Int> = []
  /// Set by the first Ctrl-C with nothing left to stop: the next one leaves.
  public var isAskedToLeave = false
  public var keymap = Keymap()
  public var borders = Borders.lines
  /// Lines in each lane's pane and how many of them fit, as last drawn.
  public var extents: [Int: Extent] = [:]

  public enum Place: Equatable, Sendable { case prompt, lanes }

  /// Where a pane stands. A pane that does not follow never moves by itself.
  public enum Scroll: Equatable, Sendable {
    case follow
    case at(line: Int)
  }

  public struct Extent: Equatable, Sendable {
    public var lines: Int
    public var height: Int
  }

  public init(session: Session) { self.session = session }

  public var lanes: [Lane] { session.lanes }
  public var turn: Turn? { session.turns.last }

  /// The responses of the latest turn, by lane.
  public var responses: [Response] {
    session.lanes.indices.compactMap { turn?.responses[$0] }
  }

  public var isStreaming: Bool { !running.isEmpty }

  public func response(_ lane: Int) -> Response? { turn?.responses[lane] }

  public var spent: Money {
    session.turns.flatMap(\.responses.values).compactMap(\.cost.amount).reduce(.zero, +)
  }

  /// An answer whose price nobody knows is among them.
  public var hasUnknownCost: Bool {
    session.turns.contains { $0.responses.values.contains { $0.state.isOver && $0.cost.status == .unknown } }
  }
}

/// What comes into the workbench.
public enum Input: Sendable {
  case key(Key)
  case size(width: Int, height: Int)
  /// The clock, in monotonic nanoseconds.
  case tick(Int64)
  case race(session: String, turn: Int, RaceEvent)
  case models([ChoiceList.Item])
  case sessions([ChoiceList.Item])
  /// - isRacedHere: this process is still asking its latest turn's open lanes.
  case opened(Session, isRacedHere: Bool)
  case message(String)
  case quit
}

/// What the workbench wants done outside.
public enum Command: Equatable, Sendable {
  /// Race the session's latest turn.
  case race(isNewSession: Bool)
  /// Asks lanes of the latest turn again, or for the first time.
  case run(lanes: [Int])
  case stop(lane: Int)
  case stopAll
  /// Lanes and rule of the session.
  case saveSetup
  case warm
  case loadModels
  case loadSessions
  case open(session: String)
  case suspend
  case redraw
  case quit
}
