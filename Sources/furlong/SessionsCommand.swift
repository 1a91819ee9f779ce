import ArgumentParser
import Core
import Store
import Workbench

struct SessionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sessions", abstract: "List, search, replay, export, import, tag and delete what has been raced.",
    subcommands: [
      List.self, Search.self, Show.self, Open.self, Remove.self, Title.self, Tag.self, SessionsReplay.self,
      Export.self, Import.self, Schema.self, Vacuum.self,
    ],
    defaultSubcommand: List.self)
}

/// Which sessions; every option must hold.
struct FilterOptions: ParsableArguments {
  @Option(
    name: .customLong("model"), help: ArgumentHelp("With a model of this name, or part of it.", valueName: "model"))
  var models: [String] = []

  @Option(
    name: .customLong("provider"), help: ArgumentHelp("With a model of this provider.", valueName: "provider"))
  var providers: [String] = []

  @Option(name: .customLong("tag"), help: ArgumentHelp("With this tag.", valueName: "tag"))
  var tags: [String] = []

  @Option(
    help: ArgumentHelp("From this day on: 2026-11-25, today, yesterday, or 7d for seven days ago.", valueName: "date"),
    transform: dayStart)
  var since: Int64?

  @Option(
    help: ArgumentHelp("Up to the end of this day.", valueName: "date"),
    transform: dayEnd)
  var until: Int64?

  @Option(help: ArgumentHelp("That cost this much or more, in US dollars.", valueName: "usd"), transform: amountOfMoney)
  var minCost: Money?

  @Option(help: ArgumentHelp("That cost this much or less.", valueName: "usd"), transform: amountOfMoney)
  var maxCost: Money?

  @Option(
    name: .customLong("state"),
    help: ArgumentHelp(
      "With an answer that ended so: done, truncated, refused, stopped, cut, failed.", valueName: "state"),
    transform: { text in
      guard let state = SessionFilter.state(text) else { throw ValidationError(SessionFilter.stateFault) }
      return state
    })
  var states: [ResponseState] = []

  @Flag(help: "With answers that share less than a quarter of their words.")
  var disagreed = false

  @Option(help: "At most this many.")
  var limit = 50

  @Flag(help: "Print one JSON document.")
  var json = false

  @OptionGroup var database: DatabaseOptions

  func validate() throws {
    if limit < 1 { throw ValidationError("--limit takes a number from 1 on") }
  }

  var filter: SessionFilter {
    var filter = SessionFilter()
    (filter.models, filter.providers, filter.tags) = (models, providers, tags)
    (filter.since, filter.until) = (since, until)
    (filter.leastCost, filter.mostCost) = (minCost, maxCost)
    (filter.states, filter.isDisagreed) = (states, disagreed)
    return filter
  }

  func sessions(_ filter: SessionFilter) throws -> [SessionSummary] {
    let store = try Setup(database: database.database).openStore()
    do throws(StoreError) { return try store.sessions(filter, limit: limit) } catch {
      throw CommandError(error.message)
    }
  }
}
