import Core
import Judging
import Workbench

/// Sessions as Markdown to read. What people and models wrote stands in fences that nothing in it can close.
struct MarkdownExport {
  let sessions: [ExportedSession]

  var text: String { sessions.map(text).joined(separator: "\n---\n\n") }

  private func text(_ exported: ExportedSession) -> String {
    let session = exported.session
    var out = "# \(MarkdownSource.inline(session.title))\n\n"
    out += "Session `\(session.id)`, \(ExportedSession.date(session.created)), "
    out += "\(Readable.count(session.turns.count, "turn")).\n"
    for part in exported.parts { out += "\n" + text(part, exported) }
    return out
  }

  private func text(_ part: ExportedSession.Part, _ exported: ExportedSession) -> String {
    let turn = part.turn
    var out = "## Turn \(turn.number)\n\n"
    var notes = [ExportedSession.date(part.note.created), "rule \(turn.rule.rawValue)"]
    if let item = turn.item { notes.append("item \(MarkdownSource.inline(item))") }
    if !turn.tags.isEmpty { notes.append("tags \(turn.tags.map(MarkdownSource.inline).joined(separator: ", "))") }
    out += notes.joined(separator: " · ") + "\n\n"
    if let system = turn.system { out += "**System**\n\n\(MarkdownSource.fenced(system))\n" }
    out += "**Prompt**\n\n\(MarkdownSource.fenced(turn.prompt))"
    for file in turn.attachments {
      out += "\n**File** \(MarkdownSource.inline(file.name)), \(MarkdownSource.inline(file.mediaType)), "
      out += "\(Readable.count(file.data.count, "byte"))\n"
    }
    if let trial = exported.trial(part) { return out + blind(trial) }
    for response in part.responses { out += "\n" + answer(response, part) }
    out += "\n" + table(part)
    return out + findings(part)
  }

  private func blind(_ trial: BlindTrial) -> String {
    var out = "\nBlind until it is voted on: names, order, times and costs are left out.\n"
    for round in trial.rounds {
      for (side, text) in [("Left", round.left.text), ("Right", round.right.text)] {
        out += "\n### \(side)\n\n\(MarkdownSource.fenced(trial.masked(text)))"
      }
    }
    return out
  }

  private func answer(_ response: Response, _ part: ExportedSession.Part) -> String {
    var title = [response.state.rawValue]
    if let place = part.places[response.lane] { title.append(Readable.ordinal(place)) }
    if part.turn.winner == response.lane { title.append("winner") }
    if response.isSimulated { title.append("simulated") }
    if response.generation > 1 { title.append("generation \(response.generation)") }
    if let origin = part.answer(response.lane)?.origin { title.append("from \(MarkdownSource.inline(origin))") }
    let name = MarkdownSource.inline(response.title(among: part.lanes))
    var blocks = ["### \(response.lane + 1) \(name) (\(title.joined(separator: ", ")))\n"]
    if part.turn.isFused(response.lane) {
      blocks.append("Written from the other answers of the turn.\n")
    } else if let prompt = response.prompt {
      blocks.append("Prompt of this lane:\n\n" + MarkdownSource.fenced(prompt))
    }
    if let system = response.system { blocks.append("System of this lane:\n\n" + MarkdownSource.fenced(system)) }
    if !response.reasoning.isEmpty {
      let reasoning = MarkdownSource.fenced(response.reasoning)
      blocks.append("<details><summary>Reasoning</summary>\n\n\(reasoning)\n</details>\n")
    }
    if !response.text.isEmpty { blocks.append(MarkdownSource.fenced(response.text, info: "markdown")) }
    for notice in response.notices + [response.error?.message].compactMap(\.self) {
      blocks.append("*\(MarkdownSource.inline(notice))*\n")
    }
    return blocks.joined(separator: "\n")
  }

  private func table(_ part: ExportedSession.Part) -> String {
    let columns = Scoreboard.columns(hasFits: !part.fits.isEmpty, hasMarks: part.marks.isCompared)
    let rows = part.responses.map { response in
      let row = Scoreboard.row(
        response, place: part.places[response.lane], fit: part.fit(response.lane), marks: part.marks)
      return columns.map { row[$0] ?? "" }
    }
    let numeric = Set(columns.indices.filter { columns[$0].isNumeric })
    return MarkdownSource.table(columns.map(\.rawValue), rows, numeric: numeric)
  }

  private func findings(_ part: ExportedSession.Part) -> String {
    var lines = part.votes.map { "Vote: \(ExportedSession.words($0))" }
    lines += part.fits.map { fit in
      "Fit of lane \(fit.answer.lane + 1) by \(fit.judge): \(fit.value.map(String.init) ?? "none"): \(fit.reason)"
    }
    return (lines.isEmpty ? "" : "\n" + lines.map { "* \(MarkdownSource.inline($0))\n" }.joined())
      + part.judgements.map { Self.verdict($0, part.tables[$0.id]) }.joined()
  }

  /// The result in one line, the criteria as a table, then each order in the judge's words.
  /// - Parameter table: with the criteria that the judge went by, where they are known.
  static func verdict(_ judgement: Judgement, _ table: VerdictTable?) -> String {
    let (outcome, table) = (judgement.outcome, table ?? VerdictTable(judgement, brief: nil))
    let mark = judgement.rankingValue == nil ? ", not counted" : ""
    var out = "\n"
    out += MarkdownSource.inline("Verdict of \(judgement.judge): \(table.result)\(mark): \(outcome.reason)") + "\n"
    if !table.criteria.isEmpty {
      let header = ["criterion", "lane \(table.a + 1)", "lane \(table.b + 1)"]
      out += "\n" + MarkdownSource.table(header, table.rows(outcome), numeric: [])
    }
    var lines: [String] = []
    for order in table.orders {
      let said = order.preference.map { "\($0): " } ?? "no verdict, "
      lines.append("Lane \(order.first + 1) listed first: \(said)\(order.reason)")
      lines += order.faults.map { "Lane \($0.lane + 1), \($0.kind.words): “\($0.quote)”" }
    }
    return out + (lines.isEmpty ? "" : "\n") + lines.map { "* \(MarkdownSource.inline($0))\n" }.joined()
  }
}
