import ArgumentParser
import Core
import Engine
import Foundation
import Workbench

struct PricesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prices", abstract: "Where prices come from, and a newer list of them.",
    subcommands: [Show.self, Update.self, Reset.self], defaultSubcommand: Show.self)

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "The price of a model, class by class, with where each rate is from.")

    @Argument(help: ArgumentHelp("A model: provider/model.", valueName: "model"))
    var model: String

    @Option(help: ArgumentHelp("The day it is asked for: 2026-11-25, today.", valueName: "date"), transform: dayStart)
    var on: Int64?

    @Option(help: ArgumentHelp("Input tokens of the call: tiers price the whole of it.", valueName: "tokens"))
    var input = 0

    @Option(help: ArgumentHelp("The tier of service that the answer names: flex, priority, batch.", valueName: "tier"))
    var tier: String?

    @Flag(help: "Print one JSON document.")
    var json = false

    func run() throws {
      let setup = try Setup()
      guard let id = ModelID(model), let service = setup.config.services.first(where: { $0.id == id.provider }) else {
        throw CommandError("‘\(model)’ is no model of a known provider: write provider/model, as in openai/gpt-5.6")
      }
      if service.isLocal { return Console.output("\(id.text) runs on this machine: free") }
      let price = setup.prices.price(of: id.model, by: service, on: on ?? Clock.system.date(), input: input, tier: tier)
      guard let price else { throw CommandError("no price is known for \(id.text): its cost is unknown, not zero") }
      if json { return Console.output(price.json.serialized(indented: true)) }
      let rows = TokenClass.allCases.compactMap { kind in
        price.rates[kind].map { rate in
          [
            kind.title, "$" + rate.dollars, kind.isToken ? "a million" : "a thousand",
            rate.tier.map { "above \($0) in" } ?? "", VisibleText.line(rate.variant ?? ""),
            VisibleText.line(rate.source ?? price.source),
          ]
        }
      }
      for line in TextTable.lines(
        header: ["class", "USD", "for", "tier", "variant", "source"], rows: rows, numeric: [1])
      {
        Console.output(line)
      }
      Console.output("\n\(price.record)" + (price.since.map { ", since \($0)" } ?? ""))
    }
  }

  struct Update: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "update", abstract: "Read a newer file of price records, and say what it changes.",
      discussion: "The form is that of genai-prices' data.json. Prices in the config stay above it.")

    @Argument(help: ArgumentHelp("The file, or an http(s) URL.", valueName: "file"))
    var source: String

    @Flag(help: "Only say what would change.")
    var dryRun = false

    func run() throws {
      let setup = try Setup()
      let bytes = try setup.read(source)
      let name = "\(VisibleText.line(source)), \(isoDate(Clock.system.date()))"
      let changes: [PriceBook.Change]
      do throws(InvalidPriceRecords) {
        changes = try setup.prices.changes(in: PriceBook.Update(source: name, bytes: bytes), date: Clock.system.date())
      } catch {
        throw CommandError("\(VisibleText.line(source)) \(error.message)")
      }
      for change in changes.prefix(200) { Console.output(VisibleText.line(change.text)) }
      if changes.count > 200 { Console.output("… and \(changes.count - 200) more") }
      Console.output(changes.isEmpty ? "no price changes" : Readable.count(changes.count, "change"))
      guard !dryRun else { return }
      try setup.keepPrices(bytes, source: name)
    }
  }

  struct Reset: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "reset", abstract: "Go back to the price records that came with this version.")

    func run() throws {
      let setup = try Setup()
      for path in [setup.paths.prices, setup.paths.prices + ".source"] {
        try? FileManager.default.removeItem(atPath: path)
      }
    }
  }
}
