import Core

/// The evidence for one call's cost: token classes with their rates, what they come to, and what the provider said.
public struct ReceiptLines {
  let response: Response

  public init(_ response: Response) { self.response = response }

  public static let header = ["class", "count", "USD", "for", "price is", "amount"]
  public static let numeric: Set<Int> = [1, 2, 5]

  /// By class; amounts in dollars to the last digit.
  public var rows: [[String]] {
    guard let price = response.cost.price else {
      return response.usage.classes.map { [$0.kind.title, "\($0.count)", "?", "", "", "?"] }
    }
    let charge = price.charge(for: response.usage)
    let priced = charge.lines.map { line in
      let basis = [
        line.rate.tier.map { "above \($0) in" }, line.rate.variant, line.rate.source ?? price.source,
      ].compactMap { $0 }
      return [
        line.kind.title, "\(line.count)", line.rate.dollars, line.kind.isToken ? "million" : "thousand",
        basis.joined(separator: ", "), line.amount.decimalText,
      ]
    }
    let counts = Dictionary(response.usage.classes.map { ($0.kind, $0.count) }, uniquingKeysWith: { a, _ in a })
    return priced + charge.unpriced.map { [$0.title, "\(counts[$0] ?? 1)", "?", "", "no price known", "?"] }
  }

  /// What is said below the table.
  public var sums: [(name: String, words: String)] {
    let cost = response.cost
    func dollars(_ money: Money?) -> String { money.map { "$" + $0.decimalText } ?? "unknown" }
    if cost.status == .free { return [("cost", "free: it runs on this machine")] }
    var sums = [("computed", dollars(cost.computed))]
    if let reported = cost.reported {
      sums.append((cost.reportedIsCharge ? "charged" : "provider's estimate", dollars(reported)))
      if let difference = cost.difference { sums.append(("difference", "$" + difference.decimalText)) }
    }
    if let lowest = cost.lowest {
      sums.append(
        (
          "between",
          "\(dollars(lowest)) and \(cost.highest.map { dollars($0) } ?? "what nobody can say"): it was not finished"
        ))
    }
    let basis: String
    switch cost.status {
    case .exact where cost.reported != nil && cost.reportedIsCharge: basis = "the provider's own charge"
    case .exact: basis = "price times the counts that the provider reported"
    case .estimated where cost.reasons.isEmpty: basis = "price times our own count, or the provider's estimate"
    case .estimated: basis = "price times the counts, as far as prices are known"
    case .partial: basis = "what came before it was stopped or cut, by our own count"
    case .unknown, .free: basis = "no price is known for it: it is not counted as zero"
    }
    sums.append(("cost", "\(dollars(cost.status == .unknown ? nil : cost.amount)): \(basis)"))
    sums += cost.reasons.map { ("not exact", $0) }
    if let price = cost.price {
      sums.append(("price", price.record + (price.since.map { ", since \($0)" } ?? "")))
    }
    let ids = response.attempts.compactMap(\.requestID)
    if !ids.isEmpty { sums.append(("request", ids.joined(separator: ", "))) }
    return sums
  }
}
