import Core
import Foundation
import GRDB

/// How a column is read, whoever wrote it: another version, a hostile provider through one, another program. What is of another
/// kind or out of range reads as nothing, and never stops the program.
extension Row {
  private func storage(_ column: String) -> DatabaseValue.Storage {
    (self[column] as DatabaseValue?)?.storage ?? .null
  }

  func number(_ column: String, in range: ClosedRange<Int64>) -> Int64? {
    let number: Int64? =
      switch storage(column) {
      case .int64(let number): number
      case .double(let value): Int64(exactly: value)
      case .null, .string, .blob: nil
      }
    return number.flatMap { range.contains($0) ? $0 : nil }
  }

  /// Of one call.
  func money(_ column: String) -> Money? { number(column, in: Bounds.callMoney).map(Money.init(picoDollars:)) }

  /// Of many calls: as near as there is.
  func sum(_ column: String) -> Money {
    switch storage(column) {
    case .int64(let number): Money(picoDollars: number)
    case .double(let value): Money(picoDollars: Int64(saturating: value))
    case .null, .string, .blob: .zero
    }
  }

  /// Seconds since 1970.
  func date(_ column: String) -> Int64? { number(column, in: Bounds.dates) }

  /// Nanoseconds.
  func duration(_ column: String) -> Int64? { number(column, in: Bounds.durations) }

  func tokens(_ column: String) -> Int? { count(column).flatMap { Bounds.tokens.contains($0) ? $0 : nil } }

  func lane(_ column: String) -> Int? { count(column).flatMap { Bounds.lanes.contains($0) ? $0 : nil } }

  func count(_ column: String) -> Int? { number(column, in: Row.counts).map { Int($0) } }

  private static let counts = Int64(Bounds.counts.lowerBound)...Int64(Bounds.counts.upperBound)

  /// From 0 to 1.
  func share(_ column: String) -> Double? {
    switch storage(column) {
    case .int64(let number): (0...1).contains(number) ? Double(number) : nil
    case .double(let value): (0...1).contains(value) ? value : nil
    case .null, .string, .blob: nil
    }
  }

  func flag(_ column: String) -> Bool {
    switch storage(column) {
    case .int64(let number): number != 0
    case .double(let value): value != 0
    case .null, .string, .blob: false
    }
  }

  func isNull(_ column: String) -> Bool { if case .null = storage(column) { true } else { false } }

  func bytes(_ column: String) -> Data? {
    switch storage(column) {
    case .blob(let data): data
    case .string(let text): Data(text.utf8)
    case .null, .int64, .double: nil
    }
  }

  func text(_ column: String) -> String? {
    switch storage(column) {
    case .blob(let data): String(decoding: data, as: UTF8.self)
    case .string(let text): text
    case .int64(let number): "\(number)"
    case .double(let value): "\(value)"
    case .null: nil
    }
  }
}

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
