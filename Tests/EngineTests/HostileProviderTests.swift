import Core
import Providers
import Store
import TestSupport
import Testing

@testable import Engine

/// A provider that reports what no call can have: the answer stands, the figure is left out and said, and nobody's sums suffer.
@Suite(.serialized, .ownThreads) struct HostileProviderTests {
  private func run(_ usage: String, wire: (inout Service) -> Void = { _ in }) throws -> Track {
    let body =
      Chat.content("words that came") + Chat.finish("stop") + "data: {\"choices\":[],\"usage\":\(usage)}\n\n"
      + Chat.done
    let track = Track([LoopbackServer(.stream(Array(body.utf8)))], lanes: ["s0/gpt-4o"]) { service in
      service.priceList = "openai"
      wire(&service)
    }
    #expect(track.run())
    _ = try track.stored()
    return track
  }

  @Test(arguments: [
    "1099511627776", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-1", "1e308", "1000000001",
  ])
  func countsAreEstimatedInstead(_ count: String) throws {
    for usage in [
      "{\"prompt_tokens\":\(count),\"completion_tokens\":\(count)}",
      "{\"prompt_tokens\":7,\"completion_tokens\":\(count)}",
    ] {
      let track = try run(usage)
      let response = track.response(0)
      #expect(response.state == .done && response.text == "words that came")
      #expect(response.usage.source == .estimated && response.cost.status == .estimated)
      #expect(response.usage.output == 4, "four bytes a token")
      #expect(response.usage.raw == usage, "what it said is kept as evidence")
      let notice = "the provider reported completion_tokens \(count), which is not from 0 to 1000000000: left out"
      #expect(response.notices.contains(notice), "\(response.notices)")
      let cost = try #require(response.cost.amount)
      #expect(try track.store.spent(since: 0) == cost && track.engine.spentToday() == cost)
      #expect(try track.store.session(track.session.id).turns.first?.responses[0]?.cost.amount == cost)
    }
  }

  @Test(arguments: ["9e99", "1e-9223372036854775808", "-5", "100000.01", "9223372.036854775807"])
  func chargesAreReckonedInstead(_ charge: String) throws {
    let track = try run("{\"prompt_tokens\":7,\"completion_tokens\":9,\"cost\":\(charge)}") { $0.wire.cost = .dollars }
    let response = track.response(0)
    #expect(response.usage.input == 7 && response.usage.source == .reported, "the counts are good")
    #expect(response.cost.reported == nil && response.cost.status == .exact)
    #expect(response.cost.amount?.decimalText == "0.0001075", "7 in at $2.50, 9 out at $10 a million")
    #expect(response.notices.contains { $0.hasPrefix("the provider reported cost \(charge), which is not from 0 to") })
  }

  @Test func whatNoCallCanCostIsUnknown() throws {
    let dear = PriceBook.Override(provider: "openai", model: "*", rates: [.input: "9000000", .output: "9000000"])
    var response = Response(lane: 0, model: ModelID("openai/gpt-4o")!, parameters: Parameters())
    response.state = .done
    (response.usage.input, response.usage.output, response.usage.raw) = (1_000_000_000, 1_000_000_000, "{}")
    let service = Catalog.services.first { $0.id == "openai" }!
    let cost = Pricing(prices: PriceBook(overrides: [dear])).cost(
      of: response, by: service, date: 1_795_435_200, isWasted: false)
    #expect(cost.status == .unknown && cost.amount == nil)
    // What is reckoned with beforehand goes to the edge: a budget is not passed for being too small to compare.
    #expect(cost.price?.amount(input: 1_000_000_000, output: 1_000_000_000) == Money(picoDollars: .max))
  }
}
