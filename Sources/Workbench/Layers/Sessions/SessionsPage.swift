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
    let before = chosen?.id
    rows = found
    isLoading = false
    selection = found.firstIndex { $0.id == before } ?? 0
  }

  /// Reads what is to stand beside the list, where there is room for it.
  func askPreview(_ state: State) -> [Command] {
    guard SessionsPane.previewWidth(state) > 0, let chosen else { return [] }
    let words = filter.words.terms.filter { !$0.isExcluded }.map(\.text)
    return [.inquire(PreviewInquiry(session: chosen.id, turn: chosen.hit?.turn, words: words))]
  }

  mutating func take(_ preview: SessionPreview) { if preview.session == chosen?.id { self.preview = preview } }

  mutating func select(_ index: Int) { selection = max(0, min(rows.count - 1, index)) }

  /// The first row is where one begins to read what a new line found.
  mutating func selectFirst() { selection = 0 }

  mutating func removeChosen() {
    guard chosen != nil else { return }
    rows.remove(at: selection)
    select(selection)
  }

  mutating func change(_ change: (inout SessionSummary) -> Void) {
    guard rows.indices.contains(selection) else { return }
    change(&rows[selection])
  }
}
