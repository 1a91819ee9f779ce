/// The one way in which a text becomes part of a URL: nothing in it can end its part, begin another or climb out of a path.
public enum URLPart {
  /// As one segment of a path, or one value of a query: all but letters, digits and `-_~` and inner dots become `%XX` (RFC
  /// 3986, section 2.3). Dots alone are written as `%2E`, since they mean something else to everybody.
  public static func encoded(_ text: String) -> String {
    let isDots = text.utf8.allSatisfy { $0 == UInt8(ascii: ".") }
    var out: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: ".") where !isDots: out.append(byte)
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "~"):
        out.append(byte)
      default: out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// `%20` and the like as the bytes they stand for; a percent sign before anything else stays. nil where that is no UTF-8.
  public static func decoded(_ text: some StringProtocol) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      let code =
        byte == UInt8(ascii: "%") ? rest.prefix(2).compactMap { Character(Unicode.Scalar($0)).hexDigitValue } : []
      if code.count == 2 {
        bytes.append(UInt8(code[0] << 4 | code[1]))
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static let digits = Array("0123456789ABCDEF".utf8)

  /// What is wrong with an address below which paths are to be written, as the end of a sentence; nil when it is sound.
  public static func fault(inBase url: String) -> String? {
    guard url.hasPrefix("http://") || url.hasPrefix("https://") else { return "must begin with http:// or https://" }
    if url.unicodeScalars.contains(where: { $0 == " " || $0 == "\\" || VisibleText.isHidden($0) }) {
      return "must hold no blanks, backslashes or invisible characters"
    }
    if url.contains("?") || url.contains("#") { return "must end before any ? or #: paths are added to it" }
    let parts = url.split(separator: "/", omittingEmptySubsequences: false)
    if parts.count < 3 || parts[2].isEmpty { return "must name a host, such as http://127.0.0.1:8000/v1" }
    return parts.dropFirst(3).contains { $0 == "." || $0 == ".." } ? "must not climb with . or .." : nil
  }
}
