import Core
import Foundation
import Store
import TestSupport
import Testing

@Suite(.ownThreads) struct RaceCommandTests {
  /// `cat FILE | furlong race …`: what is piped in goes with the prompt, and nothing is as good as no pipe.
  @Test(arguments: [("the file", "Summarise\\n\\nthe file"), ("", "Summarise"), (" \n", "Summarise")])
  func whatIsPipedInGoesWithThePrompt(_ input: String, _ content: String) throws {
    let server = LoopbackServer(.stream(Chat.whole("Short.")))
    let result = try Program(server: server).run(["race", "Summarise", "-m", "test/a"], input: input)
    #expect(result.status == 0, "\(result.errors)")
    let sent = server.requests.first?.text ?? ""
    #expect(sent.contains("\"content\":\"\(content)\""), "\(sent)")
  }

  @Test(arguments: [
    ["race", "- sum up the points", "-m", "test/a"], ["race", "-m", "test/a", "--json", "- sum up the points"],
    ["race", "-m", "test/a", "--system", "- sum up the points", "hello"],
  ])
  func aTextMayBeginWithADash(_ words: [String]) throws {
    let server = LoopbackServer(.stream(Chat.whole("Short.")))
    let result = try Program(server: server).run(words)
    #expect(result.status == 0, "\(result.errors)")
    let sent = server.requests.first?.text ?? ""
    #expect(sent.contains("- sum up the points"), "\(sent)")
  }

  @Test func anUnknownOptionIsStillOne() throws {
    let result = try Program().run(["race", "hello", "--nonsense"])
    #expect(result.status == 2 && result.errors.contains("--nonsense"), "\(result.errors)")
  }

  @Test func theDocumentKeepsItsContract() throws {
    let server = LoopbackServer(.stream(Chat.whole("The ", "sea ", "\u{1F44D}")))
    let program = try Program(server: server)
    let result = try program.run(["race", "why?", "-m", "test/m1,temperature=0.2", "-m", "test/m1", "--json"])
    #expect(result.status == 0, "\(result.errors)")
    let document = try result.json()
    let names = ["session", "turn", "rule", "winner", "prompt_sha256", "responses"]
    #expect(document.members.map(\.name) == names)
    #expect(document["rule"]?.string == "all")
    #expect(document["prompt_sha256"]?.string == SHA256.hexadecimal("why?".utf8))
    let response = try #require(document["responses"]?.first)
    #expect(
      response.members.map(\.name) == [
        "lane", "provider", "model", "model_reported", "parameters", "state", "finish_reason", "text", "reasoning",
        "error",
        "usage", "cost", "timing", "attempts",
      ])
    #expect(response["parameters"]?.source.filter { !$0.isWhitespace } == #"{"temperature":0.2}"#)
    #expect(response["text"]?.string == "The sea \u{1F44D}")
    #expect(response["usage"]?["input"]?.int == 10 && response["usage"]?["output"]?.int == 2)
    #expect(response["cost"]?["status"]?.string == "unknown" && response["cost"]?["usd"] == nil, "unknown is never 0")
    let timing = try #require(response["timing"])
    #expect(
      timing.members.map(\.name) == [
        "reused_connection", "dns_ms", "connect_ms", "tls_ms", "ttfb_ms", "ttft_ms", "ttfo_ms", "e2e_ms",
        "tokens_per_second",
        "chunks",
      ])
    #expect(timing["ttft_ms"]?.double ?? -1 >= timing["ttfb_ms"]?.double ?? .infinity)
    #expect(timing["e2e_ms"]?.double ?? -1 >= timing["ttft_ms"]?.double ?? .infinity)
    #expect(response["attempts"]?.first?["status"]?.int == 200)
  }

  @Test func aRuleStopsTheOthers() throws {
    let gate = Gate()
    let server = LoopbackServer { request, _ in
      request.text.contains("quick")
        ? .stream([.hold(gate), .chat("done"), .chatEnd, .close]) : .stream([.chat("slow"), .stall])
    }
    let program = try Program(server: server)
    let race = ["race", "x", "-m", "test/slow", "-m", "test/quick", "--rule", "first-finish"]
    let child = try program.start(race + ["--json", "--db", program.home + "/race.db"])
    let store = try Store(path: program.home + "/race.db")
    let hasSpoken = try eventually {
      try store.sessions().first.map { try store.session($0.id).turns[0].responses[0]?.text == "slow" } ?? false
    }
    #expect(hasSpoken, "what the slow one says is kept while it goes on")
    gate.open()
    let result = program.result(of: child)
    let document = try result.json()
    #expect(result.status == 0, "a loser that the rule stopped is as asked")
    #expect(document["winner"]?.int == 1)
    let loser = try #require(document["responses"]?.first)
    #expect(loser["state"]?.string == "stopped" && loser["text"]?.string == "slow", "what it had is kept")
    #expect(loser["cost"]?["wasted"]?.bool == true)
  }

  /// `exec` gets the answer on its standard input, never as words of a shell.
  @Test func checksDecide() throws {
    let server = LoopbackServer { request, _ in
      .stream(Chat.whole(request.text.contains("good") ? "$(touch pwned) 42" : "no"))
    }
    let program = try Program(server: server)
    for check in ["regex:[0-9]+", "exec:grep -q 42"] {
      let document = try program.run(["race", "x", "-m", "test/bad", "-m", "test/good", "--valid", check, "--json"])
        .json()
      #expect(document["winner"]?.int == 1, "\(check)")
      #expect(document["rule"]?.string == "first-valid")
    }
    #expect(!FileManager.default.fileExists(atPath: "pwned"))
    let none = try program.run(["race", "x", "-m", "test/bad", "--valid", "json"])
    #expect(none.status == 1, "no valid answer is not as asked")
  }

  @Test func keysAppearNowhereOnDisk() throws {
    let server = LoopbackServer { request, _ in
      .answer(
        401,
        body:
          #"{"error":{"message":"Incorrect API key provided: \#(request.headers["authorization"] ?? "")","code":"invalid_api_key"}}"#
      )
    }
    let program = try Program(server: server)
    let result = try program.run(["race", "x", "-m", "test/m"])
    #expect(result.status == 1)
    #expect(result.errors.contains("refused the key"))
    #expect(!(result.output + result.errors).contains(Program.key))
    #expect(program.everythingOnDisk().range(of: Data(Program.key.utf8)) == nil, "the key is in a file")
  }

  @Test(arguments: [
    (["race"], "Missing expected argument"), (["race", "x", "-m", "nomodel"], "ask for provider/model"),
    (["race", "x", "-m", "opnai/x"], "did you mean openai"), (["race", "x", "-m", "openai/x"], "OPENAI_API_KEY"),
    (["race", "x", "-m", "demo/hare,temprature=1"], "did you mean temperature"),
    (["race", " ", "-m", "demo/hare"], "empty"),
    (["race", "x", "-m", "demo/hare", "--rule", "fastest"], "first-token"),
    (["race", "x", "-m", "demo/hare", "--valid", "regex:["], "not a regular expression"),
    (["race", "x", "-m", "demo/hare", "--file", "/nowhere"], "cannot read"),
    (["race", "x", "--lineup", "daily"], "no lineup"),
    (["sessions", "show", "abc"], "no session"), (["--session", "abc"], "needs a terminal"),
    (["race", "x", "-m", "demo/hare", "--db", "/proc/nope/x.db"], "--db"),
    (["race", "x", "-m", "demo/hare", "--hedge", "99999999999999999"], "86400000"),
    (["race", "x", "-m", "demo/hare", "--timeout", "nan"], "--timeout"), (["sesions"], "did you mean sessions"),
  ])
  func whatCannotRunSaysWhy(arguments: [String], words: String) throws {
    let result = try Program().run(arguments)
    #expect(result.status == 2, "\(arguments): \(result.errors)")
    #expect(result.errors.contains(words), "expected ‘\(words)’ in: \(result.errors)")
    #expect(result.output.isEmpty, "nothing belongs on standard output")
  }

  @Test func theDemoNeedsNothingAndSaysWhatItIs() throws {
    let program = try Program()
    let result = try program.run(["demo"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("simulated"))
    #expect(!result.output.contains("\u{1B}"), "no escape sequence goes into a pipe")
    #expect(
      !FileManager.default.fileExists(atPath: program.home + "/.local/share/furlong/furlong.db"), "nothing is kept")
  }

  @Test func whatModelsSendIsMadeVisible() throws {
    let server = LoopbackServer(.stream(Chat.whole(#"\u001b[2J\u009b31m\u202eevil"#)))
    let result = try Program(server: server).run(["race", "x", "-m", "test/m"])
    let hostile = result.output.unicodeScalars.filter { $0.value == 0x1B || $0.value == 0x9B || $0.value == 0x202E }
    #expect(hostile.isEmpty && result.output.contains("␛[2J"), "\(result.output)")
  }

  /// Cut where the key is, half of it would not be found any more.
  @Test func aKeyInALongRefusalIsTakenOutWhole() throws {
    let server = LoopbackServer { request, _ in
      .answer(401, body: String(repeating: "p", count: 180) + " " + (request.headers["authorization"] ?? ""))
    }
    let program = try Program(server: server)
    let result = try program.run(["race", "x", "-m", "test/m"])
    let head = String(Program.key.prefix(8))
    #expect(!result.errors.contains(head), "\(result.errors)")
    #expect(program.everythingOnDisk().range(of: Data(head.utf8)) == nil)
  }

  private func shell(_ script: String, _ program: Program) throws -> Int32 {
    let words = ["-c", script, Program.binary, program.home + "/told"]
    guard case .exited(let status)? = try Child("/bin/sh", words, environment: program.environment).wait() else {
      return -1
    }
    return status
  }

  /// The reader of the output may leave at once; the answer is kept all the same.
  @Test func aBrokenPipeLosesNothing() throws {
    let server = LoopbackServer(.stream(Chat.whole("kept whole")))
    let program = try Program(server: server)
    _ = try shell("\"$0\" race x -m test/m 2>/dev/null | true", program)
    let id = try #require(try program.run(["sessions"]).output.split(separator: "\n").last?.split(separator: " ").first)
    let shown = try program.run(["sessions", "show", String(id)]).output
    #expect(shown.contains("kept whole") && shown.contains("(done"), "\(shown)")
  }

  @Test func aFullDiskBehindTheOutputIsTold() throws {
    let program = try Program()
    #expect(try shell("\"$0\" keys > /dev/full 2> \"$1\"", program) == 1)
    #expect(try String(contentsOfFile: program.home + "/told", encoding: .utf8).contains("could not be written"))
  }

  @Test func promptsComeFromStandardInputAndFiles() throws {
    let server = LoopbackServer(.stream(Chat.whole("ok")))
    let program = try Program(server: server)
    try Data([0x89, 0x50, 0x4E, 0x47, 1, 2, 3]).write(to: URL(fileURLWithPath: program.home + "/a.png"))
    try "notes here".write(toFile: program.home + "/b.txt", atomically: true, encoding: .utf8)
    let result = try program.run(
      ["race", "-", "-m", "test/m", "--file", program.home + "/a.png", "--file", program.home + "/b.txt"],
      input: "from a pipe\n")
    #expect(result.status == 0, "\(result.errors)")
    let body = try #require(server.requests.last?.text)
    #expect(
      body.contains("from a pipe") && body.contains("notes here") && body.contains("data:image/png;base64,iVBORwECAw==")
    )
  }

  @Test func sessionsAreListedAndShown() throws {
    let server = LoopbackServer(.stream(Chat.whole("kept answer")))
    let program = try Program(server: server)
    let id = try #require(
      try program.run(["race", "first prompt", "-m", "test/m", "--json"]).json()["session"]?.string)
    #expect(try program.run(["sessions"]).output.contains("first prompt"))
    let shown = try program.run(["sessions", "show", String(id.prefix(5))])
    #expect(shown.output.contains("kept answer"), "\(shown.errors)")
    #expect(
      try program.run(["sessions", "show", id, "--json"]).json()["turns"]?.first?["responses"]?.first?["text"]?.string
        == "kept answer")
  }
}
