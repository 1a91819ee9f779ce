import Core
import Engine
import Workbench

/// The report as Markdown.
struct BatchMarkdown {
  let summary: BatchSummary

  init(_ summary: BatchSummary) { self.summary = summary }

  var text: String {
    var out = "# \(MarkdownSource.inline(Session.shownTitle(summary.result.session.title)))\n\n"
    out += "Session `\(summary.result.session.id)`, \(localTime(summary.result.session.created)), "
    out += "\(Readable.count(summary.result.items.count, "prompt")), cost \(summary.result.progress.cost.screenText)"
    out += (summary.result.progress.hasUnknownCost ? " and more of unknown price" : "") + ".\n\n"
    out += "## Lanes\n\n" + MarkdownSource.table(summary.laneHeader, summary.laneRows)
    if !summary.judges.isEmpty {
      let names = summary.judges.map { MarkdownSource.inline($0.text) }.joined(separator: ", ")
      out +=
        "\n## Verdicts\n\nBy \(names), each pair in both orders.\n\n"
        + MarkdownSource.table(summary.matrixHeader, summary.matrixRows)
    }
    out += "\n" + summary.pairWords.map { "* \(MarkdownSource.inline($0))\n" }.joined()
    if let standings = summary.standings {
      out += "\n## Leaderboard\n\n```\n" + LeaderboardText.lines(standings).joined(separator: "\n") + "\n```\n"
      if let note = summary.cardNote { out += "\n\(MarkdownSource.inline(note))\n" }
    }
    out += "\n## Answers\n"
    for (item, turn) in summary.turns {
      out += "\n### \(MarkdownSource.inline(item.id))\n\n" + MarkdownSource.fenced(item.prompt)
      for response in turn.responses.values.sorted(by: { $0.lane < $1.lane }) {
        out +=
          "\n**\(response.lane + 1) \(MarkdownSource.inline(summary.name(response.lane)))** (\(response.state.rawValue))\n\n"
        out += MarkdownSource.fenced(response.text)
      }
      for judgement in summary.counted where judgement.a.turn == turn.number {
        out += MarkdownExport.verdict(judgement, summary.tables[judgement.id])
      }
    }
    return out
  }
}

/// The report as one HTML file: no scripts, nothing from elsewhere.
struct BatchHTML {
  let summary: BatchSummary

  init(_ summary: BatchSummary) { self.summary = summary }

  var text: String {
    let result = summary.result
    var out = """
      <h1>\(HTMLText.escaped(Session.shownTitle(result.session.title)))</h1>
      <p class="quiet">session \(result.session.id) · \(localTime(result.session.created)) · \
      \(Readable.count(result.items.count, "prompt")) · cost \(result.progress.cost.screenText)\
      \(result.progress.hasUnknownCost ? " and more of unknown price" : "")</p>
      <h2>Lanes</h2>\(HTMLPage.table(summary.laneHeader, summary.laneRows))
      """
    if !summary.judges.isEmpty {
      let names = summary.judges.map { HTMLText.escaped($0.text) }.joined(separator: ", ")
      out += "<h2>Verdicts</h2><p class=\"quiet\">by \(names), each pair in both orders</p>"
      out += HTMLPage.table(summary.matrixHeader, summary.matrixRows)
    }
    out += "<ul>" + summary.pairWords.map { "<li>\(HTMLText.escaped($0))</li>" }.joined() + "</ul>"
    if let standings = summary.standings {
      out +=
        "<h2>Leaderboard</h2><pre>\(HTMLText.escaped(LeaderboardText.lines(standings).joined(separator: "\n")))</pre>"
      if let note = summary.cardNote { out += "<p class=\"quiet\">\(HTMLText.escaped(note))</p>" }
    }
    out += "<h2>Answers</h2>"
    for (item, turn) in summary.turns { out += self.item(item, turn) }
    return HTMLPage.text(title: Session.shownTitle(result.session.title), body: out)
  }

  private func item(_ item: BatchItem, _ turn: Turn) -> String {
    let verdicts = summary.counted.filter { $0.a.turn == turn.number }
    let words = verdicts.map { $0.outcome.words(a: $0.a.lane, b: $0.b.lane) }.joined(separator: "; ")
    var out = "<details><summary><b>\(HTMLText.escaped(item.id))</b> \(HTMLText.escaped(sessionTitle(item.prompt)))"
    out += words.isEmpty ? "</summary>" : " <span class=\"quiet\">\(HTMLText.escaped(words))</span></summary>"
    out += "<pre>\(HTMLText.escaped(item.prompt))</pre><div class=\"lanes\">"
    for response in turn.responses.values.sorted(by: { $0.lane < $1.lane }) {
      let check = summary.result.checks[turn.number]?[response.lane].map { $0 ? " · passed" : " · not passed" } ?? ""
      out += "<div><b>\(response.lane + 1) \(HTMLText.escaped(summary.name(response.lane)))</b> "
      out +=
        "<span class=\"quiet\">\(response.state.rawValue)\(check)</span><pre>\(HTMLText.escaped(response.text))</pre></div>"
    }
    out += "</div>"
    for verdict in verdicts { out += HTMLExport.verdict(verdict, summary.tables[verdict.id]) }
    return out + "</details>"
  }
}
