import Core
import Foundation
import Providers

/// What must not leave with an export: every key that the config or the environment has, and this machine's paths.
struct Secrets {
  let redaction: Redaction
  /// Each with what stands for it, the longest first.
  let paths: [(path: String, name: String)]
  /// Services whose key could not be read, and so could not be looked for, with the reason.
  private(set) var unread: [String] = []

  init(_ setup: Setup) {
    var secrets: [String] = []
    for service in setup.config.services {
      secrets += service.headers.map(\.value).filter { $0.utf8.count >= 12 }
      secrets += service.keyVariables.compactMap { setup.environment[$0] }
      secrets += ([service.baseURL] + service.modelURLs.values).compactMap(Self.password)
      guard setup.config.keySources[service.id] != nil else { continue }
      switch setup.keyFinder.find(service) {
      case .key(let key): secrets.append(key)
      case .missing(let message): unread.append(message)
      case .notNeeded: break
      }
    }
    // A word such as `ollama`, given where a server wants any key, would be taken out of every sentence.
    let keys = secrets.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }.filter { key in
      key.utf8.count >= 8 || (key.utf8.count >= 4 && key.utf8.contains { (0x30...0x39).contains($0) })
    }
    redaction = Redaction(secrets: keys, findsShapes: true)
    let home = setup.environment["HOME"] ?? ""
    let all = [
      (setup.paths.config, "the config"), (setup.paths.database, "the database"), (setup.paths.cache, "the cache"),
      (setup.paths.state, "the state folder"), (home, "~"),
    ]
    paths = all.filter { $0.0.utf8.count > 1 }.sorted { $0.0.utf8.count > $1.0.utf8.count }
  }

  /// The password in `https://name:password@host`.
  private static func password(_ url: String) -> String? {
    guard let scheme = url.firstRange(of: "://") else { return nil }
    let authority = url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" }
    guard let at = authority.lastIndex(of: "@") else { return nil }
    let user = authority[..<at]
    return user.firstIndex(of: ":").map { String(user[user.index(after: $0)...]) }
  }
}
