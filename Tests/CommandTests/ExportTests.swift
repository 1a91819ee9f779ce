import Core
import Foundation
import Store
import TestSupport
import Testing

@testable import furlong

/// `furlong sessions export`: every format, with texts that would break out of each.
@Suite(.ownThreads) struct ExportTests {
  private let kept: Kept

  init() throws {
    kept = try Kept()
    try kept.fill { store in
      do {
        store.append(.session(try Kept.session()))
        try Kept.addTurn(
          1, prompt: "=1+1 \(Kept.hostile)", answers: ["@cmd \(Kept.hostile)", "**bold** [ok](https://example.org)"],
          to: store,
          system: Kept.hostile, blind: true,
          files: [
            Attachment(name: "<b>.png", mediaType: "image/png", data: [0x89, 0x50, 0x4E, 0x47]),
            Attachment(name: "n.txt", mediaType: "text/plain", data: Array(Kept.hostile.utf8)),
          ])
        Kept.vote(1, to: store)
        Kept.judge(1, to: store)
      } catch { Issue.record("\(error)") }
    }
  }

  @Test func markdownKeepsEveryTextInItsPlace() throws {
    let result = try kept.export("md")
    #expect(result.status == 0, "\(result.errors)")
    let text = result.output
    #expect(text.hasPrefix("# tides\n"))
    let outside = try #require(text.outsideFences, "every fence is closed")
    for part in ["script", "not a heading", "blockquote", "example.invalid", "alert"] {
      #expect(!outside.contains(part), "‘\(part)’ stands outside: \(outside)")
    }
    #expect(outside.contains("| 2 | anthropic/claude-sonnet-5 | done 1st |"), "\(outside)")
    #expect(outside.contains("Vote: lane 2 over lane 1") && outside.contains("Verdict of x/judge: lane 1 wins"))
    expectNoControls(text)
  }

  private func expectNoControls(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let bad = text.unicodeScalars.filter { $0.value < 0x20 && !["\n", "\r", "\t"].contains($0) || $0.value == 0x202E }
    #expect(bad.isEmpty, "control characters are made visible", sourceLocation: sourceLocation)
  }

  @Test func htmlHasNothingOfItsOwnAndNothingFromElsewhere() throws {
    let result = try kept.export("html")
    #expect(result.status == 0, "\(result.errors)")
    let text = result.output
    expectNoControls(text)
    #expect(text.contains("default-src 'none'; style-src 'unsafe-inline'; img-src data:"))
    for part in [
      "<script", "<img src=x", "javascript:alert(3)\"", "href=\"javascript", "onerror=alert(2)>", "http://", "url(",
    ] {
      #expect(
        !text.lowercased().replacing("http://example.invalid", with: "").contains(part), "‘\(part)’ is in the page")
    }
    let links = text.matches(of: /(?:src|href)="([^"]*)"/).map { String($0.output.1) }
    #expect(links.allSatisfy { $0.hasPrefix("data:image/png;base64,") || $0 == "https://example.org" }, "\(links)")
    // Tags open and close: nothing that was written by others is one.
    for tag in ["div", "section", "details", "table", "article", "pre", "main", "svg", "blockquote", "script"] {
      let opened = text.matches(of: try Regex("<\(tag)[ >]")).count
      #expect(opened == text.matches(of: try Regex("</\(tag)>")).count, "<\(tag)> is left open, or closed too often")
    }
    #expect(text.contains("<strong>bold</strong>") && text.contains("<svg viewBox") && text.contains("Receipts"))
    #expect(text.contains("prefers-color-scheme:dark"))
  }

  @Test func jsonHoldsEverything() throws {
    let document = try kept.export("json").json()
    #expect(document["session"]?.string == Kept.id && document["created"]?.string == "2026-11-25T12:44:43Z")
    let turn = try #require(document["turns"]?.first)
    #expect(turn["prompt"]?.string == "=1+1 \(Kept.hostile)" && turn["files"]?.elements.count == 2)
    let response = try #require(turn["responses"]?.first)
    #expect(response["text"]?.string == "@cmd \(Kept.hostile)")
    for name in [
      "lane", "provider", "model", "model_reported", "parameters", "state", "finish_reason", "error", "usage", "cost",
      "timing", "attempts", "generation", "notices", "token_classes", "receipt", "usage_raw", "request", "arrivals",
    ] {
      #expect(response.members.contains { $0.name == name }, "‘\(name)’ is missing")
    }
    #expect(response["receipt"]?["lines"]?.elements.map { $0["usd"]?.string } == ["0.002", "0.004", "0.001"])
    #expect(response["arrivals"]?.elements.map { $0.elements.first?.double } == [300, 900])
    #expect(turn["votes"]?.first?["choice"]?.string == "left" && turn["verdicts"]?.first?["winner"]?.int == 0)
  }

  @Test func linesAreOneAnAnswer() throws {
    let lines = try kept.export("jsonl").output.split(separator: "\n")
    #expect(lines.count == 2)
    let document = JSONDocument()
    let second = try document.parse(String(lines[1]))
    #expect(
      second["lane"]?.int == 1 && second["winner"]?.bool == true && second["prompt"]?.string?.hasPrefix("=1+1") == true)
    #expect(second["text"]?.string == "**bold** [ok](https://example.org)" && second["cost"]?["usd"]?.string == "0.007")
  }

  @Test func csvIsReadBackAndHoldsNoFormula() throws {
    let result = try kept.export("csv")
    #expect(result.output.hasSuffix("\r\n") && !result.output.hasSuffix("\n\n"))
    expectNoControls(result.output)
    var bytes = Array(result.output.utf8)
    let rows = try bytes.withUnsafeMutableBufferPointer { bytes in
      var reader = CSVReader(bytes: bytes)
      var rows: [[String]] = []
      while try reader.next("csv") { rows.append(reader.fields.indices.map { reader.text($0) }) }
      return rows
    }
    #expect(rows.count == 3 && rows.allSatisfy { $0.count == rows[0].count })
    let row = Dictionary(zip(rows[0], rows[1]), uniquingKeysWith: { first, _ in first })
    #expect(row["prompt"]?.hasPrefix("'=1+1 ") == true && row["answer"]?.hasPrefix("'@cmd ") == true)
    #expect(row["cost_usd"] == "0.007" && row["ttft_ms"] == "300" && row["output_tokens"] == "500")
    for field in rows.dropFirst().joined() { #expect(!["=", "+", "-", "@"].contains(field.prefix(1)), "\(field)") }
  }

  @Test(arguments: [
    ("=a", "'=a"), ("\tb", "'\tb"), ("-1", "'-1"), ("＝a", "'＝a"), ("a,\"b\"", "\"a,\"\"b\"\"\""), ("plain", "plain"),
    (" =a", "' =a"), ("\u{A0}+1", "'\u{A0}+1"), ("\n@a", "\"'\n@a\""), ("  \t -a", "'  \t -a"), ("　＝a", "'　＝a"),
    (" a=b", " a=b"),
  ])
  func fields(text: String, field: String) { #expect(CSVExport.field(text) == field) }

  @Test func aFileIsNeverReplacedUnasked() throws {
    let path = kept.program.home + "/out.html"
    let first = try kept.export("html", "--output", path)
    #expect(first.status == 0 && first.output.isEmpty, "\(first.errors)")
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try "mine".write(toFile: path, atomically: false, encoding: .utf8)
    let second = try kept.export("html", "--output", path)
    #expect(second.status == 2 && second.errors.contains("--force"), "\(second.errors)")
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
    #expect(try kept.export("html", "--output", path, "--force").status == 0)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    let left = try FileManager.default.contentsOfDirectory(atPath: kept.program.home).filter { $0.hasPrefix(".out") }
    #expect(left.isEmpty, "no temporary file is left")
    let folder = try kept.export("html", "--output", kept.program.home, "--force")
    #expect(folder.status == 2 && folder.errors.contains("is not a file"))
    let nowhere = try kept.export("html", "--output", kept.program.home + "/no/where")
    #expect(nowhere.status == 2 && nowhere.errors.contains("cannot be written"), "\(nowhere.errors)")
  }

  @Test(arguments: ExportFormat.allCases)
  func theFormatIsGuessedFromTheName(format: ExportFormat) throws {
    for ending in format.extensions { #expect(ExportFormat.guessed(from: "/a.b/C\(ending.uppercased())") == format) }
    #expect(ExportFormat.guessed(from: "x.txt") == nil)
  }

  @Test func whatIsAskedWronglyIsRefused() throws {
    for arguments in [
      [], ["nothere"], [Kept.id, "--all"], [Kept.id, "-f", "furlong", "--turn", "1"], [Kept.id, "--turn", "9"],
    ] {
      let result = try kept.program.run(["sessions", "export"] + arguments + ["--db", kept.path])
      #expect(result.status == 2 && !result.errors.isEmpty, "\(arguments): \(result.errors)")
    }
    let piped = try kept.program.run(
      ["sessions", "export", "-", "-f", "jsonl", "--db", kept.path], input: "id  date\n\(Kept.id)  2026\n")
    #expect(piped.status == 0 && piped.output.split(separator: "\n").count == 2, "\(piped.errors)")
  }
}
