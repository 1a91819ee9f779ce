import Core
import Terminal

/// The sessions page: a line that filters as one types, and what it found. The rows stay until those of a later question come.
public struct SessionsPage: Equatable, Sendable {
  /// Where keys go.
  public enum Mode: Equatable, Sendable {
    case browsing
    case title(Composer)
    case tags(Composer)
  }

  /// Rows asked for at first, and each time the end is reached.
  static let page = 100

  public var line = Composer()
  public var mode = Mode.browsing
  public private(set) var rows: [SessionSummary] = []
  public private(set) var selection = 0
  /// What of the line could not be read.
  public private(set) var faults: [String] = []
  /// Of the last question; the answers to earlier ones come too late.
  public private(set) var number = 0
  public private(set) var limit = SessionsPage.page
  public private(set) var isLoading = false
  /// What the rows are the answer to.
  public private(set) var filter = SessionFilter()

  /// Sessions that are ticked, in the order in which they were, each with what its row knew of it.
  private(set) var ticked: [SessionSummary] = []
  /// To be chosen once it is there.
  var wanted: String?
  /// Of these it has been told what a judge would read: the same key again has it read.
  var askedToJudge: [String] = []
  /// Rows were gone through last: a blank ticks, and is no part of the line.
  private var isAmongRows = false

  /// Whose answers are marked in the last turns of those that have been looked through.
  private(set) var marks: [String: SessionMarks] = [:]

  /// What stands beside the list, of the one that was chosen when it was read.
  private(set) var preview: SessionPreview?

  public init() {}

  public var chosen: SessionSummary? { rows.indices.contains(selection) ? rows[selection] : nil }
  public var isEditing: Bool { mode != .browsing }
  /// There may be more than are shown.
  public var isCut: Bool { rows.count >= limit }

  /// Asks for what the line says.
  /// - Parameter now: seconds since 1970.
  mutating func find(now: Int64, limit: Int = SessionsPage.page) -> Command {
    faults = []
    filter = SessionFilter(line: line.text, now: now, faults: &faults)
    self.limit = limit
    number += 1
    isLoading = true
    return .findSessions(filter, limit: limit, number: number)
  }

  mutating func fill(_ found: [SessionSummary], _ number: Int) {
    guard number == self.number else { return }
    let before = wanted ?? chosen?.id
    wanted = nil
    rows = found
    isLoading = false
    selection = found.firstIndex { $0.id == before } ?? 0
  }

  /// Reads what is to stand beside the list, where there is room for it.
  func askPreview(_ state: State) -> [Command] {
    askMarks(state) + askChosen(state)
  }

  private func askMarks(_ state: State) -> [Command] {
    let around =
      max(
        0, selection - SessionsPane.visibleRows(state))..<min(
        rows.count, selection + SessionsPane.visibleRows(state))
    let ids = rows[around].filter { marks[$0.id] == nil && !$0.isBlind && $0.turns <= SessionMarks.mostTurns }.map(\.id)
    return ids.isEmpty ? [] : [.inquire(MarksInquiry(sessions: ids))]
  }

  mutating func take(_ found: [String: SessionMarks]) { marks.merge(found) { $1 } }

  private func askChosen(_ state: State) -> [Command] {
    guard SessionsPane.previewWidth(state) > 0, let chosen else { return [] }
    let words = filter.words.terms.filter { !$0.isExcluded }.map(\.text)
    return [.inquire(PreviewInquiry(session: chosen.id, turn: chosen.hit?.turn, words: words))]
  }

  mutating func take(_ preview: SessionPreview) { if preview.session == chosen?.id { self.preview = preview } }

  mutating func select(_ index: Int) { selection = max(0, min(rows.count - 1, index)) }

  /// The first row is where one begins to read what a new line found.
  mutating func selectFirst() { selection = 0 }

  /// What an action is about: all that are ticked, else the chosen one.
  var targets: [SessionSummary] { ticked.isEmpty ? chosen.map { [$0] } ?? [] : ticked }

  /// A blank ticks where it would be no word's end.
  var ticks: Bool { mode == .browsing && chosen != nil && (isAmongRows || line.isEmpty) }

  mutating func tick() {
    guard let chosen else { return }
    if let index = ticked.firstIndex(where: { $0.id == chosen.id }) {
      ticked.remove(at: index)
    } else {
      ticked.append(chosen)
    }
    select(selection + 1)
    isAmongRows = true
  }

  mutating func untick() { ticked = [] }
  func isTicked(_ session: SessionSummary) -> Bool { ticked.contains { $0.id == session.id } }
  mutating func noteWhere(amongRows: Bool) { isAmongRows = amongRows }

  mutating func remove(_ ids: [String]) {
    rows.removeAll { ids.contains($0.id) }
    ticked.removeAll { ids.contains($0.id) }
    select(selection)
  }

  mutating func change(_ ids: [String], _ change: (inout SessionSummary) -> Void) {
    for index in rows.indices where ids.contains(rows[index].id) { change(&rows[index]) }
    for index in ticked.indices where ids.contains(ticked[index].id) { change(&ticked[index]) }
  }
}
