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
    } else if let list = service.priceList {
      cost.price =
        prices.rates(list: list, models: [response.model.model], date: date, inputTokens: response.usage.input)?.price
    }
    return cost
  }

  /// - Parameters:
  ///   - date: seconds since 1970 of the call.
  ///   - isWasted: a race rule stopped this lane.
  func cost(of response: Response, by service: Service, date: Int64, isWasted: Bool) -> Cost {
    var cost = Cost()
    cost.isWasted = isWasted
    if service.isLocal {
      cost.status = .free
      cost.computed = .zero
      return cost
    }
    let usage = response.usage
    cost.reported = usage.reportedCost
    let names = [response.modelReported, response.model.model].compactMap { $0 }
    if let list = service.priceList,
      let rates = prices.rates(list: list, models: names, date: date, inputTokens: usage.input)
    {
      cost.price = rates.price
      cost.computed = rates.cost(of: usage)
    }
    cost.status = status(cost, usage, response.state)
    // Nothing was sent, or it was turned away: nobody bills for that.
    if usage == Usage(), response.state == .failed || response.timing.firstByte == nil {
      cost.computed = .zero
      cost.status = .exact
    }
    return cost
  }

  private func status(_ cost: Cost, _ usage: Usage, _ state: ResponseState) -> Cost.Status {
    if cost.amount == nil { return .unknown }
    if cost.reported != nil { return usage.reportedCostIsCharge ? .exact : .estimated }
    if usage.source == .reported { return .exact }
    return state == .stopped || state == .cut || state == .failed ? .partial : .estimated
  }
}
