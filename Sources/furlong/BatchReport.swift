import Core
import Engine
import Workbench

/// The report as Markdown.
struct BatchMarkdown {
  let summary: BatchSummary

  init(_ summary: BatchSummary) { self.summary = summary }

  var text: String {
    var out = "# \(Self.inline(summary.result.session.title))\n\n"
    out += "Session `\(summary.result.session.id)`, \(localTime(summary.result.session.created)), "
    out += "\(Readable.count(summary.result.items.count, "prompt")), cost \(summary.result.progress.cost.screenText)"
    out += (summary.result.progress.hasUnknownCost ? " and more of unknown price" : "") + ".\n\n"
    out += "## Lanes\n\n" + table(summary.laneHeader, summary.laneRows)
    if !summary.judges.isEmpty {
      let names = summary.judges.map { Self.inline($0.text) }.joined(separator: ", ")
      out +=
        "\n## Verdicts\n\nBy \(names), each pair in both orders.\n\n" + table(summary.matrixHeader, summary.matrixRows)
    }
    out += "\n" + summary.pairWords.map { "* \(Self.inline($0))\n" }.joined()
    if let standings = summary.standings {
      out += "\n## Leaderboard\n\n```\n" + LeaderboardText.lines(standings).joined(separator: "\n") + "\n```\n"
      if let note = summary.cardNote { out += "\n\(Self.inline(note))\n" }
    }
    out += "\n## Answers\n"
    for (item, turn) in summary.turns {
      out += "\n### \(Self.inline(item.id))\n\n" + Self.quoted(item.prompt) + "\n"
      for response in turn.responses.values.sorted(by: { $0.lane < $1.lane }) {
        out += "\n**\(response.lane + 1) \(Self.inline(summary.name(response.lane)))** (\(response.state.rawValue))\n\n"
        out += Self.quoted(response.text) + "\n"
      }
      for judgement in summary.counted where judgement.a.turn == turn.number {
        out +=
          "\n\(judgement.outcome.words(a: judgement.a.lane, b: judgement.b.lane)) (\(Self.inline(judgement.judge)))\n"
      }
    }
    return out
  }

  private func table(_ header: [String], _ rows: [[String]]) -> String {
    func line(_ cells: [String]) -> String {
      "| " + cells.map(Self.inline).joined(separator: " | ") + " |\n"
    }
    return line(header) + "|" + String(repeating: " --- |", count: header.count) + "\n" + rows.map(line).joined()
  }

  /// On one line, with everything escaped that Markdown or HTML would read as its own.
  private static func inline(_ text: String) -> String {
    var out = ""
    for scalar in VisibleText.line(text).unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\\", "`", "*", "_", "[", "]", "|", "~", "$": out += "\\\(scalar)"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// What others wrote stays a quotation, whatever Markdown it holds: an indented block renders nothing.
  private static func quoted(_ text: String) -> String {
    VisibleText.of(text).split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)\n" }.joined()
  }
}

/// The report as one HTML file: no scripts, nothing from elsewhere.
struct BatchHTML {
  let summary: BatchSummary

  init(_ summary: BatchSummary) { self.summary = summary }

  private static let style = """
    body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#1c1f24;background:#fff}
    h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}table{border-collapse:collapse;margin:.5rem 0}
    th,td{padding:.25rem .6rem;border-bottom:1px solid #d9dde3;text-align:right}th:nth-child(-n+2),td:nth-child(-n+2){text-align:left}
    th{color:#667}pre{white-space:pre-wrap;background:#f5f6f8;padding:.6rem;border-radius:4px;overflow-wrap:anywhere}
    details{border-bottom:1px solid #e5e8ec;padding:.4rem 0}summary{cursor:pointer}.lanes{display:flex;gap:1rem;flex-wrap:wrap}
    .lanes>div{flex:1 1 18rem;min-width:0}.quiet{color:#667}
    @media(prefers-color-scheme:dark){body{background:#14161b;color:#d8dce3}pre{background:#1d2027}th,td,details{border-color:#333840}}
    """

  var text: String {
    let result = summary.result
    var out = """
      <!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
      <title>\(Self.escaped(result.session.title))</title><style>\(Self.style)</style></head><body>
      <h1>\(Self.escaped(result.session.title))</h1>
      <p class="quiet">session \(result.session.id) · \(localTime(result.session.created)) · \
      \(Readable.count(result.items.count, "prompt")) · cost \(result.progress.cost.screenText)\
      \(result.progress.hasUnknownCost ? " and more of unknown price" : "")</p>
      <h2>Lanes</h2>\(table(summary.laneHeader, summary.laneRows))
      """
    if !summary.judges.isEmpty {
      let names = summary.judges.map { Self.escaped($0.text) }.joined(separator: ", ")
      out += "<h2>Verdicts</h2><p class=\"quiet\">by \(names), each pair in both orders</p>"
      out += table(summary.matrixHeader, summary.matrixRows)
    }
    out += "<ul>" + summary.pairWords.map { "<li>\(Self.escaped($0))</li>" }.joined() + "</ul>"
    if let standings = summary.standings {
      out += "<h2>Leaderboard</h2><pre>\(Self.escaped(LeaderboardText.lines(standings).joined(separator: "\n")))</pre>"
      if let note = summary.cardNote { out += "<p class=\"quiet\">\(Self.escaped(note))</p>" }
    }
    out += "<h2>Answers</h2>"
    for (item, turn) in summary.turns { out += self.item(item, turn) }
    return out + "</body></html>\n"
  }

  private func item(_ item: BatchItem, _ turn: Turn) -> String {
    let verdicts = summary.counted.filter { $0.a.turn == turn.number }
    let words = verdicts.map { $0.outcome.words(a: $0.a.lane, b: $0.b.lane) }.joined(separator: "; ")
    var out = "<details><summary><b>\(Self.escaped(item.id))</b> \(Self.escaped(sessionTitle(item.prompt)))"
    out += words.isEmpty ? "</summary>" : " <span class=\"quiet\">\(Self.escaped(words))</span></summary>"
    out += "<pre>\(Self.escaped(item.prompt))</pre><div class=\"lanes\">"
    for response in turn.responses.values.sorted(by: { $0.lane < $1.lane }) {
      let check = summary.result.checks[turn.number]?[response.lane].map { $0 ? " · passed" : " · not passed" } ?? ""
      out += "<div><b>\(response.lane + 1) \(Self.escaped(summary.name(response.lane)))</b> "
      out +=
        "<span class=\"quiet\">\(response.state.rawValue)\(check)</span><pre>\(Self.escaped(response.text))</pre></div>"
    }
    out += "</div>"
    for verdict in verdicts {
      out += "<p>\(Self.escaped(verdict.outcome.words(a: verdict.a.lane, b: verdict.b.lane))): "
      out += "\(Self.escaped(verdict.outcome.reason)) <span class=\"quiet\">\(Self.escaped(verdict.judge))</span></p>"
    }
    return out + "</details>"
  }

  private func table(_ header: [String], _ rows: [[String]]) -> String {
    "<table><tr>" + header.map { "<th>\(Self.escaped($0))</th>" }.joined() + "</tr>"
      + rows.map { "<tr>" + $0.map { "<td>\(Self.escaped($0))</td>" }.joined() + "</tr>" }.joined() + "</table>"
  }

  static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in VisibleText.of(text).unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "'": out += "&#39;"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
