import Core
import Engine
import Judging

/// Answers to one prompt that are compared without knowing whose they are: two, or more of which the best is picked.
public struct VoteTask: Equatable, Sendable {
  public struct Answer: Equatable, Sendable {
    public var key: ResponseKey
    public var text: String
    /// The lane as people read it. Told at the reveal.
    public var name: String
    var model: ModelID?
    /// Times and cost in words. Told at the reveal.
    public var figures: String
  }

  public var prompt: String
  /// As they stand beside each other: in the order in which the assignment's pairs name them.
  public var answers: [Answer]
  public var assignment: BlindAssignment
  /// The earlier vote that this pair repeats, with its sides exchanged.
  public var repeats: String?
  /// The assignment is in the database already.
  public var isStored = false

  public var isPair: Bool { answers.count == 2 }
  var models: [ModelID] { answers.compactMap(\.model) }

  init(_ pair: RepeatedPair) {
    func answer(_ side: BlindReading.Side) -> Answer {
      let name = pair.assignment.lanes[side.key.lane] ?? ""
      return Answer(
        key: side.key, text: side.text, name: name, model: (try? Lane(parsing: name))?.model, figures: side.figures)
    }
    prompt = pair.prompt
    answers = [answer(pair.left), answer(pair.right)]
    (assignment, repeats) = (pair.assignment, pair.vote)
  }

  /// - Parameters:
  ///   - lanes: in the order in which they stand.
  ///   - session: of the turn; its lanes tell variants of one model apart.
  init(_ turn: Turn, lanes: [Int], of session: [Lane] = [], assignment: BlindAssignment) {
    prompt = turn.prompt
    answers = lanes.compactMap { lane in
      turn.responses[lane].map { response in
        Answer(
          key: ResponseKey(session: assignment.session, turn: turn.number, lane: lane, generation: response.generation),
          text: turn.isFused(lane) ? FusionPrompt.withoutSources(response.text) : response.text,
          name: response.title(among: session), model: response.model,
          figures: Self.figures(response))
      }
    }
    (self.assignment, isStored) = (assignment, turn.blind != nil)
  }

  /// Times and cost of an answer in words, what matters most first: a narrow pane shows no more.
  static func figures(_ response: Response) -> String {
    let texts = Scoreboard.row(response, place: nil)
    let end = (response.state == .done ? "" : "\(response.state.rawValue) ") + (texts[.end] ?? "")
    return [end, texts[.cost], texts[.speed].map { "\($0) t/s" }, texts[.ttfo].map { "first word \($0)" }]
      .compactMap(\.self).joined(separator: " · ")
  }

  /// What a choice says, as votes on pairs.
  public enum Choice: Equatable, Sendable {
    /// Between two.
    case pair(Vote.Choice)
    /// The numbers of the best of several, and of the worst where one was named.
    case best(Int, worst: Int?)
    /// Of all pairs of several: tie, or both bad.
    case all(Vote.Choice)

    public var words: String {
      switch self {
      case .pair(let choice): choice.words
      case .best(let best, nil): "\(best + 1) is best"
      case .best(let best, let worst?): "\(best + 1) is best, \(worst + 1) worst"
      case .all(.bothBad): "none is good"
      case .all: "all alike"
      }
    }
  }

  /// The votes of a choice. Several that one choice implies share an id and are not independent; two answers of one maker are
  /// compared only by who asks for just them.
  func votes(
    _ choice: Choice, note: String?, time: Int64?, created: Int64, using random: inout some RandomNumberGenerator
  ) -> [Vote] {
    var votes: [Vote] = []
    func add(_ left: Int, _ right: Int, _ choice: Vote.Choice, _ random: inout some RandomNumberGenerator) {
      // As the assignment has the two sides.
      let isStored = BlindAssignment.Pair(left: answers[right].key.lane, right: answers[left].key.lane)
      if !isPair, assignment.pairs.contains(isStored) {
        let exchanged: [Vote.Choice: Vote.Choice] = [.left: .right, .right: .left]
        return append(right, left, exchanged[choice] ?? choice, &random)
      }
      append(left, right, choice, &random)
    }
    func append(_ left: Int, _ right: Int, _ choice: Vote.Choice, _ random: inout some RandomNumberGenerator) {
      votes.append(
        Vote(
          id: Session.newID(using: &random), created: created, assignment: assignment.id, left: answers[left].key,
          right: answers[right].key, choice: choice, repeats: repeats, time: time, note: note))
    }
    if case .pair(let choice) = choice {
      add(0, 1, choice, &random)
      return votes
    }
    let families = answers.map { $0.model.flatMap(Makers.family) }
    for left in answers.indices {
      for right in answers.indices.dropFirst(left + 1) {
        let implied: Vote.Choice?
        switch choice {
        case .pair: implied = nil
        case .all(let choice): implied = choice
        case .best(let best, let worst):
          implied =
            left == best || right == worst ? .left : right == best || left == worst ? .right : nil
        }
        // Variants of one model are what somebody wanted to compare.
        let isOneModel = answers[left].model != nil && answers[left].model == answers[right].model
        guard let implied, isOneModel || families[left] == nil || families[left] != families[right] else { continue }
        add(left, right, implied, &random)
      }
    }
    guard votes.count > 1 else { return votes }
    let id = Session.newID(using: &random)
    return votes.map { vote in
      var vote = vote
      vote.impliedBy = id
      return vote
    }
  }
}

/// Where the answers to be voted on come from.
public enum VoteSource: Equatable, Sendable {
  case turn(session: String, number: Int)
  case sessions([String])
  case tag(String)
  /// Turns that two models have answered, as the leaderboard names them.
  case models(String, String)
  /// The newest sessions.
  case recent

  var words: String {
    switch self {
    case .turn: "this turn"
    case .sessions(let ids): ids.count == 1 ? "session \(ids[0].prefix(4))" : "\(ids.count) sessions"
    case .tag(let tag): "tag \(VisibleText.line(tag))"
    case .models: "next to compare"
    case .recent: "the newest sessions"
    }
  }
}

/// What there is to vote on, in mixed order, and what was left out.
public struct VoteQueue: Sendable {
  /// Why answers cannot be voted on, or need not be.
  public enum Skip: String, CaseIterable, Sendable {
    case few, same, twins, family, voted, begun

    public var words: String {
      switch self {
      case .few: "no two answers"
      case .same: "the same answer"
      case .twins: "one model twice"
      case .family: "models of one maker"
      case .voted: "voted on already"
      case .begun: "voted on in part"
      }
    }
  }

  public private(set) var tasks: [VoteTask] = []
  /// Turns that are left out, by the reason.
  public private(set) var skipped: [Skip: Int] = [:]
  /// There are more than fit.
  public private(set) var isCut = false

  /// More is not voted on at one go.
  static let most = 200
  /// Sessions that are looked through.
  static let mostSessions = 500

  init(tasks: [VoteTask], skipped: [Skip: Int] = [:]) { (self.tasks, self.skipped) = (tasks, skipped) }

  /// Reads the database: not for the main thread.
  /// - Parameter families: also answers of models that one maker made.
  public init(
    _ source: VoteSource, families: Bool, _ engine: Engine, using random: inout some RandomNumberGenerator
  ) throws {
    for id in try Self.sessions(source, engine) {
      guard tasks.count < Self.most else {
        isCut = true
        break
      }
      // One that has been deleted meanwhile is no reason to vote on nothing.
      if case .recent = source {
        if let session = try? engine.store.session(id) { try add(session, source, families, engine, &random) }
      } else {
        try add(try engine.store.session(id), source, families, engine, &random)
      }
    }
    tasks.shuffle(using: &random)
  }

  private static func sessions(_ source: VoteSource, _ engine: Engine) throws -> [String] {
    var filter = SessionFilter()
    switch source {
    case .turn(let session, _): return [session]
    case .sessions(let ids): return ids
    case .tag(let tag): filter.tags = [tag]
    case .models(let a, let b): filter.models = [a, b].map(Self.model)
    case .recent: return try engine.store.sessions(limit: 100).filter { $0.models.count > 1 }.map(\.id)
    }
    return try engine.store.sessions(filter, limit: mostSessions).map(\.id)
  }

  /// The model of a competitor: without the parameters and the model that a provider reported.
  private static func model(_ competitor: String) -> String {
    String(competitor.prefix { $0 != "," && $0 != " " })
  }

  private mutating func add(
    _ session: Session, _ source: VoteSource, _ families: Bool, _ engine: Engine,
    _ random: inout some RandomNumberGenerator
  ) throws {
    let voted = Set(
      try engine.store.votes(session: session.id).filter { $0.repeats == nil }.flatMap {
        [[$0.left, $0.right], [$0.right, $0.left]]
      })
    for turn in session.turns {
      switch source {
      case .turn(_, let number) where number != turn.number: continue
      case .tag(let tag) where !turn.tags.contains(tag): continue
      default: break
      }
      guard tasks.count < Self.most else {
        isCut = true
        return
      }
      switch Self.task(turn, session, source, families, voted, &random) {
      case .success(let task): tasks.append(task)
      case .failure(.few) where source != .turn(session: session.id, number: turn.number): break
      case .failure(let skip): skipped[skip, default: 0] += 1
      }
    }
  }

  private static func task(
    _ turn: Turn, _ session: Session, _ source: VoteSource, _ families: Bool, _ voted: Set<[ResponseKey]>,
    _ random: inout some RandomNumberGenerator
  ) -> Result<VoteTask, Skip> {
    var answers = turn.responses.values.filter(\.isAnswerToVoteOn).sorted { $0.lane < $1.lane }
    func name(_ response: Response) -> String { response.title(among: session.lanes) }
    if case .models(let a, let b) = source {
      answers.removeAll { response in ![a, b].contains { Self.model($0) == Self.model(name(response)) } }
    }
    guard answers.count > 1 else { return .failure(.few) }
    // Of several that say the same the first stands for all.
    var (names, texts): (Set<String>, Set<String>) = ([], [])
    answers.removeAll { !names.insert(name($0)).inserted }
    guard answers.count > 1 else { return .failure(.twins) }
    answers.removeAll { !texts.insert($0.text).inserted }
    guard answers.count > 1 else { return .failure(.same) }
    let makers = answers.map { Makers.family(of: $0.model) }
    // One model with two settings is what somebody wanted to compare.
    if !families, Set(answers.map(\.model)).count > 1, let maker = makers[0], makers.allSatisfy({ $0 == maker }) {
      return .failure(.family)
    }
    let keys = answers.map {
      ResponseKey(session: session.id, turn: turn.number, lane: $0.lane, generation: $0.generation)
    }
    let pairs = keys.indices.flatMap { first in keys.dropFirst(first + 1).map { [keys[first], $0] } }
    let done = pairs.count(where: voted.contains)
    if done == pairs.count { return .failure(.voted) }
    // A choice among three implies no vote on some pairs: that is not half done.
    if done > 0 { return .failure(turn.blind == nil ? .voted : .begun) }
    let assignment =
      turn.blind
      ?? BlindAssignment.draw(
        session: session.id, turn: turn.number, lanes: answers.map { ($0.lane, name($0)) }, using: &random)
    let wanted = Set(answers.map(\.lane))
    var order: [Int] = []
    for lane in assignment.pairs.flatMap({ [$0.left, $0.right] }) where wanted.contains(lane) && !order.contains(lane) {
      order.append(lane)
    }
    return .success(VoteTask(turn, lanes: order, of: session.lanes, assignment: assignment))
  }

  /// "12 left out: 8 voted on already, 4 the same answer"; nil where nothing was.
  public var skippedWords: String? {
    let parts = Skip.allCases.compactMap { skip in skipped[skip].map { "\($0) \(skip.words)" } }
    guard !parts.isEmpty else { return nil }
    return "\(skipped.values.reduce(0, +)) left out: " + parts.joined(separator: ", ")
  }
}

extension VoteQueue.Skip: Error {}

extension Makers {
  /// An answer without the names of models and makers, and without the ids of those that are compared: no table of makers knows a
  /// person's own names.
  public static func mask(_ text: String, models: [ModelID]) -> String {
    var text = text
    // A plain word may be a model's name; an id has a sign or a digit in it.
    let ids = models.flatMap { [$0.text, $0.model] }.filter { id in
      id.count > 3 && id.contains { $0.isNumber || "-_/.:".contains($0) }
    }
    for id in Set(ids).sorted(by: { ($0.count, $0) > ($1.count, $1) }) {
      // The search of the standard library is slow: mostly there is nothing to replace.
      guard LineSearch(id, in: SearchableLines([text])).firstByte != nil else { continue }
      text = text.replacing(id, with: "[model]")
    }
    return mask(text).text
  }
}

extension Response {
  /// It came whole enough to be compared.
  var isAnswerToVoteOn: Bool {
    state.isOver && state != .failed && state != .stopped && state != .cut && !text.isEmpty
  }
}

/// What there is to vote on.
struct VoteInquiry: Inquiry {
  struct Found: Sendable {
    let source: VoteSource
    let queue: VoteQueue
  }

  let source: VoteSource
  let families: Bool
  /// Of what the order and the sides are drawn from.
  let seed: UInt64

  func answer(_ engine: Engine) throws -> Found {
    engine.store.waitUntilWritten()
    var random = SplitMix64(seed: seed)
    return Found(source: source, queue: try VoteQueue(source, families: families, engine, using: &random))
  }
}

/// Whether the assignment is what was stored before the answers showed, and what more votes would decide among its models.
struct RevealInquiry: Inquiry {
  let assignment: BlindAssignment
  let names: Set<String>

  init(assignment: BlindAssignment, among names: Set<String>) { (self.assignment, self.names) = (assignment, names) }

  func answer(_ engine: Engine) throws -> VoteOutlookInquiry.Found {
    let outlook = try VoteOutlookInquiry(names: names).answer(engine).words
    let isSame = try engine.store.assignment(assignment.id)?.sha256 == assignment.sha256
    let checked =
      isSame
      ? "checked: it is what was stored before any answer showed"
      : "NOT what was stored before the answers showed: do not trust this vote"
    return VoteOutlookInquiry.Found(words: outlook.isEmpty ? checked : "\(checked) · \(outlook)")
  }
}

/// What more votes would decide among competitors.
struct VoteOutlookInquiry: Inquiry {
  struct Found: Sendable { let words: String }

  let names: Set<String>

  func answer(_ engine: Engine) throws -> Found {
    engine.store.waitUntilWritten()
    guard let standings = try? engine.board(.human, .init()).standings else { return Found(words: "") }
    let pairs = standings.pairs.filter { names.contains($0.a) && names.contains($0.b) }
    let open = pairs.filter { !$0.evidence.isDecided }.compactMap { pair in
      pair.evidence.expectedVotesLeft.map { (left: $0, pair: pair) }
    }
    guard let next = open.min(by: { $0.left < $1.left }) else {
      guard let close = pairs.first(where: { !$0.evidence.isDecided }) else {
        return Found(words: pairs.isEmpty ? "" : "all decided: \(Readable.count(pairs.count, "pair"))")
      }
      let (a, b) = (VisibleText.line(close.a), VisibleText.line(close.b))
      return Found(words: "\(close.evidence.forecast) between \(a) and \(b): hardly a difference")
    }
    let (a, b) = (VisibleText.line(next.pair.a), VisibleText.line(next.pair.b))
    return Found(words: "about \(next.left) more decide\(next.left == 1 ? "s" : "") \(a) : \(b)")
  }
}
