import Core
import Engine
import Judging
import Workbench

/// A batch beside its last run over the same prompts and lanes.
struct DriftText {
  let lanes: [Lane]
  let before: (session: Session, runs: [DriftRun])
  let after: (session: Session, runs: [DriftRun])

  init(_ lanes: [Lane], before: BatchResult, after: BatchResult) {
    self.lanes = lanes
    self.before = (before.session, lanes.indices.map { Self.run($0, before) })
    self.after = (after.session, lanes.indices.map { Self.run($0, after) })
  }

  private static func run(_ lane: Int, _ result: BatchResult) -> DriftRun {
    var run = DriftRun()
    for turn in result.session.turns {
      guard let item = turn.item.map({ "\($0) \(turn.run ?? 1)" }), let response = turn.responses[lane] else {
        continue
      }
      if response.state.isFinish, let end = response.timing.end { run.ends[item] = Double(end) / 1e9 }
      if response.cost.status != .unknown, let cost = response.cost.amount {
        run.costs[item] = cost.dollars
      }
      if let model = response.modelReported { run.models.insert(model) }
      if let passed = result.checks[turn.number]?[lane] {
        run.checked += 1
        run.passed += passed ? 1 : 0
      }
    }
    for judgement in Judgement.latest(result.judgements) {
      guard let winner = judgement.outcome.winner, judgement.outcome.kind == .win || judgement.outcome.kind == .weakWin
      else { continue }
      let (won, lost) =
        winner == .a ? (judgement.a.lane, judgement.b.lane) : (judgement.b.lane, judgement.a.lane)
      if won == lane { run.wins += 1 }
      if lost == lane { run.losses += 1 }
    }
    return run
  }

  var lines: [String] {
    var lines = [
      "Against the run of \(localTime(before.session.created)) (session \(before.session.id)):"
    ]
    var rows: [[String]] = []
    for (lane, pair) in zip(before.runs, after.runs).enumerated() {
      for finding in Drift.findings(pair.0, pair.1) {
        rows.append([
          "\(lane + 1) \(VisibleText.line(lanes[lane].title))", finding.measure, Self.text(finding.before, finding),
          Self.text(finding.after, finding), Self.change(finding), "\(finding.n)",
          finding.isBeyondNoise ? "beyond noise" : finding.change == nil ? "too few to say" : "within noise",
        ])
      }
    }
    lines += TextTable.lines(
      header: ["lane", "", "before", "now", "change (95 %)", "n", ""], rows: rows, numeric: [2, 3, 5])
    for (lane, pair) in zip(before.runs, after.runs).enumerated()
    where pair.0.models != pair.1.models && !pair.0.models.isEmpty && !pair.1.models.isEmpty {
      let names = [pair.0, pair.1].map { $0.models.sorted().map(VisibleText.line).joined(separator: ", ") }
      lines.append("Lane \(lane + 1) answers under another name: \(names[0]) before, \(names[1]) now.")
    }
    lines.append(
      "Times and costs: median of the item-by-item ratios, interval by order statistics; shares: Newcombe's interval. One "
        + "comparison in twenty is beyond noise by chance.")
    return lines
  }

  var json: JSON {
    [
      "before": .string(before.session.id), "now": .string(after.session.id),
      "lanes": .array(
        zip(before.runs, after.runs).enumerated().map { lane, pair in
          [
            "lane": .int(lane), "model": .string(lanes[lane].text),
            "findings": .array(
              Drift.findings(pair.0, pair.1).map { finding in
                [
                  "measure": .string(finding.measure), "before": .double(finding.before), "now": .double(finding.after),
                  "change": finding.change.map { .double($0.value) } ?? .null,
                  "low": finding.change.map { .double($0.low) } ?? .null,
                  "high": finding.change.map { .double($0.high) } ?? .null, "n": .int(finding.n),
                  "beyond_noise": .bool(finding.isBeyondNoise),
                ]
              }),
          ]
        }),
    ]
  }

  private static func text(_ value: Double, _ finding: Drift.Finding) -> String {
    switch finding.measure {
    case "end": Readable.duration(Int64(saturating: value * 1e9))
    case "cost": Money(dollars: value).screenText
    default: "\(Int(saturating: (100 * value).rounded())) %"
    }
  }

  private static func change(_ finding: Drift.Finding) -> String {
    guard let change = finding.change else { return "–" }
    func percent(_ value: Double) -> String {
      let part = Int(saturating: (100 * (finding.isRatio ? value - 1 : value)).rounded())
      return part > 0 ? "+\(part)" : "\(part)"
    }
    return "\(percent(change.value)) % (\(percent(change.low)) to \(percent(change.high)))"
  }
}
