import Core
import Dispatch
import Engine
import Judging
import Ranking

/// Blind turns, votes and judges: what the screen asks of the engine and the database.
extension Conductor {
  func loadPanels(_ verdicts: [Judgement], _ state: State) {
    let id = state.session.id
    load { .panels(session: id, try $0.panels(verdicts)) }
  }

  func loadEvidence(_ state: State) {
    let (id, names) = (state.session.id, Set(state.shown.map(state.laneName)))
    load { engine in
      let board = try? engine.board(.human, Standings.Options())
      return .evidence(session: id, board.map { Page.evidence($0.standings, among: names) } ?? [])
    }
  }

  func saveCriteria(_ brief: Brief, _ state: State) {
    if let request = judgeRequest(state) { engine.keep(brief, for: request) }
  }

  func reveal(_ reading: BlindReading) {
    let assignment = reading.assignment
    engine.store.append(.revealed(assignment: assignment.id))
    if let repeated = reading.repeated { engine.store.append(.revealed(assignment: repeated.assignment.id)) }
    load { engine in
      // What has just been voted counts in the evidence.
      let written = DispatchSemaphore(value: 0)
      engine.store.commit { _ in written.signal() }
      _ = written.wait(timeout: .now() + 5)
      let kept = try engine.store.assignment(assignment.id)
      let isSame = kept?.sha256 == assignment.sha256
      let checked = Page.Block.text(
        isSame
          ? "Checked: it is what was stored before any answer showed."
          : "This is not what was stored before the answers showed: do not trust this vote.", isSame ? .good : .bad)
      let board = try? engine.board(.human, Standings.Options())
      let names = Set(assignment.lanes.values)
      return .verified(
        assignment: assignment.id, [checked] + (board.map { Page.evidence($0.standings, among: names) } ?? []))
    }
  }

  /// Every twelfth vote repeats an old pair with its sides exchanged.
  func loadRepeat() {
    load { engine in
      var random = SystemRandomNumberGenerator()
      guard let pair = try RepeatedPairs.next(engine, using: &random) else { return .message("") }
      engine.store.append(.blind(pair.assignment))
      return .repeated(pair)
    }
  }

  func loadLeaderboard(_ choice: BoardChoice, _ state: State) {
    let (width, ascii) = (state.width - 4, state.borders.isASCII)
    load { engine in
      var choice = choice
      var page: Page
      do {
        var options = Standings.Options()
        options.fit.hasLengthTerm = choice.isWithoutLength
        let board = try engine.board(choice.source, tag: choice.tag, options)
        choice.tags = board.ballots.tags.sorted()
        page = Page.leaderboard(board, width: width, ascii: ascii)
      } catch let nothing as NothingToRank {
        page = Page(title: "Leaderboard · \(choice.source.rawValue)", blocks: [.text(nothing.message)])
      }
      page.purpose = .leaderboard(choice)
      return .page(page)
    }
  }

  func loadCosts(_ grouping: Ledger.Grouping, _ state: State) {
    let (width, ascii, budget) = (state.width - 4, state.borders.isASCII, state.budget)
    load { engine in
      let ledger = Ledger(try engine.store.ledger(), day: localDay)
      return .page(
        Page.costs(ledger, by: grouping, today: try engine.spentToday(), budget: budget, width: width, ascii: ascii))
    }
  }

  func loadCards() {
    load { engine in
      var blocks: [Page.Block] = []
      for card in try engine.store.cards() {
        let rows = CardLines(card, try engine.agreement(with: card.judge)).rows
        blocks += [
          .heading(card.judge),
          .table(header: ["", ""], rows: rows.map { Page.Row([$0.name, $0.value]) }, numeric: []),
          .space,
        ]
      }
      if blocks.isEmpty { blocks = [.text("No card is kept: furlong judge-card provider/model makes one.")] }
      return .page(Page(title: "Judge cards", blocks: blocks, methods: Page.cardMethods))
    }
  }

  // MARK: Judges

  /// The latest turn, or the prompt being written when there is one.
  func judgeRequest(_ state: State) -> JudgeRequest? {
    guard !state.composer.isEmpty || state.turn == nil else {
      return state.turn.map { JudgeRequest(session: state.session, turn: $0, judges: state.judges) }
    }
    let turn = Turn(
      number: (state.turn?.number ?? 0) + 1, prompt: state.composer.text, system: state.system,
      attachments: state.attachments, rule: state.session.rule)
    return JudgeRequest(session: state.session, turn: turn, judges: state.judges)
  }

  func judge(_ state: State) {
    guard let turn = state.turn else { return }
    var request = JudgeRequest(session: state.session, turn: turn, judges: state.judges)
    request.wallets = [wallet(state)]
    let (engine, inbox, id, number) = (engine, inbox, state.session.id, turn.number)
    judgingTask = Task.detached { [request] in
      _ = await engine.judge(request) { inbox.post(.judging(session: id, turn: number, $0)) }
      inbox.post(.judged(session: id, turn: number))
    }
  }

  func loadCriteria(_ state: State) {
    guard let request = judgeRequest(state) else { return }
    let judge = state.judges.first
    load { engine in
      let kept = try judge.flatMap { try engine.keptBrief(request, judge: $0) }
      let lines = kept?.brief.criteria.map(\.text) ?? []
      let head = "# What the judge goes by, one criterion a line, each answerable by yes, partly or no.\n"
      return .criteria(head + lines.map { $0 + "\n" }.joined())
    }
  }
}
