import Core

/// Why a decision is as it is, in one sentence each.
extension RouterState {
  static let explorationWhy =
    "explored: one call in twenty goes to another than the best, so that a change is noticed"

  static func fallbackWhy(_ branches: [RouteBranch], _ order: [Int]) -> String {
    guard let first = order.first, first > 0, let reason = branches[0].standing.reason else {
      return "first as written"
    }
    return "\(branches[first].title) is the first that may be asked: \(branches[0].title) is not (\(reason))"
  }

  static func cheapestWhy(_ branches: [RouteBranch], _ order: [Int]) -> String {
    guard let first = order.first.map({ branches[$0] }) else { return "there is nobody to ask" }
    guard let cost = first.forecast.cost else { return "no price is known of any that may be asked: first as written" }
    if let reason = first.standing.reason { return "the cheapest of those that are left: \(reason)" }
    if cost == .zero { return "free" }
    var why = "cheapest for this request: \(cost.screenText) expected"
    guard let next = order.dropFirst().first.map({ branches[$0] }), next.standing == .ready else { return why }
    why += next.forecast.cost.map { ", \($0.screenText) with \(next.title)" } ?? "; of the others no price is known"
    return why
  }

  static func fastestWhy(_ branches: [RouteBranch], _ order: [Int]) -> String {
    guard let first = order.first.map({ branches[$0] }) else { return "there is nobody to ask" }
    if let reason = first.standing.reason { return "the fastest of those that are left: \(reason)" }
    if first.forecast.isUntried { return "never measured here: each is tried once before any is preferred" }
    guard let end = first.forecast.end, let drawn = first.forecast.drawnEnd else {
      return "nothing is measured yet: first as written"
    }
    var why = "fastest to the expected end: \(Forecast.text(end)) measured, \(Forecast.text(drawn)) drawn from it"
    if let next = order.dropFirst().first.map({ branches[$0] }), next.standing == .ready,
      let other = next.forecast.drawnEnd
    {
      why += ", \(Forecast.text(other)) with \(next.title)"
    }
    return why
  }
}
