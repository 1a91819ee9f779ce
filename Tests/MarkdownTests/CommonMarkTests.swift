import Core
import Foundation
import Terminal
import TestSupport
import Testing

@testable import Markdown

/// The specification's own examples: nothing that was written may be missing from the screen. Where its own result would change
/// what was said (entities decoded, operators and names read as emphasis, numbers counted anew) more is shown than it asks for.
@Suite(.ownThreads) struct CommonMarkTests {
  private struct Example {
    var section: String
    var number: Int
    var markdown: String
  }

  private static let examples: [Example] = {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/Markdown/commonmark-examples.jsonl")
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").compactMap { line in
      guard let view = try? JSONDocument().parse(String(line)), let section = view["section"]?.string,
        let number = view["number"]?.int, let markdown = view["markdown"]?.string
      else { return nil }
      return Example(section: section, number: number, markdown: markdown)
    }
  }()

  private func lines(_ source: String, _ width: Int) -> [String] {
    var text = MarkdownText(width: width)
    text.update(source)
    return text.lines.map(\.text)
  }

  /// Runs of letters and digits: a list keeps its numbers, which strict CommonMark counts anew.
  private func words(_ text: String) -> [String] { text.split { !$0.isLetter && !$0.isNumber }.map(String.init) }

  private func letters(_ text: String) -> [Character: Int] {
    text.reduce(into: [:]) { if $1.isLetter { $0[$1, default: 0] += 1 } }
  }

  @Test func everyWordOfEveryExampleIsShown() {
    #expect(Self.examples.count > 500, "the examples are not where they should be")
    for example in Self.examples {
      let shown = lines(example.markdown, 200).joined(separator: "\n")
      let what = "example \(example.number) (\(example.section)): \(example.markdown.debugDescription) became \(shown)"
      // Emphasis within a word joins what its marks keep apart: the word is looked for within others.
      for word in words(example.markdown) { #expect(shown.contains(word), "‘\(word)’ is lost in \(what)") }
      let left = letters(shown)
      for (letter, count) in letters(example.markdown) {
        #expect((left[letter] ?? 0) >= count, "a ‘\(letter)’ is lost in \(what)")
      }
    }
  }

  /// The program's own check of what is drawn sees nothing missing in them.
  @Test func noExampleIsCalledChanged() {
    let changed = Self.examples.filter { example in
      var text = MarkdownText(width: 60)
      text.update(example.markdown)
      return text.isChanged
    }
    #expect(changed.map(\.number) == [], "\(changed.map(\.markdown.debugDescription))")
  }

  /// However narrow: no line is wider than it may be, and no letter is lost.
  @Test(arguments: [2, 7, 20, 40, 80])
  func examplesFitAnyWidth(width: Int) {
    for example in Self.examples {
      let narrow = lines(example.markdown, width)
      for line in narrow {
        #expect(TextWidth.of(line) <= width, "example \(example.number) at \(width): ‘\(line)’")
      }
      let left = letters(narrow.joined())
      let missing = letters(lines(example.markdown, 400).joined()).filter { (left[$0.key] ?? 0) < $0.value }
      #expect(missing.isEmpty, "example \(example.number) at \(width) lost \(missing)")
    }
  }

  /// A token at a time gives what the whole gives, wherever the tokens are cut.
  @Test func growingGivesTheSameLines() {
    var random = SplitMix64(seed: 5)
    for example in Self.examples {
      let whole = lines(example.markdown, 40)
      var growing = MarkdownText(width: 40)
      var sent = ""
      var rest = Array(example.markdown)
      while !rest.isEmpty {
        let count = min(rest.count, 1 + Int(random.next() % 5))
        sent += String(rest[..<count])
        rest.removeFirst(count)
        growing.update(sent)
      }
      #expect(growing.lines.map(\.text) == whole, "example \(example.number): \(example.markdown.debugDescription)")
    }
  }
}
