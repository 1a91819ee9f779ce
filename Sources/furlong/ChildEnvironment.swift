import Foundation
import Providers

/// What programs that Furlong starts (checks, editors, clipboard tools, key commands) get of the environment: not the keys.
enum ChildEnvironment {
  /// As the program was started; later this process's own has no keys any more.
  static let atStart = ProcessInfo.processInfo.environment

  /// Words of a variable's name that tell a secret.
  private static let secret: Set<String> = [
    "KEY", "KEYS", "APIKEY", "TOKEN", "TOKENS", "SECRET", "SECRETS", "PASSWORD", "PASSWD", "PASS", "CREDENTIAL",
    "CREDENTIALS", "AUTHORIZATION",
  ]

  static func isSecret(_ name: String) -> Bool {
    name.uppercased().split(separator: "_").contains { secret.contains(String($0)) || $0.hasSuffix("APIKEY") }
  }

  /// Takes the services' keys, and what is named like one, out of this process's own environment, which every program started
  /// from here on inherits. Whoever needs a key has a copy from before. Called at the start, while there is one thread.
  static func hideKeys(_ environment: [String: String], of services: [Service]) {
    let names = Set(services.flatMap(\.keyVariables))
    for name in environment.keys where names.contains(name) || isSecret(name) { unsetenv(name) }
  }

  /// A password store may need a token of its own (`VAULT_TOKEN`), but no provider's key.
  static func forKeyCommands(_ environment: [String: String]) -> [String: String] {
    let names = Set(Catalog.services.flatMap(\.keyVariables))
    return environment.filter { name, _ in !names.contains(name) && !name.uppercased().hasSuffix("API_KEY") }
  }

  /// For those who hand an environment on: as `hideKeys` leaves it.
  static func forPrograms(_ environment: [String: String], of services: [Service]) -> [String: String] {
    let names = Set(services.flatMap(\.keyVariables))
    return environment.filter { name, _ in !names.contains(name) && !isSecret(name) }
  }
}
