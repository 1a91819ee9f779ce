import Core
import Terminal

/// Sentence by sentence, which lanes say the same as the one in focus, as it was when it was opened. Sentences are matched by
/// the words they share; it is a map to read by, not a verdict.
public struct DisagreementMap: Equatable, Sendable {
  public enum Mark: Equatable, Sendable {
    /// Most words are shared; some; the words are but the numbers differ; none says it.
    case same, partly, numbers, missing
  }

  public struct Row: Equatable, Sendable {
    /// The lane that says it.
    public var lane: Int
    public var sentence: String
    /// By the map's `lanes`; nil for the lane that says it.
    public var marks: [Mark?]
    /// The nearest sentence of each lane.
    public var nearest: [String]

    public var isDisputed: Bool { marks.contains { $0 != nil && $0 != .same } }
  }

  /// The lane in focus first.
  public let lanes: [Int]
  public let rows: [Row]
  public var selection = 0

  /// Sentences of one answer that are compared; the rest is left out, and said so.
  static let most = 400
  /// Bytes of all answers together that are compared.
  private static let mostBytes = 40 << 10
  public let isCut: Bool

  init(_ answers: [(lane: Int, text: String)]) {
    lanes = answers.map(\.lane)
    let bytes = Self.mostBytes / max(1, answers.count)
    let all = answers.map { Self.sentences($0.text.beginning(bytes: bytes)) }
    isCut = all.contains { $0.count > Self.most } || answers.contains { $0.text.utf8.count > bytes }
    let said = all.map { Said($0.prefix(Self.most).map(Sentence.init)) }
    var rows: [Row] = []
    for (index, own) in said.enumerated() {
      for sentence in own.sentences {
        let matches = said.indices.map { other -> (mark: Mark?, text: String) in
          other == index ? (nil, sentence.text) : said[other].match(sentence)
        }
        // What an earlier lane says too has its row there.
        if matches[..<index].contains(where: { $0.mark != .missing }) { continue }
        rows.append(
          Row(
            lane: answers[index].lane, sentence: sentence.text, marks: matches.map(\.mark),
            nearest: matches.map(\.text)))
      }
    }
    self.rows = rows
  }

  var disputed: Int { rows.count { $0.isDisputed } }

  /// To the next row where lanes disagree, around the end.
  mutating func walk(by step: Int) {
    guard !rows.isEmpty else { return }
    for distance in 1...rows.count {
      let index = ((selection + step * distance) % rows.count + rows.count) % rows.count
      guard rows[index].isDisputed else { continue }
      selection = index
      return
    }
  }

  /// Lines and sentences; marks of Markdown at a line's beginning are no part of what is said.
  static func sentences(_ text: String) -> [String] {
    var result: [String] = []
    for line in text.split(whereSeparator: \.isNewline) {
      var sentence = ""
      var isEnding = false
      let said = line.drop { "#>*-+ \t".contains($0) }.filter { !"*`".contains($0) }
      for character in said {
        if isEnding, character.isWhitespace {
          add(sentence, to: &result)
          (sentence, isEnding) = ("", false)
          continue
        }
        sentence.append(character)
        isEnding = ".!?".contains(character)
        if "。！？".contains(character) {
          add(sentence, to: &result)
          sentence = ""
        }
      }
      add(sentence, to: &result)
    }
    return result
  }

  private static func add(_ sentence: String, to result: inout [String]) {
    if sentence.contains(where: { $0.isLetter || $0.isNumber }) { result.append(sentence) }
  }
}

private struct Sentence {
  let text: String
  let words: Set<String>
  let numbers: Set<String>

  init(_ text: String) {
    self.text = text
    var words = Set<String>()
    for word in text.lowercased().split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "." && $0 != "'" }) {
      let word = word.hasSuffix(".") ? word.dropLast() : word
      if word.contains(where: TextWidth.isWide) {
        // Scripts without spaces: sign by sign.
        for character in word { words.insert(String(character)) }
      } else if word.count > 3 || word.contains(where: \.isNumber) {
        words.insert(String(word))
      }
    }
    if words.isEmpty { words = Set(text.lowercased().split(separator: " ").map(String.init)) }
    self.words = words
    numbers = words.filter { $0.contains(where: \.isNumber) }
  }
}

/// What one lane says, with an index of its words: every sentence of every lane looks for its like in all others.
private struct Said {
  let sentences: [Sentence]
  /// Sentences by word.
  private var places: [String: [Int]] = [:]
  /// A word of more sentences tells them not apart.
  private static let most = 64

  init(_ sentences: [Sentence]) {
    self.sentences = sentences
    for (index, sentence) in sentences.enumerated() {
      for word in sentence.words where places[word, default: []].count < Self.most {
        places[word, default: []].append(index)
      }
    }
  }

  /// The sentence that shares the most words, measured by Dice's coefficient.
  func match(_ sentence: Sentence) -> (mark: DisagreementMap.Mark?, text: String) {
    var common = [Int](repeating: 0, count: sentences.count)
    for word in sentence.words { for place in places[word] ?? [] { common[place] += 1 } }
    var best: (share: Double, index: Int?) = (0, nil)
    for (index, count) in common.enumerated() where count > 0 {
      let share = 2 * Double(count) / Double(sentence.words.count + sentences[index].words.count)
      if share > best.share { best = (share, index) }
    }
    guard let index = best.index else { return (.missing, "") }
    let other = sentences[index]
    guard best.share >= 0.3 else { return (.missing, other.text) }
    if sentence.numbers != other.numbers { return (.numbers, other.text) }
    return (best.share >= 0.6 ? .same : .partly, other.text)
  }
}
