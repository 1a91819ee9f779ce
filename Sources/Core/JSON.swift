/// A JSON value to be written: request bodies and `--json` documents. Objects keep the order they are given in.
/// Incoming JSON is read with `JSONDocument`, which does not build a tree.
public enum JSON: Equatable, Sendable {
  case null
  case bool(Bool)
  /// A number as its own text, so that money and ids are never rounded by a binary float.
  case number(String)
  /// JSON text that is passed on as it came.
  case source(String)
  case string(String)
  case array([JSON])
  case object([Member])

  public struct Member: Equatable, Sendable {
    public var name: String
    public var value: JSON

    public init(name: String, value: JSON) {
      self.name = name
      self.value = value
    }
  }

  public static func int(_ value: some BinaryInteger) -> JSON { .number(String(value)) }

  /// A finite double in its shortest exact form, whole numbers without a fraction; anything else is `null`.
  public static func double(_ value: Double) -> JSON {
    guard value.isFinite else { return .null }
    return .number(decimalText(value))
  }

  public static func optional(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }

  /// Adds or replaces a member of an object; does nothing to other kinds.
  public subscript(name: String) -> JSON? {
    get {
      guard case .object(let members) = self else { return nil }
      return members.first { $0.name == name }?.value
    }
    set {
      guard case .object(var members) = self else { return }
      if let index = members.firstIndex(where: { $0.name == name }) {
        if let newValue { members[index].value = newValue } else { members.remove(at: index) }
      } else if let newValue {
        members.append(Member(name: name, value: newValue))
      }
      self = .object(members)
    }
  }
}

/// A double's shortest exact text, without the `.0` of whole numbers (`1`, `0.2`).
public func decimalText(_ value: Double) -> String {
  if value == value.rounded(), value.magnitude < 1e15 { return String(Int64(saturating: value)) }
  let text = "\(value)"
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}

extension JSON: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral
{
  public init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(elements.map { Member(name: $0.0, value: $0.1) })
  }
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  public init(stringLiteral value: String) { self = .string(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(integerLiteral value: Int) { self = .number(String(value)) }
}

/// A double with a fixed number of decimals, for the screen (`-0.50`); without a sign when it rounds to zero.
public func decimalText(_ value: Double, places: Int) -> String {
  guard value.isFinite else { return value.isNaN ? "–" : value < 0 ? "-∞" : "∞" }
  let scale = (0..<places).reduce(1.0) { power, _ in power * 10 }
  let scaled = (value.magnitude * scale).rounded()
  guard scaled < 1e15 else { return decimalText(value) }
  let digits = String(Int64(saturating: scaled))
  let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
  let sign = value < 0 && scaled > 0 ? "-" : ""
  return places == 0 ? sign + padded : "\(sign)\(padded.dropLast(places)).\(padded.suffix(places))"
}

// MARK: - Writing

extension JSON {
  /// Compact JSON text; with `indented`, two spaces a level. Control, bidi and invisible characters are escaped.
  public func serialized(indented: Bool = false) -> String {
    var out: [UInt8] = []
    write(into: &out, indent: indented ? 0 : nil)
    return String(decoding: out, as: UTF8.self)
  }

  private func write(into out: inout [UInt8], indent: Int?) {
    switch self {
    case .null: out += "null".utf8
    case .bool(let value): out += (value ? "true" : "false").utf8
    case .number(let text), .source(let text): out += text.utf8
    case .string(let text): JSON.write(text, into: &out)
    case .array(let items):
      JSON.writeList(items, open: "[", close: "]", into: &out, indent: indent) { item, out, indent in
        item.write(into: &out, indent: indent)
      }
    case .object(let members):
      JSON.writeList(members, open: "{", close: "}", into: &out, indent: indent) { member, out, indent in
        JSON.write(member.name, into: &out)
        out += (indent == nil ? ":" : ": ").utf8
        member.value.write(into: &out, indent: indent)
      }
    }
  }

  private static func writeList<Item>(
    _ items: [Item], open: Character, close: Character, into out: inout [UInt8], indent: Int?,
    _ writeItem: (Item, inout [UInt8], Int?) -> Void
  ) {
    out += open.utf8
    let inner = indent.map { $0 + 2 }
    for (index, item) in items.enumerated() {
      if index > 0 { out += ",".utf8 }
      if let inner { out += ("\n" + String(repeating: " ", count: inner)).utf8 }
      writeItem(item, &out, inner)
    }
    if let indent, !items.isEmpty { out += ("\n" + String(repeating: " ", count: indent)).utf8 }
    out += close.utf8
  }

  private static func write(_ text: String, into out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\"".utf8
      case "\\": out += "\\\\".utf8
      case "\n": out += "\\n".utf8
      case "\r": out += "\\r".utf8
      case "\t": out += "\\t".utf8
      case " "..."~": out.append(UInt8(scalar.value))
      default:
        // What could move a cursor or reorder a terminal's line: the same text for a parser, harmless on a screen.
        if VisibleText.placeholder(for: scalar) != nil {
          for unit in UTF16.encode(scalar).map(Array.init) ?? [] { writeEscape(unit, into: &out) }
        } else {
          out += UTF8.encode(scalar).map(Array.init) ?? []
        }
      }
    }
    out.append(UInt8(ascii: "\""))
  }

  private static func writeEscape(_ unit: UInt16, into out: inout [UInt8]) {
    let digits = String(unit, radix: 16)
    out += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
  }
}
