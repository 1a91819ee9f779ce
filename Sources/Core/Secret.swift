/// A text that must not be told: printed, dumped or put into a message it is a mark. Whoever needs the text asks for it by name.
public struct Secret: Equatable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var revealed: String

  public init(_ text: String = "") { revealed = text }

  public var description: String { Redaction.mark }
  public var debugDescription: String { Redaction.mark }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
