import ArgumentParser
import Core
import Foundation
import Terminal
import Workbench

extension SessionsCommand {
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List sessions, newest first.")

    @Flag(help: "List the calls that came through the gateway, not what people raced.")
    var gateway = false

    @OptionGroup var options: FilterOptions

    func run() throws {
      var filter = options.filter
      filter.isOfGateway = gateway
      let sessions = try options.sessions(filter)
      if options.json { return Console.output(SessionLines.document(sessions).serialized(indented: true)) }
      for line in SessionLines.table(sessions) { Console.output(line) }
      if sessions.isEmpty, options.filter.hasConditions { Console.error("no session is so") }
    }
  }
}

/// Sessions as rows and as JSON, for `list` and `search`.
enum SessionLines {
  /// A prompt may take this many columns.
  private static let longest = 48

  static func table(_ sessions: [SessionSummary]) -> [String] {
    let rows = sessions.map { session in
      let name = VisibleText.line(session.name).trimmingCharacters(in: .whitespaces)
      return [
        session.id, localTime(session.created), TextWidth.fitted(name, columns: longest), "\(session.models.count)",
        session.isBlind ? "blind" : VisibleText.line(session.winner ?? "–"), session.votes.map { "\($0)" } ?? "–",
        Readable.total(session.cost, hasUnknown: session.hasUnknownCost),
      ]
    }
    return TextTable.lines(
      header: ["id", "date", "prompt", "lanes", "winner", "votes", "cost"], rows: rows, numeric: [3, 5, 6])
  }

  static func document(_ sessions: [SessionSummary]) -> JSON {
    ["sessions": .array(sessions.map(object))]
  }

  private static func object(_ session: SessionSummary) -> JSON {
    let hit = session.hit.map { hit -> JSON in
      [
        "turn": .int(Int64(hit.turn)), "in": .string(hit.place), "model": .optional(hit.model),
        "snippet": .string(hit.text), "matches": .array(hit.pieces.filter(\.isMatch).map { .string($0.text) }),
      ]
    }
    return [
      "id": .string(session.id), "created": .int(session.created), "title": .string(session.title),
      "first_prompt": .string(session.firstPrompt), "last_prompt": .string(session.lastPrompt),
      "turns": .int(Int64(session.turns)), "lanes": .array(session.models.map { .string($0) }),
      "winner": .optional(session.winner), "votes": session.votes.map { .int(Int64($0)) } ?? .null,
      "blind": .bool(session.isBlind), "cost_usd": .string(session.cost.decimalText),
      "cost_unknown": .bool(session.hasUnknownCost), "tags": .array(session.tags.map { .string($0) }),
      "state": .optional(session.state?.rawValue), "disagreement": .double(session.disagreement), "hit": hit ?? .null,
    ]
  }
}
