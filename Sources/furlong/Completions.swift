import ArgumentParser
import Core
import Engine
import Foundation
import Store

/// What the shell offers behind Tab: models with a key, lineups, sessions with their titles, tags, routes. Nothing is asked of
/// a network, and what cannot be read offers nothing.
enum Completions {
  static let models = offer { setup, word in
    var names = (try? setup.openStore().recentModels(limit: 20).map(\.text)) ?? []
    for service in setup.config.services where !service.needsKey || setup.keyFinder.hasKey(service) {
      guard let list = service.priceList else { continue }
      names += setup.prices.names(list: list).sorted().map { "\(service.id)/\($0)" }
    }
    return matching(names, word).map { ($0, "") }
  }

  static let lineups = offer { setup, word in
    let saved = (try? setup.openStore().lineups().map(\.name)) ?? []
    return matching(saved + setup.config.lineups.keys.sorted(), word).map { ($0, "") }
  }

  static let sessions = offer { setup, word in
    let all = (try? setup.openStore().sessions(limit: 200)) ?? []
    return all.filter { $0.id.hasPrefix(word) }.prefix(30).map {
      ($0.id, VisibleText.line(String($0.title.prefix(50))))
    }
  }

  static let tags = offer { setup, word in
    let all = (try? setup.openStore().sessions(limit: 1000).flatMap(\.tags)) ?? []
    return matching(Set(all).sorted(), word).map { ($0, "") }
  }

  static let routes = offer { setup, word in matching(setup.config.routes.keys.sorted(), word).map { ($0, "") } }

  /// - Parameter candidates: each with words about it.
  private static func offer(
    _ candidates: @escaping @Sendable (Setup, String) -> [(value: String, words: String)]
  ) -> CompletionKind {
    .custom { words, _, word in
      let place = words.firstIndex(of: "--db").map { $0 + 1 }
      let file = place.flatMap { words.indices.contains($0) ? words[$0] : nil }
      guard let setup = try? Setup(database: file) else { return [] }
      return shown(candidates(setup, word), shell: ProcessInfo.processInfo.environment["SAP_SHELL"] ?? "")
    }
  }

  private static func matching(_ names: [String], _ word: String) -> [String] {
    var seen: Set<String> = []
    return Array(names.filter { $0.hasPrefix(word) && seen.insert($0).inserted }.prefix(500))
  }

  /// As each shell takes words about a candidate. bash has no place for them: they stand behind it while there are several to
  /// choose from.
  static func shown(_ candidates: [(value: String, words: String)], shell: String) -> [String] {
    candidates.map { value, words in
      switch shell {
      case "zsh": value.replacing(":", with: "\\:") + (words.isEmpty ? "" : ":\(words)")
      case "fish": words.isEmpty ? value : "\(value)\t\(words)"
      default: words.isEmpty || candidates.count == 1 ? value : "\(value)  \(words)"
      }
    }
  }
}
