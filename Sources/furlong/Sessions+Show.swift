import ArgumentParser
import Core
import Judging
import Store
import Workbench

extension SessionsCommand {
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Print a session: prompts, answers, table.")

    @Argument(help: "The session's id, or its beginning.", completion: Completions.sessions)
    var id: String

    @Flag(help: "Print one JSON document.")
    var json = false

    @OptionGroup var database: DatabaseOptions

    /// A vote on answers that have been revealed.
    private static func words(_ vote: Vote, _ session: Session) -> String {
      let names = [vote.left, vote.right].map { JudgeText.name($0.lane, session) }
      let words =
        switch vote.choice {
        case .left: "\(names[0]) is better"
        case .right: "\(names[1]) is better"
        case .tie, .bothBad: vote.choice.words
        }
      let implied = vote.impliedBy == nil ? "" : " (implied by a choice among several)"
      let note = vote.note.map { ": \($0)" } ?? ""
      return VisibleText.line("\(names[0])  against  \(names[1])  (your vote, \(localTime(vote.created)))")
        + "\n  " + VisibleText.line(words + implied + note)
    }

    func run() throws {
      let store = try Setup(database: database.database).openStore()
      let session: Session
      let (judgements, fits, votes, picks): ([Judgement], [Fit], [Vote], [Pick])
      do throws(StoreError) {
        session = try store.session(id)
        judgements = try store.judgements(session: session.id)
        fits = try store.fits(session: session.id)
        votes = try store.votes(session: session.id)
        picks = try store.picks(session: session.id)
      } catch {
        throw CommandError(error.message)
      }
      func outcome(_ turn: Turn) -> RaceOutcome {
        RaceOutcome(
          responses: turn.responses, winner: turn.winner, fits: fits.filter { $0.answer.turn == turn.number },
          judgements: judgements, votes: votes, picks: picks, lanes: session.lanes)
      }
      if json {
        let turns = session.turns.map { turn in
          if let assignment = turn.blind {
            return BlindTrial(session: session, turn: turn, assignment: assignment).blindDocument
          }
          return RaceDocument(session: session.id, turn: turn, outcome: outcome(turn)).jsonWithPrompt
        }
        let document: JSON = ["session": .string(session.id), "turns": .array(turns)]
        return Console.output(document.serialized(indented: true))
      }
      Console.output(VisibleText.line("Session \(session.id), \(localTime(session.created)): \(session.title)") + "\n")
      for turn in session.turns {
        Console.output("# \(turn.number): \(VisibleText.of(turn.prompt))\n")
        if let system = turn.system { Console.output("System: \(VisibleText.of(system))\n") }
        for file in turn.attachments {
          Console.output("File: \(VisibleText.line(file.name)) (\(file.mediaType), \(file.data.count) bytes)\n")
        }
        if let assignment = turn.blind {
          Console.output(BlindTrial(session: session, turn: turn, assignment: assignment).blindText)
          Console.output("(blind: furlong ab --vote CHOICE --session \(session.id) votes and reveals)\n")
          continue
        }
        let outcome = outcome(turn)
        RaceText.printAnswers(outcome, rule: turn.rule)
        RaceText.printTable(outcome, rule: turn.rule, marks: outcome.marks(turn, session: session.id))
        Console.output("")
        let verdicts = judgements.filter { $0.a.turn == turn.number }
        let choices = votes.filter { $0.left.turn == turn.number }
        JudgeText.output(verdicts, session, JudgeText.tables(verdicts, store))
        for vote in choices { Console.output(Self.words(vote, session)) }
        if !verdicts.isEmpty || !choices.isEmpty { Console.output("") }
        if let route = turn.route {
          for line in RouteText.explanation(route) { Console.output(line) }
          Console.output("")
        }
      }
    }

  }
}
