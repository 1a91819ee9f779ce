import Core
import Providers
import Store
import TestSupport
import Testing

@testable import Engine

/// What an answer without its end costs, and what a provider tells afterwards.
@Suite(.ownThreads) struct BoundsTests {
  private func stopped(_ model: String, cap: Int? = nil) -> Response {
    var response = Response(lane: 0, model: ModelID(model)!, parameters: Parameters())
    response.parameters.maxTokens = cap
    response.state = .stopped
    response.usage = Usage.estimated(inputBytes: 400, outputBytes: 40, reasoningBytes: 0)
    (response.timing.firstByte, response.timing.firstToken) = (1, 2)
    return response
  }

  private func cost(_ response: Response) -> Cost {
    let service = Catalog.services.first { $0.id == response.model.provider }!
    return Pricing(prices: PriceBook()).cost(of: response, by: service, date: 1_795_435_200, isWasted: true)
  }

  @Test func aProviderThatStopsBillingHasNoMoreThanCameAndWasThought() throws {
    var response = stopped("openai/gpt-5")
    response.apply(.text(.answer, "x", at: 0))
    response.state = .stopped
    let plain = cost(response)
    #expect(plain.status == .partial)
    #expect(plain.lowest == .zero, "nothing was counted by the provider: nothing is certain")
    #expect(plain.computed?.decimalText == "0.000225", "100 in at $1.25, 10 out at $10 a million")
    response.timing.firstToken = 0
    #expect(cost(response).highest == cost(response).computed, "no time to think: what came is all")
    response.timing.firstToken = 3_000_000_000
    let most = try #require(cost(response).highest)
    #expect(most.decimalText == "0.150225", "three seconds of hidden thinking, of 5,000 tokens each at the most")
    response.reasoning = "hm"
    #expect(cost(response).highest == cost(response).computed, "a model that shows its thoughts hides none")
    response.reasoning = ""
    response.apply(.counted(12))
    response.usage.raw = "{}"
    #expect(cost(response).highest == cost(response).computed, "the provider has counted them")
    #expect(cost(response).lowest?.decimalText == "0.000245", "and that is certain: 100 in, 12 out")
  }

  @Test func aProviderThatGoesOnIsBoundedByTheCap() {
    let capped = cost(stopped("groq/openai/gpt-oss-120b", cap: 1000))
    #expect(capped.lowest == .zero)
    let rates = capped.price!
    #expect(capped.highest == rates.amount(input: 100, output: 1000))
    let open = cost(stopped("mistral/mistral-large-latest"))
    #expect((open.highest ?? .zero) > (open.lowest ?? .zero))
    // Nobody says what Cerebras does.
    #expect((cost(stopped("cerebras/gpt-oss-120b", cap: 5000)).highest ?? .zero) > .zero)
  }

  /// What an answer names that a price goes by leaves the cost exact; what none goes by does not.
  @Test(arguments: [("batch", true), ("someday", false)]) func exactMeansThatEveryTierHadAPrice(
    _ tier: String, _ isExact: Bool
  ) {
    var response = stopped("openai/gpt-5")
    response.state = .done
    response.usage.source = .reported
    response.usage.variant["service_tier"] = tier
    let cost = cost(response)
    #expect((cost.status == .exact) == isExact, "\(tier): \(cost.status), \(cost.reasons)")
    #expect(cost.reasons.contains { $0.contains("service_tier \(tier)") } == !isExact, "\(tier): \(cost.reasons)")
  }

  private func counted(_ model: String) -> Response {
    var response = stopped(model)
    response.state = .done
    response.usage.source = .reported
    return response
  }

  /// Google gives some searches away and says of none whether it was one of them.
  @Test func searchesThatMayHaveBeenFreeMakeAnEstimate() {
    var response = counted("google/gemini-3.1-pro-preview")
    #expect(cost(response).status == .exact)
    response.usage.note(.webSearches, 2)
    let cost = cost(response)
    #expect(cost.status == .estimated && cost.reasons.contains { $0.contains("some searches cost nothing") })
    let without = self.cost(counted("google/gemini-3.1-pro-preview"))
    #expect((cost.computed ?? .zero) - (without.computed ?? .zero) == Money(decimal: "0.028"), "two at $14 a thousand")
  }

  @Test func anAliasWhoseRecordsDisagreeIsAnEstimateThatShowsBoth() throws {
    let cost = cost(counted("mistral/mistral-large-latest"))
    #expect(cost.status == .estimated, "one record has the price of an older model: \(cost.status)")
    let reason = try #require(cost.reasons.first { $0.contains("disagree") }, "\(cost.reasons)")
    #expect(
      reason.contains("2/6 by mistral/mistral-large") && reason.contains("0.5/1.5 by mistral/mistral-large-latest"))
    #expect(
      reason.contains("genai-prices") && reason.contains("LiteLLM"), "with where and when they are from: \(reason)")
    #expect(self.cost(counted("mistral/mistral-small-latest")).reasons.count <= 1)
  }

  @Test func whatWasSentButNeverAnsweredMayHaveCostNothingOrAll() {
    var silent = stopped("google/gemini-3.1-pro-preview", cap: 1000)
    silent.usage = Usage.estimated(inputBytes: 400, outputBytes: 0, reasoningBytes: 0)
    (silent.timing.firstByte, silent.timing.firstToken) = (nil, nil)
    let cost = cost(silent)
    #expect(cost.status == .partial)
    #expect(cost.lowest == .zero)
    #expect(cost.highest?.decimalText == "0.0122")
    silent.usage = Usage()
    #expect(self.cost(silent).status == .exact, "never sent: nobody bills for that")
  }

  @Test func anEstimateOfTheProvidersIsNoCharge() {
    var response = stopped("deepinfra/openai/gpt-oss-120b")
    response.state = .done
    response.usage.source = .reported
    response.usage.reportedCost = Money(decimal: "9")
    response.usage.reportedCostIsCharge = false
    let cost = cost(response)
    #expect(cost.amount == cost.computed, "the price list comes before an estimate")
    #expect(cost.difference != nil)
  }

  @Test func theLookUpAfterwardsIsTheTruth() throws {
    func read(_ text: String) throws -> Settlement? { Settlement(try JSONDocument().parse(text)) }
    #expect(
      try read(#"{"total_cost": 0.0123, "native_tokens_prompt": 11, "native_tokens_completion": 77}"#)
        == Settlement(charge: Money(decimal: "0.0123")!, input: 11, output: 77))
    #expect(
      try read(#"{"total_cost": "0.001", "is_byok": true, "upstream_inference_cost": 0.02}"#)?.charge.decimalText
        == "0.021")
    #expect(
      try read(#"{"total_cost": 0.001, "is_byok": false, "upstream_inference_cost": 0.02}"#)?.charge.decimalText
        == "0.001", "upstream figures are the person's only with a key of their own")
    #expect(try read(#"{"error": {"code": 404}}"#) == nil)
  }
}
