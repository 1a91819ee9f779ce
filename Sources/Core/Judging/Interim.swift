public struct JudgeCopy: Equatable, Sendable {
  public var text: String
  public var wasCut = false
  public var hidden = 0
  public static func make(_ texts: [String], limit: Int) -> [JudgeCopy] { texts.map { JudgeCopy(text: $0) } }
}
public enum Makers {
  public static func family(of model: ModelID) -> String? { nil }
  public static func mask(_ text: String) -> (text: String, count: Int) { (text, 0) }
}
public enum JudgeDetector {
  public struct Finding: Equatable, Sendable {
    public var range: Range<String.Index>
    public var quote: String
    public var words: String
  }
  public static func findings(in text: String) -> [Finding] { [] }
  public static func removing(_ findings: [Finding], from text: String) -> String { text }
}
