import Core
import Providers

extension Engine {
  /// The calls as they would have cost: by another model's prices, by those of another day, or both. What the provider charged
  /// then plays no part. Another model would have counted other tokens: callers say so.
  /// - Parameter date: seconds since 1970; nil for the day of each call.
  public func repriced(_ calls: [LedgerCall], as model: ModelID?, at date: Int64?) -> [LedgerCall] {
    calls.map { call in
      var call = call
      var response = Response(lane: call.key.lane, model: model ?? call.model, parameters: Parameters())
      response.modelReported = model == nil ? call.modelReported : nil
      response.usage = call.usage
      response.usage.reportedCost = nil
      // Tiers of service are not another model's.
      if model != nil { response.usage.variant = [:] }
      response.state = .done
      response.timing.firstByte = 0
      if let model { call.model = model }
      if let service = service(response.model.provider) {
        call.cost = Pricing(prices: prices).cost(
          of: response, by: service, date: date ?? call.created, isWasted: call.cost.isWasted)
      } else {
        call.cost = Cost()
      }
      return call
    }
  }
}
