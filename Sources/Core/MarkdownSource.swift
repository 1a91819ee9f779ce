/// Text that others wrote, put into a Markdown document so that it stays where it was put.
public enum MarkdownSource {
  /// On one line, with everything escaped that Markdown or HTML would read as its own.
  public static func inline(_ text: String) -> String {
    var out = ""
    for scalar in VisibleText.line(text).unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\\", "`", "*", "_", "[", "]", "|", "~", "$", "#": out += "\\\(scalar)"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// A code block with a fence longer than any in the text: it renders nothing of what is in it.
  /// - Parameter info: our own word behind the fence.
  public static func fenced(_ text: String, info: String = "") -> String {
    let text = VisibleText.of(text.replacing("\r\n", with: "\n"))
    var longest = 2
    var run = 0
    for byte in text.utf8 {
      run = byte == UInt8(ascii: "`") ? run + 1 : 0
      longest = max(longest, run)
    }
    let fence = String(repeating: "`", count: longest + 1)
    return "\(fence)\(info)\n\(text)\(text.hasSuffix("\n") || text.isEmpty ? "" : "\n")\(fence)\n"
  }

  public static func table(_ header: [String], _ rows: [[String]], numeric: Set<Int> = []) -> String {
    func line(_ cells: [String]) -> String { "| " + cells.map(inline).joined(separator: " | ") + " |\n" }
    let rule = header.indices.map { numeric.contains($0) ? " ---: |" : " --- |" }.joined()
    return line(header) + "|" + rule + "\n" + rows.map(line).joined()
  }
}
