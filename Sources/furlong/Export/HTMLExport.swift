import Core
import Judging
import Markdown
import Store
import Workbench

/// Sessions as one page that needs nothing else. Whatever others wrote is escaped, or Markdown without HTML of its own.
struct HTMLExport {
  let sessions: [ExportedSession]

  var text: String {
    let title = sessions.count == 1 ? sessions[0].session.title : Readable.count(sessions.count, "session")
    return HTMLPage.text(title: title, body: sessions.map(session).joined(separator: "<hr>\n"))
  }

  private func session(_ exported: ExportedSession) -> String {
    let session = exported.session
    let notes = [
      "session \(session.id)", ExportedSession.date(session.created), Readable.count(session.turns.count, "turn"),
    ]
    return """
      <article><h1>\(HTMLText.escaped(session.title))</h1>
      <p class="quiet">\(HTMLText.escaped(notes.joined(separator: " · ")))</p>
      \(exported.parts.map { turn($0, exported) }.joined(separator: "\n"))
      </article>
      """
  }

  private func turn(_ part: ExportedSession.Part, _ exported: ExportedSession) -> String {
    let turn = part.turn
    var notes = [ExportedSession.date(part.note.created), "rule \(turn.rule.rawValue)"]
    if let item = turn.item { notes.append("item \(item)") }
    notes += turn.tags.map { "#\($0)" }
    var out =
      "<section><h2>Turn \(turn.number)</h2>\n<p class=\"quiet\">\(HTMLText.escaped(notes.joined(separator: " · ")))</p>\n"
    if let system = turn.system { out += Self.folded("System prompt", system) }
    out += "<div class=\"prompt answer\">\(MarkdownHTML.of(turn.prompt))</div>\n"
    for file in turn.attachments { out += Self.file(file) }
    if let trial = exported.trial(part) { return out + Self.blind(trial) + "</section>" }
    out += TimelineHTML(part: part).text
    out += "\n<div class=\"lanes\">" + part.responses.map { answer($0, part) }.joined(separator: "\n") + "</div>\n"
    out += table(part) + findings(part) + receipts(part)
    return out + "</section>"
  }

  private static func folded(_ title: String, _ text: String) -> String {
    "<details><summary class=\"quiet\">\(HTMLText.escaped(title))</summary><pre>\(HTMLText.escaped(text))</pre></details>\n"
  }

  /// Pictures of a few kinds, which the page carries itself; other files as text.
  private static func file(_ file: Attachment) -> String {
    let title = "\(file.name) (\(file.mediaType), \(Readable.count(file.data.count, "byte")))"
    guard ["image/png", "image/jpeg", "image/gif", "image/webp"].contains(file.mediaType) else {
      return folded(title, file.isImage ? "" : String(decoding: file.data, as: UTF8.self))
    }
    return """
      <details><summary class="quiet">\(HTMLText.escaped(title))</summary>\
      <img alt="\(HTMLText.escaped(file.name))" src="data:\(file.mediaType);base64,\(file.base64)"></details>

      """
  }

  private static func blind(_ trial: BlindTrial) -> String {
    var out = "<p class=\"quiet\">Blind until it is voted on: names, order, times and costs are left out.</p>\n"
    for round in trial.rounds {
      out += "<div class=\"lanes\">"
      for (side, text) in [("Left", round.left.text), ("Right", round.right.text)] {
        out += "<section class=\"lane\"><header><b>\(side)</b></header>"
        out += "<div class=\"answer\">\(MarkdownHTML.of(trial.masked(text)))</div></section>"
      }
      out += "</div>\n"
    }
    return out
  }

  private func answer(_ response: Response, _ part: ExportedSession.Part) -> String {
    let isWinner = part.turn.winner == response.lane
    var words = [response.state.rawValue]
    if let place = part.places[response.lane] { words.append(Readable.ordinal(place)) }
    if isWinner { words.append("winner") }
    if response.isSimulated { words.append("simulated") }
    if response.generation > 1 { words.append("generation \(response.generation)") }
    if let origin = part.answer(response.lane)?.origin { words.append("from \(origin)") }
    var out = "<section class=\"lane\(isWinner ? " winner" : "")\"><header><b>\(response.lane + 1) "
    out += "\(HTMLText.escaped(response.title(among: part.lanes)))</b> "
    out += "<span class=\"quiet\">\(HTMLText.escaped(words.joined(separator: " · ")))</span></header>"
    if let prompt = response.prompt { out += Self.folded("Prompt of this lane", prompt) }
    if let system = response.system { out += Self.folded("System prompt of this lane", system) }
    if !response.reasoning.isEmpty { out += Self.folded("Reasoning", response.reasoning) }
    if !response.text.isEmpty { out += "<div class=\"answer\">\(MarkdownHTML.of(response.text))</div>" }
    for notice in response.notices { out += "<p class=\"quiet\">\(HTMLText.escaped(notice))</p>" }
    if let error = response.error { out += "<p class=\"bad\">\(HTMLText.escaped(error.message))</p>" }
    return out + "</section>"
  }

  private func table(_ part: ExportedSession.Part) -> String {
    let columns = Scoreboard.columns(hasFits: !part.fits.isEmpty, hasMarks: part.marks.isCompared)
    let rows = part.responses.map { response in
      let row = Scoreboard.row(
        response, place: part.places[response.lane], fit: part.fit(response.lane), marks: part.marks)
      return columns.map { row[$0] ?? "" }
    }
    let words = Set(columns.indices.filter { !columns[$0].isNumeric })
    return "<h3>Lanes</h3>" + HTMLPage.table(columns.map(\.rawValue), rows, words: words)
  }

  private func findings(_ part: ExportedSession.Part) -> String {
    var out = ""
    if !part.votes.isEmpty {
      out += "<h3>Votes</h3><ul>"
      for vote in part.votes { out += "<li>\(HTMLText.escaped(ExportedSession.words(vote)))</li>" }
      out += "</ul>"
    }
    if !part.judgements.isEmpty {
      out += "<h3>Verdicts</h3>" + part.judgements.map { Self.verdict($0, part.tables[$0.id]) }.joined()
    }
    return out
  }

  /// The result in one line, the criteria as a table, then each order in the judge's words.
  /// - Parameter table: with the criteria that the judge went by, where they are known.
  static func verdict(_ judgement: Judgement, _ table: VerdictTable?) -> String {
    let table = table ?? VerdictTable(judgement, brief: nil)
    let mark = judgement.rankingValue == nil ? " (not counted)" : ""
    var out = "<p><b>\(HTMLText.escaped(table.result + mark))</b>: \(HTMLText.escaped(judgement.outcome.reason)) "
    out += "<span class=\"quiet\">\(HTMLText.escaped(judgement.judge))</span></p>"
    if !table.criteria.isEmpty {
      let header = ["criterion", "lane \(table.a + 1)", "lane \(table.b + 1)"]
      out += HTMLPage.table(header, table.rows(judgement.outcome), words: [0, 1, 2])
    }
    out += "<ul>"
    for order in table.orders {
      let said = order.preference.map { "\($0): " } ?? "no verdict, "
      out += "<li>\(HTMLText.escaped("lane \(order.first + 1) listed first: \(said)\(order.reason)"))"
      for fault in order.faults {
        let words = HTMLText.escaped("lane \(fault.lane + 1), \(fault.kind.words):")
        out += "<br><span class=\"bad\">\(words)</span> <q>\(HTMLText.escaped(fault.quote))</q>"
      }
      out += "</li>"
    }
    return out + "</ul>"
  }

  /// What each call used and cost, class by class.
  private func receipts(_ part: ExportedSession.Part) -> String {
    let rows = part.responses.flatMap { response -> [[String]] in
      guard !response.isSimulated, response.state != .queued else { return [] }
      let cost = response.cost
      let name = "\(response.lane + 1) \(response.model.text)"
      let charge = cost.price?.charge(for: response.usage)
      let lines = charge?.lines.map { line in
        [name, line.kind.title, "\(line.count)", line.rate.dollars, "$\(line.amount.decimalText)"]
      }
      let counts = response.usage.classes.map { [name, $0.kind.title, "\($0.count)", "", ""] }
      return (lines ?? counts) + [[name, "in all (\(cost.status.rawValue))", "", "", Readable.cost(cost)]]
    }
    guard !rows.isEmpty else { return "" }
    return "<details><summary class=\"quiet\">Receipts</summary>"
      + HTMLPage.table(["lane", "what", "count", "$ a million", "cost"], rows) + Self.sources(part) + "</details>\n"
  }

  private static func sources(_ part: ExportedSession.Part) -> String {
    let lines = part.responses.compactMap { response in
      response.cost.price.map { price in
        "lane \(response.lane + 1): \(price.record)\(price.since.map { " since \($0)" } ?? ""), \(price.source)"
      }
    }
    return lines.isEmpty ? "" : "<p class=\"quiet\">Prices by \(HTMLText.escaped(lines.joined(separator: "; ")))</p>"
  }
}
