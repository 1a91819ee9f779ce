import Core
import Terminal
import TestSupport
import Testing

@testable import Markdown

@Suite("Lines of Markdown", .ownThreads)
struct WidthTests {
  @Test("are never wider than they may be")
  func widths() {
    var random = SplitMix64(seed: 11)
    var inputs = 0
    for _ in 0..<400 {
      let source = Made.document(&random)
      let width = Int.random(in: 2...90, using: &random)
      let tooWide = lines(source, width: width).first { $0.width > width }
      #expect(tooWide == nil, "\(source.debugDescription) at \(width): \(tooWide?.text ?? "")")
      inputs += 1
    }
    print("widths: \(inputs) documents")
  }

  @Test("leave no word out")
  func words() {
    var random = SplitMix64(seed: 13)
    var inputs = 0
    for number in 0..<400 {
      let source = Made.document(&random).replacing("&amp;", with: "")
        .replacing(Made.longWord, with: "long")
      let width = number % 2 == 0 ? 80 : 40
      let missing = missingWords(of: source, width: width)
      #expect(missing.isEmpty, "\(missing) of \(source.debugDescription) at \(width)")
      inputs += 1
    }
    print("words: \(inputs) documents")
  }

  @Test("survive what a hostile text does", arguments: Made.hostile.keys.sorted())
  func hostile(name: String) {
    let source = Made.hostile[name] ?? ""
    for width in [2, 3, 36, 80] {
      #expect(lines(source, width: width).allSatisfy { $0.width <= width })
    }
  }

  @Test("hold what stands on both sides of a NUL")
  func nul() {
    #expect(rendered("a\0b\n\n```\nc\0d\n```") == ["a\u{FFFD}b", "", "  c\u{FFFD}d"])
  }
}

/// Runs of letters and digits of the source that are not on screen, in order of the source.
func missingWords(of source: String, width: Int) -> [String] {
  func isWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || scalar.properties.numericType != nil
  }
  func squeezed(_ text: String) -> String { String(String.UnicodeScalarView(text.unicodeScalars.filter(isWord))) }
  // A word may have been cut at the end of a line, or stand in a cell beside another.
  let shown = squeezed(rendered(source, width: width).joined())
  return source.unicodeScalars.split { !isWord($0) }.map { String(String.UnicodeScalarView($0)) }.filter {
    !shown.contains($0)
  }
}

extension Made {
  static let hostile: [String: String] = {
    func times(_ count: Int, _ text: String) -> String { String(repeating: text, count: count) }
    return [
      "quotes": times(10_000, ">") + "x",
      "items, then blank lines": times(8_000, "- ") + "x" + times(9_000, "\n"),
      "brackets": times(50_000, "["),
      "stars": times(10_000, "*a "),
      "images": times(20_000, "!["),
      "columns": "|\(times(5_000, "a|"))\n|\(times(5_000, "-|"))\n\(times(20_000, "a\n"))",
      "lazy lines": times(300, "> ") + "a\n" + times(3_000, "b\n"),
      "blank lines": times(50_000, "\n"),
      "backticks": times(30_000, "`") + "a",
      "marks": times(5_000, "e\u{301}\u{301}\u{301}"),
      "carriage returns": times(2_000, "\r"),
      "wide code": "```\n" + times(20_000, "日"),
      "emoji": times(3_000, "👩‍👩‍👧"),
    ]
  }()
}
