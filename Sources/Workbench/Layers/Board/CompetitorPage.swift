import Core
import Engine
import Ranking
import Terminal

extension KeyPlace {
  static let competitor = KeyPlace("competitor", "On a competitor's page")
  static let pair = KeyPlace("pair", "On a pair's page")
}

extension State {
  /// Whose word is shown, and on what.
  var boardChoice: BoardChoice { layers.topmost(BoardPage.self)?.choice ?? BoardChoice() }
}

/// One competitor of the leaderboard: what it is, and whom it met.
struct CompetitorPage: PageLayer {
  static let place = KeyPlace.competitor

  private let name: String
  private let choice: BoardChoice
  private var board: Reading<BoardInquiry.Found>?
  var cursor = PageCursor()

  init(_ name: String, _ choice: BoardChoice) { (self.name, self.choice) = (name, choice) }

  func opened(_ state: State) -> [Command] { [.inquire(BoardInquiry(choice: choice))] }

  mutating func hear(_ answer: any Sendable, _ state: State) -> [Command] {
    if let found = answer as? BoardInquiry.Found, found.choice == choice { board = Reading(found) }
    return []
  }

  func page(_ state: State, width: Int) -> Page {
    guard let board = board?.value.board, let model = board.standings.models.first(where: { $0.name == name }) else {
      return Page(title: name, blocks: [.text("reading …", .quiet)])
    }
    let rank = model.rank
    let place = rank.best == rank.worst ? "\(rank.best)" : "\(rank.best) to \(rank.worst)"
    var blocks: [Page.Block] = [
      .text(
        [
          Span("Rank \(place) of \(board.standings.models.count)", Style(.strong)),
          Span(
            ", rating \(decimalText(model.rating, places: 2)) ±\(decimalText(model.high - model.rating, places: 2)), Elo "
              + "\(decimalText(model.elo, places: 0)), wins \(decimalText(100 * model.winProbability, places: 0)) % against the "
              + "field: \(model.wins) won, \(model.ties) tied, \(model.bothBad) both bad, \(model.losses) lost."),
        ])
    ]
    if model.hasFewVotes { blocks.append(.text("Fewer than ten votes: its place may be chance.", .warning)) }
    if let row = BoardLines(board).figures.first(where: { $0[0] == name }) {
      blocks += [.space, .table(header: BoardLines.figuresHeader, rows: [Page.Row(row)], numeric: [1, 2, 3, 4, 5, 6])]
    }
    let pairs = board.standings.pairs.filter { $0.a == name || $0.b == name }
    blocks += [
      .space, .heading("Whom it met"),
      .table(
        header: ["against", "W-T-BB-L", "share of wins", "95 %", ""],
        rows: pairs.map { pair in
          // Seen from this side.
          let isFirst = pair.a == name
          let evidence = pair.evidence
          let (low, high) = isFirst ? (evidence.low, evidence.high) : (1 - evidence.high, 1 - evidence.low)
          let (wins, losses) = isFirst ? (pair.wins, pair.losses) : (pair.losses, pair.wins)
          func percent(_ share: Double) -> String { decimalText(100 * share, places: 0) }
          return Page.Row(
            [
              isFirst ? pair.b : pair.a, "\(wins)-\(pair.ties)-\(pair.bothBad)-\(losses)",
              IntervalBar.text(low, high, middle: 0.5, in: 0...1, cells: 21, ascii: state.screen.borders.isASCII),
              "\(percent(low))–\(percent(high)) %",
              isFirst ? evidence.words(a: "it", b: "the other") : evidence.words(a: "the other", b: "it"),
            ], Style(evidence.isDecided ? .good : .text)
          ).linked(to: .pair(pair.a, pair.b))
        }, numeric: [1, 3]), .space,
      .table(
        header: ["further"],
        rows: [
          Page.Row(["the sessions it answered in"]).linked(to: .sessions(filter: "model:\(name.prefix { $0 != "," })"))
        ], numeric: []),
    ]
    return Page(title: name, blocks: blocks)
  }
}

/// Two competitors: what separates them, and every vote and verdict on their answers.
struct PairPage: PageLayer {
  static let place = KeyPlace.pair

  private let a: String
  private let b: String
  private let choice: BoardChoice
  private var found: Reading<PairInquiry.Found>?
  var cursor = PageCursor()

  init(_ a: String, _ b: String, _ choice: BoardChoice) { (self.a, self.b, self.choice) = (a, b, choice) }

  func opened(_ state: State) -> [Command] { [.inquire(PairInquiry(a: a, b: b, choice: choice))] }

  mutating func hear(_ answer: any Sendable, _ state: State) -> [Command] {
    if let found = answer as? PairInquiry.Found, (found.a, found.b) == (a, b) { self.found = Reading(found) }
    return []
  }

  func page(_ state: State, width: Int) -> Page {
    let title = "\(a) against \(b)"
    guard let found = found?.value else { return Page(title: title, blocks: [.text("reading …", .quiet)]) }
    var blocks: [Page.Block] = []
    if let pair = found.board?.standings.pairs.first(where: { Set([$0.a, $0.b]) == [a, b] }) {
      blocks.append(
        .text([
          Span(pair.evidence.words(a: pair.a, b: pair.b), Style(pair.evidence.isDecided ? .good : .strong)),
          Span(
            ": \(pair.wins) won by \(pair.a), \(pair.losses) by \(pair.b), \(pair.ties) tied, \(pair.bothBad) both bad."
          ),
        ]))
      let forecast = pair.evidence.forecast
      if !pair.evidence.isDecided, !pair.evidence.words(a: pair.a, b: pair.b).contains(forecast) {
        blocks.append(.text("\(forecast).", .quiet))
      }
    }
    if let board = found.board {
      let words = PairFigures(a, b, board).sentences
      if !words.isEmpty { blocks.append(.text(words.joined(separator: " "))) }
      let rows = BoardLines(board).figures.filter { $0[0] == a || $0[0] == b }.map { Page.Row($0) }
      if !rows.isEmpty {
        blocks += [.space, .table(header: BoardLines.figuresHeader, rows: rows, numeric: [1, 2, 3, 4, 5, 6])]
      }
    }
    let rows = found.words.map { word -> Page.Row in
      let outcome =
        switch word.side {
        case .a: "1"
        case .b: "2"
        case .tie: word.kind == .orderSplit ? "split" : "tie"
        case .bothBad: "both bad"
        }
      let who = word.judge ?? (word.isImplied ? "you, by one choice" : "you")
      let note = [word.leftOut.map { "not counted: \($0)" }, word.note].compactMap(\.self).joined(separator: " · ")
      let prompt = found.prompts[word.answer] ?? ""
      return Page.Row(
        [localTime(word.created), who, outcome, prompt, note], Style(word.leftOut == nil ? .text : .quiet)
      ).linked(to: .answers(session: word.answer.session, turn: word.answer.turn))
    }
    blocks += [
      .space, .heading("Votes and verdicts: 1 is \(a), 2 is \(b)"),
      .table(header: ["date", "by", "for", "prompt", "why"], rows: rows, numeric: [0, 1, 2]),
    ]
    if rows.isEmpty { blocks.append(.text("none", .quiet)) }
    if found.isCut { blocks.append(.text("The newest \(PairInquiry.most) are shown.", .quiet)) }
    blocks += [
      .space,
      .table(
        header: ["further"], rows: [Page.Row(["vote on what both have answered"]).linked(to: .votes(a, b))], numeric: []
      ),
    ]
    return Page(title: title, blocks: blocks)
  }
}

/// What separates two competitors beside the votes: money and time.
struct PairFigures {
  let sentences: [String]

  init(_ a: String, _ b: String, _ board: Board) {
    guard let first = board.figures[a], let second = board.figures[b] else {
      sentences = []
      return
    }
    var words: [String] = []
    func factor(_ more: Double, _ less: Double) -> String { decimalText((more / less * 10).rounded() / 10) }
    if let one = first.costPerAnswer, let other = second.costPerAnswer, one != other {
      let (dear, cheap) = one > other ? (a, b) : (b, a)
      let (most, least) = (max(one, other), min(one, other))
      words.append(
        least == .zero
          ? "\(cheap) is free, \(dear) costs \(most.screenText) an answer."
          : "\(dear) costs \(factor(most.dollars, least.dollars)) times as much as \(cheap).")
    }
    func middle(_ times: [Int64]) -> Double? {
      times.count < 5 ? nil : Quantiles.type7(times.sorted().map(Double.init), 0.5)
    }
    if let one = middle(first.ends), let other = middle(second.ends), min(one, other) > 0 {
      let (slow, fast) = one > other ? (a, b) : (b, a)
      let times = factor(max(one, other), min(one, other))
      if times != "1" { words.append("\(slow) takes \(times) times as long as \(fast).") }
    }
    sentences = words
  }
}

struct PairInquiry: Inquiry {
  struct Found: Sendable {
    let a: String
    let b: String
    let board: Board?
    let words: [PairWord]
    /// Beginnings of what was asked, by the word's answer.
    let prompts: [ResponseKey: String]
    let isCut: Bool
  }

  /// More is not shown.
  static let most = 200

  let a: String
  let b: String
  let choice: BoardChoice

  func answer(_ engine: Engine) throws -> Found {
    let board = try BoardInquiry(choice: choice).answer(engine).board
    let words = try engine.words(on: a, b, choice.source, tag: choice.tag)
    let shown = Array(words.prefix(Self.most))
    var prompts: [ResponseKey: String] = [:]
    for (session, words) in Dictionary(grouping: shown, by: \.answer.session) {
      guard let session = try? engine.store.session(session) else { continue }
      for word in words {
        prompts[word.answer] = session.turns.first { $0.number == word.answer.turn }.map { sessionTitle($0.prompt) }
      }
    }
    return Found(a: a, b: b, board: board, words: shown, prompts: prompts, isCut: words.count > shown.count)
  }
}
