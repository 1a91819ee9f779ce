import ArgumentParser
import Core
import Engine
import Store
import Workbench

extension BallotSource: ExpressibleByArgument {}

struct LeaderboardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "leaderboard", abstract: "Rank models by votes, with what the votes do and do not prove.",
    discussion: """
      Without --votes it ranks by what is stored: your own blind votes (human), verdicts of judges with a card (judge), or both \
      in one model (joint). A file of votes has the columns model_a, model_b and outcome (a, b, tie, both_bad), and optionally count and prompt_id; JSON \
      lines have the same names. Votes with the same prompt_id are not taken as independent.
      """)

  @Option(help: ArgumentHelp("Votes from elsewhere, as CSV or JSON lines.", valueName: "file"))
  var votes: String?

  @Option(help: "Whose word counts.")
  var source: BallotSource = .human

  @Option(help: ArgumentHelp("Only prompts with this tag, drawn to the strengths over all of them.", valueName: "tag"))
  var tag: String?

  @Flag(help: "Take out what the length of an answer alone explains.")
  var withoutLength = false

  @Option(help: "What is believed before the votes: weak draws every model a little to the middle, none does not.")
  var prior: PriorChoice = .weak

  @Option(help: "How ties count: davidson and rao-kupper fit how often they happen, half gives each half a win.")
  var ties: TieModel = .davidson

  @Option(help: ArgumentHelp("Fix the Elo of one model; else their mean is 1000.", valueName: "model=elo"))
  var anchor: String?

  @Flag(help: "Print one JSON document.")
  var json = false

  @OptionGroup var database: DatabaseOptions

  func validate() throws {
    if votes != nil, tag != nil || source != .human {
      throw ValidationError("--votes brings its own votes: leave out --source and --tag")
    }
  }

  func run() throws {
    var options = Standings.Options(ties: ties, prior: prior == .weak ? .weak : .none, anchor: try parsedAnchor())
    options.removingLength = withoutLength
    let board: Board
    do {
      if let votes {
        board = try Board(outside: try VotesFile.read(votes), options)
      } else {
        let setup = try Setup(database: database.database)
        board = try setup.makeEngine(store: try setup.openStore()).board(source, tag: tag, options)
      }
    } catch let fault as RankingFault {
      throw CommandError(VisibleText.line(fault.description))
    } catch let fault as StoreError {
      throw CommandError(fault.message)
    } catch let nothing as NothingToRank {
      throw CommandError(nothing.message)
    }
    StandingsText.print(board, json: json)
  }

  private func parsedAnchor() throws -> (name: String, elo: Double)? {
    guard let anchor else { return nil }
    // Names of models may hold the sign; a number does not.
    guard let sign = anchor.lastIndex(of: "="), sign > anchor.startIndex,
      let elo = Double(anchor[anchor.index(after: sign)...]), elo.isFinite
    else { throw CommandError("--anchor ‘\(VisibleText.line(anchor))’ is not of the form MODEL=1114") }
    return (String(anchor[..<sign]), elo)
  }
}

enum PriorChoice: String, ExpressibleByArgument, CaseIterable { case weak, none }

extension TieModel: ExpressibleByArgument {}

/// A board on standard output, wherever its votes come from.
enum StandingsText {
  /// Below this the table has a line for each pair.
  private static let mostPairs = 15

  static func print(_ board: Board, json: Bool) {
    if json { return Console.output(board.json.serialized(indented: true)) }
    for line in lines(board.standings) { Console.output(line) }
    for line in BoardLines(board).notes { Console.output(VisibleText.line(line)) }
  }

  static func lines(_ standings: Standings) -> [String] {
    let rows = standings.models.map { model in
      [
        model.ranks.count == 1 ? "\(model.ranks.lowerBound)" : "\(model.ranks.lowerBound)–\(model.ranks.upperBound)",
        VisibleText.line(model.model), percent(model.winProbability), whole(model.ratingElo),
        "±" + whole(1.96 * Standings.eloScale * model.standardError),
        "\(model.wins)-\(model.ties)-\(model.bothBad)-\(model.losses)", "\(model.votes)",
        model.votes < 10 ? "few votes" : "",
      ]
    }
    var lines = TextTable.lines(
      header: ["rank", "model", "wins", "Elo", "95 %", "win-tie-bad-loss", "votes", ""], rows: rows,
      numeric: [2, 3, 4, 5, 6])
    let tied = standings.tieParameter.map { ", tie parameter \(rounded($0, 3))" } ?? ""
    lines += [
      "",
      "\(standings.votes) votes. \(standings.method)\(tied); log-likelihood \(rounded(standings.logLikelihood, 2)).",
    ]
    if !standings.isConnected {
      lines.append("The wins do not connect all models both ways: without the prior there is no finite estimate.")
    }
    let shown = standings.pairs.count <= mostPairs ? standings.pairs : standings.pairs.filter(\.isDecided)
    if !shown.isEmpty && shown.count <= mostPairs { lines.append("") }
    if shown.count <= mostPairs {
      lines += shown.map { pair in
        let (a, b) = (VisibleText.line(pair.a), VisibleText.line(pair.b))
        return "\(a) and \(b): " + pair.independent.words(a: a, b: b, testedPairs: standings.pairs.count)
      }
    } else {
      lines.append("\(shown.count) of \(standings.pairs.count) pairs are decided; --json lists them.")
    }
    return lines
  }

  private static func percent(_ share: Double) -> String { rounded(100 * share, 1) + " %" }
  private static func whole(_ value: Double) -> String { rounded(value, 0) }

  private static func rounded(_ value: Double, _ places: Int) -> String {
    let scale = [1.0, 10, 100, 1000][places]
    guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
    let number = Int64((abs(value) * scale).rounded())
    let sign = value < 0 && number > 0 ? "-" : ""
    guard places > 0 else { return sign + "\(number)" }
    let fraction = String(number % Int64(scale))
    return sign + "\(number / Int64(scale))." + String(repeating: "0", count: places - fraction.count) + fraction
  }
}
