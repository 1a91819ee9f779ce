import Engine

/// What a layer wants to know of the engine and the database. A value, so that tests see what is asked; answered away from the
/// main thread.
protocol Inquiry: Equatable, Sendable {
  associatedtype Answer: Sendable

  /// Not on the main thread.
  func answer(_ engine: Engine) throws -> Answer
}

/// An inquiry of whatever kind.
public struct AnyInquiry: Equatable, Sendable {
  let inquiry: any Inquiry

  init(_ inquiry: any Inquiry) { self.inquiry = inquiry }

  public static func == (a: AnyInquiry, b: AnyInquiry) -> Bool { a.inquiry.isEqual(b.inquiry) }
}

extension Inquiry {
  func anyAnswer(_ engine: Engine) throws -> any Sendable { try answer(engine) }

  fileprivate func isEqual(_ other: any Inquiry) -> Bool { (other as? Self) == self }
}

extension Command {
  static func inquire(_ inquiry: any Inquiry) -> Command { .inquiry(AnyInquiry(inquiry)) }
}

/// Something read that is too large to be compared: two are equal when they are of the same reading.
struct Reading<Value: Sendable>: Equatable, Sendable {
  private final class Box: Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
  }

  private let box: Box

  init(_ value: Value) { box = Box(value) }

  var value: Value { box.value }

  static func == (a: Reading, b: Reading) -> Bool { a.box === b.box }
}
