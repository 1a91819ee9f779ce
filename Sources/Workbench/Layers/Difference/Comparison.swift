import Core
import Terminal

/// The differences of two lanes' answers by words, as they were when it was opened.
public struct Comparison: Equatable, Sendable {
  public enum Kind: Equatable, Sendable { case same, removed, added }

  /// A run of words.
  public struct Piece: Equatable, Sendable {
    public var kind: Kind
    public var text: String
  }

  public let left: Int
  public let right: Int
  public let pieces: [Piece]
  /// First row shown.
  public var scroll = 0

  /// Bytes of an answer that are compared; the rest is left out, and said so.
  static let most = 32 << 10
  public let isCut: Bool

  init(left: Int, _ a: String, right: Int, _ b: String) {
    (self.left, self.right) = (left, right)
    isCut = a.utf8.count > Self.most || b.utf8.count > Self.most
    pieces = Self.pieces(a.beginning(bytes: Self.most), b.beginning(bytes: Self.most))
  }

  func hasSameText(as other: Comparison) -> Bool {
    left == other.left && right == other.right && pieces == other.pieces
  }

  /// Share of the words that both have, from 0 to 1.
  var agreement: Double {
    var (same, all) = (0, 0)
    for piece in pieces {
      let words = piece.text.split(whereSeparator: \.isWhitespace).count
      all += piece.kind == .same ? 2 * words : words
      same += piece.kind == .same ? 2 * words : 0
    }
    return all == 0 ? 1 : Double(same) / Double(all)
  }

  /// Lines first, words within the lines that differ: a long answer stays cheap.
  static func pieces(_ a: String, _ b: String) -> [Piece] {
    let (linesA, linesB) = (lines(a), lines(b))
    var pieces: [Piece] = []
    for change in changes(linesA, linesB) {
      if change.isSame {
        append(.same, linesA[change.a].joined(), to: &pieces)
        continue
      }
      let (wordsA, wordsB) = (words(linesA[change.a].joined()), words(linesB[change.b].joined()))
      for change in changes(wordsA, wordsB) {
        if change.isSame {
          append(.same, wordsA[change.a].joined(), to: &pieces)
        } else {
          append(.removed, wordsA[change.a].joined(), to: &pieces)
          append(.added, wordsB[change.b].joined(), to: &pieces)
        }
      }
    }
    return pieces
  }

  private static func append(_ kind: Kind, _ text: String, to pieces: inout [Piece]) {
    guard !text.isEmpty else { return }
    if pieces.last?.kind == kind {
      pieces[pieces.count - 1].text += text
    } else {
      pieces.append(Piece(kind: kind, text: text))
    }
  }

  /// Lines with their line breaks.
  private static func lines(_ text: String) -> [String] {
    text.split(omittingEmptySubsequences: false) { $0.isNewline }.map { $0 + "\n" }
  }

  /// Words, white space and marks, each by itself; together they are the text.
  private static func words(_ text: String) -> [String] {
    var result: [String] = []
    var isInWord = false
    for character in text {
      let isWord = character.isLetter || character.isNumber
      // Scripts without spaces are compared sign by sign.
      let joins = isWord && isInWord && !TextWidth.isWide(character)
      if joins { result[result.count - 1].append(character) } else { result.append(String(character)) }
      isInWord = isWord
    }
    return result
  }

  private struct Change {
    var a: Range<Int>
    var b: Range<Int>
    var isSame: Bool
  }

  /// Runs that are equal, and runs that are not, in order.
  private static func changes(_ a: [String], _ b: [String]) -> [Change] {
    let edits = Edits(a, b)
    let (removed, inserted) = (edits.removed, edits.inserted)
    var result: [Change] = []
    var (i, j) = (0, 0)
    while i < a.count || j < b.count {
      let (startA, startB) = (i, j)
      while i < a.count, j < b.count, !removed.contains(i), !inserted.contains(j) { (i, j) = (i + 1, j + 1) }
      if i > startA { result.append(Change(a: startA..<i, b: startB..<j, isSame: true)) }
      let (changedA, changedB) = (i, j)
      while i < a.count, removed.contains(i) { i += 1 }
      while j < b.count, inserted.contains(j) { j += 1 }
      if i > changedA || j > changedB { result.append(Change(a: changedA..<i, b: changedB..<j, isSame: false)) }
    }
    return result
  }

  // MARK: Rows

  /// One row of the two columns, or of one when both do not fit: then `right` is nil.
  struct Row: Equatable {
    var left: StyledLine
    var right: StyledLine?
    /// Number of the difference that begins here.
    var begins: Int?
  }

  /// - Parameter width: columns of the whole; two columns from 72 on.
  func rows(width: Int) -> [Row] {
    let isSplit = width >= 72
    let column = isSplit ? (width - 3) / 2 : width
    var rows: [Row] = []
    var number = 0
    for part in parts() {
      let begins = part.contains { $0.kind != .same } ? number : nil
      if begins != nil { number += 1 }
      func spans(_ kinds: [Kind]) -> [Span] {
        part.filter { kinds.contains($0.kind) }.map { Span($0.text, Self.style($0.kind)) }
      }
      guard isSplit else {
        let lines = StyledLine.wrapped(spans([.same, .removed, .added]), width: column)
        rows += lines.enumerated().map { Row(left: $1, right: nil, begins: $0 == 0 ? begins : nil) }
        continue
      }
      let left = StyledLine.wrapped(spans([.same, .removed]), width: column)
      let right = StyledLine.wrapped(spans([.same, .added]), width: column)
      for index in 0..<max(left.count, right.count) {
        rows.append(
          Row(
            left: index < left.count ? left[index] : StyledLine(),
            right: index < right.count ? right[index] : StyledLine(), begins: index == 0 ? begins : nil))
      }
    }
    return rows
  }

  /// Removed words are struck out by their colour and underlined, so that they are told apart without colours too.
  private static func style(_ kind: Kind) -> Style {
    switch kind {
    case .same: Style()
    case .removed: Style(.removed, underlined: true)
    case .added: Style(.added, bold: true)
    }
  }

  /// Pieces between the line breaks that both texts share: there the two columns stand level.
  private func parts() -> [[Piece]] {
    var parts: [[Piece]] = [[]]
    for piece in pieces {
      guard piece.kind == .same else {
        parts[parts.count - 1].append(piece)
        continue
      }
      let lines = piece.text.split(separator: "\n", omittingEmptySubsequences: false)
      for (index, line) in lines.enumerated() {
        if index > 0 { parts.append([]) }
        if !line.isEmpty { parts[parts.count - 1].append(Piece(kind: .same, text: String(line))) }
      }
    }
    if parts.last?.isEmpty == true { parts.removeLast() }
    return parts
  }
}
