import Core
import Engine
import Foundation
import Terminal
import TestSupport
import Testing

@testable import Workbench

@Suite(.ownThreads) struct TrafficPageTests {
  init() {
    // The screens were recorded there.
    setenv("TZ", "UTC0", 1)
    tzset()
  }

  private func opened(width: Int = 80, height: Int = 24, _ traffic: Traffic? = Sample.traffic) -> State {
    var state = Sample.state(lanes: 2, width: width, height: height)
    _ = update(&state, .key(.escape))
    #expect(update(&state, .key(.character("U"))) == [.readTraffic(limit: 200)])
    if let traffic { _ = update(&state, .traffic(traffic)) }
    return state
  }

  private func answer(_ id: String, _ state: inout State) {
    var session = Sample.gatewayCall(isKept: true)
    session.id = id
    _ = update(&state, .answer(CallInquiry.Found(session: session, key: nil)))
  }

  private func page(_ state: State) -> TrafficPage {
    guard let page = state.layers.topmost(TrafficPage.self) else { fatalError("the page is not open") }
    return page
  }

  private func frame(_ state: State) -> Frame { view(state, Layouts()).frame }

  // MARK: Screens

  @Test(arguments: [(60, 16), (80, 24), (200, 50)])
  func thePage(width: Int, height: Int) {
    let size = "\(width)x\(height)"
    var state = opened(width: width, height: height)
    state.gateway = 4141
    expectScreen(frame(state), "traffic-\(size)")
    for _ in 0..<3 { _ = update(&state, .key(.down)) }
    for character in "CHEAP" { _ = update(&state, .key(.character(character))) }
    expectScreen(frame(state), "traffic-filtered-\(size)")
    state = opened(width: width, height: height, Traffic())
    expectScreen(frame(state), "traffic-empty-\(size)")
  }

  @Test(arguments: [(60, 16), (80, 24), (200, 50)])
  func aCall(width: Int, height: Int) {
    var state = opened(width: width, height: height)
    for _ in 0..<2 { _ = update(&state, .key(.down)) }
    #expect(update(&state, .key(.enter)) == [.inquire(CallInquiry(id: "aaaa00000003"))])
    answer("aaaa00000003", &state)
    expectScreen(frame(state), "traffic-call-\(width)x\(height)")
  }

  @Test func anySize() {
    for width in [0, 1, 20, 60, 61, 73, 99, 300] {
      for height in [0, 1, 15, 16, 17, 100] {
        var state = opened()
        _ = update(&state, .size(width: width, height: height))
        for key in [Key.end, .paste("wide 日本"), .control("c"), .enter, .escape, .character("x")] {
          _ = update(&state, .key(key))
          #expect(frame(state).width == width && frame(state).height == height)
        }
      }
    }
  }

  @Test func whatOthersWroteStaysText() {
    let text = frame(opened(width: 120, height: 40)).text
    #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && $0.value != 0x202E })
    var state = opened(width: 120, height: 40)
    _ = update(&state, .key(.enter))
    answer("aaaa00000001", &state)
    #expect(frame(state).text.contains("Answer"))
    #expect(!frame(state).text.contains("\u{1B}"))
  }

  // MARK: Keys and the clock

  /// Read four times a second, never twice at once, and only while it is open.
  @Test func itIsReadAnewWhileItIsOpen() {
    var state = opened(nil)
    let start = state.moment.now
    #expect(update(&state, .tick(start + 300_000_000, date: 0)).isEmpty, "the first reading is still on its way")
    _ = update(&state, .traffic(Sample.traffic))
    #expect(update(&state, .tick(start + 200_000_000, date: 0)).isEmpty)
    #expect(update(&state, .tick(start + 250_000_000, date: 0)) == [.readTraffic(limit: 200)])
    _ = update(&state, .traffic(nil))
    #expect(page(state).rows.count == Sample.traffic.calls.count, "what was there stays")
    state.screen.hasReducedMotion = true
    #expect(update(&state, .tick(start + 600_000_000, date: 0)).isEmpty)
    #expect(update(&state, .tick(start + 1_300_000_000, date: 0)) == [.readTraffic(limit: 200)])
    _ = update(&state, .key(.escape))
    #expect(state.window == nil && !state.isWatchingTraffic)
    #expect(update(&state, .tick(start + 9_000_000_000, date: 0)).isEmpty)
    #expect(update(&state, .traffic(Sample.traffic)).isEmpty && state.window == nil)
  }

  @Test func itFollowsTheNewestUntilOneScrolls() {
    var state = opened()
    var traffic = Sample.traffic
    func arrive(_ id: String) {
      traffic.calls.insert(TrafficCall(id: id, created: 1_795_600_100, route: "new", lanes: 1), at: 0)
      _ = update(&state, .traffic(traffic))
    }
    arrive("bbbb00000001")
    #expect(page(state).chosen?.id == "bbbb00000001" && page(state).isFollowing)
    _ = update(&state, .key(.down))
    let chosen = page(state).chosen?.id
    arrive("bbbb00000002")
    #expect(page(state).chosen?.id == chosen && !page(state).isFollowing, "the chosen call stays chosen")
    _ = update(&state, .key(.home))
    arrive("bbbb00000003")
    #expect(page(state).chosen?.id == "bbbb00000003")
  }

  @Test(arguments: [
    ("cheap", 2), ("failed", 1), ("app", 2), ("answering", 1), ("gpt-5 done", 2), ("aaaa00000003", 1), ("nothing", 0),
  ])
  func itFiltersAsOneTypes(words: String, count: Int) {
    var state = opened()
    #expect(words.flatMap { update(&state, .key(.character($0))) }.isEmpty, "nothing is read for it")
    #expect(page(state).rows.count == count)
    _ = update(&state, .key(.control("c")))
    #expect(page(state).rows.count == Sample.traffic.calls.count)
  }

  @Test func anOpenCallIsReadAgainWhileItIsLookedInto() {
    var state = opened()
    let asked = Command.inquire(CallInquiry(id: "aaaa00000001"))
    #expect(update(&state, .key(.enter)) == [asked])
    answer("aaaa00000001", &state)
    _ = update(&state, .key(.down))
    #expect(update(&state, .traffic(Sample.traffic)) == [asked])
    answer("aaaa00000001", &state)
    #expect(state.layers.topmost(CallPage.self)?.cursor.scroll == 1, "where one reads stays")
    _ = update(&state, .key(.escape))
    #expect(state.layers.top is TrafficPage)
    #expect(update(&state, .traffic(Sample.traffic)).isEmpty)
    _ = update(&state, .key(.escape))
    #expect(state.window == nil)
  }

  @Test func wordsThatAreNotKeptAreToldSo() {
    var key = GatewayKey(id: "k", name: "app", created: 0, hash: "")
    key.keeping = .metadata
    let text = Page.call(Sample.gatewayCall(isKept: false), key: key, width: 96).text(width: 100)
    #expect(text.contains("not kept") && text.contains("key app") && !text.contains("Prompt:"))
  }

  @Test func theGatewayBesideIsTold() {
    var state = Sample.state(lanes: 1, width: 100)
    _ = update(&state, .gateway(.listening(port: 4242)))
    #expect(frame(state).text.contains("gateway :4242"))
    _ = update(&state, .gateway(.failed("the gateway cannot listen on 127.0.0.1:1: no")))
    #expect(state.gateway == nil && state.message?.contains("cannot listen") == true)
  }
}

extension Sample {
  private static func lane(
    _ number: Int, _ model: String, _ state: ResponseState, ttft: Int64? = nil, cost: String? = nil
  ) -> Response {
    var response = Response(lane: number, model: ModelID(model)!, parameters: Parameters())
    response.state = state
    if let ttft {
      response.timing.note(.answer, at: ttft * 1_000_000)
      response.timing.note(.answer, at: ttft * 1_000_000 + 2_000_000_000)
      (response.usage.input, response.usage.output, response.usage.source) = (1234, 143, .reported)
    }
    response.cost.status = cost == nil ? .unknown : .exact
    response.cost.computed = cost.flatMap { Money(decimal: $0) }
    return response
  }

  /// One of each kind: waiting, answering, a race won by its second lane, a fallback, failed, hostile, cut, plain ones.
  static var traffic: Traffic {
    var traffic = Traffic()
    traffic.date = 1_795_600_100
    func add(
      _ id: String, _ route: String, key: String? = nil, lanes: Int = 1, winner: Int? = nil, _ responses: Response...
    ) {
      var call = TrafficCall(
        id: id, created: traffic.date - 4 - 7 * Int64(traffic.calls.count), key: key, route: route, lanes: lanes)
      (call.winner, call.responses) = (winner, responses)
      traffic.calls.append(call)
    }
    add("aaaa00000001", "openai/gpt-5.6", key: "app", lane(0, "openai/gpt-5.6", .waiting))
    add("aaaa00000002", "cheap", key: "app", lanes: 2, lane(0, "groq/openai/gpt-oss-120b", .answering))
    traffic.calls[1].tail = "Twice a day\nthe sea 日本 comes and goes, because the moon pulls on the water"
    var stopped = lane(0, "anthropic/claude-sonnet-5", .stopped)
    stopped.cost.status = .partial
    stopped.cost.computed = Money(decimal: "0.0002")
    add(
      "aaaa00000003", "race", key: "nightly-batch", lanes: 2, winner: 1, stopped,
      lane(1, "openai/gpt-5.6", .done, ttft: 412, cost: "0.0021"))
    var broken = lane(0, "openai/gpt-5.6", .failed, cost: "0")
    broken.error = ResponseError(.overloaded, "openai is overloaded (529)", status: 529)
    add(
      "aaaa00000004", "cheap", lanes: 3, winner: 1, broken,
      lane(1, "anthropic/claude-sonnet-5", .done, ttft: 1300, cost: "0.0105"))
    broken.error = ResponseError(.auth, "the key was refused (401): check OPENAI_API_KEY", status: 401)
    add("aaaa00000005", "openai/gpt-5.6", broken)
    add("aaaa00000006", "\u{1B}[31mred\u{202E}", lane(0, "x/\u{1B}m", .cut))
    for number in 7..<30 {
      let id = "aaaa000000" + (number < 10 ? "0" : "") + "\(number)"
      add(id, "local/smollm2-135m", winner: 0, lane(0, "local/smollm2-135m", .done, ttft: 38))
      traffic.calls[number - 1].responses[0].cost.status = .free
    }
    traffic.open = 2
    (traffic.minute.calls, traffic.minute.failures, traffic.minute.firstToken) = (42, 1, 412_000_000)
    traffic.minute.cost = Money(decimal: "0.0128")!
    (traffic.hour.calls, traffic.hour.failures, traffic.hour.firstToken) = (1932, 7, 433_000_000)
    (traffic.hour.cost, traffic.hour.hasUnknownCost) = (Money(decimal: "0.6120")!, true)
    return traffic
  }

  /// The race among them, as it is stored.
  static func gatewayCall(isKept: Bool) -> Session {
    let row = traffic.calls[2]
    var turn = Turn(number: 1, prompt: isKept ? "Why are there tides?" : "", rule: .firstToken, winner: 1)
    turn.system = isKept ? "Answer in one \u{1B}[31msentence." : nil
    for var response in row.responses {
      response.text = isKept && response.lane == 1 ? "Because the moon pulls on the water." : ""
      response.cost.price = Price(rates: [.input: "2", .output: "10"], source: "a test", record: "a/b")
      turn.responses[response.lane] = response
    }
    func candidate(_ model: String, _ time: Int) -> JSON {
      [
        "model": .string(model), "expected_usd": "0.0027", "expected_output": 261, "ttfo_ms": .int(time),
        "tokens_per_second": 83, "expected_ms": 3206, "samples": 3,
      ]
    }
    turn.route = [
      "name": "race", "dialect": "openai-chat", "stream": true,
      "reasons": [
        "route": "race", "kind": "race",
        "candidates": [candidate("anthropic/claude-sonnet-5", 900), candidate("openai/gpt-5.6", 400)],
        "why": "all at once; the first token wins",
      ],
    ]
    var session = Session(
      id: row.id, created: row.created, title: "", rule: .firstToken,
      lanes: ["anthropic/claude-sonnet-5", "openai/gpt-5.6"].map { try! Lane(parsing: $0) }, turns: [turn])
    session.purpose = .gateway
    return session
  }
}
