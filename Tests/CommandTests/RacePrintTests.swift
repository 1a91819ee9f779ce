import Core
import Foundation
import TestSupport
import Testing

@testable import furlong

/// What `furlong race` prints on a terminal: whole answers, wrapped by words.
@Suite(.ownThreads) struct RacePrintTests {
  private func outcome(_ texts: [String], winner: Int? = nil) -> RaceOutcome {
    var outcome = RaceOutcome()
    for (lane, text) in texts.enumerated() {
      var response = Response(lane: lane, model: ModelID(provider: "test", model: "m\(lane)"), parameters: Parameters())
      (response.text, response.state) = (text, .done)
      response.timing.note(.answer, at: Int64(lane + 1) * 1_000_000_000)
      outcome.responses[lane] = response
    }
    outcome.winner = winner
    return outcome
  }

  private func lines(
    _ texts: [String], _ layout: AnswerLayout, width: Int = 80, winner: Int? = nil, rule: RaceRule = .all
  ) -> [String] {
    RacePrint(outcome: outcome(texts, winner: winner), rule: rule, width: width).lines(layout)
  }

  @Test func answersStandOneAfterAnother() {
    let words = "The tide is the slow rise and fall of the sea, twice a day, because the moon pulls on the water."
    let all = lines([words, "Second."], .all, width: 40)
    #expect(all.allSatisfy { $0.count <= 40 }, "\(all)")
    #expect(all.dropFirst(2).prefix(3).joined(separator: " ") == words, "wrapped between words: \(all)")
    let places = ["## 1 test/m0", "## 2 test/m1"].map { mark in all.firstIndex { $0.hasPrefix(mark) } }
    #expect(places[0] == 0 && (places[1] ?? 0) > 3, "\(all)")
  }

  /// What is copied off the screen still runs.
  @Test func codeIsNotWrapped() {
    let code = "let answer = compute(with: aVeryLongArgument, and: anotherVeryLongArgument)"
    let all = lines(
      ["Before:\n\n```swift\n\(code)\n```\n\nand some words after it that are longer than the line"], .all, width: 40)
    #expect(all.contains(code), "\(all)")
    #expect(
      !all.contains { $0.hasPrefix("and some") && $0.count > 40 }, "behind the fence words are wrapped again: \(all)")
  }

  @Test func columnsStandBesideEachOtherWhereThereIsRoom() {
    let wide = lines(["日本 one two three four five six seven eight", "Second."], .columns, width: 79)
    #expect(wide.first?.contains("## 1 test/m0") == true && wide.first?.contains("│ ## 2 test/m1") == true, "\(wide)")
    #expect(wide.contains { $0.hasPrefix("日本 one") && $0.hasSuffix("│ Second.") }, "\(wide)")
    #expect(lines(["One.", "Two."], .columns, width: 60).contains("Two."), "too narrow: one after another")
  }

  @Test func theWinnerStandsAlone() {
    #expect(lines(["One.", "Two."], .winner, winner: 1, rule: .firstFinish).last == "Two.")
    #expect(lines(["One.", "Two."], .winner).contains("One."), "nobody has won: all")
  }

  @Test func whatModelsWriteReachesNoTerminal() {
    let all = lines(["\u{1B}[2J\u{202E}evil\r\nnext"], .all).joined(separator: "\n")
    #expect(!all.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x202E }, "\(all)")
    #expect(all.hasSuffix("next"), "\(all)")
  }

  @Test func theBareAnswerIsTheWinnersText() throws {
    let models = ScriptedModels(answers: ["a": "Red it is.\n\nReally.", "b": "Blue."])
    let program = try models.program()
    let one = try program.run(["race", "colour?", "-m", "test/a", "--answer"])
    #expect(one.output == "Red it is.\n\nReally.\n" && one.status == 0, "\(one.output)\(one.errors)")
    let two = try program.run(["race", "colour?", "-m", "test/a", "-m", "test/b", "--answer"])
    #expect(["Red it is.\n\nReally.\n", "Blue.\n"].contains(two.output), "\(two.output)\(two.errors)")
    let both = try program.run(["race", "colour?", "-m", "test/a", "--answer", "--json"])
    #expect(both.status == 2 && both.errors.contains("one of them"), "\(both.errors)")
  }

  /// Nothing of two lanes is mixed on a terminal, and the progress is gone at the end.
  @Test func aTerminalShowsWholeAnswers() throws {
    let models = ScriptedModels(answers: ["a": "Red it is, and more words of the first.", "b": "Blue."])
    let program = try models.program()
    let terminal = TerminalSession(
      program, ["race", "colour?", "-m", "test/a", "-m", "test/b", "--no-pager"], width: 60)
    terminal.wait(for: "session ")
    let rows = terminal.screen.text
    for line in ["Red it is, and more words of the first.", "Blue."] {
      #expect(rows.contains(line), "‘\(line)’ should be whole:\n\(rows)")
    }
    #expect(!rows.contains("queued") && !rows.contains("answering"), "the progress is gone:\n\(rows)")
  }

  @Test func aModelIsFoundByItsBareName() throws {
    var program = try Program()
    program.environment["OPENAI_API_KEY"] = Program.key
    let found = try program.run(["race", "hi", "-m", "gpt-4.1-nano", "--max-cost", "0"])
    #expect(
      found.status == 2 && found.errors.contains("--max-cost"), "found, and stopped by the budget: \(found.errors)")
    let none = try program.run(["race", "hi", "-m", "no-such-model", "--max-cost", "0"])
    #expect(none.status == 2 && none.errors.contains("no model ‘no-such-model’"), "\(none.errors)")
  }

  /// Titles beside ids, as each shell takes them.
  @Test func completionsAreWrittenForTheirShell() {
    let sessions = [(value: "aa:1", words: "Tides"), (value: "ab2", words: "Colours")]
    #expect(Completions.shown(sessions, shell: "zsh") == ["aa\\:1:Tides", "ab2:Colours"])
    #expect(Completions.shown(sessions, shell: "fish") == ["aa:1\tTides", "ab2\tColours"])
    #expect(Completions.shown(sessions, shell: "bash") == ["aa:1  Tides", "ab2  Colours"])
    #expect(Completions.shown([sessions[1]], shell: "bash") == ["ab2"], "the only one is what is typed")
  }
}
