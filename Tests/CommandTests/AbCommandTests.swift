import Core
import Foundation
import TestSupport
import Testing

/// `furlong ab` in a pipe: nothing tells the lanes apart until it is voted on.
@Suite(.ownThreads) struct AbCommandTests {
  private static let alpha = "I am ChatGPT, and the sea is blue."
  private static let beta = "As Claude, made by Anthropic, I say green."

  private let models = ScriptedModels(answers: ["zulu-x": Self.alpha, "yoke-y": Self.beta, "xray-z": "Red it is."])
  private let pair = ["-m", "test/zulu-x", "-m", "test/yoke-y"]

  /// What may stand nowhere before the reveal.
  private static let secrets = [
    "zulu", "yoke", "xray", "test/", "chatgpt", "claude", "anthropic", "lane", "_ms", "usd", "cost", "token", "usage",
    "\"model", "provider", "timing", "attempts", "ttf", "\"left\": 0", "\"right\": 1",
  ]

  private func expectBlind(_ text: String, _ what: String, sourceLocation: SourceLocation = #_sourceLocation) {
    for secret in Self.secrets where text.lowercased().contains(secret) {
      Issue.record("\(what) is blind, but holds ‘\(secret)’: \(text)", sourceLocation: sourceLocation)
    }
  }

  @Test func theDocumentIsBlindUntilTheVote() throws {
    let program = try models.program()
    let blind = try program.run(["ab", "what colour?"] + pair + ["--json"])
    #expect(blind.status == 0, "a blind pair is as asked: \(blind.errors)")
    expectBlind(blind.output, "the document")
    expectBlind(blind.errors, "standard error")
    let document = try blind.json()
    let session = try #require(document["session"]?.string, "the document names its session: \(blind.output)")
    let assignment = try #require(document["assignment"]?.string)
    let hash = try #require(document["assignment_sha256"]?.string)
    let sides = document["pairs"]?.first
    let texts = Set(["left", "right"].compactMap { sides?.member($0)?["text"]?.string })
    #expect(
      texts.contains { $0.contains("the sea is blue") } && texts.contains { $0.contains("I say green") },
      "both answers are shown, masked: \(texts)")

    for arguments in [["sessions", "show", session], ["sessions", "show", session, "--json"]] {
      let shown = try program.run(arguments)
      #expect(shown.status == 0, "\(arguments): \(shown.errors)")
      expectBlind(shown.output.replacing("furlong ab --vote CHOICE", with: ""), "\(arguments)")
    }
    expectBlind(
      try program.run(["sessions"]).output.replacing("lanes", with: "").replacing("cost", with: ""), "the list")
    let early = try program.run(["ab", "--check", assignment])
    #expect(early.status == 2 && early.errors.contains("not revealed"), "no check before the vote: \(early.errors)")
    expectBlind(early.output + early.errors, "an early check")
    let judged = try program.run(["judge", session, "--judge", "test/judge-j"])
    #expect(judged.status == 2 && judged.errors.contains("vote first"), "a blind turn is not judged: \(judged.errors)")

    let vote = try program.run(["ab", "--vote", "left", "--session", session, "--json"])
    #expect(vote.status == 0, "the vote counts: \(vote.errors)")
    let revealed = try vote.json()
    #expect(revealed["verified"]?.bool == true && revealed["blind"]?.bool == false, "\(vote.output)")
    #expect(revealed["assignment_sha256"]?.string == hash, "the hash is the one told before")
    #expect(SHA256.hexadecimal((revealed["assignment_text"]?.string ?? "").utf8) == hash, "anyone can compute it")
    let names = revealed["responses"]?.elements.compactMap { $0["model"]?.string } ?? []
    #expect(names == ["zulu-x", "yoke-y"], "names are told after the vote: \(names)")
    let cast = try #require(revealed["votes"]?.first)
    #expect(cast["choice"]?.string == "left" && cast["winner"]?.int == cast["left"]?.int, "\(cast.source)")
    let left = try #require(cast["left"]?.int)
    let leftText = sides?["left"]?["text"]?.string ?? ""
    #expect(leftText.contains("blue") == (left == 0), "the side told is the side that was shown")

    let check = try program.run(["ab", "--check", assignment])
    #expect(check.status == 0, "\(check.errors)")
    let told = check.output.split(separator: "\n").first.map(String.init) ?? ""
    #expect(SHA256.hexadecimal(told.utf8) == hash, "--check prints what was hashed: \(check.output)")
    let again = try program.run(["ab", "--vote", "right", "--session", session])
    #expect(again.status == 2, "a second vote is refused, not \(again.status)")
    #expect(again.errors.contains("revealed"), "it says why: \(again.errors)")
    let shown = try program.run(["sessions", "show", session]).output
    #expect(shown.contains("zulu-x"), "the session is open now")
    #expect(
      shown.hasPrefix("Session \(session), 20") && shown.contains("(your vote, 20"),
      "when it was, and the vote: \(shown)")
    #expect(models.laneCalls.count == 2, "nobody was asked twice: \(models.laneCalls.count)")
  }

  @Test func theTextIsBlindUntilTheVote() throws {
    let program = try models.program()
    let blind = try program.run(["ab", "what colour?"] + pair)
    #expect(blind.status == 0, "\(blind.errors)")
    expectBlind(blind.output, "the text")
    expectBlind(blind.errors, "standard error")
    let session = try #require(blind.errors.firstMatch(of: /--session ([0-9a-f]{12})/)?.output.1, "\(blind.errors)")
    let vote = try program.run(["ab", "--vote", "both_bad", "--session", String(session)])
    #expect(vote.status == 0, "\(vote.errors)")
    #expect(vote.output.contains("test/zulu-x") && vote.output.contains("both bad"), "\(vote.output)")
    #expect(vote.errors.contains("the same as stored"), "\(vote.errors)")
  }

  /// Every choice is kept as what it says.
  @Test(arguments: ["left", "right", "tie", "both_bad"])
  func everyChoiceIsKept(choice: String) throws {
    let program = try models.program()
    let session = try #require(try program.run(["ab", "c?"] + pair + ["--json"]).json()["session"]?.string)
    let vote = try program.run(["ab", "--vote", choice, "--session", session, "--json"]).json()["votes"]?.first
    #expect(vote?["choice"]?.string == choice, "\(choice): \(vote?.source ?? "no vote")")
    let winner = choice == "left" || choice == "right" ? vote?.member(choice)?.int : nil
    #expect(vote?["winner"]?.int == winner, "\(choice): \(vote?.source ?? "no vote")")
  }

  @Test func threeLanesAreThreePairs() throws {
    let program = try models.program()
    let blind = try program.run(["ab", "what colour?"] + pair + ["-m", "test/xray-z", "--json"])
    let document = try blind.json()
    #expect(document["pairs"]?.elements.count == 3, "three lanes are three pairs: \(blind.output)")
    expectBlind(blind.output + blind.errors, "three lanes")
    let session = try #require(document["session"]?.string)
    let few = try program.run(["ab", "--vote", "left", "--session", session])
    #expect(few.status == 2 && few.errors.contains("3 pairs"), "one choice for three pairs: \(few.errors)")
    expectBlind(few.output + few.errors.replacing("furlong ab", with: ""), "a vote that was refused")
    let all = try program.run(["ab", "--vote", "left,tie,right", "--session", session, "--json"])
    #expect(all.status == 0, "\(all.errors)")
    let choices = try all.json()["votes"]?.elements.compactMap { $0["choice"]?.string }
    #expect(choices == ["left", "tie", "right"], "one vote a pair: \(choices ?? [])")
  }

  /// On a terminal a vote is kept at once. What is broken off after the first of three is voted on anew, not twice.
  @Test func aVoteBrokenOffDoesNotCountTwice() throws {
    let program = try models.program()
    let terminal = TerminalSession(program, ["ab", "what colour?"] + pair + ["-m", "test/xray-z"], width: 100)
    terminal.waitUntilShown("q reveal without a vote")
    terminal.press("1\n")
    terminal.waitUntilShown("u undo")
    #expect(terminal.end(signal: SIGINT) != 0, "an interrupt is no success")
    let list = try program.run(["sessions"]).output
    let id = try #require(list.split(separator: "\n").last?.split(separator: " ").first.map(String.init), "\(list)")
    let vote = try program.run(["ab", "--vote", "tie,tie,tie", "--session", id])
    #expect(vote.status == 0, "it is blind still, and can be voted on: \(vote.errors)")
    let board = try program.run(["leaderboard", "--json"]).json()
    #expect(board["votes"]?.int == 3, "three pairs are three votes: \(board.source)")
  }

  @Test func sidesAreDrawnAnew() throws {
    let program = try models.program()
    var lefts: [Bool] = []
    for _ in 0..<20 {
      let document = try program.run(["ab", "what colour?"] + pair + ["--json"]).json()
      lefts.append(document["pairs"]?.first?["left"]?["text"]?.string?.contains("blue") == true)
    }
    // One run in 25,000 has fewer than two on a side.
    let count = lefts.count { $0 }
    #expect((2...18).contains(count), "lane 1 stood left \(count) times of 20")
  }

  /// No table of makers knows a person's own names: an answer that tells its id tells nothing.
  @Test func ownIDsAreMaskedTooInLinesAndExports() throws {
    let models = ScriptedModels(lanes: { ScriptedModels.stream("I am \($0.model), at your service.") })
    let program = try models.program()
    let asked = try program.run(["ab", "Who are you?", "-m", "test/house-7b", "-m", "test/garden_9"], input: "")
    let session = try #require(asked.output.split(separator: " ").last.map { $0.trimmingCharacters(in: .newlines) })
    #expect(asked.output.contains("[model]"), "\(asked.output)")
    for text in [
      asked.output, try program.run(["sessions", "show", session]).output,
      try program.run(["sessions", "export", session, "--format", "html"]).output,
      try program.run(["sessions", "export", session, "--format", "md"]).output,
    ] {
      #expect(!text.contains("house-7b") && !text.contains("garden_9"), "a name is told: \(text)")
    }
  }
}
