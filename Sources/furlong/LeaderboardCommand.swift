import ArgumentParser
import Core
import Engine
import Ranking
import Store
import Workbench

extension BallotSource: ExpressibleByArgument {}
extension TieModel: ExpressibleByArgument {}

struct LeaderboardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "leaderboard", abstract: "Rate models from votes, with intervals.",
    discussion: """
      Without --votes it ranks by what is stored: your own blind votes (human), verdicts of judges that have a card (judge), or
      both in one model (joint).

      --votes reads a CSV file (or, named .jsonl, one JSON object a line) with the columns model_a, model_b and outcome
      (a, b, tie, both_bad), and optional count and prompt_id; votes with one prompt_id count as related.
      """)

  enum PriorChoice: String, ExpressibleByArgument, CaseIterable {
    case weak, none
  }

  @Option(help: ArgumentHelp("Votes from elsewhere: a .csv or .jsonl file.", valueName: "file"))
  var votes: String?

  @Option(help: "Whose word counts.")
  var source = BallotSource.human

  @Option(
    help: ArgumentHelp("Only prompts with this tag, drawn to the ratings over all of them.", valueName: "tag"),
    completion: Completions.tags)
  var tag: String?

  @Flag(help: "Take out what the length of an answer alone explains.")
  var withoutLength = false

  @Option(help: "Ratings drawn to the mean a little (weak), or by the votes alone (none).")
  var prior = PriorChoice.weak

  @Option(help: "How ties are understood.")
  var ties = TieModel.davidson

  @Option(
    help: ArgumentHelp("The Elo rating that one model shall have; else the mean is 1000.", valueName: "model=elo"))
  var anchor: String?

  @Flag(help: "Print one JSON document.")
  var json = false

  @OptionGroup var database: DatabaseOptions

  func validate() throws {
    if votes != nil, withoutLength {
      throw ValidationError("a file of votes has no lengths: leave out --without-length")
    }
    if votes != nil, tag != nil || source != .human {
      throw ValidationError("--votes brings its own votes: leave out --source and --tag")
    }
    if let anchor, Self.anchor(anchor) == nil {
      throw ValidationError("‘\(anchor)’ is no anchor: write a model and its rating, as in gpt-4=1114")
    }
  }

  func run() throws {
    let fit = BradleyTerry.Options(
      prior: prior == .none ? .none : .weak, ties: ties, hasLengthTerm: withoutLength)
    let options = Standings.Options(fit: fit, anchor: anchor.flatMap(Self.anchor))
    let board = try votes.map { try outside($0, options) } ?? stored(options)
    if json { return Console.output(board.json.serialized(indented: true)) }
    for line in LeaderboardText.lines(board) { Console.output(line) }
  }

  private func outside(_ path: String, _ options: Standings.Options) throws -> Board {
    let ballots = try VotesFile(path: path).ballots
    do throws(Standings.Failure) { return try Board(outside: ballots, options) } catch {
      throw Self.error(error, ballots)
    }
  }

  private func stored(_ options: Standings.Options) throws -> Board {
    let setup = try Setup(database: database.database)
    let engine = setup.makeEngine(store: try setup.openStore())
    do {
      return try engine.board(source, tag: tag, options)
    } catch let failure as Standings.Failure {
      throw Self.error(failure, try engine.ballots(source).table)
    } catch let failure as BradleyTerry.Failure {
      throw CommandError(failure.message)
    } catch let fault as StoreError {
      throw CommandError(fault.message)
    } catch let nothing as NothingToRank {
      throw CommandError(nothing.message)
    }
  }

  /// The last `=` parts them: a model's name may hold others, as `openai/gpt-5.6,effort=high`.
  private static func anchor(_ text: String) -> Standings.Anchor? {
    guard let mark = text.lastIndex(of: "="), mark > text.startIndex,
      let elo = Double(text[text.index(after: mark)...]), elo.isFinite
    else { return nil }
    return Standings.Anchor(model: String(text[..<mark]), elo: elo)
  }

  private static func error(_ failure: Standings.Failure, _ ballots: BallotTable) -> CommandError {
    switch failure {
    case .unknownAnchor(let name):
      let known = ballots.models.prefix(10).map(VisibleText.line).joined(separator: ", ")
      return CommandError(
        "--anchor: there is no model ‘\(name)’ in the votes; there are "
          + "\(known)\(ballots.models.count > 10 ? ", …" : "")")
    case .fit(.unconnected(let graph)):
      let groups = graph.parts.prefix(3).map { part in
        "{" + part.prefix(3).map { VisibleText.line(ballots.models[$0]) }.joined(separator: ", ")
          + (part.count > 3 ? ", …}" : "}")
      }
      return CommandError(
        "\(graph.notice ?? ""): \(groups.joined(separator: " "))\(graph.parts.count > 3 ? " …" : "");"
          + " use --prior weak, or more votes")
    case .fit(let failure): return CommandError("\(failure.message); use --prior weak, or more votes")
    }
  }
}
