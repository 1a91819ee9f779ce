import Core
import Foundation
import TestSupport
import Testing

@testable import furlong

@Suite(.ownThreads) struct ConfigRoutesTests {
  static let documented = """
    routes:
      fast:  {pick: fastest,  from: [groq/llama, cerebras/llama, openai/gpt-5.6]}
      cheap: {pick: cheapest, from: [deepinfra/x, "openai/gpt-5.6,effort=low"], max_ttfo_ms: 3000}
      safe:  {fallback: [anthropic/claude-sonnet-5, openrouter/anthropic/claude-sonnet-5, fast]}
      duel:  {race: [openai/gpt-5.6, anthropic/claude-sonnet-5], rule: first-token, hedge_ms: 400}
      trial: {split: {openai/gpt-5.6: 90, mistral/small: 10}, sticky: user, judge: {model: anthropic/c, sample: 0.05}, seed: 7}
      mirror: {serve: openai/gpt-5.6, shadow: [mistral/small], sample: 0.1}
      gpt-4: openai/gpt-5.6
      deep: {fallback: [{race: [fast, mybox/m]}, local/x]}
    providers: {mybox: {base_url: "http://127.0.0.1:9/v1"}}
    """

  private func routes(_ yaml: String) throws -> [String: Route] {
    var config = Config()
    try config.read(yaml: yaml, path: "config.yaml")
    return config.routes
  }

  private func faults(_ yaml: String) -> String {
    var config = Config()
    do throws(Config.Faults) { try config.read(yaml: yaml, path: "config.yaml") } catch {
      return error.lines.joined(separator: "\n")
    }
    return ""
  }

  private func lane(_ text: String) throws -> Route { .lane(try Lane(parsing: text)) }

  @Test func everythingThatIsDocumentedIsRead() throws {
    let routes = try routes(Self.documented)
    #expect(routes.count == 8)
    #expect(
      routes["cheap"]
        == .pick(
          Route.Pick(
            .cheapest, from: [try lane("deepinfra/x"), try lane("openai/gpt-5.6,effort=low")],
            mostFirstAnswer: 3_000_000_000)))
    #expect(
      routes["duel"]
        == .race([try lane("openai/gpt-5.6"), try lane("anthropic/claude-sonnet-5")], hedge: 400_000_000))
    #expect(
      routes["trial"]
        == .split(
          Route.Split(
            [
              Route.Split.Arm(try lane("openai/gpt-5.6"), weight: 90),
              Route.Split.Arm(try lane("mistral/small"), weight: 10),
            ], isSticky: true, judge: try Lane(parsing: "anthropic/c"), sample: 0.05, seed: 7)))
    #expect(
      routes["deep"]
        == .fallback([.race([.named("fast"), try lane("mybox/m")], hedge: nil), try lane("local/x")]),
      "routes in routes, in place or by name")
    #expect(routes["gpt-4"] == (try lane("openai/gpt-5.6")), "another name for a model")
  }

  @Test func theReadmeShowsWhatIsRead() throws {
    let readme = try String(contentsOf: Program.package.appendingPathComponent("README.md"), encoding: .utf8)
    let blocks = readme.components(separatedBy: "```yaml\n").dropFirst().compactMap {
      $0.components(separatedBy: "```").first
    }
    let shown = try #require(blocks.first { $0.hasPrefix("routes:") }, "expected the routes in the README")
    #expect(faults(shown).isEmpty, "expected no fault in: \(shown)")
    #expect(try routes(shown).count == 7)
  }

  /// What a route prints as is what it was.
  @Test func aRouteIsReadBackFromItsText() throws {
    let before = try routes(Self.documented)
    let yaml = before.map { "  \(yamlText($0)): \($1.text)" }.joined(separator: "\n")
    let after = try routes(
      "providers: {mybox: {base_url: \"http://127.0.0.1:9/v1\"}}\nroutes:\n" + yaml)
    #expect(after == before, "expected the same routes from:\n\(yaml)")
  }

  @Test(arguments: [
    ("routes:\n  a: {pik: fastest, from: [local/x]}", "line 2", "did you mean ‘pick’"),
    ("routes:\n  a: {pick: fastst, from: [local/x]}", "line 2", "did you mean ‘fastest’"),
    ("routes:\n  a: {pick: fastest, frm: [local/x]}", "line 2", "did you mean ‘from’"),
    ("routes:\n  a: {pick: fastest}", "line 2", "list to pick from"),
    ("routes:\n  a: {pick: fastest, from: []}", "line 2", "must be a list"),
    ("routes:\n  a: {pick: cheapest, from: [local/x], max_ttfo_ms: soon}", "line 2", "milliseconds"),
    ("routes:\n  a:\n    fallback:\n    - opnai/gpt", "line 4", "did you mean ‘openai’"),
    ("routes:\n  a: {fallback: [local/x, quik]}\n  quick: local/y", "line 2", "did you mean ‘quick’"),
    ("routes:\n  a: {fallback: [\"local/x,heat=1\"]}", "line 2", "unknown parameter ‘heat’"),
    ("routes:\n  a: {race: [local/x], rule: first-finish}", "line 2", "first-token only"),
    ("routes:\n  a: {race: [local/x], rule: frist}", "line 2", "must be first-token"),
    ("routes:\n  a: {race: [local/x], hedge_ms: -1}", "line 2", "milliseconds"),
    ("routes:\n  a: {race: [local/x], fallback: [local/y]}", "line 2", "cannot stand together"),
    ("routes:\n  a: {split: {local/x: many}}", "line 2", "weight"),
    ("routes:\n  a: {split: {local/x: 0}}", "line 2", "weights"),
    ("routes:\n  a: {split: {local/x: 1}, sticky: session}", "line 2", "sticky must be user"),
    ("routes:\n  a: {split: {local/x: 1}, judge: {model: local/y, sample: 5}}", "line 2", "share from 0 to 1"),
    ("routes:\n  a: {split: {local/x: 1}, judge: {sample: 1}}", "line 2", "needs a model"),
    ("routes:\n  a: {split: {local/x: 1}, judge: {model: a}}", "line 2", "a judge is a model"),
    ("routes:\n  a: {serve: local/x}", "line 2", "shadow"),
    ("routes:\n  a/b: local/x", "line 2", "cannot be a route's name"),
    ("routes:\n  a: [local/x]", "line 2", "fallback"), ("routes:\n  a: {}", "line 2", "one of pick"),
    ("routes:\n  a: b\n  b: {fallback: [local/x, c]}\n  c: {race: [a]}", "line 2", "a → b → c → a"),
    ("routes:\n  a: {fallback: [a]}", "line 2", "a → a"), ("routes: fast", "line 1", "mapping"),
  ])
  func faultsNameTheirLineAndTheRemedy(yaml: String, line: String, words: String) {
    let found = faults(yaml)
    #expect(found.contains(line) && found.contains(words), "expected ‘\(line)’ and ‘\(words)’ in: \(found)")
  }

  @Test func aRouteThatGrowsBeyondMeasureIsRefused() {
    var yaml = "routes:\n  r0: {fallback: [local/x, local/y, local/z]}\n"
    for level in 1...30 { yaml += "  r\(level): {fallback: [r\(level - 1), r\(level - 1), r\(level - 1)]}\n" }
    #expect(faults(yaml).contains("more than 64 models"), "expected a refusal of 3³¹ models")
  }
}
