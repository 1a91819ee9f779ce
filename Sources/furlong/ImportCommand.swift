import ArgumentParser
import Core
import Foundation

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Turn the config of another program into one for Furlong.",
    subcommands: [LiteLLM.self])

  struct LiteLLM: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "litellm", abstract: "From the config of LiteLLM's proxy: providers, prices and routes.",
      discussion: """
        The config goes to standard output; what has no counterpart is listed on standard error, by its path in the file. Keys \
        in plain text are not repeated. Status 1 when no model of it can be had here.
        """)

    @Argument(help: "The file, often config.yaml; - reads standard input.")
    var file: String

    func run() throws {
      let data =
        file == "-" ? FileHandle.standardInput.readDataToEndOfFile() : FileManager.default.contents(atPath: file)
      guard let data, let text = String(data: data, encoding: .utf8) else {
        throw CommandError(
          "cannot read \(VisibleText.line(file)): check its name, its permissions and that it is UTF-8")
      }
      let imported = try LiteLLMConfig(yaml: text, environment: ChildEnvironment.atStart)
      Console.outputWhole(imported.yaml)
      if !imported.notes.isEmpty { Console.error("Without a counterpart, or with another meaning:") }
      for note in imported.notes { Console.error("  " + VisibleText.line(note)) }
      guard !imported.deployments.isEmpty else {
        Console.error("furlong: no model of this file can be had here")
        throw ExitCode(1)
      }
    }
  }
}
