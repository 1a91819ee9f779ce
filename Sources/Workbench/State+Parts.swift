import Core
import Engine
import Judging
import Terminal

extension State {
  /// The terminal's size, what it can show and what it is asked to do.
  public struct ScreenTraits: Equatable, Sendable {
    public var width = 80
    public var height = 24
    public var borders = Borders.lines
    /// Nothing moves that need not.
    public var hasReducedMotion = false
    public var capturesMouse = true
  }

  /// How the turn in view is looked at: what is open, where each pane stands, what is below the lanes.
  public struct Desk: Equatable, Sendable {
    public var isZoomed = false
    /// Stays on the screen beside the focused lane when not all have room.
    public var pinned: Int?
    public var panel = Panel.scoreboard
    public var order = Scoreboard.Order()
    public var openReasoning: Set<Int> = []
    /// Lanes that show the text as it came instead of rendered Markdown.
    public var showsSource: Set<Int> = []
    public var scroll: [Int: Scroll] = [:]
    /// All lanes scroll together.
    public var isSynced = false
    /// Lines in each lane's pane and how many of them fit, as last drawn.
    public var extents: [Int: Extent] = [:]
    /// What the mouse has drawn over, until the next key.
    public var selection: Selection?
  }

  /// What the next prompt is made of.
  public struct Draft: Equatable, Sendable {
    public var composer = Composer()
    /// Files for the next prompt.
    public var attachments: [Attachment] = []
    /// What the prompt names with `@` and has been looked for.
    var mentions: Set<String> = []
    /// The system prompt of the next turn.
    public var system: String?
    /// The next turns are raced without telling whose answer is whose.
    public var isBlind = false
    /// What the prompt as it is now, or was a moment ago, will cost.
    public var outlook = Outlook()
  }

  /// The lanes of one turn that this process is asking.
  public struct RunningLanes: Equatable, Sendable {
    /// The number of the turn; of the latest race, when nothing runs.
    var turn = 0
    /// Another Furlong may be filling rows of the same session: those are not ours to stop or wait for.
    public var lanes: Set<Int> = []
    /// When each was sent, in monotonic nanoseconds.
    public var sentAt: [Int: Int64] = [:]
    /// Tokens a second, while they run.
    public var speeds: [Int: Sparkline] = [:]
  }

  public struct MoneyInView: Equatable, Sendable {
    public var budget = Budget()
    /// What the ledger has of this session, and of its latest turn and today with what other sessions cost.
    public var spending = Spending()
  }

  /// What people and judges say of the session's turns.
  public struct Findings: Equatable, Sendable {
    /// Who judges: the config's, or the one chosen last.
    public var judges: [Lane] = []
    /// Judges at work.
    public var judging: JudgingProgress?
    /// Verdicts on the session's turns.
    public var judgements: [Judgement] = []
    /// What a judge gave single answers, where the rule asked for it.
    public var fits: [Fit] = []
    /// What several judges together say of pairs.
    public var panels: [PanelVerdict] = []
    /// The person's votes of this session, those of a hidden turn left out.
    public var votes: [Vote] = []
    /// Answers of this session that were picked with their names in view.
    public var picks: [Pick] = []
  }

  /// Time and chance.
  public struct Moment: Equatable, Sendable {
    /// Monotonic nanoseconds of the last input, for the running clocks.
    public var now: Int64 = 0
    /// The wall's time at the last tick, in seconds since 1970, for what is dated.
    public var date: Int64 = 0
    /// What ids and blind assignments are drawn from. Whoever shows the workbench seeds it with 64 bits of the system's randomness:
    /// enough, since sides and salts only have to be unguessable to somebody who sees ids and hashes, and neither tells what the
    /// generator draws next.
    public var random = SplitMix64(seed: 0)
  }

  /// What can be brought back, the latest last.
  struct Undo: Equatable, Sendable {
    /// Lanes that were dropped.
    var lanes: [Int] = []
    /// Sessions that were deleted from here.
    var sessions: [String] = []
  }
}
