import Core
import Engine
import Judging
import Terminal
import TestSupport
import Testing

@testable import Workbench

/// The grid of an experiment: prompts down, variants across.
@Suite(.ownThreads) struct ExperimentTests {
  private let layouts = Layouts()

  /// Every third prompt's first answer loses, the fifth's second lane failed, the seventh is not asked; two runs of each.
  private func table(_ items: Int, runs: Int = 1, lanes: Int = 3, open: Set<Int> = []) -> BatchTable {
    var session = Session(
      id: "e0e0e0e0e0e0", created: 1_764_000_000, title: "tides.jsonl · 0123456789abcdef", rule: .all,
      lanes: (0..<lanes).map { number in
        var lane = try! Lane(parsing: ["openai/gpt-5.6", "anthropic/claude-sonnet-5", "openai/gpt-5.6"][number % 3])
        if number != 1 { lane.variant = number == 0 ? "terse" : "kind · system 日本" }
        return lane
      }, turns: [])
    session.purpose = .batch
    var judgements: [Judgement] = []
    var checks: [Int: [Int: Bool]] = [:]
    let all = (0..<items).map { index in
      BatchItem(
        id: "q\(index + 1)", prompt: "Question \(index + 1)\nwhy?", tags: index % 2 == 0 ? ["sea"] : ["sky", "blue"])
    }
    for run in 1...runs {
      for (index, item) in all.enumerated() {
        var turn = Turn(number: session.turns.count + 1, prompt: item.prompt, rule: .all)
        (turn.item, turn.run) = (item.id, run > 1 ? run : nil)
        for lane in 0..<lanes where !open.contains(index) {
          var response = Response(lane: lane, model: session.lanes[lane].model, parameters: Parameters())
          response.state = index == 4 && lane == 1 ? .failed : .done
          response.timing.note(.answer, at: 1_000_000)
          response.timing.end = Int64(lane + 1) * 1_100_000_000
          (response.cost.status, response.cost.computed) = (.exact, Money(decimal: "0.00\(3 - lane)1"))
          turn.responses[lane] = response
        }
        checks[turn.number] = open.contains(index) ? nil : [0: index != 1, 1: true]
        if !open.contains(index), index != 4, lanes > 1 {
          let isLost = index % 3 == 2
          var outcome = PairOutcome(kind: .win)
          (outcome.winner, outcome.fitA, outcome.fitB) = (isLost ? .b : .a, isLost ? 4 : 8, 6.5)
          func key(_ lane: Int) -> ResponseKey {
            ResponseKey(session: session.id, turn: turn.number, lane: lane, generation: 1)
          }
          judgements.append(
            Judgement(
              id: "j\(turn.number)", created: 1, a: key(0), b: key(1), judge: "x/judge", version: "1", outcome: outcome)
          )
        }
        session.turns.append(turn)
      }
    }
    let result = BatchResult(
      session: session, items: all, judgements: judgements, checks: checks, progress: BatchProgress())
    return BatchTable(result, lanes: session.lanes, judges: [try! Lane(parsing: "x/judge")])
  }

  private func snapshot(_ table: BatchTable, isRunning: Bool = false) -> ExperimentSnapshot {
    var progress = BatchProgress()
    (progress.done, progress.total, progress.fresh, progress.cost) = (12, 40, 12, Money(decimal: "0.0451")!)
    return ExperimentSnapshot(
      session: "e0e0e0e0e0e0", title: "tides.jsonl · 0123456789abcdef", table: Reading(table), sums: BatchSums(table),
      progress: progress, seconds: 6, isRunning: isRunning)
  }

  private func opened(
    _ table: BatchTable, isRunning: Bool = false, width: Int = 120, height: Int = 40
  ) -> State {
    var state = Sample.state(lanes: 2, width: width, height: height)
    state.open(ExperimentPage(session: "e0e0e0e0e0e0"))
    _ = update(&state, .answer(snapshot(table, isRunning: isRunning)))
    return state
  }

  private func page(_ state: State) -> ExperimentPage {
    guard let page = state.experimentPage else { fatalError("the page is not open") }
    return page
  }

  private func shown(_ state: State) -> [String] { page(state).rows.map { page(state).table?.rows[$0].id ?? "" } }

  private func press(_ keys: String, _ state: inout State) -> [Command] {
    keys.flatMap { Sample.press($0 == "\n" ? .enter : .character($0), &state) }
  }

  @Test(arguments: [(60, 16), (80, 24), (120, 40), (200, 50)]) func theGrid(width: Int, height: Int) {
    var state = opened(table(12, runs: 2, open: [6]), width: width, height: height)
    expectScreen(view(state, layouts).frame, "experiment-\(width)x\(height)")
    _ = press("jjlm", &state)
    expectScreen(view(state, layouts).frame, "experiment-fit-\(width)x\(height)")
    state.screen.borders = .ascii
    _ = press("mmf", &state)
    expectScreen(view(state, layouts).frame, "experiment-cost-ascii-\(width)x\(height)")
  }

  @Test func anySizeAndAnyContent() {
    for (items, lanes) in [(0, 1), (1, 1), (3, 9), (40, 2)] {
      for width in [0, 1, 20, 60, 61, 99, 300] {
        for height in [0, 1, 15, 16, 17, 100] {
          var state = opened(table(items, lanes: lanes), width: width, height: height)
          for key in [Key.end, .pageUp, .right, .right, .character("m"), .character("f"), .character("f"), .enter] {
            _ = update(&state, .key(key))
            let frame = view(state, Layouts()).frame
            #expect(frame.width == width && frame.height == height)
          }
        }
      }
    }
  }

  @Test func filtersFindWhatTheySay() {
    var state = opened(table(12, runs: 2, open: [6]))
    #expect(shown(state).count == 12)
    _ = press("f", &state)
    #expect(shown(state) == ["q2"], "one answer passes its check and another does not: \(shown(state))")
    _ = press("f", &state)
    #expect(shown(state) == ["q2", "q5"], "not passed, and failed: \(shown(state))")
    _ = press("f", &state)
    #expect(shown(state) == ["q5", "q7"], "failed, and not asked: \(shown(state))")
    _ = press("f/tag:blue\n", &state)
    #expect(shown(state) == ["q2", "q4", "q6", "q8", "q10", "q12"], "\(shown(state))")
    _ = press("j", &state)
    #expect(page(state).row?.id == "q4")
    _ = press("/", &state)
    _ = update(&state, .key(.control("c")))
    #expect(shown(state).count == 12 && page(state).row?.id == "q4", "the row one was on stays chosen")
  }

  @Test func enterOpensTheAnswersAndTheGridIsWhereItWas() {
    var state = opened(table(12))
    #expect(press("jjjl\n", &state) == [.open(session: "e0e0e0e0e0e0", at: FoundPlace(turn: 4, words: ""))])
    var session = Session(
      id: "e0e0e0e0e0e0", created: 1, title: "t", rule: .all, lanes: page(state).table?.lanes ?? [],
      turns: (1...12).map { Turn(number: $0, prompt: "Question \($0)", rule: .all) })
    session.purpose = .batch
    _ = update(&state, .opened(session, isRacedHere: false, at: FoundPlace(turn: 4, words: "")))
    #expect(state.experimentPage == nil && state.turn?.number == 4 && state.focus == 1, "the answers are there")
    #expect(press("S", &state) == [.readExperiment(session: "e0e0e0e0e0e0")])
    _ = update(&state, .answer(snapshot(table(12))))
    #expect(page(state).row?.id == "q4" && page(state).place.column == 1, "the grid stands where it was left")
    #expect(
      press("\n", &state).isEmpty && state.experimentPage == nil && state.turn?.number == 4, "the session is there")
  }

  /// From the sessions page a data set opens as its grid; where words were looked for, at the answer.
  @Test func aDataSetOpensAsItsGrid() {
    var session = Session(
      id: "e0e0e0e0e0e0", created: 1, title: "t", rule: .all, lanes: [try! Lane(parsing: "a/b")],
      turns: [Turn(number: 1, prompt: "Q", rule: .all)])
    session.purpose = .batch
    var state = Sample.state(lanes: 2, width: 120, height: 40)
    #expect(
      update(&state, .opened(session, isRacedHere: false, at: nil)) == [.readExperiment(session: "e0e0e0e0e0e0")])
    #expect(state.experimentPage != nil)
    let place = FoundPlace(turn: 1, words: "q")
    #expect(update(&state, .opened(session, isRacedHere: false, at: place)).isEmpty && state.experimentPage == nil)
  }

  /// What asks models is asked for twice, with its price in between.
  @Test func goingOnTellsThePriceFirst() {
    var state = opened(table(12, open: [6]))
    #expect(press("s", &state) == [.planRest(session: "e0e0e0e0e0e0")])
    var request = BatchRequest(name: "tides.jsonl", items: [], lanes: [])
    request.budget = Money(decimal: "2")
    var outlook = BatchOutlook()
    (outlook.answers, outlook.verdicts, outlook.probable) = (3, 36, Money(decimal: "0.02")!)
    outlook.most = Money(decimal: "0.9")!
    let plan = ExperimentPlan(session: "e0e0e0e0e0e0", request: request, outlook: outlook)
    _ = update(&state, .answer(plan))
    let text = view(state, layouts).frame.text
    #expect(
      text.contains(
        "3 answers: ~$0.020, at most $0.900, and 36 verdicts whose price is not in that; stops at $2.00; s again"),
      "\(text)")
    var other = state
    _ = press("j", &other)
    #expect(press("s", &other) == [.planRest(session: "e0e0e0e0e0e0")], "any other key takes it back")
    #expect(press("s", &state) == [.runExperiment(request)])
    _ = update(&state, .answer(snapshot(table(12), isRunning: true)))
    #expect(press("s", &state).isEmpty && state.message == "it is being asked")
    #expect(press("x", &state) == [.stopExperiment(session: "e0e0e0e0e0e0")])
  }

  @Test func itIsSetUpInAFormAndAskedOnTheSecondEnter() throws {
    var state = Sample.state(lanes: 2, width: 100, height: 30)
    _ = update(&state, .key(.escape))
    _ = press("S", &state)
    expectScreen(view(state, layouts).frame, "experiment-form")
    _ = press("q.jsonl", &state)
    _ = update(&state, .key(.down))
    _ = update(&state, .key(.paste("Be brief: {{prompt}}")))
    for _ in 0..<4 { _ = update(&state, .key(.down)) }
    _ = press("3", &state)
    _ = update(&state, .key(.down))
    _ = press("no judge", &state)
    #expect(update(&state, .key(.enter)).isEmpty, "a judge that is none is told")
    #expect(view(state, layouts).frame.text.contains("‘no’ is not a model"), "\(view(state, layouts).frame.text)")
    _ = update(&state, .key(.control("c")))
    var draft = ExperimentDraft(lanes: state.lineup)
    (draft.file, draft.prompts, draft.runs) = ("q.jsonl", ["Be brief: {{prompt}}"], "3")
    #expect(update(&state, .key(.enter)) == [.planExperiment(draft)])
    _ = update(&state, .answer(ExperimentFault("cannot read the file q.jsonl")))
    #expect(view(state, layouts).frame.text.contains("cannot read the file q.jsonl"))
    #expect(update(&state, .key(.enter)) == [.planExperiment(draft)])
    let request = BatchRequest(name: "q.jsonl", items: [BatchItem(id: "1", prompt: "Q")], lanes: state.lineup)
    var outlook = BatchOutlook()
    outlook.answers = 1
    _ = update(&state, .answer(ExperimentPlan(session: nil, request: request, outlook: outlook)))
    #expect(view(state, layouts).frame.text.contains("1 answer: free. Enter asks it."))
    #expect(update(&state, .key(.enter)) == [.runExperiment(request)])
    _ = update(&state, .answer(snapshot(table(2), isRunning: true)))
    #expect(page(state).session == "e0e0e0e0e0e0", "its session is the one that was begun")
  }

  /// Wherever one is, it is told that something is being asked, and the key of the grid leads back to it.
  @Test func whatIsBeingAskedIsNeverOutOfSight() {
    var state = opened(table(12), isRunning: true)
    _ = update(&state, .key(.escape))
    #expect(state.message?.contains("it goes on: S in the lanes") == true, "\(state.message ?? "")")
    #expect(view(state, layouts).frame.text.contains("experiment 12 of 40"), "the header tells it")
    state.layers = Layers()
    state.place = .lanes
    #expect(press("S", &state) == [.readExperiment(session: "e0e0e0e0e0e0")], "not a form for another one")
    state.layers = Layers()
    state.place = .lanes
    _ = update(&state, .key(.control("c")))
    #expect(state.message?.contains("the experiment stops") == true, "\(state.message ?? "")")
    _ = update(&state, .answer(snapshot(table(12))))
    #expect(!view(state, layouts).frame.text.contains("experiment 12"), "it has ended")
  }

  /// One that cannot be begun, since another process asks it, says so and does not look as if it ran.
  @Test func whatCannotBeBegunSaysWhy() {
    var state = Sample.state(lanes: 2, width: 80, height: 24)
    let request = BatchRequest(name: "q.jsonl", items: [BatchItem(id: "1", prompt: "Q")], lanes: state.lineup)
    #expect(state.begin(request) == [.runExperiment(request)])
    #expect(view(state, layouts).frame.text.contains("reading"))
    _ = update(&state, .answer(ExperimentFault("\(BatchElsewhere(session: "0123456789ab"))")))
    let text = view(state, layouts).frame.text
    #expect(
      text.contains("another Furlong is asking this (session 0123456789ab)") && !text.contains("reading"), "\(text)")
    #expect(state.experimentPage?.isRunning == false && state.asking == nil)
    var open = opened(table(12, open: [6]))
    _ = update(&open, .answer(ExperimentFault("the disk is full")))
    #expect(view(open, layouts).frame.text.contains("the disk is full"))
    _ = update(&open, .answer(snapshot(table(12))))
    #expect(!view(open, layouts).frame.text.contains("the disk is full"), "what comes later tells how it stands")
  }

  @Test func fromItsVotesOneComesBackToTheGrid() {
    var state = opened(table(12))
    _ = press("jv", &state)
    #expect(state.voteDesk?.source == .sessions(["e0e0e0e0e0e0"]) && state.experimentPage == nil)
    let commands = update(&state, .key(.escape))
    #expect(commands.contains(.readExperiment(session: "e0e0e0e0e0e0")) && state.experimentPage != nil, "\(commands)")
    _ = update(&state, .answer(snapshot(table(12))))
    #expect(page(state).row?.id == "q2", "where one was")
  }

  /// What another process asks fills too, and is not asked twice.
  @Test func whatIsAskedElsewhereIsReadAnew() {
    var state = opened(table(12, open: [6]))
    var elsewhere = snapshot(table(12, open: [6]))
    elsewhere.isElsewhere = true
    _ = update(&state, .answer(elsewhere))
    #expect(view(state, layouts).frame.text.contains("another Furlong is asking it"))
    #expect(update(&state, .tick(state.moment.now + 1, date: 0)).isEmpty)
    #expect(
      update(&state, .tick(state.moment.now + 2 * ExperimentPage.interval, date: 0))
        == [.readExperiment(session: "e0e0e0e0e0e0")])
  }

  /// What is being voted on may not be told by the grid beside it.
  @Test func hiddenTurnsTellNothing() {
    var session = Session(
      id: "e0e0e0e0e0e0", created: 1, title: "t · x", rule: .all,
      lanes: [try! Lane(parsing: "a/b"), try! Lane(parsing: "c/d")],
      turns: [Turn(number: 1, prompt: "Q", rule: .all)])
    (session.turns[0].item, session.turns[0].responses[0]) = (
      "1", Response(lane: 0, model: session.lanes[0].model, parameters: Parameters())
    )
    session.turns[0].responses[0]?.state = .done
    session.turns[0].responses[0]?.timing.end = 4_200_000_000
    var random = SplitMix64(seed: 1)
    session.turns[0].blind = BlindAssignment.draw(
      session: session.id, turn: 1, lanes: [(0, "a/b"), (1, "c/d")], using: &random)
    let result = BatchResult(
      session: session, items: [BatchItem(id: "1", prompt: "Q")], judgements: [], checks: [:], progress: BatchProgress()
    )
    let state = opened(BatchTable(result, lanes: session.lanes, judges: []))
    let text = view(state, layouts).frame.text
    #expect(text.contains("hidden") && !text.contains("4.2s"), "\(text)")
  }

  @Test func whatOthersWroteStaysText() {
    var session = Session(
      id: "e0e0e0e0e0e0", created: 1, title: "\u{1b}[2J · x", rule: .all, lanes: [try! Lane(parsing: "a/b")], turns: [])
    session.lanes[0].variant = "\u{202E}\u{1b}]52;c;x\u{7}"
    let items = [BatchItem(id: "\u{1b}[31m", prompt: "\u{9b}2J 👩‍👩‍👧‍👦 \u{202E}", tags: [])]
    session.turns = [Turn(number: 1, prompt: items[0].prompt, rule: .all)]
    session.turns[0].item = items[0].id
    let result = BatchResult(session: session, items: items, judgements: [], checks: [:], progress: BatchProgress())
    var state = opened(BatchTable(result, lanes: session.lanes, judges: []))
    _ = update(
      &state,
      .answer(
        ExperimentSnapshot(
          session: "e0e0e0e0e0e0", title: session.title, table: Reading(page(state).table!),
          sums: page(state).snapshot!.sums,
          progress: BatchProgress(), isRunning: false, trouble: "\u{1b}[5m trouble")))
    let text = view(state, layouts).frame.text
    #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && $0.value != 0x202E && $0.value != 0x9b })
  }

  // MARK: Figures

  @Test func sumsCountPromptsAndTellWhatTheyKnow() throws {
    let table = table(12, runs: 2, open: [6])
    let sums = BatchSums(table)
    #expect(sums.lanes.map(\.answered) == [22, 20, 22] && sums.lanes.map(\.failed) == [0, 2, 0])
    let first = sums.lanes[0]
    #expect(first.compared == 10, "ten prompts were compared, each twice: \(first.compared)")
    // Lost are the third, sixth, ninth, twelfth; won the other six.
    let share = try #require(first.share)
    #expect(abs(share.value - 0.6) < 1e-9 && share.low < 0.35 && share.high > 0.8, "\(share)")
    #expect(first.fit.map { abs($0 - (6 * 8 + 4 * 4) / 10.0) < 1e-9 } == true, "\(first)")
    #expect(sums.lanes[2].share == nil && sums.lanes[2].compared == 0, "nothing was said of the third")
    let passed = try #require(first.passed)
    #expect(abs(passed.value - 10.0 / 11) < 1e-9 && passed.high < 1, "\(passed)")
    #expect(sums.lanes[1].passed == nil || sums.lanes[1].passed?.high == 1, "all is within its own interval")
    #expect(first.end == 1_100_000_000 && first.cost == Money(decimal: "0.031")! * 22 / 10)
    #expect(sums.pairs.count == 1 && sums.pairs[0].evidence.wins == 6 && sums.pairs[0].evidence.losses == 4)
    #expect(
      sums.pairs[0].noise?.isWithinNoise == false, "both runs say the same: \(String(describing: sums.pairs[0].noise))")
    #expect(BatchSums(self.table(4)).lanes[0].share == nil, "four prompts are too few for an interval")
  }

  /// Of the last verdict of a judge on a pair alone, and on the answers as they stand.
  @Test func aNewVerdictTakesThePlaceOfTheOld() {
    var table = table(1, lanes: 2)
    #expect(table.tally(0, 1).text == "1-0-0")
    func key(_ lane: Int, _ generation: Int = 1) -> ResponseKey {
      ResponseKey(session: "e0e0e0e0e0e0", turn: 1, lane: lane, generation: generation)
    }
    func verdict(_ kind: PairOutcome.Kind, generation: Int = 1) -> Judgement {
      var outcome = PairOutcome(kind: kind)
      (outcome.fitA, outcome.fitB) = (5, 5)
      return Judgement(
        id: "n", created: 2, a: key(0), b: key(1, generation), judge: "x/judge", version: "1", outcome: outcome)
    }
    table.apply(.judged([verdict(.tie)]))
    #expect(table.tally(0, 1).text == "0-1-0")
    #expect(table.rows[0].runs[0].cells[0].fit == 5 && table.rows[0].runs[0].cells[0].fits == 1)
    table.apply(.judged([verdict(.tie, generation: 2)]))
    #expect(table.tally(0, 1).text == "0-1-0", "another answer's verdict is not this one's")
    table.apply(.asked(turn: 1, lane: 1))
    #expect(table.rows[0].runs[0].cells[1].isAsked && table.rows[0].isOpen)
    table.apply(.judged([verdict(.tie)]))
    table.apply(.asked(turn: 99, lane: 0))
  }

  /// Two thousand prompts by four: a key costs no more than with twenty.
  @Test func manyRowsAreDrawnByThoseInView() {
    var state = opened(table(2000, lanes: 4))
    var (count, few) = (0, opened(table(20, lanes: 4)))
    for key in [Key.end, .pageUp, .character("m"), .character("k")] {
      _ = update(&state, .key(key))
      _ = update(&few, .key(key))
      let (many, small) = (view(state, layouts).frame.text, view(few, layouts).frame.text)
      count += many == small ? 0 : 1
    }
    #expect(
      count == 4 && page(state).rows.count == 2000 && page(state).row?.id.hasPrefix("q19") == true,
      "\(page(state).row?.id ?? "")")
  }
}
