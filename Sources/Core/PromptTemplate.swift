/// A prompt with places for values, written `{{name}}`. What stands in the values is text: it is not filled in again.
public struct PromptTemplate: Equatable, Sendable {
  private enum Piece: Equatable { case text(String), place(String) }

  private let pieces: [Piece]

  /// Any text is a template: braces with something else between them than a name stay as they are.
  public init(_ text: String) {
    var (pieces, rest) = ([Piece](), text[...])
    var kept = ""
    while let opening = rest.firstRange(of: "{{") {
      kept += rest[..<opening.lowerBound]
      let behind = rest[opening.upperBound...]
      if let closing = behind.firstRange(of: "}}"), let name = Self.name(behind[..<closing.lowerBound]) {
        if !kept.isEmpty { pieces.append(.text(kept)) }
        pieces.append(.place(name))
        (kept, rest) = ("", behind[closing.upperBound...])
      } else {
        // One brace at a time: of three the last two open a place.
        kept += "{"
        rest = rest[rest.index(after: opening.lowerBound)...]
      }
    }
    kept += rest
    if !kept.isEmpty { pieces.append(.text(kept)) }
    self.pieces = pieces
  }

  private static func name(_ text: Substring) -> String? {
    let name = text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
    let isSound = name.allSatisfy { $0.isLetter || $0.isNumber || "_-.".contains($0) }
    return name.isEmpty || !isSound ? nil : String(name)
  }

  /// What it has places for, each once, in their order.
  public var names: [String] {
    var names: [String] = []
    for case .place(let name) in pieces where !names.contains(name) { names.append(name) }
    return names
  }

  /// With these values; a place without one stays as it is written.
  public func filled(_ values: [String: String]) -> String {
    pieces.map { piece in
      switch piece {
      case .text(let text): text
      case .place(let name): values[name] ?? "{{\(name)}}"
      }
    }.joined()
  }
}
