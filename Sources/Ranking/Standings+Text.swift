import Core

extension Standings {
  /// How the ratings came about, in one line.
  public var method: String {
    let prior =
      switch options.fit.prior {
      case .weak: "maximum a posteriori with prior N(0, 1)"
      case .none: "maximum likelihood"
      case .normal(_, let deviation): "maximum a posteriori with prior N(overall, \(decimalText(deviation))²)"
      }
    let ties =
      switch options.fit.ties {
      case .davidson: "ties by Davidson"
      case .raoKupper: "ties by Rao-Kupper"
      case .half: "ties as half wins"
      }
    let length = options.fit.hasLengthTerm ? ", length taken out" : ""
    return "Bradley-Terry, \(prior), \(ties)\(length); standard errors by sandwich clustered by prompt"
  }

  /// What must be said beside the table.
  public var notices: [String] {
    var notices: [String] = []
    if let notice = graph.notice { notices.append(notice) }
    let few = models.filter(\.hasFewVotes)
    if !few.isEmpty { notices.append("few votes (under 10): \(Self.list(few.map(\.name)))") }
    if let cycle, cycle.isDecided {
      let sides = cycle.sides.map { "\(name($0.winner)) over \(name($0.loser)) \($0.wins):\($0.losses)" }
      notices.append("a circle that no rating can show: \(sides.joined(separator: ", "))")
    }
    if let check = fitCheck, check.votesPerPair >= 5, check.pValue < 0.01 {
      notices.append(
        "one strength a model does not explain all pairs (G² \(Self.rounded(check.statistic)), \(check.degrees) degrees"
          + " of freedom, p \(check.pValue < 0.001 ? "< 0.001" : "= 0.00\(Int(saturating: (check.pValue * 1000).rounded()))"))"
      )
    }
    return notices
  }

  /// At most five names, and how many more.
  private static func list(_ names: [String]) -> String {
    names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
  }

  private static func rounded(_ value: Double) -> String { decimalText((value * 10).rounded() / 10) }

  /// The document of `leaderboard --json`. A contract: members may be added, never renamed.
  public var json: JSON {
    var document: JSON = [
      "method": .string(method), "tie_parameter": fit.tieParameter.map(JSON.double) ?? .null,
      "log_likelihood": .double(fit.logLikelihood), "votes": .int(votes),
      "models": .array(models.map(Self.json)), "pairs": .array(pairs.map(Self.json)),
      "connected": .bool(graph.isStronglyConnected), "notices": .array(notices.map(JSON.string)),
    ]
    document["cycle"] =
      cycle.map { cycle in
        .array(
          cycle.sides.map { side in
            [
              "winner": .string(name(side.winner)), "loser": .string(name(side.loser)), "wins": .int(side.wins),
              "losses": .int(side.losses),
            ]
          })
      } ?? .null
    document["fit_check"] =
      fitCheck.map { check in
        [
          "statistic": .double(check.statistic), "degrees": .int(check.degrees), "p_value": .double(check.pValue),
        ]
      } ?? .null
    document["next_pair"] =
      next.map { next in
        ["a": .string(name(next.a)), "b": .string(name(next.b)), "reason": .string(next.words)]
      } ?? .null
    return document
  }

  private static func json(_ model: Model) -> JSON {
    [
      "model": .string(model.name), "rating": .double(model.rating), "rating_elo": .double(model.elo),
      "se": .double(model.standardError), "ci_low": .double(model.low), "ci_high": .double(model.high),
      "rank_low": .int(model.rank.best), "rank_high": .int(model.rank.worst), "wins": .int(model.wins),
      "losses": .int(model.losses), "ties": .int(model.ties), "both_bad": .int(model.bothBad),
      "win_probability": .double(model.winProbability), "p_best": .double(model.bestProbability),
    ]
  }

  private static func json(_ pair: Pair) -> JSON {
    [
      "a": .string(pair.a), "b": .string(pair.b), "wins": .int(pair.wins), "losses": .int(pair.losses),
      "ties": .int(pair.ties), "both_bad": .int(pair.bothBad), "e_value": .double(pair.evidence.e),
      "cs_low": .double(pair.evidence.low), "cs_high": .double(pair.evidence.high),
      "decided": .bool(pair.evidence.isDecided), "summary": .string(pair.words),
    ]
  }
}
