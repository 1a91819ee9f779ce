import Core
import Providers

/// Turns a finished response's usage into its cost. Pure.
struct Pricing {
  let prices: PriceBook

  /// What is known before the start: free, the price that will hold, or that nobody knows. Reading the records here also keeps
  /// that work out of the race.
  func quote(for response: Response, by service: Service, date: Int64) -> Cost {
    var cost = Cost()
    if service.isLocal {
      cost.status = .free
    } else {
      cost.price = prices.price(service.query(for: response, date: date))
    }
    return cost
  }

  /// - Parameters:
  ///   - date: seconds since 1970 of the call.
  ///   - isWasted: a race rule stopped this lane.
  ///   - elapsed: nanoseconds from when it was sent to its end; nil where it was not.
  func cost(of response: Response, by service: Service, date: Int64, isWasted: Bool, elapsed: Int64? = nil) -> Cost {
    var cost = Cost()
    cost.isWasted = isWasted
    if service.isLocal {
      cost.status = .free
      cost.computed = .zero
      return cost
    }
    let usage = response.usage
    cost.reported = usage.reportedCost
    cost.reportedIsCharge = usage.reportedCostIsCharge
    let query = service.query(for: response, date: date)
    cost.price = prices.price(query)
    cost.computed = cost.price?.cost(of: usage)
    let reasons = uncertainties(cost, response, query, service)
    cost.status = status(cost, usage, response.state, isCertain: reasons.isEmpty)
    // Nothing was sent, or it was turned away: nobody bills for that.
    if usage == Usage()
      || response.state == .failed && response.timing.firstToken == nil && usage.raw == nil
        && response.timing.firstByte != nil
    {
      cost.computed = .zero
      cost.status = .exact
    } else if cost.status == .partial {
      bound(&cost, response, service, elapsed)
    }
    if cost.status == .estimated || cost.status == .partial { cost.reasons = reasons }
    return cost
  }

  private func status(_ cost: Cost, _ usage: Usage, _ state: ResponseState, isCertain: Bool) -> Cost.Status {
    guard let amount = cost.amount else { return .unknown }
    if cost.reportedIsCharge, amount == cost.reported { return .exact }
    if usage.source == .reported, cost.computed != nil, isCertain { return .exact }
    return state == .stopped || state == .cut || state == .failed ? .partial : .estimated
  }

  /// Why the computed cost is not exact though the provider has counted, or that it has not.
  private func uncertainties(
    _ cost: Cost, _ response: Response, _ query: PriceBook.Query, _ service: Service
  ) -> [String] {
    guard let price = cost.price else { return [] }
    let usage = response.usage
    var reasons = usage.source == .estimated ? ["the provider has not counted: tokens by the length of the text"] : []
    reasons += price.charge(for: usage).unpriced.map { "no price for \($0.title)" }
    // A tier, a speed or a place that the answer names, and no price goes by; the address may name a region that has none of its own.
    for (name, value) in query.variant.sorted(by: { $0.key < $1.key })
    where name != "region" && !price.goes(by: name, value) {
      reasons.append("no price for \(name) \(value): the standard price is taken")
    }
    if response.model.model.contains("-search-"), price.rates[.webSearches] == nil, price.rates[.requests] == nil {
      reasons.append("its searches cost a fee that no price record has")
    }
    if service.wire.hasFreeSearches, (usage.parts[.webSearches] ?? 0) > 0 {
      reasons.append("some searches cost nothing there, and the answer does not say which")
    }
    return reasons + price.disagreements
  }

  /// No service writes faster, in tokens a second: what a model may have thought in hiding, at the most.
  static let fastestWriting = 5000.0

  /// What an answer without its end costs: at the least what is certain, which is what the provider has counted; at the most all
  /// that it could still have become, or where the provider stops when its client leaves, what it may have thought in hiding.
  private func bound(_ cost: inout Cost, _ response: Response, _ service: Service, _ elapsed: Int64?) {
    guard let price = cost.price else { return }
    let usage = response.usage
    var certain = usage
    if usage.raw == nil { certain.input = 0 }
    certain.output = response.count.reported ?? 0
    certain.reasoning = min(usage.reasoning, certain.output)
    cost.lowest = price.cost(of: certain)
    // The cap as it was sent: the lane's own, else the service's.
    let cap =
      response.parameters.maxTokens ?? service.defaultMaxTokens
      ?? prices.mostOutput(list: service.priceList, model: response.model.model, input: usage.input)
    var most = usage
    if service.wire.disconnectStopsBilling == true {
      let thinking = Double(response.timing.firstToken ?? elapsed ?? 0) / 1e9
      // What is shown of the reasoning, or counted, is all of it.
      let hidden =
        response.reasoning.isEmpty && response.count.reported == nil
        ? Int(saturating: (thinking * Self.fastestWriting).rounded(.up)) : 0
      most.reasoning = usage.reasoning.addingSaturating(min(hidden, max(0, cap - usage.output)))
      most.output = usage.output.addingSaturating(most.reasoning - usage.reasoning)
    } else {
      most.output = max(usage.output, cap)
    }
    cost.highest = price.cost(of: most)
  }
}

extension Service {
  /// What this service's call is priced by: the name that the answer gave before the one that was asked for.
  func query(for response: Response, date: Int64) -> PriceBook.Query {
    var variant = response.usage.variant
    if variant["service_tier"] == "batch" {
      variant["service_tier"] = nil
      variant["processing"] = "batch"
    }
    variant["region"] = wire.regions.first { baseURL.hasPrefix($0.base) }?.name
    return PriceBook.Query(
      service: id, list: priceList, models: [response.modelReported, response.model.model].compactMap { $0 },
      date: date, input: response.usage.input, variant: variant)
  }
}
