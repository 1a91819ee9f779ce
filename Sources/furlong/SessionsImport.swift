import ArgumentParser
import Core
import Foundation
import Store

extension SessionsCommand {
  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "import", abstract: "Add sessions from files: Furlong's own, or those of other programs.",
      discussion:
        "A file is added whole or not at all; what is here already is left as it is, so that one broken off goes on when it is done again."
    )

    @Argument(
      help: ArgumentHelp("Files to read; - is standard input.", valueName: "file"), completion: .file())
    var files: [String] = []

    @Option(name: .shortAndLong, help: "What the files are; told from what is in them without it.")
    var format: ImportFormat?

    @Flag(help: .hidden)
    var markdown = false

    @OptionGroup var database: DatabaseOptions

    func validate() throws {
      if files.isEmpty, !markdown { throw ValidationError("name the files to import") }
    }

    func run() throws {
      if markdown { return Console.output(ImportFormat.markdownTable.joined(separator: "\n")) }
      let setup = try Setup(database: database.database)
      let store = try setup.openStore()
      for file in files {
        do {
          tell(try store.add(read(file, setup)), file)
        } catch let error as InvalidFile {
          throw CommandError("\(file) was not imported: \(error.message)")
        } catch let error as StoreError {
          throw CommandError("\(file) was not imported: \(error.message)")
        }
      }
      do throws(StoreError) { try store.close() } catch { throw CommandError(error.message) }
    }

    private func read(_ path: String, _ setup: Setup) throws -> [SessionRows] {
      let file = try ImportFile(path: path)
      func models(_ origin: String) -> (String) -> ModelID {
        ForeignModels(services: setup.config.services, origin: origin).model
      }
      switch try format ?? ImportFormat.told(by: file.bytes) {
      case .furlong: return try SessionFile(file.bytes).sessions
      case .llm:
        if path == "-" { throw InvalidFile("a database cannot be read from standard input: name its file") }
        return try LLMLog.sessions(path: path, resolve: models(LLMLog.origin))
      case .promptfoo:
        return try PromptfooResults.sessions(file.bytes, resolve: models(PromptfooResults.origin))
      }
    }

    private func tell(_ arrivals: [Store.Arrival], _ file: String) {
      for arrival in arrivals {
        let title = VisibleText.line(String(arrival.title.prefix(60)))
        switch arrival.outcome {
        case .added:
          let was = arrival.id == arrival.asked ? "" : " (\(arrival.asked) is another session here)"
          Console.output("\(arrival.id) added\(was): \(title)")
        case .alreadyHere(let turns):
          let more = arrival.turns > turns ? "; the file has \(arrival.turns) turns, here are \(turns)" : ""
          Console.output("\(arrival.id) is here already\(more): \(title)")
        }
      }
      if arrivals.isEmpty { Console.error("\(file) holds no sessions") }
    }
  }
}
