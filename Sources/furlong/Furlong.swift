import ArgumentParser
import Core

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The root command. Synchronous: on Linux the main actor leaves the main thread after an `await`.
@main
struct Furlong: ParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "furlong",
    abstract: "Race language models side by side, judge them honestly, know what each answer cost.",
    discussion: """
      Without a command the workbench opens. Keys come from the usual environment variables; furlong providers shows which.
      Exit status: 0 done as asked, 1 it ran but not as asked, 2 it could not run, 130 interrupted.
      """,
    version: version,
    subcommands: [
      OpenCommand.self, RaceCommand.self, AbCommand.self, VoteCommand.self, BatchCommand.self, JudgeCommand.self,
      JudgeCardCommand.self, LeaderboardCommand.self, SessionsCommand.self, CostsCommand.self, ReceiptCommand.self,
      ReconcileCommand.self, PricesCommand.self, ModelsCommand.self,
      ProvidersCommand.self, ServeCommand.self, RouteCommand.self, KeyCommand.self, ImportCommand.self,
      ConfigCommand.self, ThemesCommand.self, KeysCommand.self, DemoCommand.self,
    ],
    defaultSubcommand: OpenCommand.self)

  static func main() {
    // A closed pipe is an error where it is written to, not the end of the process.
    signal(SIGPIPE, SIG_IGN)
    Descriptors.raise()
    do {
      var command = try parsed(Array(CommandLine.arguments.dropFirst()))
      try command.run()
      if Console.outputFault != nil { end(1) }
    } catch {
      leave(error)
    }
  }

  /// A text may begin with a dash (`- summarise the points`, `-5 + 3 = ?`): a word with a blank in it is no option. It is the value
  /// of the option before it, or else the prompt.
  private static func parsed(_ words: [String]) throws -> any ParsableCommand {
    do {
      return try parseAsRoot(words)
    } catch {
      let texts = words.indices.filter {
        words[$0].hasPrefix("-") && words[$0].prefix { $0 != "=" }.contains(where: \.isWhitespace)
      }
      guard texts.count == 1, let place = texts.first, !words.contains("--") else { throw error }
      var joined = words
      joined.remove(at: place)
      if place > 0, words[place - 1].hasPrefix("--") {
        var valued = joined
        valued[place - 1] += "=" + words[place]
        if let command = try? parseAsRoot(valued) { return command }
      }
      guard let command = try? parseAsRoot(joined + ["--", words[place]]) else { throw error }
      return command
    }
  }

  /// Prints what a person needs and exits with the status that the help promises.
  private static func leave(_ error: any Error) -> Never {
    if let failure = error as? CommandError {
      Console.error("furlong: \(failure.message)")
      end(2)
    }
    let code = exitCode(for: error)
    let text = fullMessage(for: error)
    if code == .success {
      print(text)
      end(0)
    }
    if !text.isEmpty { Console.error(text) }
    end(code == .validationFailure ? 2 : code.rawValue)
  }
}

/// The C function, whose name `ParsableCommand.exit` hides.
func end(_ status: Int32) -> Never { exit(status) }

/// Something that keeps a command from running: exit status 2.
struct CommandError: Error, CustomStringConvertible {
  let message: String

  var description: String { message }

  init(_ message: String) { self.message = message }
}
