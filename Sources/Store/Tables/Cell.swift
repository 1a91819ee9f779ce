import Core
import Foundation
import GRDB

/// What stands in one column of one row, whoever wrote it: another version, a hostile provider through one, another program. What
/// is of another kind or out of range reads as nothing, and never stops the program. A value.
struct Cell {
  private let storage: DatabaseValue.Storage

  init(_ value: DatabaseValue?) { storage = value?.storage ?? .null }

  var isNull: Bool { if case .null = storage { true } else { false } }

  func number(in range: ClosedRange<Int64>) -> Int64? {
    let number: Int64? =
      switch storage {
      case .int64(let number): number
      case .double(let value): Int64(exactly: value)
      case .null, .string, .blob: nil
      }
    return number.flatMap { range.contains($0) ? $0 : nil }
  }

  /// Of one call.
  var money: Money? { number(in: Bounds.callMoney).map(Money.init(picoDollars:)) }

  /// Of many calls: as near as there is.
  var sum: Money {
    switch storage {
    case .int64(let number): Money(picoDollars: number)
    case .double(let value): Money(picoDollars: Int64(saturating: value))
    case .null, .string, .blob: .zero
    }
  }

  /// Seconds since 1970.
  var date: Int64? { number(in: Bounds.dates) }

  /// Nanoseconds.
  var duration: Int64? { number(in: Bounds.durations) }

  var tokens: Int? { count.flatMap { Bounds.tokens.contains($0) ? $0 : nil } }

  var lane: Int? { count.flatMap { Bounds.lanes.contains($0) ? $0 : nil } }

  var count: Int? { number(in: Self.counts).map { Int($0) } }

  private static let counts = Int64(Bounds.counts.lowerBound)...Int64(Bounds.counts.upperBound)

  /// From 0 to 1.
  var share: Double? {
    switch storage {
    case .int64(let number): (0...1).contains(number) ? Double(number) : nil
    case .double(let value): (0...1).contains(value) ? value : nil
    case .null, .string, .blob: nil
    }
  }

  var flag: Bool {
    switch storage {
    case .int64(let number): number != 0
    case .double(let value): value != 0
    case .null, .string, .blob: false
    }
  }

  var bytes: Data? {
    switch storage {
    case .blob(let data): data
    case .string(let text): Data(text.utf8)
    case .null, .int64, .double: nil
    }
  }

  var text: String? {
    switch storage {
    case .blob(let data): String(decoding: data, as: UTF8.self)
    case .string(let text): text
    case .int64(let number): "\(number)"
    case .double(let value): "\(value)"
    case .null: nil
    }
  }

  /// Nil for what is no JSON.
  var json: JSONView? { text.flatMap { try? JSONDocument().parse($0) } }
}

/// For questions of their own, which name their columns themselves.
extension Row {
  private func cell(_ column: String) -> Cell { Cell(self[column] as DatabaseValue?) }

  func number(_ column: String, in range: ClosedRange<Int64>) -> Int64? { cell(column).number(in: range) }
  func money(_ column: String) -> Money? { cell(column).money }
  func sum(_ column: String) -> Money { cell(column).sum }
  func date(_ column: String) -> Int64? { cell(column).date }
  func duration(_ column: String) -> Int64? { cell(column).duration }
  func tokens(_ column: String) -> Int? { cell(column).tokens }
  func lane(_ column: String) -> Int? { cell(column).lane }
  func count(_ column: String) -> Int? { cell(column).count }
  func share(_ column: String) -> Double? { cell(column).share }
  func flag(_ column: String) -> Bool { cell(column).flag }
  func isNull(_ column: String) -> Bool { cell(column).isNull }
  func bytes(_ column: String) -> Data? { cell(column).bytes }
  func text(_ column: String) -> String? { cell(column).text }
  func json(_ column: String) -> JSONView? { cell(column).json }
}
