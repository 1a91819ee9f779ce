import Core
import Foundation
import GRDB
import Judging

/// How one kind of value stands in a column: what it is bound as, and what is read of it. Nothing is read of what makes no sense.
struct Codec<Value>: Sendable {
  let kind: ColumnKind
  let bind: @Sendable (Value) -> DatabaseValue
  let read: @Sendable (Cell) -> Value?
}

extension Codec where Value == String {
  /// As bytes, since a NUL would end an ordinary bound string: statements cast it.
  static var text: Self { Self(kind: .text, bind: { blob($0) }, read: { $0.text }) }
  static var id: Self { Self(kind: .id, bind: { $0.databaseValue }, read: { $0.text }) }
  static var digest: Self { Self(kind: .digest, bind: { $0.databaseValue }, read: { $0.text }) }
  static var process: Self { Self(kind: .process, bind: { $0.databaseValue }, read: { $0.text }) }
  /// JSON as its text.
  static var source: Self { Self(kind: .json(.object), bind: { $0.databaseValue }, read: { $0.text }) }
}

extension Codec where Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String {
  static var word: Self { word(Array(Value.allCases)) }

  /// - Parameter inFiles: what a session file may have here.
  static func word(_ inFiles: [Value]) -> Self { named(.word(inFiles.map(\.rawValue))) }

  static var label: Self { named(.label(Value.allCases.map(\.rawValue))) }

  private static func named(_ kind: ColumnKind) -> Self {
    Self(kind: kind, bind: { $0.rawValue.databaseValue }, read: { $0.text.flatMap(Value.init(rawValue:)) })
  }
}

extension Codec where Value == Int64 {
  static var rowNumber: Self {
    Self(kind: .rowNumber, bind: { $0.databaseValue }, read: { $0.number(in: .min ... .max) })
  }
  static var date: Self { Self(kind: .date, bind: { $0.databaseValue }, read: { $0.date }) }
  static var duration: Self { Self(kind: .duration, bind: { $0.databaseValue }, read: { $0.duration }) }
}

extension Codec where Value == Int {
  static var tokens: Self { Self(kind: .tokens, bind: { $0.databaseValue }, read: { $0.tokens }) }
  static var lane: Self { Self(kind: .lane, bind: { $0.databaseValue }, read: { $0.lane }) }
  static var count: Self { count(from: 0) }

  /// - Parameter least: in a session file.
  static func count(from least: Int64) -> Self {
    Self(kind: .count(from: least), bind: { $0.databaseValue }, read: { $0.count })
  }

  static func count(upTo most: Int64) -> Self {
    Self(kind: .count(to: most), bind: { $0.databaseValue }, read: { $0.number(in: 0...most).map { Int($0) } })
  }

  static var day: Self {
    Self(
      kind: .day, bind: { $0.databaseValue },
      read: { $0.number(in: 0...Int64(Bounds.days.upperBound)).map { Int($0) } })
  }
}

extension Codec where Value == Money {
  static var money: Self { Self(kind: .money, bind: { $0.picoDollars.databaseValue }, read: { $0.money }) }
  static var sum: Self { Self(kind: .sum, bind: { $0.picoDollars.databaseValue }, read: { $0.sum }) }

  static var limit: Self {
    Self(
      kind: .sum, bind: { $0.picoDollars.databaseValue },
      read: { $0.number(in: 1 ... .max).map(Money.init(picoDollars:)) })
  }
}

extension Codec where Value == Bool {
  static var flag: Self { Self(kind: .flag, bind: { $0.databaseValue }, read: { $0.flag }) }
}

extension Codec where Value == Double {
  static var share: Self { Self(kind: .share, bind: { $0.databaseValue }, read: { $0.share }) }
}

extension Codec where Value == Data {
  static var bytes: Self { Self(kind: .bytes, bind: { $0.databaseValue }, read: { $0.bytes }) }
  /// A piece of a text, which may end within a character.
  static var piece: Self { Self(kind: .text, bind: { $0.databaseValue }, read: { $0.bytes }) }
}

extension Codec where Value == [UInt8] {
  static var bytes: Self { Self(kind: .bytes, bind: { Data($0).databaseValue }, read: { $0.bytes.map { Array($0) } }) }
}

// MARK: - JSON

extension Codec {
  /// A value that is kept as JSON. `read` gets what is JSON at all.
  static func json(
    _ shape: ColumnKind.Shape, _ write: @escaping @Sendable (Value) -> JSON,
    _ read: @escaping @Sendable (JSONView) -> Value?
  ) -> Self {
    Self(
      kind: .json(shape), bind: { write($0).serialized().databaseValue }, read: { $0.json.flatMap(read) })
  }
}

extension Codec where Value == [String] {
  static var texts: Self {
    json(.array, { .array($0.map { .string($0) }) }, { $0.elements.compactMap(\.string) })
  }
}

extension Codec where Value == [Lane] {
  static var lanes: Self {
    Self(kind: .json(.array), bind: { lanesText($0).databaseValue }, read: { $0.text.map(lanes(json:)) })
  }
}

extension Codec where Value == JSON {
  static var document: Self { json(.object, { $0 }, { JSON($0) }) }
}

extension Codec where Value == Parameters {
  static var parameters: Self { json(.object, \.json, { Parameters(json: $0) }) }
}

extension Codec where Value == ResponseError {
  static var error: Self { json(.object, \.json, { ResponseError(json: $0) }) }
}

extension Codec where Value == [Attempt] {
  static var attempts: Self {
    json(
      .array, { .array($0.map(\.json)) },
      { view in
        view.elements.map {
          Attempt(
            status: $0["status"]?.int, error: $0["error"].flatMap { ResponseError(json: $0) },
            requestID: $0["request_id"]?.string)
        }
      })
  }
}

extension Codec where Value == Price {
  static var price: Self { json(.object, \.json, { Price(json: $0) }) }
}

extension Codec where Value == BlindAssignment {
  /// As it was hashed.
  static var assignment: Self {
    Self(
      kind: .json(.object), bind: { $0.text.databaseValue }, read: { $0.text.flatMap(BlindAssignment.init(text:)) })
  }
}

extension Codec where Value == Brief {
  static var brief: Self { json(.object, \.json, { Brief(json: $0) }) }
}

extension Codec where Value == JudgeCard {
  static var card: Self { json(.object, \.json, { JudgeCard(json: $0) }) }
}
