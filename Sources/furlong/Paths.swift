import Foundation

/// Where things live, by the XDG base directory rules.
struct Paths {
  let config: String
  let database: String
  let cache: String
  /// A newer file of price records.
  let prices: String
  let state: String
  /// Folders searched for themes, first found wins.
  let themes: [String]

  init(environment: [String: String], database override: String? = nil) {
    let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? "/"
    func base(_ variable: String, _ fallback: String) -> String {
      // The rules say that relative paths are to be ignored.
      if let path = environment[variable], path.hasPrefix("/") { return path }
      return home + "/" + fallback
    }
    config = base("XDG_CONFIG_HOME", ".config") + "/furlong/config.yaml"
    let data = base("XDG_DATA_HOME", ".local/share") + "/furlong"
    database = override ?? environment["FURLONG_DB"].flatMap { $0.isEmpty ? nil : $0 } ?? data + "/furlong.db"
    prices = data + "/prices.json"
    cache = base("XDG_CACHE_HOME", ".cache") + "/furlong"
    state = base("XDG_STATE_HOME", ".local/state") + "/furlong"
    let binary = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    themes = [
      (config as NSString).deletingLastPathComponent + "/themes",
      binary.deletingLastPathComponent().appendingPathComponent("share/furlong/themes").path,
      // Beside the checkout: .build/release/furlong, .build/x86_64-…/release/furlong.
      binary.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("themes").path,
      binary.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(
        "themes"
      ).path,
    ]
  }
}
