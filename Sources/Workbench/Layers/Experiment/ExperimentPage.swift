import Core
import Engine
import Terminal

/// A data set over its variants as a grid: rows are the prompts, columns the variants. It fills while it is asked.
struct ExperimentPage: Equatable, Sendable {
  /// What a cell shows.
  enum Measure: String, CaseIterable, Sendable { case verdict, fit, time, cost, check }

  enum Filter: String, CaseIterable, Sendable {
    case all, disagreement, failures, open

    var words: String {
      switch self {
      case .all: "all prompts"
      case .disagreement: "disagreement"
      case .failures: "failures"
      case .open: "not done"
      }
    }
  }

  /// Where one is in it; kept while the answers are looked at.
  struct Place: Equatable, Sendable {
    var item: String?
    var column = 0
    var measure = Measure.verdict
    var filter = Filter.all
    var line = ""
  }

  /// Nil until the first word of one that has just been begun.
  private(set) var session: String?
  private(set) var snapshot: ExperimentSnapshot?
  /// Columns of the widest of the items' ids.
  private(set) var nameWidth = 1
  /// Rows of the table that the filter leaves.
  private(set) var rows: [Int] = []
  private(set) var selection = 0
  private(set) var place = Place()
  /// The line that filters, while it is typed.
  private(set) var line: Composer?
  /// The rest of it, when it has been told what that costs: the same key again asks it.
  var plan: ExperimentPlan?
  /// Why it could not be begun, or gone on with.
  var fault: String?

  /// When it was read last, in monotonic nanoseconds.
  var readAt: Int64 = 0
  static let interval: Int64 = 2_000_000_000

  init(session: String?, place: Place? = nil) {
    self.session = session
    self.place = place ?? Place()
  }

  var table: BatchTable? { snapshot?.table.value }
  var row: BatchTable.Row? { rows.indices.contains(selection) ? table?.rows[rows[selection]] : nil }
  var isTyping: Bool { line != nil }

  mutating func take(_ new: ExperimentSnapshot) {
    guard new.session == session ?? new.session else { return }
    (session, fault) = (new.session, nil)
    let isFirst = snapshot == nil
    if isFirst { nameWidth = new.table.value.rows.map { TextWidth.of(VisibleText.line($0.id)) }.max() ?? 1 }
    snapshot = new
    if isFirst, !new.hasVerdicts, place.measure == .verdict { place.measure = new.hasChecks ? .check : .time }
    if new.isRunning { plan = nil }
    filter()
  }

  private mutating func filter() {
    guard let table else { return }
    let words = (line?.text ?? place.line).lowercased().split(whereSeparator: \.isWhitespace).map(String.init)
    let before = place.item
    rows = table.rows.indices.filter { index in
      let row = table.rows[index]
      let isLeft =
        switch place.filter {
        case .all: true
        case .disagreement: row.disagrees
        case .failures: row.hasFailure
        case .open: row.isOpen
        }
      return isLeft && words.allSatisfy { row.matches($0) }
    }
    selection = before.flatMap { id in rows.firstIndex { table.rows[$0].id == id } } ?? min(selection, rows.count - 1)
    selection = max(0, selection)
  }

  mutating func select(_ index: Int) {
    selection = max(0, min(rows.count - 1, index))
    place.item = row?.id
    plan = nil
  }

  mutating func step(by columns: Int) {
    place.column = max(0, min((table?.lanes.count ?? 1) - 1, place.column + columns))
  }

  mutating func nextMeasure() {
    let all = Measure.allCases.filter { measure in
      switch measure {
      case .verdict, .fit: snapshot?.hasVerdicts == true
      case .check: snapshot?.hasChecks == true
      case .time, .cost: true
      }
    }
    let index = all.firstIndex(of: place.measure) ?? -1
    place.measure = all[(index + 1) % all.count]
  }

  mutating func nextFilter() {
    let all = Filter.allCases
    place.filter = all[((all.firstIndex(of: place.filter) ?? 0) + 1) % all.count]
    filter()
  }

  // MARK: The line

  mutating func beginLine() { line = Composer(place.line) }

  mutating func type(inLine key: Key) {
    line?.type(key)
    filter()
  }

  mutating func endLine(keeps: Bool) {
    place.line = keeps ? line?.text ?? "" : ""
    line = nil
    filter()
  }
}

extension BatchTable.Row {
  /// - Parameter word: in lower case; `tag:` before it looks among the tags.
  fileprivate func matches(_ word: String) -> Bool {
    if word.hasPrefix("tag:") { return tags.contains { $0.lowercased().hasPrefix(word.dropFirst(4)) } }
    return id.lowercased().contains(word) || title.lowercased().contains(word)
      || tags.contains { $0.lowercased() == word }
  }
}

/// How an experiment stands, as it is told the page.
struct ExperimentSnapshot: Equatable, Sendable {
  var session: String
  var title: String
  var table: Reading<BatchTable>
  var sums: BatchSums
  var progress: BatchProgress
  /// Since this process began to ask, in seconds.
  var seconds = 0.0
  var isRunning: Bool
  /// Another process is asking it.
  var isElsewhere = false
  /// Why it ended early.
  var trouble: String?

  var hasVerdicts: Bool { !table.value.judges.isEmpty }
  var hasChecks: Bool { table.value.rows.contains { $0.runs.contains { $0.cells.contains { $0.passed != nil } } } }
}
