import ArgumentParser
import Store

extension SessionsCommand {
  struct Schema: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "schema", abstract: "Print what the tables of the database are, in Markdown.",
      discussion:
        "For questions of your own to the one SQLite file: columns, units, and five examples. As docs/schema.md.")

    func run() { Console.output(SchemaPage.text) }
  }
}
