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
    cost.reportedIsCharge = usage.reportedCostIsCharge
    cost.price = prices.price(service.query(for: response, date: date))
    cost.computed = cost.price?.cost(of: usage)
    cost.status = status(cost, usage, response.state)
    // Nothing was sent, or it was turned away: nobody bills for that.
    if usage == Usage()
      || response.state == .failed && response.timing.firstToken == nil && usage.raw == nil
        && response.timing.firstByte != nil
    {
      cost.computed = .zero
      cost.status = .exact
    } else if cost.status == .partial {
      bound(&cost, response, service)
    }
    return cost
  }

  private func status(_ cost: Cost, _ usage: Usage, _ state: ResponseState) -> Cost.Status {
    guard let amount = cost.amount else { return .unknown }
    if cost.reportedIsCharge, amount == cost.reported { return .exact }
    if usage.source == .reported, cost.computed != nil { return .exact }
    return state == .stopped || state == .cut || state == .failed ? .partial : .estimated
  }

  /// What an answer without its end costs: at the least what came, at the most all that it could still have become, unless the
  /// provider stops when its client leaves.
  private func bound(_ cost: inout Cost, _ response: Response, _ service: Service) {
    guard let price = cost.price else { return }
    let usage = response.usage
    // Without a byte of an answer it may never have been read.
    cost.lowest = response.timing.firstByte == nil ? .zero : cost.computed
    if service.wire.disconnectStopsBilling == true {
      cost.highest = cost.computed
      return
    }
    var most = usage
    let window = prices.contextWindow(list: service.priceList, model: response.model.model)
    let room = window.map { max(0, $0 - usage.input) } ?? Engine.assumedOutput
    // The cap as it was sent: the lane's own, else the service's.
    let cap = response.parameters.maxTokens ?? service.defaultMaxTokens ?? min(room, Engine.assumedOutput)
    most.output = max(usage.output, cap)
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
