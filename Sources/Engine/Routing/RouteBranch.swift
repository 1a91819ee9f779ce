import Core

/// What a route comes to for one call, before its lanes have numbers.
struct RouteBranch {
  var plan: RoutePlan
  var standing: Standing
  /// Of what is asked first.
  var forecast: Forecast
  var reasons: JSON
  var shadows: [Lane] = []
  var judge: Lane?
  /// As a sentence calls it.
  var title: String

  /// Asked first, or among the first.
  var lane: Lane? { plan.first.first }
}

indirect enum RoutePlan {
  case lane(Lane)
  case inTurn([RoutePlan])
  case together([RoutePlan], hedge: Int64?)

  /// Those asked without waiting for others to fail.
  var first: [Lane] {
    switch self {
    case .lane(let lane): [lane]
    case .inTurn(let plans): plans.first?.first ?? []
    case .together(let plans, _): plans.flatMap(\.first)
    }
  }

  /// Appends the lanes as they come. A lane that has failed is not asked again in the same turn of others.
  func order(numbering lanes: inout [Lane]) -> StartOrder {
    switch self {
    case .lane(let lane):
      lanes.append(lane)
      return .lane(lanes.count - 1)
    case .inTurn:
      let all = flattened
      var seen = Set<Lane>(minimumCapacity: all.count)
      let steps = all.filter { plan in
        guard case .lane(let lane) = plan else { return true }
        return seen.insert(lane).inserted
      }
      if let only = steps.first, steps.count == 1 { return only.order(numbering: &lanes) }
      return .inTurn(steps.map { $0.order(numbering: &lanes) })
    case .together(let plans, let hedge):
      if let only = plans.first, plans.count == 1 { return only.order(numbering: &lanes) }
      return .together(plans.map { $0.order(numbering: &lanes) }, hedge: hedge)
    }
  }

  /// One turn in another is the same turn.
  private var flattened: [RoutePlan] {
    if case .inTurn(let plans) = self { return plans.flatMap(\.flattened) }
    return [self]
  }
}

extension Forecast {
  /// Money as text, times in milliseconds.
  func reasons(_ name: String, _ standing: Standing) -> JSON {
    var json: JSON = [
      "model": .string(name), "expected_usd": .optional(cost?.decimalText), "expected_output": .int(output),
      "ttfo_ms": Self.milliseconds(firstAnswer), "tokens_per_second": Self.rounded(tokensPerSecond),
      "expected_ms": Self.milliseconds(end), "samples": .int(samples),
    ]
    if cached > 0 { json["expected_cached"] = .int(cached) }
    if cost == nil { json["note"] = "no price is known" }
    if let reason = standing.reason { json["excluded"] = .string(reason) }
    return json
  }

  /// Whole ones: the shortest exact text of a double takes long to find.
  private static func milliseconds(_ seconds: Double?) -> JSON {
    seconds.map { .int(Int64(saturating: min($0 * 1000, 1e12).rounded())) } ?? .null
  }

  private static func rounded(_ value: Double?) -> JSON {
    value.map { $0 < 10 ? .number(decimalText($0, places: 1)) : .int(Int64(saturating: min($0, 1e12).rounded())) }
      ?? .null
  }

  /// As a sentence has it: `1.2 s`.
  static func text(_ seconds: Double) -> String { "\(decimalText(seconds, places: seconds < 10 ? 1 : 0)) s" }
}
