import ArgumentParser

extension SessionsCommand {
  struct Open: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "open", abstract: "Open a session in the workbench again, as furlong --session ID does.")

    @Argument(help: "The session's id, or its beginning.", completion: Completions.sessions)
    var id: String

    @OptionGroup var looks: LooksOptions
    @OptionGroup var database: DatabaseOptions

    func run() throws {
      let file = database.database.map { ["--db", $0] } ?? []
      var command = try OpenCommand.parse(["--session", id] + file)
      command.looks = looks
      try command.run()
    }
  }
}
