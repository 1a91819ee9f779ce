import Core
import Engine
import Foundation
import Workbench

/// Keeps a key that a person has pasted: in a file that only its owner can read, which the config names.
struct KeyKeeper: Sendable {
  let configPath: String
  let finder: KeyFinder

  /// - Throws: a sentence, without the key.
  func keep(_ services: [String], _ key: Secret) throws(CommandError) -> KeptKey {
    guard let name = services.first else { throw CommandError("no provider was named") }
    if let fault = ProviderKey.fault(in: key.revealed) { throw CommandError("this is no key: \(fault)") }
    let folder = (configPath as NSString).deletingLastPathComponent + "/keys"
    let path = "\(folder)/\(URLPart.encoded(name)).key"
    try WholeFile.write(key.revealed + "\n", to: path, mode: 0o600)
    finder.use(file: path, for: services)
    do {
      try Config.keep(keyFile: path, of: services, in: configPath)
      return KeptKey(services: services, outcome: .kept(file: path))
    } catch {
      return KeptKey(services: services, outcome: .unnamed(file: path, config: configPath, lines: error.lines))
    }
  }
}
