import ArgumentParser
import Core
import Engine
import Foundation
import Providers

struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models", abstract: "List models with context length and price (US dollars per million tokens).")

  @Argument(help: "Show only models whose name holds all these letters.")
  var filter: String?

  @OptionGroup var database: DatabaseOptions

  func run() throws {
    let setup = try Setup(database: database.database)
    let engine = setup.makeEngine(store: try setup.openStore())
    let waiter = Waiter<[CatalogueEntry]>()
    engine.catalogue(recent: []) { waiter.fulfil($0) }
    let words = (filter ?? "").lowercased().split(separator: " ")
    let entries = (waiter.wait(seconds: 5) ?? []).filter { entry in
      let name = entry.model.text.lowercased()
      return words.allSatisfy { name.contains($0) }
    }
    guard !entries.isEmpty else { throw CommandError(filter.map { "no model matches ‘\($0)’" } ?? "no models known") }
    let rows = entries.map { entry in
      [
        VisibleText.line(entry.model.text), entry.contextLength.map(String.init) ?? "",
        entry.isLocal ? "free" : entry.price.map { "$" + $0.text(.input) } ?? "?",
        entry.isLocal ? "free" : entry.price.map { "$" + $0.text(.output) } ?? "?", entry.isKeyMissing ? "no key" : "",
      ]
    }
    for line in TextTable.lines(header: ["model", "context", "in", "out", ""], rows: rows, numeric: [1, 2, 3]) {
      Console.output(line)
    }
  }
}

struct ProvidersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "providers", abstract: "List the providers: which keys are there, and with --check whether they work.",
    discussion: "With --check the status is 0 if at least one provider can be used, else 1.")

  @Flag(help: "Ask each provider that has a key, and each local server, for its models.")
  var check = false

  @Flag(help: "The built-in providers as a Markdown table.")
  var markdown = false

  @OptionGroup var database: DatabaseOptions

  func run() throws {
    if markdown {
      let rows = Catalog.services.map { [$0.id, $0.dialect, $0.baseURL, $0.keyVariables.joined(separator: ", ")] }
      return MarkdownTable.print(header: ["provider", "dialect", "base URL", "key from"], rows: rows, asMarkdown: true)
    }
    let setup = try Setup(database: database.database)
    guard check else {
      let rows = setup.config.services.map { service in
        [service.id, service.dialect, withoutUserInfo(service.baseURL), Self.keyWord(service, setup)]
      }
      return MarkdownTable.print(header: ["provider", "dialect", "base URL", "key"], rows: rows, asMarkdown: false)
    }
    try runCheck(setup)
  }

  private static func keyWord(_ service: Service, _ setup: Setup) -> String {
    if setup.keyFinder.hasKey(service) { return "there" }
    return service.needsKey ? "missing: \(service.keyVariables.first ?? "key_command or key_file")" : "not needed"
  }

  private func runCheck(_ setup: Setup) throws {
    let engine = setup.makeEngine(store: try setup.openStore())
    let services = setup.config.services.filter { !$0.isSimulated && (!$0.needsKey || setup.keyFinder.hasKey($0)) }
    let answers = services.map { service in (service, Waiter<Result<[ListedModel], ResponseError>>()) }
    for (service, waiter) in answers { engine.listModels(service) { waiter.fulfil($0) } }
    var isAnyUsable = false
    var rows: [[String]] = []
    for (service, waiter) in answers {
      switch waiter.wait(seconds: 15) {
      case .success(let models)?:
        isAnyUsable = true
        rows.append([service.id, "works", "\(models.count) models"])
      case .failure(let error)?:
        rows.append([service.id, !service.needsKey ? "not running" : "does not work", error.message])
      case nil: rows.append([service.id, "does not answer", "nothing came within 15 s"])
      }
    }
    let missing = setup.config.services.filter { $0.needsKey && !setup.keyFinder.hasKey($0) }
    rows += missing.map { [$0.id, "no key", "set \($0.keyVariables.first ?? "key_command or key_file")"] }
    for line in TextTable.lines(header: ["provider", "state", ""], rows: rows) { Console.output(VisibleText.of(line)) }
    if !isAnyUsable { throw ExitCode(1) }
  }
}
