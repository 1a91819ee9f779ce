import Core
import CustomDump
import Foundation
import TestSupport
import Testing

@Suite(.ownThreads) struct SessionFilterTests {
  private static let now: Int64 = 1_795_600_000  // 2026-11-25 09:46:40 UTC

  private func filter(_ line: String) -> (SessionFilter, [String]) {
    var faults: [String] = []
    return (SessionFilter(line: line, now: Self.now, faults: &faults), faults)
  }

  @Test func conditionsAmongWords() {
    let (found, faults) = filter(
      "tides model:gpt \"neap tide\" provider:openai tag:\"two words\" since:7d cost:>0.01 cost:<2 state:fail disagreed reasoning -sun"
    )
    var expected = SessionFilter()
    expected.text = "tides \"neap tide\" -sun"
    (expected.models, expected.providers, expected.tags) = (["gpt"], ["openai"], ["two words"])
    expected.since = Self.now - 7 * 86_400
    (expected.leastCost, expected.mostCost) = (Money(decimal: "0.01"), Money(decimal: "2"))
    (expected.states, expected.isDisagreed, expected.includesReasoning) = ([.failed], true, true)
    expectNoDifference(found, expected)
    #expect(faults.isEmpty && found.hasConditions)
  }

  @Test func whatIsNotACondition() {
    let (found, faults) = filter("http://x model: since: \"model:gpt\" \"disagreed\" cost:> time:now")
    #expect(found.text == "http://x \"model:gpt\" \"disagreed\" time:now" && faults.isEmpty)
    #expect(!found.hasConditions)
  }

  @Test(arguments: ["since:x", "since:2026-02-30", "until:2026-13-01", "cost:much", "state:sleepy", "since:-3d"])
  func faultsAreToldAndLeftOut(_ word: String) {
    let (found, faults) = filter("tides \(word)")
    #expect(faults.count == 1 && found.text == "tides" && !found.hasConditions, "\(faults)")
  }

  @Test func words() {
    func terms(_ text: String) -> String {
      SearchWords(parsing: text).terms.map { ($0.isExcluded ? "-" : "") + $0.text + ($0.isPrefix ? "*" : "") }
        .joined(separator: "|")
    }
    #expect(terms("the Neap ti") == "the|Neap|ti*")
    #expect(terms("tide ") == "tide*")
    #expect(terms("\"tide\"") == "tide")
    #expect(terms("\"neap ti") == "neap ti*")
    #expect(terms("a \"b c\" -d -\"e f\"") == "a|b c|-d|-e f")
    #expect(terms("t") == "t", "one letter stands for itself")
    #expect(terms("日") == "日*")
    #expect(terms("- -- !? \"\" \" \u{0} 👍") == "")
    #expect(terms("gpt-5.6\tx\u{0}yz\n") == "gpt-5.6|x|yz*")
    #expect(SearchWords(parsing: "-only").isEmpty && SearchWords(parsing: "").isEmpty)
    #expect(SearchWords(parsing: String(repeating: "a ", count: 1000)).terms.count <= 32)
  }

  @Test func days() {
    func text(_ seconds: Int64?) -> String {
      guard let seconds else { return "nil" }
      var (time, parts) = (time_t(seconds), tm())
      localtime_r(&time, &parts)
      return "\(parts.tm_year + 1900)-\(parts.tm_mon + 1)-\(parts.tm_mday) \(parts.tm_hour):\(parts.tm_min)"
    }
    #expect(text(DayText.start("2026-11-25", now: Self.now)) == "2026-11-25 0:0")
    #expect(text(DayText.end("2026-12-31", now: Self.now)) == "2027-1-1 0:0")
    #expect(text(DayText.start("2024-02-29", now: Self.now)) == "2024-2-29 0:0")
    #expect(DayText.start("7d", now: Self.now) == Self.now - 604_800)
    #expect(DayText.start("0d", now: Self.now) == Self.now)
    let today = DayText.start("today", now: Self.now) ?? 0
    #expect(today <= Self.now && Self.now - today < 90_000 && text(today).hasSuffix(" 0:0"))
    #expect(DayText.end("yesterday", now: Self.now) == today)
    for wrong in ["", "d", "2026", "2026-1-1", "2025-02-29", "2026-11-25 ", "20２6-11-25", "tomorrow", "99999999d"] {
      #expect(DayText.start(wrong, now: Self.now) == nil, "\(wrong)")
    }
  }

  @Test func tagsChange() {
    #expect(TagChange.apply(["+c", "-a"], to: ["a", "b"]) == ["b", "c"])
    #expect(TagChange.apply(["x", "y", "x"], to: ["a"]) == ["x", "y"])
    #expect(TagChange.apply(["+a"], to: ["a"]) == ["a"])
    #expect(TagChange.apply([], to: []) == [])
  }
}
