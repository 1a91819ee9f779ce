import ArgumentParser
import Core
import Foundation
import Providers
import Store
import TestSupport
import Testing

@testable import furlong

/// Numbers from files and the command line, as hostile as they come: an error or a value of its range, never a crash. Seeded.
@Suite(.ownThreads) struct HostileNumbersTests {
  private static let numbers = [
    "-9223372036854775808", "-9223372036854775809", "9223372036854775807", "9223372036854775808",
    "1e-9223372036854775808",
    "1e9223372036854775807", "1e308", "-1e308", "1e999", "1e-999", "-1", "0", "1", "7", "0.5", "1099511627776",
    "1000000000", "1000000001", "253402300800", "18446744073709551616", ".inf", "-.inf", ".nan", "nan", "inf",
    "infinity",
    "0x7fffffffffffffff", "0xffffffffffffffff", "0b1", "0o777", "0777777777777777777777777",
    "1:0:0:0:0:0:0:0:0:0:0:0:0:0", "190:20:30", "-1:59", "9_999", "1_000_000_000_000_000_000_000", "+3", "1e", "", "~",
    String(repeating: "9", count: 400), "0." + String(repeating: "0", count: 400) + "1",
  ]

  /// A template with a number in place of each `#`.
  private func filled(_ template: String, _ random: inout SplitMix64) -> String {
    let pieces = template.split(separator: "#", omittingEmptySubsequences: false)
    return pieces.dropFirst().reduce(String(pieces[0])) { text, piece in
      text + (Self.numbers.randomElement(using: &random) ?? "0") + piece
    }
  }

  @Test func configs() {
    var random = SplitMix64(seed: 20_261_128)
    let template = """
      providers:
        x: {dialect: openai-chat, base_url: "http://a", max_tokens: #}
      lineups: {d: ["a/b,max_tokens=#,seed=#,temperature=#,top_p=#"]}
      timeouts: {connect: #, first_token: #, silence: #}
      budget: {per_turn: #, per_day: #, per_month: #}
      prices: {"x/m": {input: #, output: #, cache_read: #, requests: #}}
      gateway: {max_in_flight: #, max_body_mb: #, keep_alive: #, patience: #, grace: #}
      routes:
        r: {race: [x/m, x/n], hedge_ms: #}
        p: {pick: fastest, from: [x/m, x/n], max_ttfo_ms: #}
        s: {split: {x/m: #, x/n: #}, seed: #, judge: {model: x/j, sample: #}}
        m: {serve: x/m, shadow: [x/n], sample: #}
      """
    let lines = template.split(separator: "\n").map(String.init)
    let cases = 1000
    var refused = 0
    for _ in 0..<cases {
      // Most lines as they should be, so that faults do not hide each other.
      let text = lines.map { line in
        Int.random(in: 0..<12, using: &random) == 0 ? filled(line, &random) : line.replacing("#", with: "1")
      }.joined(separator: "\n")
      var config = Config()
      do throws(Config.Faults) {
        try config.read(yaml: text, path: "config.yaml")
        let limits = [config.limits.connect, config.limits.firstToken, config.limits.silence]
        #expect(limits.allSatisfy { (1...86_400_000_000_000).contains($0) || $0 == 0 }, "\(text)")
        #expect((config.gateway.longestBody >> 20) >= 1)
      } catch {
        refused += 1
        #expect(error.lines.allSatisfy { $0.hasPrefix("line ") }, "\(error.lines)")
      }
    }
    #expect(refused > cases / 4 && refused < cases)
    print("fuzz: \(cases) configs, \(refused) refused")
  }

  @Test func foreignConfigs() {
    var random = SplitMix64(seed: 3)
    let template = """
      model_list:
        - model_name: a
          litellm_params: {model: openai/gpt, rpm: #, tpm: #, weight: #, order: #, max_tokens: #, temperature: #,
            input_cost_per_token: #, output_cost_per_token: #, cache_read_input_token_cost: #}
        - model_name: a
          litellm_params: {model: anthropic/c, rpm: #, tpm: #, weight: #, order: #}
      router_settings: {routing_strategy: simple-shuffle, num_retries: #, timeout: #}
      """
    let cases = 500
    for _ in 0..<cases {
      if let config = try? LiteLLMConfig(yaml: filled(template, &random)) {
        var own = Config()
        // What comes of it may be refused, and may not stop the program.
        try? own.read(yaml: config.yaml, path: "config.yaml")
      }
    }
    print("fuzz: \(cases) configs of LiteLLM")
  }

  @Test func arguments() {
    var random = SplitMix64(seed: 5)
    // Without the root command: to put the tree of all of them together takes longer than to read a line.
    let templates: [(command: any ParsableCommand.Type, line: String)] = [
      (RaceCommand.self, "hi -m a/b --timeout # --max-cost # --hedge #"),
      (RaceCommand.self, "hi -m a/b,max_tokens=#,seed=#,temperature=#"),
      (RaceCommand.self, "hi -m a/b --rule first-good --bar #"),
      (BatchCommand.self, "f.jsonl -m a/b --max-cost # --timeout # --concurrency #"),
      (KeyCommand.New.self, "n --budget #/day --rpm #"), (KeyCommand.New.self, "n --budget #/month"),
      (SessionsCommand.List.self, "--limit # --since # --until #"), (SessionsCommand.List.self, "--since #d"),
      (SessionsReplay.self, "id --speed # --turn #"), (SessionsReplay.self, "id --what-if all --hedge #"),
      (CostsCommand.self, "--since # --until #d"), (PricesCommand.Show.self, "openai/gpt-5 --input # --on #"),
      (ReconcileCommand.self, "f --tolerance #"), (RouteCommand.self, "r --explain p --max-tokens #"),
      (ServeCommand.self, "--listen 127.0.0.1:#"), (SessionsCommand.Export.self, "id --turn #"),
      (JudgeCommand.self, "id:# --judge a/b"),
    ]
    let cases = 500
    var refused = 0
    for _ in 0..<cases {
      let (command, line) = templates.randomElement(using: &random) ?? templates[0]
      let words = line.split(separator: " ").map { $0.contains("#") ? filled(String($0), &random) : String($0) }
      do { _ = try command.parse(words) } catch {
        refused += 1
        // Usage and all: that takes longer than reading.
        if refused % 20 == 0 { #expect(!command.message(for: error).isEmpty) }
      }
    }
    #expect(refused > cases / 2)
    print("fuzz: \(cases) command lines, \(refused) refused")
  }

  @Test func filters() {
    var random = SplitMix64(seed: 9)
    for _ in 0..<1000 {
      let now = Int64.random(in: .min ... .max, using: &random)
      var faults: [String] = []
      let line = filled("tides since:# until:#d cost:># cost:<#", &random)
      let filter = SessionFilter(line: line, now: now, faults: &faults)
      for date in [filter.since, filter.until].compactMap(\.self) { #expect(Bounds.dates.contains(date)) }
    }
  }

  @Test func resultsOfPromptfoo() throws {
    var random = SplitMix64(seed: 13)
    let template = """
      {"evalId":"e","results":{"timestamp":"2026-01-01T00:00:00Z","results":[{"testIdx":#,"prompt":{"raw":"p"},
      "provider":{"id":"openai:gpt"},"latencyMs":#,"cost":#,"success":true,"score":#,
      "response":{"output":"o","tokenUsage":{"prompt":#,"completion":#,"completionDetails":{"reasoning":#}},"cost":#}}]}}
      """
    let json = Self.numbers.filter { (try? JSONDocument().parse($0)) != nil }
    var added = 0
    let cases = 300
    let store = try Store.inMemory()
    for number in 0..<cases {
      let pieces = template.replacing("\"e\"", with: "\"e\(number)\"")
        .split(separator: "#", omittingEmptySubsequences: false)
      let text = pieces.dropFirst().reduce(String(pieces[0])) { $0 + (json.randomElement(using: &random) ?? "0") + $1 }
      guard
        let sessions = try? PromptfooResults.sessions(
          Array(text.utf8), resolve: { ModelID("x/\($0)") ?? .init(provider: "x", model: "y") })
      else { continue }
      added += try store.add(sessions).count
    }
    #expect(added == cases)
    let ledger = Ledger(try store.ledger(includesImported: true)) { isoDate($0) }
    #expect(ledger.calls.count == cases && ledger.total.cost < Money(decimal: "9000000")!)
    print("fuzz: \(cases) results of promptfoo")
  }

  @Test func billsAndVotes() throws {
    var random = SplitMix64(seed: 17)
    let folder = TemporaryFolder()
    let bill =
      "model,time,end_time,request_id,input_tokens,output_tokens,num_model_requests,cost_usd\nm,#,#,r,#,#,#,#\n"
    let parts =
      "usage_date_utc,model_version,usage_input_tokens_no_cache,usage_input_tokens_cache_read\n2026-11-24,m,#,#\n"
    let votes = "model_a,model_b,outcome,count,prompt_id\na,b,a,#,#\na,b,tie,#,#\n"
    let cases = 400
    for number in 0..<cases {
      let path = folder.file("\(number).csv")
      try filled(number % 2 == 0 ? bill : parts, &random).write(toFile: path, atomically: true, encoding: .utf8)
      if let file = try? BillFile(path: path) {
        for line in file.lines { _ = (line.isInstant, line.cost?.decimalText) }
        let result = Reconciliation(file.lines, [])
        _ = (result.exceeds(0), result.missingHere.count)
      }
      _ = try? VotesFile(data: Data(filled(votes, &random).utf8), isJSONLines: false, name: "v.csv")
    }
    print("fuzz: \(cases) bills and files of votes")
  }
}

/// The same, to the end: what a session file brings in is read again by everything that reads.
@Suite(.ownThreads) struct HostileSessionFileTests {
  private static let numbers = HostileSessionFileTests.integers + ["1e-9223372036854775808", "0.5", "1e999", "-0"]
  private static let integers = [
    "-9223372036854775808", "9223372036854775807", "-1", "0", "1", "1000000000", "1000000001", "1099511627776",
    "100000000000000000", "253402300799", "253402300800", "1000000000000000", "64",
  ]

  /// Numbers of the content one by one in place of others, with a digest that matches.
  @Test func bentNumbers() throws {
    let folder = TemporaryFolder()
    let source = try Store(path: folder.file("source.db"))
    var session = Session(
      id: "3f2a9c1e04b7", created: 100, title: "t", rule: .all, lanes: [try Lane(parsing: "a/one,max_tokens=5")],
      turns: [])
    session.purpose = .lane
    source.append(.session(session))
    source.append(.turn(session: session.id, Turn(number: 1, prompt: "p", rule: .all)))
    let key = ResponseKey(session: session.id, turn: 1, lane: 0, generation: 1)
    var response = Response(lane: 0, model: session.lanes[0].model, parameters: session.lanes[0].parameters)
    source.append(.began(key, response, request: nil))
    source.append(.text(key, .answer, "words", at: 4_000))
    (response.state, response.text) = (.done, "words")
    (response.usage.input, response.usage.output, response.usage.parts) = (11, 12, [.webSearches: 13])
    response.cost.status = .exact
    (response.cost.computed, response.cost.reported) = (Money(picoDollars: 14), Money(picoDollars: 15))
    (response.cost.lowest, response.cost.highest) = (Money(picoDollars: 16), Money(picoDollars: 17))
    response.cost.price = Price(rates: [.input: .init("18", tier: 19), .output: "20"], source: "s", record: "r")
    (response.timing.firstByte, response.timing.firstToken, response.timing.end) = (21, 22, 23)
    response.attempts = [Attempt(status: 200, requestID: "r")]
    source.append(.ended(key, response))
    try source.close()
    let text = SessionFile(sessions: [try source.rows(of: session.id)]).text
    let start = try #require(text.range(of: "\"content\":"))
    let content = String(text[start.upperBound...].dropLast(2))

    var random = SplitMix64(seed: 20_261_128)
    let target = try Store(path: folder.file("target.db"))
    let cases = 600
    var (added, refused) = (0, 0)
    for number in 0..<cases {
      let bent = Self.bent(content, &random).replacing("3f2a9c1e04b7", with: Self.id(number))
      let whole =
        "{\"format\":\"furlong\",\"version\":1,\"sha256\":\"\(SHA256.hexadecimal(bent.utf8))\",\"content\":\(bent)}\n"
      do throws(InvalidFile) {
        let file = try SessionFile(Array(whole.utf8))
        _ = try? target.add(file.sessions)
        added += 1
      } catch {
        refused += 1
        #expect(error.message.contains("sessions[0]") || error.message.contains("content"), "\(error.message)")
      }
    }
    #expect(added > 60 && refused > 60)
    for summary in try target.sessions(limit: cases) { _ = (summary.cost.screenText, try target.session(summary.id)) }
    let ledger = Ledger(try target.ledger(includesImported: true)) { isoDate($0) }
    for grouping in Ledger.Grouping.allCases {
      for entry in ledger.entries(by: grouping) { _ = (entry.cost.screenText, entry.uncertain?.decimalText) }
    }
    for call in ledger.calls {
      _ = (call.cost.amount?.screenText, call.cost.difference)
    }
    print("fuzz: \(cases) session files, \(added) taken and \(refused) refused")
  }

  private static func id(_ number: Int) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 12 - digits.count) + digits
  }

  /// One to three of its numbers, also those within JSON that is kept as text.
  private static func bent(_ content: String, _ random: inout SplitMix64) -> String {
    var text = content
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let places = text.matches(of: /[:\[,](-?\d+)(?=[,}\]])/).map { $0.output.1.startIndex..<$0.output.1.endIndex }
      guard let place = places.randomElement(using: &random) else { break }
      text.replaceSubrange(place, with: numbers.randomElement(using: &random) ?? "0")
    }
    return text
  }
}
