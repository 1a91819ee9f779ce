import Core
import Foundation
import GRDB
import Store
import TestSupport
import Testing

@testable import furlong

/// `furlong sessions import` of other programs' files.
@Suite(.ownThreads) struct ImportTests {
  private let kept: Kept

  init() throws { kept = try Kept() }

  private func file(_ text: String) throws -> String {
    let path = kept.program.home + "/\(UUID().uuidString).json"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  @Test func promptfooResultsBecomeADataSet() throws {
    let path = Fixture.imported("promptfoo-3.json").path
    let result = try kept.run("sessions", "import", path)
    #expect(result.status == 0 && result.output.contains("added: promptfoo: Tides"), "\(result.errors)")
    let document = try kept.run("sessions", "export", "--all", "-f", "json").json()
    #expect(document["purpose"]?.string == "batch" && document["created"]?.string == "2025-10-01T20:08:11Z")
    let lanes = document["lanes"]?.elements.compactMap { $0["model"]?.string }
    #expect(lanes == ["openai/gpt-5-mini", "anthropic/claude-sonnet-5", "promptfoo/exec: python my.py"])
    let turns = try #require(document["turns"]?.elements)
    #expect(turns.map { $0["prompt"]?.string } == ["Why are there tides?", "How often?"])
    #expect(turns[1]["system"]?.string == "Be brief." && turns[1]["item"]?.string == "test 2")
    let first = try #require(turns[0]["responses"]?.first)
    #expect(first["text"]?.string == "The moon pulls." && first["usage"]?["reasoning"]?.int == 32)
    #expect(first["cost"]?["usd"]?.string == "0.0000826" && first["cost"]?["status"]?.string == "estimated")
    #expect(first["timing"]?["e2e_ms"]?.double == 1200 && first["origin"]?.string == "promptfoo")
    let failing = try #require(turns[0]["responses"]?.elements.last)
    #expect(failing["state"]?.string == "done" && failing["error"] == nil, "a test that does not pass is an answer")
    #expect(failing["notices"]?.first?.string?.hasPrefix("promptfoo: not passed, score 0.5: Latency") == true)
    let others = try #require(turns[1]["responses"]?.elements)
    let structured = try JSONDocument().parse(others[0]["text"]?.string ?? "")
    #expect(structured["answer"]?.string == "twice")
    #expect(
      others[1]["state"]?.string == "failed" && others[1]["error"]?["message"]?.string == "API error: 529 overloaded")
    #expect(others[2]["cost"]?["usd"] == nil && others[2]["cost"]?["status"]?.string == "unknown", "never nothing")
    #expect(others[2]["timing"]?["e2e_ms"] == nil, "from a cache it took no time")
    let again = try kept.run("sessions", "import", path)
    #expect(again.output.contains("is here already"), "\(again.output)")
    #expect(try kept.run("sessions").output.split(separator: "\n").count == 2)
  }

  @Test func olderResultsHaveNoNumbersAndNoDate() throws {
    let path = Fixture.imported("promptfoo-2.json").path
    #expect(try kept.run("sessions", "import", path).status == 0)
    let turns = try #require(try kept.run("sessions", "export", "--all", "-f", "json").json()["turns"]?.elements)
    #expect(turns.map { $0["prompt"]?.string } == ["One?", "Two?"])
    let models = turns[0]["responses"]?.elements.map { "\($0["provider"]?.string ?? "")/\($0["model"]?.string ?? "")" }
    #expect(models == ["openai/gpt-4", "ollama/llama2:7b"])
    #expect(try kept.run("sessions", "import", path).output.contains("is here already"))
  }

  @Test func whatWasPaidThereIsNotSpentHere() throws {
    #expect(try kept.run("sessions", "import", Fixture.imported("promptfoo-3.json").path).status == 0)
    #expect(try Store(path: kept.path).spent(since: 0) == .zero)
  }

  @Test func aLogOfLLM() throws {
    let path = kept.program.home + "/logs.db"
    let queue = try rawDatabase(path)
    try queue.write { try $0.execute(sql: Fixture.imported("llm-0.36.sql").text) }
    try queue.close()
    let result = try kept.run("sessions", "import", path)
    #expect(result.status == 0 && result.output.split(separator: "\n").count == 4, "\(result.errors)")
    let models = try kept.run("sessions", "export", "--all", "-f", "jsonl").output.split(separator: "\n").map { line in
      let view = try JSONDocument().parse(String(line))
      return "\(view["provider"]?.string ?? "")/\(view["model"]?.string ?? "")"
    }
    #expect(Set(models) == ["openai/gpt-4o-mini", "anthropic/claude-3.5-sonnet", "ollama/llama3.2:latest"])
  }

  @Test(arguments: [
    ("{\"results\": {\"results\": [{\"prompt\": {\"raw\": \"a\"}}]}}", "results.results[0].provider.id is missing"),
    ("{\"results\": {\"results\": [{\"provider\": \"a\"}]}}", "results.results[0].prompt.raw is missing"),
    ("{\"results\": {\"results\": []}}", "is empty"), ("{\"a\": 1}", "no list"), ("{\"a\": ", "byte 7"),
    ("hello", "none of what can be imported"), ("", "none of what can be imported"),
  ])
  func whatIsWrongIsToldAndChangesNothing(text: String, words: String) throws {
    let result = try kept.run("sessions", "import", file(text))
    #expect(result.status == 2 && result.errors.contains(words), "\(result.errors)")
    #expect(try kept.run("sessions").output.split(separator: "\n").count == 1)
  }

  @Test func moreThanNineLanesAreSeveralSessions() throws {
    let results = (0..<11).map {
      "{\"prompt\":{\"raw\":\"a\"},\"provider\":\"openai:m\($0)\",\"response\":{\"output\":\"x\($0)\"}}"
    }
    let path = try file("{\"results\":{\"results\":[\(results.joined(separator: ","))]}}")
    #expect(try kept.run("sessions", "import", path).output.split(separator: "\n").count == 2)
    let lines = try kept.run("sessions", "export", "--all", "-f", "jsonl").output.split(separator: "\n")
    #expect(lines.count == 11)
  }

  @Test(arguments: [
    ("gpt-4o", "openai/gpt-4o"), ("openai:chat:gpt-4", "openai/gpt-4"),
    ("openai:responses:gpt-5", "openai-responses/gpt-5"),
    ("anthropic:messages:claude-x", "anthropic/claude-x"), ("claude-3.5-haiku", "anthropic/claude-3.5-haiku"),
    ("gemini/gemini-2.5-pro", "google/gemini-2.5-pro"), ("grok-4", "xai/grok-4"),
    ("openrouter/meta-llama/llama-3", "openrouter/meta-llama/llama-3"), ("llama3.2:latest", "ollama/llama3.2:latest"),
    ("gemma:2b", "ollama/gemma:2b"), ("azure:chat:mine", "azure/chat:mine"), ("file://my.py", "x/file://my.py"),
    ("my-model", "x/my-model"), ("", "x/unknown"), ("ollama:chat:llama3:8b", "ollama/llama3:8b"),
  ])
  func modelsGetAProvider(name: String, model: String) throws {
    #expect(ForeignModels(services: Config().services, origin: "x").model(name).text == model)
  }
}
