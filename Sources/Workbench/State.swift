import Core
import Engine
import Judging
import Terminal

/// Everything the screen shows. Changed by `update` alone; never copied while lanes stream, since a second owner of the texts
/// would make every token copy them.
public struct State: Equatable {
  /// The terminal and how it is drawn on.
  public var screen = ScreenTraits()
  public var session: Session
  /// Whether the session has a row in the database yet.
  public var isStored = false
  public var place = Place.prompt
  /// The lane that keys are about; of a hidden turn 0 for the left answer, 1 for the right one.
  public var focus = 0
  /// The number of the turn in view; nil: the latest.
  var seen: Int?
  /// How the turn in view is looked at.
  public var desk = Desk()
  /// What the next prompt is made of.
  public var draft = Draft()
  /// The lanes that answer.
  public var race = RunningLanes()
  public var money = MoneyInView()
  /// What people and judges say of the session's turns.
  public var findings = Findings()
  /// What stands over the lanes.
  var layers = Layers()
  var letters = TypedLetters()
  /// Time and chance, which `update` cannot get by itself.
  public var moment = Moment()
  public var message: String?
  public var keymap = Keymap()
  /// What can be brought back.
  var undo = Undo()
  /// The port on which this process serves the gateway, while it does.
  public var gateway: Int?
  /// Set by the first Ctrl-C with nothing left to stop: the next one leaves.
  public var isAskedToLeave = false

  public enum Place: Equatable, Sendable { case prompt, lanes }

  /// What stands below the lanes.
  public enum Panel: Equatable, Sendable { case scoreboard, timeline, verdicts, none }

  /// Where a pane stands. A pane that does not follow never moves by itself.
  public enum Scroll: Equatable, Sendable {
    case follow
    case at(line: Int)
  }

  public struct Extent: Equatable, Sendable {
    public var lines: Int
    public var height: Int
    /// The first line shown.
    public var top = 0
    /// Where the text is on the screen.
    public var area = Area(x: 0, y: 0, width: 0, height: 0)
    /// The whole pane, with its border; nil: the text's with a border around it.
    var pane: Area?
    /// The lines that are shown, a row each.
    var rows: [StyledLine] = []
    /// The line of each match of the search, in order.
    public var matches: [Int] = []
    /// What those are matches of; nil until a long text has been gone through.
    var query: String?
    /// One line that names the lane; its text is not shown.
    public var isFolded = false
  }

  /// A data set that this process is asking.
  struct Asked: Equatable { let session: String, progress: BatchProgress }
  var asking: Asked?
  /// The vote desk was opened from its grid, to which one goes back.
  var gridAfterVotes: String?
  /// Where one was in the grid of a data set, by session.
  var gridPlaces: [String: ExperimentPage.Place] = [:]
  /// The line of the sessions page that a session was opened from.
  var sessionsLine = ""
  /// What has to be done outside for a layer that went with others.
  var leftBehind: [Command] = []

  public init(session: Session) {
    self.session = session
    draft.system = session.turns.last?.system
    focus = session.activeLanes.first ?? 0
    if let assignment = session.turns.last?.blind { hide(behind: assignment) }
  }

  public var lanes: [Lane] { session.lanes }
  /// Numbers of the lanes that are asked.
  public var asked: [Int] { session.activeLanes }
  /// Numbers of the lanes that are shown, in order: with those that were fused from the others in the turn in view.
  public var shown: [Int] {
    guard lanes.contains(where: \.isFusion) else { return asked }
    let turn = turn
    return lanes.indices.filter { lane in
      !lanes[lane].isDropped && (!lanes[lane].isFusion || turn?.responses[lane] != nil)
    }
  }
  /// The turn in view: everything on the screen is about it.
  public var turn: Turn? { turnIndex.map { session.turns[$0] } }
  var turnIndex: Int? {
    seen.flatMap { number in session.turns.firstIndex { $0.number == number } } ?? session.turns.indices.last
  }
  var turnID: TurnID { TurnID(session: session.id, turn: turn?.number ?? 0) }
  /// No later one has been asked.
  var isLatest: Bool { turnIndex == session.turns.indices.last }
  /// Whether its lanes are the ones that answer now.
  var isRunningInView: Bool { isStreaming && turn?.number == race.turn }

  /// The session as it was after the turn in view.
  var sessionInView: Session {
    var session = session
    if let turnIndex { session.turns.removeSubrange((turnIndex + 1)...) }
    return session
  }

  /// The turn that the prompt being written would make.
  var nextTurn: Turn {
    Turn(
      number: (session.turns.last?.number ?? 0) + 1, prompt: draft.composer.text, system: draft.system,
      attachments: draft.attachments,
      rule: session.rule)
  }

  /// The responses of the turn in view, by lane.
  public var responses: [Response] { shown.compactMap { turn?.responses[$0] } }

  /// Places in the turn in view, those of lanes dropped since included: a place once taken stays.
  public var places: [Int: Int] {
    guard let turn else { return [:] }
    return Scoreboard.places(turn.raced, winner: turn.winner, rule: turn.rule)
  }

  /// The fastest, the judge's best and the person's pick of the latest turn.
  public var marks: TurnMarks? {
    turn.map {
      TurnMarks(
        $0, session: session.id, judgements: findings.judgements, fits: findings.fits,
        votes: isHidden ? [] : findings.votes, picks: findings.picks)
    }
  }

  /// Below this there is no room for panes, prompt and hints.
  public var isTooSmall: Bool { screen.width < 60 || screen.height < 16 }

  public var isStreaming: Bool { !race.lanes.isEmpty }

  /// What is pasted goes to the prompt.
  var takesFiles: Bool { window == nil && layers.all.allSatisfy { !$0.takesText } }

  public func response(_ lane: Int) -> Response? { turn?.responses[lane] }

  /// What the session has cost so far: the ledger's sum, and what it does not have yet.
  public var spent: Money { money.spending.session.total + running(in: session.turns) }

  /// What the turn in view has cost so far, with what was asked for again and its judging.
  public var spentThisTurn: Money {
    let kept = isLatest ? money.spending.turn : turn.flatMap { money.spending.session.turns[$0.number] } ?? .zero
    return kept + running(in: turn.map { [$0] } ?? [])
  }

  /// What today's calls have cost so far.
  public var spentToday: Money { money.spending.today + running(in: session.turns.suffix(1)) }

  /// Answers that are not in the ledger yet, by their running counts.
  private func running(in turns: some Sequence<Turn>) -> Money {
    turns.reduce(.zero) { sum, turn in
      turn.responses.reduce(sum) { sum, entry in
        let key = ResponseKey(
          session: session.id, turn: turn.number, lane: entry.key, generation: entry.value.generation)
        return money.spending.session.counted.contains(key) ? sum : sum + (entry.value.costSoFar ?? .zero)
      }
    }
  }

  /// An answer whose price nobody knows is among them.
  public var hasUnknownCost: Bool {
    money.spending.session.hasUnknown
      || session.turns.contains { $0.responses.values.contains { $0.state.isOver && $0.cost.status == .unknown } }
  }
}

extension State {
  /// What the ledger says of money.
  public struct Spending: Equatable, Sendable {
    public var session = SessionSpending()
    /// Of the latest turn: its answers, what was asked for again, its judging.
    public var turn = Money.zero
    /// Since midnight, all sessions.
    public var today = Money.zero

    public init() {}
  }
}

/// What the prompt that is being written will cost its lanes, and may at the most.
public struct Outlook: Equatable, Sendable {
  public var probable = Money.zero
  public var most = Money.zero
  /// Some lane's price nobody knows.
  public var hasUnknown = false
  /// Tokens that a lane's model usually writes, as far as it has been asked before.
  var usual: [Int: Int] = [:]

  public init() {}

  /// `~$0.0040, at most $0.31`; empty where it costs nothing.
  var words: String {
    if most == .zero { return hasUnknown ? "price unknown" : "" }
    return "~\(probable.screenText)\(hasUnknown ? " + ?" : ""), at most \(most.screenText)\(hasUnknown ? " + ?" : "")"
  }
}

/// What is to be sent once it is known what it may cost.
public enum Asking: Equatable, Sendable {
  /// The prompt that is being written, to all lanes.
  case turn
  /// The prompt of the turn in view, to these lanes.
  case lanes([Int])
  /// The answers of the turn in view, to the judge.
  case judge
  /// The answers of the turn in view, to be fused.
  case fuse(Fusion)
}

/// What comes into the workbench.
public enum Input: Sendable {
  case key(Key)
  case size(width: Int, height: Int)
  /// The clock: monotonic nanoseconds, and seconds since 1970.
  case tick(Int64, date: Int64)
  case replay(Replay)
  case race(session: String, turn: Int, RaceEvent)
  /// - isWhole: nothing more is on its way.
  case models([ChoiceList.Item], isWhole: Bool = true)
  case sessions([ChoiceList.Item])
  /// What a line of the sessions page found; `number` is the question's.
  case foundSessions([SessionSummary], number: Int)
  /// A stored session whose prompt is to be asked again in a new one.
  case again(Session, turn: Int, withOwnLanes: Bool)
  /// - isRacedHere: this process is still asking its latest turn's open lanes.
  /// - place: where one wanted to look.
  case opened(Session, isRacedHere: Bool, at: FoundPlace?)
  /// What stands where on the screen, after a frame.
  case drawn([Int: State.Extent])
  case message(String)
  /// What is to be sent may cost so much.
  case estimated(Estimate, Asking)
  case spending(session: String, State.Spending)
  case outlook(Outlook)
  case attached(Attachment)
  /// These files were dropped onto the terminal.
  case dropped([String])
  /// What the prompt names has been looked for; `revision`: the prompt's.
  case mentioned([String], [Attachment], revision: Int)
  case lineups([ChoiceList.Item])
  case lineup([Lane])
  case formats([ChoiceList.Item], sessions: [String])
  case files([ChoiceList.Item])
  case themes([ChoiceList.Item], current: String)
  /// Code blocks to choose from.
  case codeBlocks([ChoiceList.Item])
  case codeFound([(language: String, code: String)], lane: Int)
  /// A pair that is to be voted on once more.
  case repeated(RepeatedPair)
  /// Votes cast and answers picked in a session before it was left.
  case votes(session: String, [Vote], picks: [Pick])
  case judging(session: String, turn: Int, JudgeEvent)
  case panels(session: String, [PanelVerdict])
  /// The judges have ended.
  case judged(session: String, turn: Int)
  case judgements(session: String, [Judgement], [Fit])
  /// To what a layer wanted to know.
  case answer(any Sendable)
  /// The gateway's calls at this moment; nil when they could not be read.
  case traffic(Traffic?)
  case gateway(GatewayNews)
  /// The criteria in force, to be edited.
  case criteria(String)
  /// A text that came back from the person's editor.
  case edited(Editing, String)
  case quit
}

/// Cells that the mouse has drawn over, within one lane's pane.
public struct Selection: Equatable, Sendable {
  public var lane: Int
  public var anchor: Frame.Point
  public var head: Frame.Point

  /// Columns of a row that are selected; text runs on from the end of a row to the beginning of the next.
  func columns(y: Int, in area: Area) -> Range<Int> {
    let (first, last) = (anchor.y, anchor.x) <= (head.y, head.x) ? (anchor, head) : (head, anchor)
    guard (first.y...last.y).contains(y), (area.y..<(area.y + area.height)).contains(y) else { return 0..<0 }
    let start = y == first.y ? max(area.x, first.x) : area.x
    let end = y == last.y ? min(area.x + area.width, last.x + 1) : area.x + area.width
    return start..<max(start, end)
  }

  /// The text of what is selected: as it was said, however it was wrapped and set off on the screen.
  func text(in extent: State.Extent) -> String {
    let area = extent.area
    let lines = extent.rows.enumerated().compactMap { row, line -> (line: StyledLine, columns: Range<Int>)? in
      let columns = columns(y: area.y + row, in: area)
      return columns.isEmpty ? nil : (line, (columns.lowerBound - area.x)..<(columns.upperBound - area.x))
    }
    return StyledLine.said(lines)
  }
}

/// A text that can be opened in the person's editor.
public enum Editing: Equatable, Sendable { case prompt, answer, system, criteria }

/// A place in a session that was looked for.
public struct FoundPlace: Equatable, Sendable {
  let turn: Int
  /// Words that stand there; empty: none to be marked.
  let words: String
}

/// A turn of a session.
public struct TurnID: Hashable, Sendable {
  public let session: String
  /// From 1; 0 before there is one.
  public let turn: Int
}

/// What the workbench wants done outside. Each carries all that it is about.
public enum Command: Equatable, Sendable {
  /// Race the latest turn of this session.
  case race(Session, isNew: Bool, judges: [Lane])
  /// Asks lanes of the session's latest turn again, or for the first time. `spent`: what the turn has cost so far.
  case run(Session, lanes: [Int], spent: Money)
  case stop(TurnID, lane: Int)
  case stopAll(TurnID)
  case saveSetup(session: String, lanes: [Lane], rule: RaceRule)
  /// Connections for these are opened.
  case warm([Lane])
  /// Works out what lanes of the session's latest turn may cost, before they are asked.
  case estimate(Session, Asking, lanes: [Int], spent: Money)
  /// Marks the turn's answer that every lane goes on from.
  case saveContinued(session: String, turn: Int, lane: Int?)
  /// To the clipboard; `words` say what it was.
  case copy(String, words: String)
  /// The one of these that is in view in the lane's pane; where that is not one, they are to be chosen from.
  case copyBlock([ChoiceList.Item], lane: Int)
  /// Looks for the blocks of code in a long answer.
  case findCode(String, lane: Int)
  case copySelection
  case edit(Editing, String)
  case attach(path: String)
  /// Reads the files that a prompt names, so that it can be sent; each in the ways it may be meant.
  case attachMentioned([[String]], revision: Int)
  case saveLineup(name: String, lanes: [Lane])
  case loadLineup(name: String)
  case useTheme(name: String, isChosen: Bool)
  case captureMouse(Bool)
  case loadModels
  case loadLineups
  /// The formats in which these sessions can be written, to choose from.
  case loadFormats(sessions: [String])
  case export(sessions: [String], format: String)
  /// Lets judges compare the answers of all turns of these.
  case judgeSessions([String], by: [Lane])
  case loadThemes
  case loadFiles(folder: String)
  case loadSessions
  case findSessions(SessionFilter, limit: Int, number: Int)
  case setTitle(session: String, String)
  case setTags(session: String, [String])
  case delete(session: String)
  case undelete(session: String)
  /// Loads a session to ask its prompt again.
  case again(session: String, turn: Int, withOwnLanes: Bool)
  case vote(Vote)
  case undoVote(id: String)
  case pick(Pick)
  case reveal(BlindReading)
  /// Stores who stands where before the answers show.
  case hide(BlindAssignment)
  case revealed(assignment: String)
  /// Votes so far decide whether an old pair is asked about again.
  case loadRepeat
  /// Lets judges compare the answers of the session's latest turn.
  case judge(Session, by: [Lane], spent: Money)
  case stopJudging
  case loadPanels(session: String, [Judgement])
  case loadCriteria(Session, Turn, judges: [Lane])
  case saveCriteria(Brief, Session, Turn, judges: [Lane])
  case confirmJudgement(id: String)
  /// Asks what is not done yet of a data set.
  case runExperiment(BatchRequest)
  /// How the data set of this session stands.
  case readExperiment(session: String)
  /// What the rest of it is.
  case planRest(session: String)
  case planExperiment(ExperimentDraft)
  case stopExperiment(session: String)
  case loadReplay(Session)
  case readTraffic(limit: Int)
  /// What a layer wants to know.
  case inquiry(AnyInquiry)
  /// Keeps the key of these services, which are one place. With nobody to ask, lanes of theirs are made.
  case keepKey([String], Secret, needsLanes: Bool)
  case open(session: String, at: FoundPlace?)
  case suspend
  case redraw
  case quit
}
