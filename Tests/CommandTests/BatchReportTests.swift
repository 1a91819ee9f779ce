import Core
import Foundation
import TestSupport
import Testing

/// The reports of `furlong batch`: they need nothing else, and nothing that models wrote runs in them.
@Suite(.ownThreads) struct BatchReportTests {
  private static let hostile = "<script>alert(1)</script>\n| a | b |\n# right <img src=x onerror=alert(2)>"

  private func run(
    _ report: String, _ program: Program, _ more: [String] = []
  ) throws -> (result: Program.Result, text: String) {
    let data = program.home + "/data <b>.jsonl"
    try #"{"id":"<i>one</i>","prompt":"<b>why?</b>"}"#.write(toFile: data, atomically: true, encoding: .utf8)
    let path = program.home + "/" + report
    let result = try program.run(
      ["batch", data, "-m", "test/a", "-m", "test/b", "--judge", "test/judge-j", "--report", path] + more)
    return (result, (try? String(contentsOfFile: path, encoding: .utf8)) ?? "")
  }

  private let models = ScriptedModels(
    lanes: { ScriptedModels.stream($0.model == "a" ? BatchReportTests.hostile : "Plain.") })

  @Test func nothingHostileRunsInHTML() throws {
    let (result, text) = try run("report.html", try models.program())
    #expect(result.status == 0, "\(result.errors)")
    #expect(text.hasPrefix("<!doctype html>") && text.contains("</html>"), "a whole page: \(text.prefix(80))")
    #expect(text.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "the answer is there, escaped: \(text)")
    for tag in ["<script", "<img", "<b>why", "<i>one", "http://", "https://", "data <b>"] {
      #expect(!text.contains(tag), "‘\(tag)’ stands in the page")
    }
    for part in ["test/a", "test/judge-j", "Leaderboard", "1-0-0"] {
      #expect(text.contains(part), "‘\(part)’ is missing")
    }
  }

  @Test func nothingHostileRunsInMarkdown() throws {
    let (result, text) = try run("report.md", try models.program())
    #expect(result.status == 0, "\(result.errors)")
    #expect(text.contains("## Lanes") && text.contains("## Answers"), "\(text)")
    let outside = try #require(text.outsideFences)
    #expect(!outside.contains("<"), "outside a quotation stands: \(outside)")
    #expect(text.contains("```\n<script>alert(1)</script>"), "the answer is quoted: \(text)")
  }

  @Test func aReportIsNotReplacedUnasked() throws {
    let program = try models.program()
    try "mine".write(toFile: program.home + "/report.md", atomically: true, encoding: .utf8)
    let refused = try run("report.md", program)
    #expect(refused.result.status == 2 && refused.result.errors.contains("--force"), "\(refused.result.errors)")
    #expect(refused.text == "mine", "it was replaced")
    #expect(models.calls.isEmpty, "that is said before anything is paid")
    let forced = try run("report.md", program, ["--force"])
    #expect(forced.result.status == 0 && forced.text.contains("## Lanes"), "\(forced.result.errors)")
    let nowhere = try run("no/such/report.md", program)
    #expect(nowhere.result.status == 2, "\(nowhere.result.errors)")
    let wrong = try run("report.pdf", program)
    #expect(wrong.result.status == 2 && wrong.result.errors.contains(".html or .md"), "\(wrong.result.errors)")
  }
}
