import Core
import Judging
import Markdown
import Terminal

/// Wrapped texts, kept between frames. A memo of the view: it changes what a frame costs, never what it shows.
public final class Layouts {
  struct Key: Hashable {
    enum Part { case prompt, notices, reasoning, answer, error, blind, blindPrompt }
    var turn: Int
    var lane: Int
    var generation: Int
    var part: Part
  }

  private var session = ""
  private var width: [Int: Int] = [:]
  private var texts: [Key: WrappedText] = [:]
  private var rendered: [Key: MarkdownText] = [:]
  /// What is beyond the most that is rendered.
  private var rests: [Key: WrappedText] = [:]
  private var promptRows: PromptRows?

  /// - Parameter clock: monotonic nanoseconds; one that stands still lays out every lane in every frame.
  public init(clock: @escaping () -> Int64 = { 0 }) { self.clock = clock }

  /// Bytes that one frame lays out of a text: a key is answered within a tenth of a second whatever a model has sent. An
  /// ordinary answer is one frame.
  private static let most = 16_384
  /// Nanoseconds after which a frame begins no further text that is more than `few` bytes behind: the next frame goes on there.
  private static let frameTime: Int64 = 25_000_000
  private static let few = 8192
  private let clock: () -> Int64
  private var began: Int64 = 0
  /// The lane that the last frame had no time for, and the one that this frame has none for.
  private var resume: Int?
  private var skipped: Int?
  /// What the frame has laid out, in bytes and what counts as much.
  private(set) var spent = 0
  /// Whether the frame shows texts that are not laid out to their ends: the next one goes on.
  public private(set) var isBehind = false

  /// Begins a frame; forgets what belongs to another session.
  func begin(session: String) {
    (spent, isBehind, began) = (0, false, clock())
    (resume, skipped) = (skipped, nil)
    if session != self.session {
      self.session = session
      texts = [:]
      rendered = [:]
      rests = [:]
      searched = [:]
      gathered = [:]
      masked = [:]
    }
  }

  /// Forgets a lane whose pane has another width now.
  func begin(lane: Int, width: Int) {
    if self.width[lane] != width {
      self.width[lane] = width
      texts = texts.filter { $0.key.lane != lane }
      rendered = rendered.filter { $0.key.lane != lane }
      rests = rests.filter { $0.key.lane != lane }
    }
  }

  /// A lane's lines for its searches.
  private struct Searched {
    var turn: Int
    var width: Int
    /// How many lines there were when it was begun, and when that was.
    var count: Int
    var at: Int64
    var lines = SearchableLines()
    /// What was found in them, by query.
    var found: [String: LineSearch] = [:]
  }

  private var searched: [Int: Searched] = [:]
  /// What is to take the place of those, as far as it is gathered.
  private var gathered: [Int: Searched] = [:]
  /// How often a growing text is searched anew, in nanoseconds.
  private static let searchTime: Int64 = 250_000_000
  /// Lines that one frame gathers of a lane: an answer may have hundreds of thousands.
  private static let mostSearched = 16_384
  /// Queries whose matches are kept: what is being typed, and the quotes of a verdict.
  private static let mostQueries = 64

  /// Where the query stands in a lane's lines; nil for an empty one, and until the lines have been gathered.
  func search(
    _ query: String, lane: Int, _ blocks: [Block], turn: Int, isGrowing: Bool, now: Int64
  ) -> LineSearch? {
    guard !query.isEmpty else { return nil }
    let (count, width) = (blocks.reduce(0) { $0 + $1.count }, width[lane] ?? 0)
    func isOfThese(_ kept: Searched) -> Bool { kept.turn == turn && kept.width == width }
    if searched[lane].map(isOfThese) != true { searched[lane] = nil }
    let isKept = searched[lane].map { isGrowing ? now - $0.at < Self.searchTime : $0.count == count } ?? false
    if !isKept {
      var next =
        gathered.removeValue(forKey: lane).flatMap { isOfThese($0) ? $0 : nil }
        ?? Searched(turn: turn, width: width, count: count, at: now)
      if gather(&next, blocks) { searched[lane] = next } else { gathered[lane] = next }
    }
    if let found = searched[lane]?.found[query] { return found }
    guard let lines = searched[lane]?.lines else { return nil }
    let found = LineSearch(query, in: lines)
    if searched[lane]?.found.count == Self.mostQueries { searched[lane]?.found = [:] }
    searched[lane]?.found[query] = found
    return found
  }

  /// - Returns: whether all lines are there.
  private func gather(_ next: inout Searched, _ blocks: [Block]) -> Bool {
    let end = next.lines.count + Self.mostSearched
    var before = 0
    for block in blocks {
      while next.lines.count < min(end, before + block.count) {
        next.lines.append(block.text(next.lines.count - before))
      }
      before += block.count
    }
    let isWhole = next.lines.count >= before
    isBehind = isBehind || !isWhole
    return isWhole
  }

  private var masked: [Key: (source: String, text: String)] = [:]

  /// An answer without the names of models and makers; made once for a text, not with every frame.
  /// - Parameter models: whose answers are compared.
  func masked(_ source: String, _ key: Key, models: [ModelID]) -> String {
    if let kept = masked[key], kept.source == source { return kept.text }
    let text = Makers.mask(source, models: models)
    masked[key] = (source, text)
    return text
  }

  private var comparison: (source: Comparison, width: Int, rows: [Comparison.Row])?

  /// The rows of two answers side by side, made once and kept while they are scrolled.
  func rows(_ source: Comparison, width: Int) -> [Comparison.Row] {
    if let kept = comparison, kept.width == width, kept.source.hasSameText(as: source) { return kept.rows }
    let rows = source.rows(width: width)
    comparison = (source, width, rows)
    return rows
  }

  /// The rows of the prompt being written, wrapped anew only when it has been edited: a paste may hold a book.
  func prompt(_ composer: Composer, width: Int) -> PromptRows {
    if let kept = promptRows, kept.revision == composer.revision, kept.width == width { return kept }
    let rows = PromptRows(composer, width: width)
    promptRows = rows
    return rows
  }

  /// When a lane's answer was laid out last, in monotonic nanoseconds.
  private var renderedAt: [Int: Int64] = [:]
  /// How old a growing answer may be on the screen that nobody reads just now, where laying it out costs something.
  private static let patience: Int64 = 60_000_000

  /// Markdown as lines of a width.
  /// - Parameters:
  ///   - isAside: it grows, and another lane has the focus.
  ///   - now: monotonic nanoseconds.
  func markdown(
    _ source: String, _ key: Key, width: Int, ascii: Bool, isAside: Bool = false, now: Int64 = 0
  ) -> [Block] {
    if !isFresh(key, isAside, now) {
      renderedAt[key.lane] = now
      spend(on: key, rendered[key]?.left(of: source) ?? source.utf8.count) {
        rendered[key, default: MarkdownText(width: width, ascii: ascii)].update(source, budget: &$0)
      }
    }
    guard let text = rendered[key] else { return [] }
    isBehind = isBehind || text.isBehind
    guard let start = text.restStart else { return [Block(text.lines)] }
    // As it came: of so much only what it is counts.
    spend(on: key, rests[key]?.left(of: source) ?? source.utf8.count) {
      rests[key, default: WrappedText(width: width, from: start)].update(source, budget: &$0)
    }
    guard let rest = rests[key] else { return [] }
    isBehind = isBehind || rest.isBehind
    return [Block(text.lines), Block(lines: rest.lines, joints: rest.joints)]
  }

  /// Whether a lane that nobody reads just now may stay as it is for a moment. Not all lanes in one frame.
  private func isFresh(_ key: Key, _ isAside: Bool, _ now: Int64) -> Bool {
    guard isAside, let kept = rendered[key], kept.openBytes > 512, !kept.isBehind else { return false }
    return now - (renderedAt[key.lane] ?? 0) < Self.patience + Int64(key.lane) * 4_000_000
  }

  /// - Parameter left: bytes that are not laid out for good.
  private func spend(on key: Key, _ left: Int, _ work: (inout Int) -> Void) {
    if key.lane == resume { resume = nil }
    if left > Self.few, resume != nil || clock() - began > Self.frameTime {
      if resume == nil, skipped == nil { skipped = key.lane }
      isBehind = true
      return
    }
    var budget = Self.most
    work(&budget)
    spent += Self.most - budget
  }

  /// Whether what was laid out as Markdown lacks signs of its source that are no markup.
  func isChanged(_ key: Key) -> Bool { rendered[key]?.isChanged ?? false }

  func lines(_ source: String, _ key: Key, width: Int) -> [String] {
    spend(on: key, texts[key]?.left(of: source) ?? source.utf8.count) {
      texts[key, default: WrappedText(width: width)].update(source, budget: &$0)
    }
    guard let text = texts[key] else { return [] }
    isBehind = isBehind || text.isBehind
    return text.lines
  }

  /// The same in one style, with what is between the lines.
  func block(_ source: String, _ key: Key, width: Int, style: Style = Style()) -> Block {
    Block(lines: lines(source, key, width: width), joints: texts[key]?.joints ?? [], style: style)
  }
}
