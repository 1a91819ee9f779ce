import Core
import Engine
import Judging
import Ranking
import Workbench

/// How `--fail-if-worse` decides.
enum BatchGate: String, CaseIterable {
  /// By evidence that may be looked at after every prompt.
  case safe
  /// By an exact test that is made once, when all is measured.
  case fixed
}

/// A batch in figures: what each lane did, who beat whom, and the strengths that follow.
struct BatchSummary {
  let result: BatchResult
  let lanes: [Lane]
  let judges: [Lane]
  /// Judges without a card.
  let uncarded: [String]
  /// Verdicts with the criteria that the judges went by, by id.
  let tables: [String: VerdictTable]
  let table: BatchTable
  let runs: Int
  /// The items that were reached, each as often as it was asked.
  let turns: [(item: BatchItem, turn: Turn)]
  /// The last verdict of each judge asked on each pair of answers as they stand, in the order of turns and lanes.
  let counted: [Judgement]

  init(_ result: BatchResult, _ request: BatchRequest, uncarded: [String], tables: [String: VerdictTable]) {
    var result = result
    // Stored ones beyond what is asked for now.
    result.session.turns.removeAll { ($0.run ?? 1) > request.runs }
    (self.uncarded, self.tables, self.result) = (uncarded, tables, result)
    (lanes, judges, runs) = (request.lanes, request.judges, request.runs)
    table = BatchTable(result, lanes: request.lanes, judges: request.judges)
    let byItem = Dictionary(grouping: result.session.turns.filter { $0.item != nil }) { $0.item ?? "" }
    turns = result.items.flatMap { item in (byItem[item.id] ?? []).map { (item, $0) } }
    let byNumber = Dictionary(turns.map { ($0.turn.number, $0.turn) }, uniquingKeysWith: { first, _ in first })
    let names = Set(judges.map(\.text))
    let standing = result.judgements.filter { judgement in
      names.contains(judgement.judge) && byNumber[judgement.a.turn].map(judgement.isOn) == true
    }
    counted = Judgement.latest(standing).sorted {
      ($0.a.turn, $0.a.lane, $0.b.lane, $0.judge) < ($1.a.turn, $1.a.lane, $1.b.lane, $1.judge)
    }
  }

  func responses(_ lane: Int) -> [Response] { turns.compactMap { $0.turn.responses[lane] } }

  func name(_ lane: Int) -> String { VisibleText.line(lanes[lane].title) }

  /// Answers that each lane is asked for.
  private var asked: Int { result.items.count * runs }

  /// All lanes have answered every item, and every judge has decided every pair.
  var isComplete: Bool {
    let answered = lanes.indices.allSatisfy { lane in
      responses(lane).count(where: \.state.isFinish) == asked
    }
    let pairs = lanes.count * (lanes.count - 1) / 2
    let decided = counted.count { $0.outcome.isDecided }
    return answered && decided >= pairs * judges.count * asked
  }

  /// What keeps it from being complete.
  var missingWords: String {
    var words: [String] = []
    for lane in lanes.indices {
      let missing = asked - responses(lane).count(where: \.state.isFinish)
      if missing > 0 { words.append("lane \(lane + 1) lacks \(Readable.count(missing, "answer"))") }
    }
    let pairs = lanes.count * (lanes.count - 1) / 2 * judges.count * asked
    let undecided = pairs - counted.count { $0.outcome.isDecided }
    if undecided > 0 {
      let reasons = Dictionary(grouping: counted.filter { !$0.outcome.isDecided }, by: \.outcome.reason).mapValues(
        \.count)
      let most = reasons.max { ($0.value, $1.key) < ($1.value, $0.key) }.map { ": \(VisibleText.line($0.key))" } ?? ""
      words.append("\(Readable.count(undecided, "pair")) got no verdict\(most)")
    }
    return words.joined(separator: ", ")
  }

  /// What must be said beside a ranking by these judges.
  var cardNote: String? {
    uncarded.isEmpty
      ? nil
      : "By verdicts of a judge without a card (\(uncarded.joined(separator: ", "))): for this batch alone, not in furlong leaderboard."
  }

  // MARK: Verdicts

  func isWorse(_ b: Int, than a: Int, _ gate: BatchGate) -> Bool {
    let evidence = table.evidence(a, b)
    return switch gate {
    case .safe: evidence.isDecided && evidence.wins > evidence.losses
    case .fixed: FixedGate.isWorse(losses: evidence.wins, wins: evidence.losses)
    }
  }

  /// Why a gate between two lanes has measured too little to be green: fewer than half of the prompts say anything; nil when
  /// enough do. Reasons are counted, the most frequent first.
  func whyUnmeasured(_ a: Int, _ b: Int) -> String? {
    let evidence = table.evidence(a, b)
    let compared = evidence.wins + evidence.losses + evidence.ties
    guard compared * 2 < result.items.count else { return nil }
    var reasons: [String: Int] = [:]
    for judgement in counted
    where judgement.rankingValue == nil && Set([judgement.a.lane, judgement.b.lane]) == [a, b] {
      let reason =
        judgement.isSetAside
        ? "the judge is of a contestant's family"
        : judgement.outcome.isQuarantined ? "quarantined" : judgement.outcome.reason
      reasons[VisibleText.line(reason), default: 0] += 1
    }
    let words = reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }
    let told = words.isEmpty ? "" : " (\(words.joined(separator: ", ")))"
    return
      "only \(compared) of \(Readable.count(result.items.count, "prompt")) compare lanes \(a + 1) and \(b + 1)\(told)"
  }

  var standings: Standings? {
    var ballots = BallotTable(models: lanes.indices.map { "\($0 + 1) \(lanes[$0].title)" })
    // Runs of an item are one prompt.
    var prompts: [Int: Int] = [:]
    for (place, row) in table.rows.enumerated() { for run in row.runs { prompts[run.turn] = place + 1 } }
    for judgement in counted where judgement.rankingValue != nil {
      let outcome = judgement.outcome
      ballots.append(
        Ballot(
          a: judgement.a.lane, b: judgement.b.lane, outcome: Ballot.Outcome(outcome), isWeak: outcome.kind == .weakWin,
          prompt: prompts[judgement.a.turn] ?? judgement.a.turn))
    }
    guard ballots.rows > 0 else { return nil }
    return try? Standings(ballots)
  }

  // MARK: Tables

  var laneHeader: [String] {
    ["#", "model", "answered", "failed", "passed", "TTFO p50", "end p50", "end p95", "tokens out", "cost", "fit"]
  }

  var laneRows: [[String]] {
    lanes.indices.map { lane in
      let all = responses(lane)
      let finished = all.filter(\.state.isFinish)
      func quantile(_ times: [Int64], _ share: Double, atLeast: Int = 1) -> String {
        guard times.count >= atLeast, let value = Quantiles.type7(times.sorted().map(Double.init), share) else {
          return "–"
        }
        return Readable.duration(Int64(saturating: value))
      }
      let checks = turns.compactMap { result.checks[$0.turn.number]?[lane] }
      let costs = all.map(\.cost)
      let fits = counted.compactMap { $0.a.lane == lane ? $0.outcome.fitA : $0.b.lane == lane ? $0.outcome.fitB : nil }
      return [
        "\(lane + 1)", name(lane), "\(finished.count) of \(asked)",
        "\(all.count { $0.state == .failed || $0.state == .cut })",
        checks.isEmpty ? "–" : "\(checks.count { $0 }) of \(checks.count)",
        quantile(finished.compactMap(\.timing.firstAnswer), 0.5), quantile(finished.compactMap(\.timing.end), 0.5),
        // Under twenty answers there is no such thing.
        quantile(finished.compactMap(\.timing.end), 0.95, atLeast: 20),
        "\(all.reduce(0) { $0 + $1.usage.output })",
        Readable.total(
          costs.compactMap(\.amount).reduce(.zero, +), hasUnknown: costs.contains { $0.status == .unknown }),
        fits.isEmpty ? "–" : Readable.fit(fits.reduce(0, +) / Double(fits.count)),
      ]
    }
  }

  var matrixHeader: [String] { ["wins-ties-losses"] + lanes.indices.map { "\($0 + 1)" } }

  var matrixRows: [[String]] {
    lanes.indices.map { a in
      ["\(a + 1) \(name(a))"] + lanes.indices.map { b in a == b ? "" : table.tally(a, b).text }
    }
  }

  var pairWords: [String] {
    lanes.indices.flatMap { a in
      ((a + 1)..<max(a + 1, lanes.count)).map { b in
        let tally = table.tally(a, b)
        var words = table.evidence(a, b).words(a: "lane \(a + 1)", b: "lane \(b + 1)")
        if tally.splits > 0 { words += ", \(tally.splits) order-split" }
        if tally.missing > 0 { words += ", \(tally.missing) without a verdict that counts" }
        if let noise = table.runNoise(a, b) { words += "; " + noise.words(a: "lane \(a + 1)", b: "lane \(b + 1)") }
        return "\(a + 1) and \(b + 1): \(words)"
      }
    }
  }

  var lines: [String] {
    var lines = TextTable.lines(header: laneHeader, rows: laneRows, numeric: Set(2..<laneHeader.count))
    if !judges.isEmpty {
      lines += [""] + TextTable.lines(header: matrixHeader, rows: matrixRows, numeric: Set(1...lanes.count))
    }
    if lanes.count > 1, !judges.isEmpty || !result.checks.isEmpty { lines += [""] + pairWords }
    if let standings {
      lines += [""] + LeaderboardText.lines(standings)
      if let cardNote { lines.append(VisibleText.line(cardNote)) }
    }
    return lines
  }

  var json: JSON {
    var document: JSON = [
      "session": .string(result.session.id), "items": .int(result.items.count), "complete": .bool(isComplete),
      "cost": ["usd": .string(result.progress.cost.decimalText), "unknown": .bool(result.progress.hasUnknownCost)],
    ]
    document["lanes"] = .array(
      lanes.indices.map { lane in
        [
          "lane": .int(lane), "model": .string(lanes[lane].text), "variant": .optional(lanes[lane].variant),
          "answered": .int(responses(lane).count(where: \.state.isFinish)),
        ]
      })
    document["pairs"] = .array(
      lanes.indices.flatMap { a in
        ((a + 1)..<max(a + 1, lanes.count)).map { b -> JSON in
          let (tally, evidence) = (table.tally(a, b), table.evidence(a, b))
          var pair: JSON = [
            "a": .int(a), "b": .int(b), "wins": .int(tally.wins), "ties": .int(tally.ties),
            "losses": .int(tally.losses),
            "order_splits": .int(tally.splits), "missing": .int(tally.missing), "e_value": .double(evidence.e),
            "cs_low": .double(evidence.low), "cs_high": .double(evidence.high),
            "decided": .bool(evidence.isDecided),
          ]
          if let noise = table.runNoise(a, b) {
            pair["run_noise"] = [
              "difference": .double(noise.difference), "margin": .double(noise.margin), "items": .int(noise.items),
            ]
          }
          return pair
        }
      })
    document["leaderboard"] = standings?.json ?? .null
    document["results"] = .array(
      turns.map { item, turn in
        [
          "id": .string(item.id), "run": .int(turn.run ?? 1), "tags": .array(item.tags.map { .string($0) }),
          "checks": .object(
            (result.checks[turn.number] ?? [:]).sorted { $0.key < $1.key }.map {
              JSON.Member(name: "\($0.key)", value: .bool($0.value))
            }),
          "responses": .array(turn.responses.values.sorted { $0.lane < $1.lane }.map(RaceDocument.response)),
          "verdicts": .array(counted.filter { $0.a.turn == turn.number }.map { JudgeText.json($0, tables[$0.id]) }),
        ]
      })
    return document
  }
}
