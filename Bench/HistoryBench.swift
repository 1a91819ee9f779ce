import Core
import Foundation
import Store

/// What a person waits for after years of use, on a database with a hundred thousand sessions.
func measureHistory() throws {
  // Fewer for a quick look; a file that is there already is measured as it is.
  let count = environment["FURLONG_BENCH_SESSIONS"].flatMap(Int.init) ?? 100_000
  let path = environment["FURLONG_BENCH_HISTORY"] ?? folder + "/history.db"
  let isThere = FileManager.default.fileExists(atPath: path)
  var store = try Store(path: path)
  if !isThere {
    let start = now()
    var sample = HistorySample()
    for first in stride(from: 0, to: count, by: 2000) { sample.write(first..<min(count, first + 2000), to: store) }
    try store.close()
    row("\(count) sessions written, s", number(Double(now() - start) / 1e9))
    store = try Store(path: path)
  }
  func filter(_ line: String) -> SessionFilter {
    var faults: [String] = []
    return SessionFilter(line: line, now: Clock.system.date(), faults: &faults)
  }
  func time(_ name: String, _ body: () throws -> Int) rethrows {
    var found = 0
    let times = try (0..<15).map { _ -> Double in
      let start = now()
      found = try body()
      return Double(now() - start) / 1e6
    }
    row("  \(name), ms: median / most", "\(number(median(times), 2)) / \(number(times.max() ?? 0, 2))   \(found) found")
  }
  row("history of \(count) sessions (of 15 each)", "")
  try time("open the file") { try Store(path: path).path.isEmpty ? 0 : 1 }
  let lines = [
    "list": "", "list, page 400": "", "filtered: rare model": "model:seldom", "filtered: common model": "model:model-0",
    "filtered: tag, state": "tag:trial state:failed", "filtered: dear": "cost:>0.0195", "search: the": "\"the\"",
    "search: quokka": "quokka", "search: th…": "th", "search: qu…": "qu", "search: quok…": "quok",
    "search: \"of the\" -and": "\"of the\" -and ", "search: the, with reasoning": "reasoning the ",
    "search: the, rare model": "model:seldom the ", "search: the, common model": "model:model-0 the ",
    "search: the, common model, failed": "model:model-0 state:failed the ",
  ]
  for (name, line) in lines.sorted(by: { $0.key < $1.key }) {
    let offset = name.contains("page") ? count / 2 : 0
    try time(name) { try store.sessions(filter(line), limit: 100, offset: offset).count }
  }
  for (script, word) in zip(["Chinese", "Japanese", "Korean", "Thai"], HistorySample().common) {
    try time("search: a word of \(script)") { try store.sessions(filter(word), limit: 100).count }
    try time("search: one sign of \(script)") { try store.sessions(filter(String(word.prefix(1))), limit: 100).count }
    try time("search: \(script) and the") { try store.sessions(filter("\(word) the"), limit: 100).count }
  }
  try time("preview of a session") { try store.session(HistorySample.id(count / 5)).turns.count }
  try time("open a session") { try store.session(String(HistorySample.id(count / 3).prefix(8))).turns.count }
  try time("newest session") { try store.newestSession() == nil ? 0 : 1 }
  try time("recent prompts") { try store.recentPrompts(limit: 200).count }
  try time("recent models") { try store.recentModels(limit: 20).count }
  try time("spent this month") { try store.spent(since: Clock.system.date() - 30 * 86_400).picoDollars > 0 ? 1 : 0 }
}
