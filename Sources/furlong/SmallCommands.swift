import ArgumentParser
struct OpenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "open", shouldDisplay: false); func run() {}
}
struct SessionsCommand: ParsableCommand { static let configuration = CommandConfiguration(commandName: "sessions") }
struct ModelsCommand: ParsableCommand { static let configuration = CommandConfiguration(commandName: "models") }
struct ProvidersCommand: ParsableCommand { static let configuration = CommandConfiguration(commandName: "providers") }
struct ConfigCommand: ParsableCommand { static let configuration = CommandConfiguration(commandName: "config") }
struct ThemesCommand: ParsableCommand { static let configuration = CommandConfiguration(commandName: "themes") }
struct KeysCommand: ParsableCommand { static let configuration = CommandConfiguration(commandName: "keys") }
struct DemoCommand: ParsableCommand { static let configuration = CommandConfiguration(commandName: "demo") }
