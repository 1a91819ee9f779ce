import Core
import Foundation
import TestSupport
import Testing

@testable import Engine

/// Furlong's costs against those of another calculator over the same records, and what must hold for any usage at all.
@Suite(.ownThreads) struct PublishedCostTests {
  private static let book = PriceBook()

  @Test func everyCostIsThatOfTheReferenceCalculator() throws {
    let lines = Fixture.text("../Prices/genai-prices-costs.tsv").split(separator: "\n").dropFirst()
    #expect(lines.count == 828)
    for line in lines {
      let field = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      var variant: [String: String] = [:]
      for pair in field[3].split(separator: ",") {
        let parts = pair.split(separator: "=").map(String.init)
        variant[parts[0]] = parts[1]
      }
      let counts = field[4...11].compactMap { Int($0) }
      var usage = Usage()
      (usage.input, usage.cacheRead, usage.cacheWrite) = (counts[0], counts[1], counts[2])
      (usage.output, usage.reasoning) = (counts[4], counts[5])
      usage.parts = [.cacheWrite1h: counts[3], .inputAudio: counts[6], .webSearches: counts[7]]
      let price = Self.book.price(
        PriceBook.Query(
          service: field[0], list: field[0], models: [field[1]], date: Int64(field[2])!, input: usage.input,
          variant: variant))
      let expected = try #require(Money(decimal: field[12]), "\(line)")
      #expect(price?.charge(for: usage).total == expected, "\(line)")
    }
  }

  @Test func theSumOfTheLinesIsTheTotalAndNothingIsNegative() {
    var random = SplitMix64(seed: 11)
    func count(_ most: Int) -> Int { Int.random(in: -3...most, using: &random) }
    let rates: [TokenClass: [String]] = [
      .input: ["2", "0.000001", "0.0000003", "0"], .cacheRead: ["0.2", "0.0000007"], .cacheWrite1h: ["4"],
      .output: ["10", "0.00000013"], .reasoning: ["3"], .webSearches: ["10"], .inputAudio: ["0.7"],
    ]
    for _ in 0..<20_000 {
      var usage = Usage()
      (usage.input, usage.cacheRead, usage.cacheWrite) = (count(3000), count(2000), count(2000))
      (usage.output, usage.reasoning) = (count(500), count(700))
      for kind in TokenClass.allCases where Bool.random(using: &random) { usage.parts[kind] = count(900) }
      var price = Price(rates: [:], source: "test", record: "a/b")
      for (kind, texts) in rates where Bool.random(using: &random) {
        price.rates[kind] = Price.Rate(texts.randomElement(using: &random)!)
      }
      let classes = usage.classes
      let written: [TokenClass] = [.output, .reasoning, .outputAudio, .outputImage]
      func sum(_ isIncluded: (TokenCount) -> Bool) -> Int { classes.filter(isIncluded).reduce(0) { $0 + $1.count } }
      #expect(classes.allSatisfy { $0.count > 0 }, "\(usage)")
      #expect(sum { written.contains($0.kind) } == max(0, usage.output), "the classes are the total: \(usage)")
      #expect(
        sum { !written.contains($0.kind) && $0.kind.isToken } == max(0, usage.input),
        "the classes are the total: \(usage)")
      let charge = price.charge(for: usage)
      #expect(charge.lines.map(\.amount).reduce(.zero, +) == charge.total, "\(usage) by \(price)")
      #expect(charge.lines.allSatisfy { $0.amount >= .zero }, "\(usage) by \(price)")
      let isKnown = classes.allSatisfy { !$0.kind.isToken || price.rate($0.kind) != nil }
      #expect((price.cost(of: usage) != nil) == isKnown, "unknown is never zero: \(usage) by \(price)")
    }
  }

  @Test func aPublishedZeroIsAZeroAndAMissingPriceIsNot() {
    var usage = Usage()
    (usage.input, usage.cacheRead, usage.output) = (100, 40, 10)
    #expect(
      Price(rates: [.input: "2", .output: "10"], source: "", record: "").cost(of: usage)?.decimalText == "0.0003")
    #expect(
      Price(rates: [.input: "2", .cacheRead: "0", .output: "10"], source: "", record: "").cost(of: usage)?.decimalText
        == "0.00022")
    #expect(Price(rates: [.input: "2"], source: "", record: "").cost(of: usage) == nil, "output without a price")
  }

  @Test func classesHaveTheirRateTierAndVariant() {
    let query = PriceBook.Query(
      service: "openai", list: "openai", models: ["gpt-5.6-sol-2026-09-01"], date: 1_795_435_200, input: 300_000,
      variant: ["service_tier": "flex", "region": "eu"])
    let price = Self.book.price(query)
    // $4 above 272,000 tokens under flex, a tenth more in the region.
    #expect(price?.rate(.input) == .init("4.4", tier: 272_000, variant: "service_tier=flex, region=eu ×1.1"))
    let twelve = price?.rate(.cacheWrite12h)
    #expect(twelve?.dollars == "11")
    #expect(twelve?.source == "LiteLLM 1.109.1", "what the records lack is from the overlay, and says so")
    #expect(price?.source == "genai-prices 0.2.3")
  }

  @Test func theOverlayPricesWhatTheRecordsLack() {
    func price(_ list: String, _ model: String, _ variant: [String: String] = [:]) -> Price? {
      Self.book.price(
        PriceBook.Query(service: list, list: list, models: [model], date: 1_795_435_200, variant: variant))
    }
    #expect(price("deepinfra", "openai/gpt-oss-120b")?.source == "LiteLLM 1.109.1")
    #expect(price("deepinfra", "openai/gpt-oss-120b")?.text(.output) == "0.17")
    let american = price("anthropic", "claude-sonnet-5", ["inference_geo": "us"])
    #expect(american?.rate(.input) == .init("2.2", variant: "inference_geo=us ×1.1"))
    #expect(american?.text(.webSearches) == "10", "searches cost the same everywhere")
  }

  @Test func ownPricesComeFirst() {
    let book = PriceBook(overrides: [
      .init(provider: "openai", model: "gpt-5*", rates: [.input: "1.5"]),
      .init(provider: "mybox", model: "*", rates: [.input: "0", .output: "0"]),
    ])
    let query = PriceBook.Query(service: "openai", list: "openai", models: ["gpt-5"], date: 1_795_435_200)
    #expect(book.price(query)?.rate(.input) == .init("1.5", source: "config"))
    #expect(book.price(query)?.text(.output) == "10", "what the person does not name keeps the record's price")
    let mine = PriceBook.Query(service: "mybox", list: nil, models: ["anything"], date: 0)
    #expect(book.price(mine)?.amount(input: 5, output: 5) == .zero)
    #expect(book.price(mine)?.source == "config")
  }
}
