import Core
import CustomDump
import Providers
import TestSupport
import Testing

@testable import Engine

@Suite(.ownThreads) struct PriceBookTests {
  private static let book = PriceBook()
  /// 23 November 2026, in the middle of the day.
  private static let date: Int64 = 1_795_435_200

  private func usage(_ input: Int, read: Int = 0, write: Int = 0, output: Int) -> Usage {
    var usage = Usage()
    (usage.input, usage.cacheRead, usage.cacheWrite, usage.output) = (input, read, write, output)
    return usage
  }

  private func cost(_ list: String, _ model: String, _ usage: Usage) -> String? {
    price(list, [model], usage.input)?.cost(of: usage)?.decimalText
  }

  private func price(_ list: String, _ models: [String], _ input: Int, _ variant: [String: String] = [:]) -> Price? {
    Self.book.price(
      PriceBook.Query(service: list, list: list, models: models, date: Self.date, input: input, variant: variant))
  }

  @Test func writesAreNotCountedTwice() {
    #expect(cost("anthropic", "claude-sonnet-4-0", usage(12307, write: 12304, output: 550)) == "0.054399")
    #expect(cost("anthropic", "claude-opus-4-5", usage(159_223, write: 159_217, output: 2745)) == "1.06376125")
  }

  @Test func cachedInputHasItsOwnPrice() {
    #expect(cost("openai", "gpt-5", usage(51_232 + 1_188_096, read: 1_188_096, output: 12_909)) == "0.341642")
  }

  @Test func aTierPricesTheWholeRequest() {
    #expect(cost("google", "gemini-3.1-pro-preview", usage(250_000, output: 0)) == "1")
    #expect(cost("google", "gemini-3.1-pro-preview", usage(200_000, output: 0)) == "0.4", "strictly above")
    #expect(cost("google", "gemini-3.1-pro-preview", usage(200_001, output: 0)) == "0.800004")
    #expect(
      cost("google", "gemini-3.1-pro-preview", usage(250_000, read: 250_000, output: 0)) == "0.1",
      "the measure is all input, cached included")
  }

  @Test func thresholdsAreInclusiveWhereTheProviderSaysSo() {
    #expect(cost("x-ai", "grok-4.5", usage(199_999, output: 0)) == "0.399998")
    #expect(cost("x-ai", "grok-4.5", usage(200_000, output: 0)) == "0.8", "xAI doubles at 200,000")
    let below = price("openai", ["gpt-5.6"], 272_000)
    let above = price("openai", ["gpt-5.6"], 272_001)
    #expect((below?.text(.input), above?.text(.input)) == ("4", "8"))
    #expect((below?.text(.output), above?.text(.output)) == ("20", "30"))
  }

  @Test func xAIsOwnPriceAndTicksAgree() {
    let list = usage(12, read: 11, output: 291)
    #expect(cost("x-ai", "grok-3-mini", list) == "0.000146625")
    var response = Response(lane: 0, model: ModelID("xai/grok-3-mini")!, parameters: Parameters())
    response.state = .done
    response.usage = list
    response.usage.raw = "{}"
    response.usage.reportedCost = Money(decimal: "0.000146625")
    let service = Catalog.services.first { $0.id == "xai" }!
    let found = Pricing(prices: Self.book).cost(of: response, by: service, date: Self.date, isWasted: false)
    #expect(found.amount == Money(decimal: "0.000146625"))
    #expect(found.status == .exact)
    #expect(found.computed == found.reported)
  }

  @Test func anUnknownModelHasNoPrice() {
    #expect(cost("openai", "gpt-banana", usage(1, output: 1)) == nil)
    #expect(cost("no-such-list", "gpt-5", usage(1, output: 1)) == nil)
  }

  @Test func theReportedNameComesFirst() {
    let found = price("openai", ["nobody-knows", "gpt-5"], 1)
    #expect(found?.record == "openai/gpt-5")
    #expect(found?.source == "genai-prices 0.2.3")
    #expect(found?.text(.input) == "1.25")
  }

  @Test func pricesFollowTheirDates() {
    #expect(isoDate(0) == "1970-01-01")
    #expect(isoDate(1_795_435_200) == "2026-11-23")
    #expect(isoDate(1_709_164_799) == "2024-02-28")
    #expect(isoDate(1_709_164_800) == "2024-02-29")
    #expect(isoDate(4_107_542_399) == "2100-02-28")
  }

  @Test func everyPricedServiceHasAListWithModels() {
    for service in Catalog.services {
      guard let list = service.priceList else { continue }
      #expect(!Self.book.models(list: list, date: Self.date).isEmpty, "\(service.id) names the list ‘\(list)’")
      guard let model = service.defaultModel, model != "openrouter/auto" else { continue }
      #expect(cost(list, model, usage(1000, output: 1000)) != nil, "no price for \(service.id)/\(model)")
    }
  }

  @Test(arguments: [
    ("local", ResponseState.done, Usage.Source.reported, Cost.Status.free, "0" as String?),
    ("openai", .done, .reported, .exact, "0.00001125"), ("openai", .done, .estimated, .estimated, "0.00001125"),
    ("openai", .stopped, .estimated, .partial, "0.00001125"), ("openai", .cut, .estimated, .partial, "0.00001125"),
    ("litellm", .done, .reported, .unknown, nil),
  ])
  func costsSayHowSureTheyAre(
    _ id: String, _ state: ResponseState, _ source: Usage.Source, _ status: Cost.Status, _ amount: String?
  ) {
    var response = Response(lane: 0, model: ModelID("\(id)/gpt-5")!, parameters: Parameters())
    response.state = state
    response.usage = usage(1, output: 1)
    response.usage.source = source
    response.timing.firstByte = 1
    let service = Catalog.services.first { $0.id == id }!
    let cost = Pricing(prices: Self.book).cost(of: response, by: service, date: Self.date, isWasted: true)
    #expect(cost.status == status)
    #expect(cost.amount?.decimalText == amount)
    #expect(cost.isWasted)
  }

  @Test func hugeCountsDoNotOverflow() {
    #expect(price("openai", ["gpt-5"], 1)?.cost(of: usage(1 << 40, output: 1 << 40))?.picoDollars ?? 0 > 0)
  }
}
