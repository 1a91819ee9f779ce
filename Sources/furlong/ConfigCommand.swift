import ArgumentParser
import Foundation
import Terminal
import Workbench

struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Print every path in force and check the config.")

  @OptionGroup var database: DatabaseOptions

  func run() throws {
    let paths = Paths(environment: ProcessInfo.processInfo.environment, database: database.database)
    let exists = FileManager.default.fileExists(atPath: paths.config)
    Console.output("config    \(paths.config)\(exists ? "" : "  (none yet; nothing in it is required)")")
    Console.output("database  \(paths.database)")
    Console.output("state     \(paths.state)")
    Console.output("cache     \(paths.cache)")
    let setup = try Setup(database: database.database)
    if FileManager.default.fileExists(atPath: paths.prices) {
      let isRead = setup.prices.fault.map { "  (\($0): the bundled ones hold)" } ?? ""
      Console.output("prices    \(paths.prices)\(isRead)")
    }
    for folder in paths.themes where FileManager.default.fileExists(atPath: folder) {
      Console.output("themes    \(folder)")
    }
    var faults: [String] = []
    _ = Keymap(overrides: setup.config.keys, faults: &faults)
    if !faults.isEmpty { throw CommandError(faults.joined(separator: "\nfurlong: ")) }
    _ = try Themes(paths: paths).theme(setup.config.theme)
    if exists { Console.output("The config is in order.") }
  }
}
