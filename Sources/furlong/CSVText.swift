/// Fields of CSV as RFC 4180 wants them.
enum CSVText {
  /// Quoted when it must be. A leading `=`, `+`, `-`, `@` or tab of words gets an apostrophe before it: a spreadsheet would run it.
  static func field(_ text: String) -> String {
    let isFormula = text.first.map { "=+-@\t\r".contains($0) } ?? false
    let safe = isFormula && Double(text) == nil ? "'" + text : text
    guard safe.contains(where: { ",\"\n\r\r\n".contains($0) }) else { return safe }
    return "\"" + safe.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
