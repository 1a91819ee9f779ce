import ArgumentParser
import Core

extension SessionsCommand {
  struct Search: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "search", abstract: "Search prompts and answers.",
      discussion: """
        Finds sessions with all the words in one prompt or one answer, in prompts first. Words in quotes are looked for as they
        stand, a word after a minus must not be there, the last word may be only begun:
        furlong sessions search '"neap tide" moon -sun'
        """)

    @Argument(help: "Words to look for.")
    var query: String

    @Flag(help: "Look through reasoning too.")
    var reasoning = false

    @OptionGroup var options: FilterOptions

    func validate() throws {
      let words = SearchWords(parsing: query)
      if words.isEmpty {
        throw ValidationError(
          words.terms.isEmpty
            ? "there is no word in ‘\(query)’" : "a word to look for is missing, besides those left out")
      }
    }

    func run() throws {
      var filter = options.filter
      (filter.text, filter.includesReasoning) = (query, reasoning)
      let sessions = try options.sessions(filter)
      if options.json { return Console.output(SessionLines.document(sessions).serialized(indented: true)) }
      let rows = SessionLines.table(sessions)
      for (row, session) in zip(rows.dropFirst(), sessions) {
        Console.output(row)
        if let hit = session.hit { Console.output("  " + Self.line(hit)) }
      }
      if sessions.isEmpty { Console.error("nothing found") }
    }

    /// Hits stand out on a terminal only.
    private static func line(_ hit: SearchHit) -> String {
      let place = hit.isPrompt || hit.isTitle ? hit.place : hit.model.map { VisibleText.line($0) } ?? "an answer"
      let start = hit.isTitle ? "title: " : "turn \(hit.turn), \(place): "
      if hit.pieces.isEmpty { return start + "(not shown before the vote)" }
      let (begin, end) = Console.outputIsStyled ? ("\u{1B}[1m", "\u{1B}[22m") : ("", "")
      return start
        + hit.pieces.map { piece in
          let text = VisibleText.line(piece.text)
          return piece.isMatch ? begin + text + end : text
        }.joined()
    }
  }
}
