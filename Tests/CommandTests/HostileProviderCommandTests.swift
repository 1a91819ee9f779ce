import Core
import Foundation
import GRDB
import TestSupport
import Testing

/// The built program after a provider that counts what nobody can have written, and on a database that one has spoilt.
@Suite(.ownThreads) struct HostileProviderCommandTests {
  private static let body =
    Chat.content("tides and moons") + Chat.finish("stop") + Chat.usage(input: 1 << 40, output: 1 << 40) + Chat.done

  private func succeeds(_ program: Program, _ arguments: [String]) throws -> Program.Result {
    let result = try program.run(arguments)
    #expect(result.status == 0, "\(arguments): \(result.errors)")
    return result
  }

  @Test func everythingGoesOn() throws {
    let server = LoopbackServer(.stream(Array(Self.body.utf8)))
    let program = try Program(
      config: """
        providers:
          test: {base_url: "\(server.url)", prices: openai}
        budget: {per_day: 5}
        timeouts: {connect: 5, first_token: 5, silence: 5}
        """)
    var id = ""
    for _ in 0..<2 {
      let raced = try succeeds(program, ["race", "why tides?", "-m", "test/gpt-4o", "--json"])
      let response = try #require(try raced.json()["responses"]?.first)
      #expect(response["cost"]?["status"]?.string == "estimated" && response["usage"]?["source"]?.string == "estimated")
      id = try #require(try raced.json()["session"]?.string)
      #expect(raced.errors.contains("1099511627776, which is not from 0 to 1000000000: left out"), "\(raced.errors)")
    }
    for arguments in [["sessions", "list"], ["sessions", "search", "tides"], ["sessions", "show", id], ["costs"]] {
      _ = try succeeds(program, arguments)
    }
    try spoil(program.home + "/.local/share/furlong/furlong.db")
    for arguments in [
      ["sessions", "list"], ["sessions", "search", "tides"], ["sessions", "show", id], ["receipt", id],
      ["costs", "--by", "session", "--json"], ["sessions", "export", id, "--format", "html"],
      ["race", "again", "-m", "test/gpt-4o", "--max-cost", "1"],
    ] { _ = try succeeds(program, arguments) }
  }

  /// As a version before this one left it.
  private func spoil(_ path: String) throws {
    let queue = try rawDatabase(path)
    defer { try? queue.close() }
    try queue.write { db in
      try db.execute(
        sql: """
          UPDATE response SET cost = 9223372036854775807, cost_computed = 9223372036854775807,
            cost_reported = -9223372036854775808, usage_input = 1099511627776, usage_output = 1e300,
            ttft = 9223372036854775807, "end" = 'soon', created = created + 0.5;
          UPDATE summary SET cost = 1.8446744073709552e19, votes = -1;
          UPDATE session SET created = 9223372036854775807;
          """)
    }
  }

  @Test(arguments: [
    (["key", "new", "laptop", "--budget", "1e-9223372036854775808/day"], "is no budget"),
    (["key", "new", "laptop", "--rpm", "9223372036854775807"], "--rpm takes a number from 1 to 1000000"),
    (["race", "x", "-m", "demo/hare", "--max-cost", "1e-9223372036854775808"], "an amount of US dollars"),
    (["race", "x", "-m", "demo/hare", "--timeout", "1e308"], "--timeout takes seconds, above 0 and up to 86400"),
    (["race", "x", "-m", "demo/hare,max_tokens=1099511627776"], "write a whole number of at most 1000000000"),
    (["costs", "--since", "0000-01-01"], "2026-11-25, today, yesterday"),
    (["sessions", "replay", "abc", "--speed", "1e-308"], "0, or from 0.001 to 1000"),
  ])
  func whatIsOutOfRangeIsSaid(_ arguments: [String], _ words: String) throws {
    let result = try Program().run(arguments)
    #expect(result.status == 2 && result.errors.contains(words), "\(result.status): \(result.errors)")
  }

  @Test(arguments: [
    ("gateway: {grace: 1:0:0:0:0:0:0:0:0:0:0:0:0:0}", "grace must be a whole number from 1 to 86400"),
    ("timeouts: {connect: .inf}", "connect must be a number of seconds, above 0 and up to 86400"),
    ("budget: {per_day: 1e-9223372036854775808}", "per_day must be an amount of US dollars"),
    (
      "providers: {x: {base_url: \"http://a\", max_tokens: 1099511627776}}",
      "max_tokens must be a whole number from 1 to 1000000000"
    ),
  ])
  func aConfigIsToldItsRange(_ config: String, _ words: String) throws {
    let result = try Program(config: config).run(["sessions", "list"])
    #expect(result.status == 2 && result.errors.contains(words), "\(result.status): \(result.errors)")
  }
}
