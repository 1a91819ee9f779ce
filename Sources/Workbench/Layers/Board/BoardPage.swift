import Core
import Engine
import Judging
import Ranking
import Terminal

/// The leaderboard as a page, and behind it how each of its numbers is computed.
extension Page {
  /// - Parameter width: of the window, for the picture.
  public static func leaderboard(_ board: Board, width: Int, ascii: Bool) -> Page {
    let standings = board.standings
    let least = standings.models.map(\.low).min() ?? 0
    let range = least...max(least, standings.models.map(\.high).max() ?? 1)
    let cells = width < 130 ? 16 : 32
    let rows = standings.models.enumerated().map { index, model -> Row in
      let rank = model.rank
      let figures = board.figures[model.name]
      return Row(
        [
          "\(index + 1)", rank.best == rank.worst ? "\(rank.best)" : "\(rank.best)–\(rank.worst)", model.name,
          "\(decimalText(100 * model.winProbability, places: 0)) %", decimalText(model.rating, places: 2),
          "±\(decimalText(model.high - model.rating, places: 2))",
          IntervalBar.text(model.low, model.high, value: model.rating, in: range, cells: cells, ascii: ascii),
          decimalText(model.elo, places: 0),
          "\(decimalText(100 * model.bestProbability, places: 0)) %",
          "\(model.wins)-\(model.ties)-\(model.bothBad)-\(model.losses)", figures?.costPerAnswer?.screenText ?? "?",
          quantile(figures?.firstAnswers), quantile(figures?.ends), quantile(figures?.ends, 0.95, atLeast: 20),
        ], Style(model.hasFewVotes ? .quiet : .text, bold: index == 0 && !model.hasFewVotes)
      ).linked(to: .competitor(model.name))
    }
    // A narrow window has no room for all of it.
    let isNarrow = width < 100
    var blocks: [Block] = [
      table(
        header: [
          "#", "rank", "model", "wins", "rating", "95 %", "interval", "Elo", "best", "W-T-BB-L", "cost", "first word",
          "end", "p95",
        ],
        rows: rows, numeric: [0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13],
        without: isNarrow ? ["best", "p95", "interval"] : []), .space,
    ]
    blocks += pairs(standings, isNarrow: isNarrow, ascii: ascii)
    let lines = BoardLines(board)
    if board.joint != nil {
      blocks += [.heading("Votes and verdicts in one model")]
      blocks.append(.table(header: BoardLines.jointHeader, rows: lines.joint.map { Row($0) }, numeric: [0, 2, 3, 4]))
      blocks += [
        .space, .table(header: BoardLines.ratersHeader, rows: lines.raters.map { Row($0) }, numeric: [1, 2, 3, 4, 5]),
      ]
      blocks.append(.space)
    }
    let picture = CostPicture(board).lines(width: width, height: 8, ascii: ascii)
    if !picture.isEmpty {
      blocks += [.heading("Wins against cost an answer (\(ascii ? "*" : "◆"): nothing is better for less)")]
      blocks += [.lines(picture), .space]
    }
    if let next = standings.next, !standings.pairs.allSatisfy(\.evidence.isDecided) {
      let (a, b) = (standings.name(next.a), standings.name(next.b))
      blocks.append(
        .table(
          header: ["next to compare", "why"],
          rows: [Row(["\(a) against \(b)", "\(next.words)"], Style(.strong)).linked(to: .votes(a, b))], numeric: []))
    }
    blocks += standings.notices.map { .text("Note: \($0).", .quiet) }
    blocks += withheld(board).map { .text($0, .quiet) }
    blocks += lines.notes.map { .text($0, .quiet) }
    let source = board.source.map { " · \($0.rawValue)" } ?? ""
    let tag = board.tag.map { " · \($0)" } ?? ""
    return Page(
      title: "Leaderboard\(source)\(tag) · \(Readable.count(standings.votes, "vote"))", blocks: blocks,
      methods: methods(board))
  }

  /// Why some figures are not told.
  private static func withheld(_ board: Board) -> [String] {
    var words: [String] = []
    let few = board.standings.models.filter(\.hasFewVotes).map(\.name)
    if !few.isEmpty {
      words.append("Grey: fewer than ten votes, so that its place may be chance (\(few.joined(separator: ", "))).")
    }
    let figures = board.standings.models.map { board.figures[$0.name] }
    if figures.contains(where: { $0 == nil || $0?.priced == 0 }) {
      words.append("Cost ?: no answer of it has a known price.")
    }
    if figures.contains(where: { ($0?.ends.count ?? 0) < 20 }) {
      words.append("p95 –: fewer than twenty answers have no such time.")
    }
    return words
  }

  private static func quantile(_ times: [Int64]?, _ level: Double = 0.5, atLeast: Int = 1) -> String {
    guard let times, times.count >= atLeast, let value = Quantiles.type7(times.sorted().map(Double.init), level) else {
      return "–"
    }
    return Readable.duration(Int64(saturating: value))
  }

  /// What all votes so far say of the pairs among some models.
  static func evidence(_ standings: Standings, among names: Set<String>) -> [Block] {
    let pairs = standings.pairs.filter { names.contains($0.a) && names.contains($0.b) }
    guard !pairs.isEmpty else { return [] }
    return [.space, .heading("Your votes so far: wins-ties-both bad-losses, and what they prove")]
      + pairs.map { pair in
        .text(
          "\(pair.a) against \(pair.b): \(pair.wins)-\(pair.ties)-\(pair.bothBad)-\(pair.losses), \(share(pair.evidence)) of "
            + "the decisive ones, \(pair.words)")
      }
  }

  /// The nearest to a decision first; pairs by their numbers on the board.
  private static func pairs(_ standings: Standings, isNarrow: Bool, ascii: Bool) -> [Block] {
    guard !standings.pairs.isEmpty else { return [] }
    let numbers = Dictionary(
      standings.models.enumerated().map { ($1.name, $0 + 1) }, uniquingKeysWith: { first, _ in first })
    let decided = standings.pairs.count { $0.evidence.isDecided }
    let shown = standings.pairs.sorted { $0.evidence.logE > $1.evidence.logE }.prefix(20)
    return [
      .heading("Pairs: \(decided) of \(standings.pairs.count) decided"),
      table(
        header: ["pair", "W-T-BB-L", "share of wins", "95 %", ""],
        rows: shown.map { pair in
          let (a, b) = ("\(numbers[pair.a] ?? 0)", "\(numbers[pair.b] ?? 0)")
          return Row(
            [
              "\(a) : \(b)", "\(pair.wins)-\(pair.ties)-\(pair.bothBad)-\(pair.losses)",
              bar(pair.evidence, ascii: ascii),
              share(pair.evidence), pair.evidence.words(a: a, b: b),
            ], Style(pair.evidence.isDecided ? .good : .text)
          ).linked(to: .pair(pair.a, pair.b))
        }, numeric: [0, 1, 2, 3], without: isNarrow ? ["share of wins"] : []), .space,
    ]
  }

  /// A table without some of its columns.
  private static func table(header: [String], rows: [Row], numeric: Set<Int>, without: Set<String>) -> Block {
    let kept = header.indices.filter { !without.contains(header[$0]) }
    return .table(
      header: kept.map { header[$0] },
      rows: rows.map { row in Row(kept.map { row.cells[$0] }, row.style).linked(to: row.link) },
      numeric: Set(kept.indices.filter { numeric.contains(kept[$0]) }))
  }

  private static func share(_ evidence: PairEvidence) -> String {
    "\(decimalText(100 * evidence.low, places: 0))–\(decimalText(100 * evidence.high, places: 0)) %"
  }

  /// The 95 % confidence sequence of a's share, the middle marked.
  static func bar(_ evidence: PairEvidence, ascii: Bool) -> String {
    IntervalBar.text(evidence.low, evidence.high, middle: 0.5, in: 0...1, cells: 21, ascii: ascii)
  }

  // MARK: How it is computed

  /// Of the judge cards.
  static var cardMethods: [Block] {
    let own: [(String, String)] = [
      (
        "accuracy",
        "right verdicts / probes; a verdict is right when it names the better answer, or a tie for identical ones, in both orders or in one with a tie in the other"
      ),
      ("same in both orders", "wins and ties / pairs with both orders read"),
      ("first slot preferred", "readings that prefer the answer listed first / decisive readings"),
      ("length effect", "b in P(A) = 1/(1 + exp(-(b · log2 ratio of lengths + c · known outcome))), priors N(0, 1)"),
      ("attacks passed", "right verdicts on the probes of kind attack"),
      (
        "weight in a panel",
        "log(a/(1 - a)), a = (right + half the splits + 1)/(n + 2); 0 when the accuracy's interval has 50 % in it"
      ),
    ]
    return own.map { name, words in .text([Span("\(name): ", Style(.strong)), Span(words)]) }
      + [Method.wilson, .kappa].flatMap { method -> [Block] in
        let how = method.howComputed(n: Probes.all.count)
        return [.space, .text(how.name, .strong), .text("  \(how.formula)"), .text("  \(how.source)", .quiet)]
      }
  }

  private static func methods(_ board: Board) -> [Block] {
    let standings = board.standings
    var wanted: [Method] = [
      .rating, .elo, .standardError, .rankRange, .winProbability, .bestProbability, .tieParameter, .logLikelihood,
      .eValue,
      .confidenceSequence, .votesLeft, .nextPair, .cycle, .fitCheck, .percentile,
    ]
    if board.joint != nil { wanted.append(.joint) }
    if board.tag != nil { wanted.append(.tagBoard) }
    if !board.savings.isEmpty { wanted.append(.predictionPowered) }
    var blocks: [Block] = [
      .text("\(standings.method). Log likelihood \(decimalText(standings.fit.logLikelihood, places: 3)).")
    ]
    for method in wanted {
      let how = method.howComputed(n: standings.votes)
      blocks += [
        .space,
        .text([Span(how.name, Style(.heading, bold: true)), Span("  n = \(how.n) \(how.unit)", Style(.quiet))]),
        .text("  \(how.formula)"), .text("  \(how.source)", .quiet),
      ]
    }
    blocks += [.space, .heading("The rows behind it: wins, ties, both bad, losses by pair")]
    let rows = standings.pairs.map { pair in
      Row([
        pair.a, pair.b, "\(pair.wins)", "\(pair.ties)", "\(pair.bothBad)", "\(pair.losses)",
        decimalText(pair.evidence.e, places: 2),
      ])
    }
    blocks.append(
      .table(header: ["a", "b", "wins", "ties", "both bad", "losses", "E"], rows: rows, numeric: [2, 3, 4, 5, 6]))
    return blocks
  }
}
