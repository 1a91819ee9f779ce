import Core
import Engine
import Judging
import Ranking
import Store
import Terminal
import TestSupport
import Testing

@testable import Workbench

/// Screens of verdicts and of the leaderboard, and what keys do on them.
@Suite(.ownThreads) struct JudgingViewTests {
  private let layouts = Layouts()

  /// A finished race of two lanes with one verdict on it.
  private func judged(width: Int = 120, height: Int = 40, isQuarantined: Bool = false) -> State {
    var state = Sample.state(lanes: 2, width: width, height: height)
    _ = Sample.send("Why are there tides?", &state)
    let texts = ["Because the moon pulls on the sea.", "Because the wind blows on the sea, every day anew."]
    for (lane, text) in texts.enumerated() {
      var response = Response(lane: lane, model: state.lanes[lane].model, parameters: state.lanes[lane].parameters)
      response.state = .done
      response.text = text
      response.timing.note(.answer, at: 400_000_000)
      response.timing.note(.answer, at: 2_000_000_000)
      response.cost.status = .exact
      response.cost.computed = Money(decimal: "0.002")
      Sample.play(lane, [.state(.waiting), .text(.answer, text, at: 400_000_000), .ended(response)], &state)
    }
    var first = Verdict(.r1Much)
    first.reason = "The first names the cause."
    first.errors = [Verdict.Fault(place: .r2, quote: "the wind blows on the sea", kind: .wrong)]
    first.criteria = [Verdict.Mark(id: "c1", r1: .yes, r2: .no)]
    first.fit = .init(r1: 9, r2: 3)
    var second = Verdict(.r2Slight)
    second.reason = "The second is right."
    second.fit = .init(r1: 4, r2: 8)
    let readings = Judgement.Readings(ab: .verdict(first), ba: .verdict(second))
    func key(_ lane: Int) -> ResponseKey { ResponseKey(session: state.session.id, turn: 1, lane: lane, generation: 1) }
    var judgement = Judgement(
      id: "j1", created: 1, a: key(0), b: key(1), judge: "google/gemini-3.1-pro-preview", version: "v",
      outcome: .combine(ab: readings.ab, ba: readings.ba))
    judgement.readings = readings
    judgement.cost = Money(decimal: "0.004")!
    judgement.outcome.isQuarantined = isQuarantined
    if isQuarantined { judgement.outcome.flags = ["lane 2's answer talks to the judge"] }
    _ = update(&state, .judging(session: state.session.id, turn: 1, .judged(judgement)))
    state.place = .lanes
    return state
  }

  @Test func verdictsStandBelowTheAnswersTheyQuote() throws {
    var state = judged()
    #expect(update(&state, .key(.character("V"))).isEmpty)
    let (frame, _) = view(state, layouts)
    expectScreen(frame, "verdicts-120x40")
    let marked = frame.cells.filter { $0.style.role == .removed }.map(\.text).joined()
    #expect(marked == "the wind blows on the sea", "what the judge calls wrong is marked: ‘\(marked)’")
    #expect(update(&state, .key(.character("V"))) == [.inquire(EvidenceInquiry())])
    expectScreen(view(state, layouts).frame, "verdicts-page-120x40")
    for (lane, name) in ["a/one", "b/two"].enumerated() { state.session.lanes[lane].model = ModelID(name)! }
    _ = update(&state, .answer(EvidenceInquiry.Found(standings: try board().standings)))
    let text = view(state, layouts).frame.text
    #expect(text.contains("a/one against b/two: 12-1-0-2"), "the votes stand below the verdicts:\n\(text)")
  }

  /// The page shows criteria in words as soon as they have been read, and a quote leads to its passage.
  @Test func thePageFillsItselfAndQuotesJump() {
    var state = judged()
    state.findings.judgements[0].brief = "b1"
    state.desk.panel = .verdicts
    _ = update(&state, .key(.character("V")))
    let asked = update(&state, .tick(state.moment.now + 1, date: state.moment.date))
    #expect(asked == [.inquire(BriefsInquiry(ids: ["b1"]))], "\(asked)")
    #expect(update(&state, .tick(state.moment.now + 2, date: state.moment.date)).isEmpty, "asked once")
    _ = update(&state, .answer(BriefsInquiry.Found(briefs: ["b1": Brief(ownCriteria: ["Names the moon"])])))
    let text = view(state, layouts).frame.text
    #expect(text.contains("Names the moon  ✓") && !text.contains("c1"), "\(text)")
    _ = update(&state, .key(.enter))
    _ = update(&state, .drawn(view(state, layouts).extents))
    #expect(state.window == nil && state.focus == 1 && state.search?.query == "the wind blows on the sea")
    #expect(state.search?.current == Search.Current(lane: 1, index: 0), "the passage is gone to")
  }

  @Test func thePageAsksForAnotherVerdict() throws {
    var state = judged()
    state.findings.judges = [try Lane(parsing: "google/gemini-3.1-pro-preview")]
    state.desk.panel = .verdicts
    _ = update(&state, .key(.character("V")))
    #expect(view(state, layouts).frame.text.contains("J judge again (~$0.0040)"), "with its price")
    #expect(update(&state, .key(.character("J"))).kinds == ["judge"])
    #expect(view(state, layouts).frame.text.contains("judging 0 of"), "\(view(state, layouts).frame.text)")
    #expect(update(&state, .key(.character("o"))) == [.loadModels], "another judge is chosen from a list")
  }

  /// Opened while the judge works, it says how far that is.
  @Test func thePageOpensBeforeTheFirstVerdict() {
    var state = judged()
    let judgement = state.findings.judgements
    state.findings.judgements = []
    state.findings.judging = JudgingProgress(done: 1, total: 2)
    _ = update(&state, .key(.character("V")))
    #expect(view(state, layouts).frame.text.contains("judging 1 of 2"), "\(view(state, layouts).frame.text)")
    state.findings.judgements = judgement
    state.findings.judging = nil
    #expect(view(state, layouts).frame.text.contains("lane 1 wins against lane 2"), "it fills itself")
  }

  @Test func fitsAreInTheScoreboardOnceThereAreAny() {
    let state = judged()
    #expect(state.fit(0) == 8.5 && state.fit(1) == 3.5)
    let text = view(state, layouts).frame.text
    #expect(text.contains("fit") && text.contains("8.5"))
    #expect(!view(Sample.race(width: 120, height: 40), layouts).frame.text.contains("  fit"))
  }

  @Test func aQuarantinedVerdictCountsWhenThePersonSaysSo() {
    var state = judged(isQuarantined: true)
    _ = update(&state, .key(.character("V")))
    #expect(view(state, layouts).frame.text.contains("quarantined"))
    _ = update(&state, .key(.character("V")))
    #expect(update(&state, .key(.character("a"))) == [.confirmJudgement(id: "j1")])
    #expect(state.verdicts.first?.rankingValue == 1)
  }

  @Test func theJudgeIsAskedForOnceAndCanBeStopped() {
    var state = judged()
    state.findings.judges = [Lane(model: ModelID("x/y")!)]
    #expect(
      Sample.press(.character("J"), &state) == [
        .judge(state.session, by: state.findings.judges, spent: state.spentThisTurn)
      ])
    _ = update(
      &state,
      .judging(
        session: state.session.id, turn: 1,
        .progress(done: 1, total: 3, cost: Money(decimal: "0.01")!, hasUnknownCost: false)))
    #expect(view(state, layouts).frame.text.contains("judging 1 of 3"))
    #expect(Sample.press(.character("J"), &state).isEmpty && state.message?.contains("judging 1 of 3") == true)
    #expect(update(&state, .key(.character("X"))) == [.stopJudging], "another key stops it")
  }

  @Test func withoutAJudgeOneIsChosen() {
    var state = judged()
    #expect(Sample.press(.character("J"), &state) == [.loadModels])
    _ = update(&state, .models([ChoiceList.Item(title: "x/y", detail: "", value: "x/y")]))
    #expect(update(&state, .key(.enter)).kinds == ["judge"])
    #expect(state.findings.judges.map(\.text) == ["x/y"])
  }

  @Test func criteriaGoToTheEditorAndComeBack() {
    var state = judged()
    #expect(Sample.press(.character("C"), &state).kinds == ["loadCriteria"])
    #expect(update(&state, .criteria("# head\none\n")) == [.edit(.criteria, "# head\none\n")])
    let commands = update(&state, .edited(.criteria, "# head\nIs it right?\n\n  \nIs it short?\n"))
    guard case .saveCriteria(let brief, _, _, _)? = commands.first else {
      Issue.record("expected criteria, got \(commands)")
      return
    }
    #expect(brief.criteria.map(\.text) == ["Is it right?", "Is it short?"] && brief.isEdited)
  }

  // MARK: The leaderboard

  private func board() throws -> Board {
    var table = BallotTable(models: ["a/one", "b/two", "c/three"])
    for (a, b, wins, losses, ties) in [(0, 1, 12, 2, 1), (1, 2, 6, 3, 0), (0, 2, 4, 1, 2)] {
      for (outcome, count) in [(Ballot.Outcome.a, wins), (.b, losses), (.tie, ties)] {
        for _ in 0..<count { table.append(Ballot(a: a, b: b, outcome: outcome)) }
      }
    }
    var board = try Board(outside: table, Standings.Options())
    for (name, cost, seconds) in [("a/one", "0.04", 3), ("b/two", "0.01", 2), ("c/three", "0.02", 1)] {
      var figures = LaneFigures()
      (figures.answers, figures.priced, figures.cost) = (1, 1, Money(decimal: cost)!)
      figures.firstAnswers = [Int64(seconds) * 500_000_000]
      figures.ends = [Int64(seconds) * 1_000_000_000]
      board.figures[name] = figures
    }
    return board
  }

  @Test(arguments: [(80, 24), (120, 40)])
  func theLeaderboard(width: Int, height: Int) throws {
    var state = Sample.state(lanes: 2, width: width, height: height)
    open(try board(), &state)
    expectScreen(view(state, layouts).frame, "leaderboard-\(width)x\(height)")
  }

  @Test func howItIsComputedIsBehindIt() throws {
    var state = Sample.state(lanes: 2, width: 120, height: 40)
    open(try board(), &state)
    _ = update(&state, .key(.character("W")))
    let text = view(state, layouts).frame.text
    #expect(text.contains("how it is computed") && text.contains("n = 31 votes"), "\(text)")
  }

  @Test func theFrontierIsWhatNothingBeatsForLess() throws {
    let points = CostPicture(try board()).points
    #expect(points.map(\.isFrontier) == [true, true, false] || points.first { $0.cost == 0.02 }?.isFrontier == false)
  }

  private func open(_ board: Board, _ state: inout State) {
    _ = update(&state, .key(.escape))
    #expect(update(&state, .key(.character("L"))) == [.inquire(BoardInquiry(choice: BoardChoice()))])
    _ = update(&state, .answer(BoardInquiry.Found(choice: BoardChoice(), board: board)))
  }

  @Test func keysChooseTheBoard() throws {
    var state = Sample.state(lanes: 2, width: 120, height: 40)
    open(try board(), &state)
    func choice(_ key: Key) -> BoardChoice? {
      _ = update(&state, .key(key))
      return state.layers.topmost(BoardPage.self)?.choice
    }
    #expect(choice(.tab)?.source == .judge && choice(.tab)?.source == .joint && choice(.tab)?.source == .human)
    #expect(choice(.shiftTab)?.source == .joint)
    #expect(choice(.character("l"))?.isWithoutLength == true)
    #expect(choice(.character("t"))?.tag == nil && state.message == "no prompt has a tag")
    let late = update(&state, .answer(BoardInquiry.Found(choice: BoardChoice(), board: nil, nothing: "late")))
    #expect(
      late.isEmpty && !view(state, layouts).frame.text.contains("late"), "an answer to an older question is dropped")
  }

  /// From the board to a model's pairs, from a pair to what was said of it, from there to the answers; and back.
  @Test func oneGoesFromAModelToItsPairsToTheVotesToTheAnswers() throws {
    var state = Sample.state(lanes: 2, width: 120, height: 40)
    let board = try board()
    open(board, &state)
    let read = Command.inquire(BoardInquiry(choice: BoardChoice()))
    #expect(update(&state, .key(.enter)) == [read])
    _ = update(&state, .answer(BoardInquiry.Found(choice: BoardChoice(), board: board)))
    expectScreen(view(state, layouts).frame, "competitor-120x40")
    #expect(update(&state, .key(.enter)) == [.inquire(PairInquiry(a: "a/one", b: "b/two", choice: BoardChoice()))])
    func word(_ turn: Int, _ outcome: Ballot.Outcome, isFirst: Bool = true) -> PairWord {
      PairWord(
        created: 1_764_000_000, isFirst: isFirst,
        answer: ResponseKey(session: "0123456789ab", turn: turn, lane: 0, generation: 1), outcome: outcome,
        note: turn == 1 ? "clearer \u{1b}[31m" : nil, isImplied: turn == 2)
    }
    var verdict = word(3, .tie)
    (verdict.judge, verdict.kind, verdict.leftOut) = ("x/judge", .orderSplit, "the judge has no card")
    let words = [word(1, .a, isFirst: false), word(2, .bothBad), verdict]
    let prompts = Dictionary(uniqueKeysWithValues: words.map { ($0.answer, "Question \($0.answer.turn)") })
    _ = update(
      &state,
      .answer(PairInquiry.Found(a: "a/one", b: "b/two", board: board, words: words, prompts: prompts, isCut: false)))
    expectScreen(view(state, layouts).frame, "pair-120x40")
    _ = update(&state, .key(.down))
    let place = FoundPlace(turn: 2, words: "")
    #expect(update(&state, .key(.enter)) == [.open(session: "0123456789ab", at: place)])
    _ = update(&state, .key(.escape))
    #expect(state.layers.top is CompetitorPage, "one page back")
    for _ in 0..<5 { _ = update(&state, .key(.down)) }
    let commands = update(&state, .key(.enter))
    guard
      case .findSessions(let filter, _, _)? = commands.first(where: {
        if case .findSessions = $0 { true } else { false }
      })
    else {
      Issue.record("its sessions are listed: \(commands)")
      return
    }
    #expect(filter.models == ["a/one"])
  }

  @Test func moneyAndTimeAreComparedWhereTheyAreKnown() throws {
    var board = try board()
    #expect(PairFigures("a/one", "b/two", board).sentences == ["a/one costs 4 times as much as b/two."])
    board.figures["a/one"]?.ends = Array(repeating: 3_000_000_000, count: 5)
    board.figures["b/two"]?.ends = Array(repeating: 2_000_000_000, count: 5)
    board.figures["b/two"]?.cost = .zero
    #expect(
      PairFigures("a/one", "b/two", board).sentences
        == ["b/two is free, a/one costs $0.040 an answer.", "a/one takes 1.5 times as long as b/two."])
    #expect(PairFigures("a/one", "nobody", board).sentences.isEmpty)
  }

  @Test(arguments: [
    (0.0, 1.0, "──────────"), (0.5, 0.5, "     ╴    "), (0.0, 0.5, "─────╴    "), (0.57, 1.0, "     ╶────"),
    (-3, 0.2, "──╴       "),
  ])
  func intervalsAreDrawnToHalfACell(low: Double, high: Double, line: String) {
    let drawn = IntervalBar.text(low, high, in: 0...1, cells: 10, ascii: false)
    #expect(drawn == line, "‘\(drawn)’")
  }

  @Test func intervalsHaveTheirPointAndTheirMiddle() {
    #expect(IntervalBar.text(0.2, 0.8, value: 0.3, middle: 0.5, in: 0...1, cells: 11, ascii: false) == "  ─●─┼───  ")
    #expect(IntervalBar.text(0.6, 1, middle: 0.5, in: 0...1, cells: 11, ascii: true).contains("|"))
    #expect(IntervalBar.text(0, 1, value: 0.5, in: 0...0, cells: 5, ascii: true).count == 5, "no width is no fault")
  }

  @Test func aPageIsMadeAnewForEachWidth() throws {
    var state = Sample.state(lanes: 2, width: 120, height: 40)
    open(try board(), &state)
    #expect(view(state, layouts).frame.text.contains("p95"))
    _ = update(&state, .size(width: 80, height: 24))
    #expect(!view(state, layouts).frame.text.contains("p95"))
  }
}
