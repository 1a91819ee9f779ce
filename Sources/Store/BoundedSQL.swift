import Core
import GRDB

/// Sums and figures in SQL over columns in which anything may stand.
enum BoundedSQL {
  /// What one call cost; NULL where it is unknown, or where no call can cost so much.
  static func callMoney(_ column: String) -> String {
    "CASE WHEN typeof(\(column)) = 'integer' AND \(column) BETWEEN \(Bounds.callMoney.lowerBound) "
      + "AND \(Bounds.callMoney.upperBound) THEN \(column) END"
  }

  /// The sum of such costs, in two parts that stay small; `sum` puts them together.
  static func sum(_ money: String) -> String {
    "SUM((\(money)) / \(part)) AS sum_parts, SUM((\(money)) % \(part)) AS sum_rest"
  }

  static func sum(_ row: Row) -> Money {
    let parts = row.number("sum_parts", in: .min ... .max) ?? 0
    let rest = row.number("sum_rest", in: .min ... .max) ?? 0
    return Money(picoDollars: parts.multipliedSaturating(by: part).addingSaturating(rest))
  }

  private static let part: Int64 = 1_000_000

  /// The cost of a session from its line of `summary m`; from its calls where that was spoilt by one of them.
  static let sessionCost = """
    CASE WHEN typeof(m.cost) = 'integer' AND m.cost BETWEEN \(Bounds.callMoney.lowerBound) AND \(Bounds.callMoney.upperBound)
    THEN m.cost ELSE (SELECT COALESCE(SUM((\(callMoney("r.cost"))) / \(part)), 0) FROM response r
    WHERE r.session = m.session) * \(part) END
    """
}
