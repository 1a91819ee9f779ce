import Core
import Foundation
import Store
import TestSupport
import Testing

/// Out of one database into another and out again; what must stay at home; what is not to be told yet.
@Suite(.ownThreads) struct SessionFileTests {
  private static let key = "my-own-secret-1234"
  private static let header = "Token header-secret-98765"

  private func filled(_ kept: Kept, words: String = "tides", blind: Bool = false) throws {
    try kept.fill { store in
      do {
        var session = try Kept.session()
        session.title = words
        store.append(.session(session))
        try Kept.addTurn(
          1, prompt: words, answers: [words, "the second answer"], to: store, system: words, blind: true
        ) { response in
          response.error = ResponseError(
            .auth, "\(words) in /root/.config and \(kept.program.home)/.config/furlong/config.yaml")
          response.notices = [words]
        }
        Kept.vote(1, to: store)
        Kept.judge(1, to: store)
        if blind { try Kept.addTurn(2, prompt: "again", answers: ["left text", "right text"], to: store, blind: true) }
      } catch { Issue.record("\(error)") }
    }
  }

  @Test func thereAndBackAgain() throws {
    let kept = try Kept()
    try filled(kept)
    let file = kept.program.home + "/a.furlong"
    #expect(try kept.run("sessions", "export", Kept.id, "-o", file).status == 0)
    let other = try Kept()
    let added = try other.run("sessions", "import", file)
    #expect(added.status == 0 && added.output.contains("\(Kept.id) added"), "\(added.errors)")
    #expect(try other.export("furlong").output == String(contentsOfFile: file, encoding: .utf8), "byte by byte")
    #expect(try other.export("json").output == kept.export("json").output)
    #expect(try other.export("html").output == kept.export("html").output)
    let again = try other.run("sessions", "import", file)
    #expect(again.status == 0 && again.output.contains("is here already"), "\(again.output)")
    let piped = try Kept()
    let input = try String(contentsOfFile: file, encoding: .utf8)
    let result = try piped.program.run(["sessions", "import", "-", "--db", piped.path], input: input)
    #expect(result.status == 0 && result.output.contains("added"), "\(result.errors)")
  }

  @Test func aChangedFileIsRefusedAndNothingIsKept() throws {
    let kept = try Kept()
    try filled(kept)
    let text = try kept.export("furlong").output
    let file = kept.program.home + "/a.furlong"
    for (old, new, words) in [
      ("second answer", "first answer", "has been changed"), ("\"version\":1", "\"version\":7", "newer Furlong"),
      ("{\"format\":\"furlong\"", "{\"format\":\"other\"", "none of what can be imported"), ("}\n", "", "not JSON"),
    ] {
      let other = try Kept()
      let changed = old == "{\"format\":\"furlong\"" ? "x" + text : text.replacing(old, with: new)
      try changed.write(toFile: file, atomically: true, encoding: .utf8)
      let result = try other.run("sessions", "import", file)
      #expect(result.status == 2 && result.errors.contains(words), "\(words): \(result.errors)")
      #expect(try other.run("sessions").output.split(separator: "\n").count == 1)
    }
  }

  @Test(arguments: ["md", "json", "jsonl", "csv", "html", "pairs", "furlong"])
  func secretsStay(format: String) throws {
    let kept = try Kept(
      config: """
        providers:
          openai: {key_command: "echo \(Self.key)"}
          mine: {dialect: openai-chat, base_url: "http://127.0.0.1:1/v1", headers: {Authorization: "\(Self.header)"}}
        """)
    var program = kept.program
    program.environment["ANTHROPIC_API_KEY"] = "environment-secret-5"
    let shaped = "sk-ant-api03-0123456789abcdef"
    try filled(kept, words: "say \(Self.key) and \(Self.header) and environment-secret-5 and \(shaped)")
    let result = try program.run(["sessions", "export", Kept.id, "-f", format, "--db", kept.path])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("key]"), "it says where one was: \(result.output.prefix(300))")
    for secret in [Self.key, "header-secret", "environment-secret", "0123456789abcdef", kept.program.home] {
      #expect(!result.output.contains(secret), "‘\(secret)’ left in \(format)")
    }
    #expect(
      try program.run(["sessions", "show", Kept.id, "--db", kept.path]).output.contains(shaped),
      "here it stays as it was")
  }

  @Test(arguments: ["md", "json", "jsonl", "csv", "html", "pairs"])
  func aBlindTurnStaysBlind(format: String) throws {
    let kept = try Kept()
    try filled(kept, blind: true)
    let result = try kept.export(format, "--turn", "2")
    for name in ["gpt-5.6", "claude", "anthropic", "openai", "\"lane\":", "300ms", "300,900"] {
      #expect(!result.output.contains(name), "‘\(name)’ is told in \(format): \(result.output)")
    }
    switch format {
    case "jsonl", "csv":
      #expect(result.status == 1 && result.errors.contains("blind still") && !result.output.contains("left text"))
    case "pairs": #expect(result.output.isEmpty)
    default:
      #expect(result.status == 0 && result.output.contains("right text"), "the texts are there: \(result.output)")
    }
  }

  @Test func aSessionFileWaitsForTheVote() throws {
    let kept = try Kept()
    try filled(kept, blind: true)
    let alone = try kept.export("furlong")
    #expect(
      alone.status == 2 && alone.output.isEmpty && alone.errors.contains("turn 2 is blind still"), "\(alone.errors)")
    try kept.fill { Kept.vote(2, to: $0) }
    #expect(try kept.export("furlong").status == 0)
  }
}
