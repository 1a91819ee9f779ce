import Core
import Judging
import Store
import Workbench

/// A session as it leaves, with everything that is told of it. Read from a store of its own that holds the rows without keys.
struct ExportedSession {
  struct Part {
    let turn: Turn
    let session: String
    let note: TurnNote
    /// Every generation, by lane.
    let answers: [StoredAnswer]
    /// Votes that stand.
    let votes: [Vote]
    let picks: [Pick]
    let judgements: [Judgement]
    /// The same with their criteria, by id.
    let tables: [String: VerdictTable]
    let fits: [Fit]

    /// Nobody may know yet which answer is whose: only texts without names leave.
    var isBlind: Bool { turn.blind != nil }
    var outcome: RaceOutcome {
      RaceOutcome(
        responses: turn.responses, winner: turn.winner, fits: fits, judgements: judgements, votes: isBlind ? [] : votes,
        picks: isBlind ? [] : picks)
    }
    var marks: TurnMarks { outcome.marks(turn, session: session) }
    var responses: [Response] { turn.responses.values.sorted { $0.lane < $1.lane } }
    /// The lanes of the session, which tell variants of one model apart.
    var lanes: [Lane] = []

    var places: [Int: Int] {
      Scoreboard.places(responses.filter { !turn.isFused($0.lane) }, winner: turn.winner, rule: turn.rule)
    }

    /// The last of a lane.
    func answer(_ lane: Int) -> StoredAnswer? { answers.last { $0.response.lane == lane } }

    /// The latest that judges gave each lane.
    func fit(_ lane: Int) -> Double? { fits.last { $0.answer.lane == lane }?.value.map(Double.init) }
  }

  let session: Session
  /// Of the turns asked for.
  let parts: [Part]

  init(_ rows: SessionRows, turn number: Int?) throws {
    let store = try Store.inMemory()
    _ = try store.add([rows])
    session = try store.session(rows.id)
    let notes = try store.turnNotes(session: rows.id)
    let answers = Dictionary(grouping: try store.answers(session: rows.id)) { $0.turn }
    let votes = Dictionary(grouping: try store.votes(session: rows.id)) { $0.left.turn }
    let picks = Dictionary(grouping: try store.picks(session: rows.id)) { $0.answer.turn }
    let judgements = Dictionary(grouping: try store.judgements(session: rows.id)) { $0.a.turn }
    let fits = Dictionary(grouping: try store.fits(session: rows.id)) { $0.answer.turn }
    let lanes = session.lanes
    parts = session.turns.filter { number == nil || $0.number == number }.map { turn in
      Part(
        turn: turn, session: rows.id, note: notes[turn.number] ?? TurnNote(created: 0),
        answers: answers[turn.number] ?? [], votes: votes[turn.number] ?? [], picks: picks[turn.number] ?? [],
        judgements: judgements[turn.number] ?? [],
        tables: JudgeText.tables(judgements[turn.number] ?? [], store), fits: fits[turn.number] ?? [], lanes: lanes)
    }
  }

  var hasBlindTurn: Bool { session.turns.contains { $0.blind != nil } }

  /// A lane as a person writes it.
  static func name(_ response: Response) -> String { Lane(model: response.model, parameters: response.parameters).text }

  func name(_ lane: Int) -> String { session.lanes.indices.contains(lane) ? session.lanes[lane].title : "" }

  /// A turn whose answers may not be told apart.
  func trial(_ part: Part) -> BlindTrial? {
    part.turn.blind.map { BlindTrial(session: session, turn: part.turn, assignment: $0) }
  }

  /// The answer that was voted or judged, be it the latest or not.
  func answer(_ key: ResponseKey) -> StoredAnswer? {
    parts.first { $0.turn.number == key.turn }?.answers.first {
      $0.response.lane == key.lane && $0.response.generation == key.generation
    }
  }

  /// `lane 1 over lane 2`, `tie`, `both bad`; with the person's note, and that it is implied by a choice among several.
  static func words(_ vote: Vote) -> String {
    choice(vote) + (vote.impliedBy == nil ? "" : " (implied by a choice among several)")
      + (vote.note.map { ": \($0)" } ?? "")
  }

  private static func choice(_ vote: Vote) -> String {
    switch vote.choice {
    case .left: "lane \(vote.left.lane + 1) over lane \(vote.right.lane + 1)"
    case .right: "lane \(vote.right.lane + 1) over lane \(vote.left.lane + 1)"
    case .tie, .bothBad: "lanes \(vote.left.lane + 1) and \(vote.right.lane + 1): \(vote.choice.words)"
    }
  }

  /// `2026-11-25 12:44 UTC`: the same wherever it is written.
  static func date(_ seconds: Int64) -> String {
    isoTime(seconds).dropLast(4).replacing("T", with: " ") + " UTC"
  }
}
