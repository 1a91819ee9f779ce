import Core
import Store
import Workbench

/// One answer in the setting that a table's line needs.
struct ExportedAnswer {
  let exported: ExportedSession
  let part: ExportedSession.Part
  let answer: StoredAnswer

  var response: Response { answer.response }
  var isLatest: Bool { part.turn.responses[response.lane]?.generation == response.generation }
  var isWinner: Bool { isLatest && part.turn.winner == response.lane }

  /// All generations, but those of turns that are blind: their lines could not be without names.
  static func all(_ sessions: [ExportedSession]) -> [ExportedAnswer] {
    sessions.flatMap { exported in
      exported.parts.filter { !$0.isBlind }.flatMap { part in
        part.answers.map { ExportedAnswer(exported: exported, part: part, answer: $0) }
      }
    }
  }
}

/// A line of JSON for each answer.
struct LinesExport {
  let sessions: [ExportedSession]

  var text: String { ExportedAnswer.all(sessions).map { line($0).serialized() + "\n" }.joined() }

  private func line(_ line: ExportedAnswer) -> JSON {
    let turn = line.part.turn
    var document: JSON = [
      "session": .string(line.exported.session.id), "title": .string(line.exported.session.title),
      "turn": .int(turn.number), "prompt": .string(line.response.prompt ?? turn.prompt),
      "prompt_sha256": .string(turn.promptSHA256),
    ]
    document["turn_system"] = .optional(turn.system)
    document["item"] = .optional(turn.item)
    document["run"] = turn.run.map { .int($0) } ?? .null
    document["tags"] = .array(turn.tags.map { .string($0) })
    document["files"] = .array(turn.attachments.map { .string($0.name) })
    document["rule"] = .string(turn.rule.rawValue)
    document["winner"] = .bool(line.isWinner)
    document["latest"] = .bool(line.isLatest)
    document["fit"] = line.isLatest ? line.part.fit(line.response.lane).map(JSON.double) ?? .null : .null
    guard case .object(let members) = JSONExport.response(line.answer) else { return document }
    for member in members { document[member.name] = member.value }
    return document
  }
}

/// A row for each answer by RFC 4180. Numbers are plain, money in dollars, times in milliseconds.
struct CSVExport {
  let sessions: [ExportedSession]

  /// Spreadsheets take a field that begins so for a formula: it gets a `'` before it.
  private static let formulaMarks: Set<Unicode.Scalar> = ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"]

  var text: String {
    let columns = Self.columns
    let rows = ExportedAnswer.all(sessions).map { answer in columns.map { $0.value(answer) } }
    return ([columns.map(\.name)] + rows).map { $0.joined(separator: ",") + "\r\n" }.joined()
  }

  private struct Column {
    let name: String
    let value: (ExportedAnswer) -> String

    static func words(_ name: String, _ value: @escaping (ExportedAnswer) -> String?) -> Column {
      Column(name: name) { CSVExport.field(value($0) ?? "") }
    }
    static func number(_ name: String, _ value: @escaping (ExportedAnswer) -> Int?) -> Column {
      Column(name: name) { value($0).map(String.init) ?? "" }
    }
    static func money(_ name: String, _ value: @escaping (Cost) -> Money?) -> Column {
      Column(name: name) { value($0.response.cost)?.decimalText ?? "" }
    }
    static func time(_ name: String, _ value: @escaping (Timing) -> Int64?) -> Column {
      Column(name: name) { row in
        let number = RaceDocument.milliseconds(value(row.response.timing))
        return number == .null ? "" : number.serialized()
      }
    }
  }

  private static var columns: [Column] {
    [
      .words("session") { $0.exported.session.id }, .words("title") { $0.exported.session.title },
      .words("created") { isoTime($0.answer.created) }, .number("turn") { $0.part.turn.number },
      .number("lane") { $0.response.lane }, .number("generation") { $0.response.generation },
      .words("latest") { $0.isLatest ? "true" : "false" }, .words("winner") { $0.isWinner ? "true" : "false" },
      .words("provider") { $0.response.model.provider }, .words("model") { $0.response.model.model },
      .words("model_reported") { $0.response.modelReported },
      .words("parameters") { $0.response.parameters.json.serialized() },
      .words("state") { $0.response.state.rawValue },
      .words("finish_reason") { $0.response.finishReason?.rawValue },
      .words("error_kind") { $0.response.error?.kind.rawValue }, .words("error") { $0.response.error?.message },
      .words("system") { $0.response.system ?? $0.part.turn.system },
      .words("prompt") { $0.response.prompt ?? $0.part.turn.prompt },
      .words("answer") { $0.response.text }, .words("reasoning") { $0.response.reasoning },
      .words("item") { $0.part.turn.item }, .words("tags") { $0.part.turn.tags.joined(separator: " ") },
      .number("input_tokens") { $0.response.usage.input }, .number("cache_read_tokens") { $0.response.usage.cacheRead },
      .number("cache_write_tokens") { $0.response.usage.cacheWrite },
      .number("output_tokens") { $0.response.usage.output },
      .number("reasoning_tokens") { $0.response.usage.reasoning },
      .words("usage_source") { $0.response.usage.source.rawValue },
      .words("cost_status") { $0.response.cost.status.rawValue }, .money("cost_usd", \.amount),
      .money("computed_usd", \.computed), .money("reported_usd", \.reported),
      .words("wasted") { $0.response.cost.isWasted ? "true" : "false" }, .time("ttft_ms", \.firstToken),
      .time("ttfo_ms", \.firstAnswer), .time("end_ms", \.end),
      Column(name: "tokens_per_second") { Scoreboard.speed($0.response).map { decimalText($0, places: 2) } ?? "" },
      .number("chunks") { $0.response.timing.chunks }, .number("votes_won") { $0.part.wins($0.answer) },
      Column(name: "fit") { row in row.isLatest ? row.part.fit(row.response.lane).map { decimalText($0) } ?? "" : "" },
      .words("simulated") { $0.response.isSimulated ? "true" : "false" }, .words("origin") { $0.answer.origin },
    ]
  }

  static func field(_ text: String) -> String {
    var text = VisibleText.of(text.replacing("\r\n", with: "\n"))
    // Some cut off the blanks before they look.
    let first = text.unicodeScalars.first { !$0.properties.isWhitespace }
    if text.unicodeScalars.first.map(formulaMarks.contains) ?? false || first.map(formulaMarks.contains) ?? false {
      text = "'" + text
    }
    guard text.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}

extension ExportedSession.Part {
  /// Votes that an answer won.
  fileprivate func wins(_ answer: StoredAnswer) -> Int {
    votes.filter { vote in
      let winner = vote.choice == .left ? vote.left : vote.choice == .right ? vote.right : nil
      return winner?.lane == answer.response.lane && winner?.generation == answer.response.generation
    }.count
  }
}
