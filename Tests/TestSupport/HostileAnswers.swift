/// Answers made to hurt: what a model may send to hold up whoever draws it. Generated, the same each time.
public enum HostileAnswers {
  /// About so many bytes each.
  public static let size = 36_000

  public static let all: [(name: String, text: String)] = [
    ("a character of a megabyte", "a" + String(repeating: "\u{301}", count: 500_000)),
    ("more lines than are rendered", String(repeating: "a\n", count: 130_000)), ("short lines", times("a\n")),
    ("blank lines", times("\n")), ("short paragraphs", times("a\n\n")),
    ("rules", times("---\n")), ("rules apart", times("---\n\n")), ("headings", times("# a\n")),
    ("empty headings", times("#\n")),
    ("items", times("- a\n")), ("items apart", times("- a\n\n")), ("numbered items", numbered { "\($0). a\n" }),
    ("nested lists", (0..<3000).map { String(repeating: "  ", count: $0 % 120) + "- a\n" }.joined()),
    ("lists nested in a line", times(String(repeating: "- ", count: 1500) + "a\n")),
    ("lists ever deeper", (0..<1400).map { String(repeating: " ", count: $0) + "- a\n" }.joined()),
    ("quotes in a line", times(String(repeating: ">", count: 3000) + "a\n")), ("quotes", times("> a\n")),
    ("quotes ever deeper", (0..<1400).map { String(repeating: ">", count: $0) + "a\n" }.joined()),
    ("quotes in lists", times(String(repeating: "> - ", count: 700) + "a\n")),
    ("one line of letters", times("a")), ("one line of words", times("word ")), ("one line of commas", times("a,")),
    ("one line of wide characters", times("日")), ("wide characters and spaces", times("日 ")),
    ("one line of spaces", times(" ") + "a"),
    ("one line of tabs", times("\t")), ("combining marks", "a" + times("\u{301}")),
    ("zalgo", times("a" + String(repeating: "\u{30D}\u{316}", count: 30))),
    ("joined emoji", times("👩\u{200D}")), ("flags", times("🇩")), ("skin tones", "👍" + times("🏽")),
    ("jamo", times("\u{1100}\u{1161}")),
    ("viramas", times("\u{915}\u{94D}")), ("joiners", "ب" + times("\u{200D}")), ("direction marks", times("\u{200F}")),
    ("overrides", times("\u{202E}")), ("tags", times("\u{E0041}")), ("escapes", times("\u{1B}[31m")),
    ("controls", times("\u{1}")),
    ("returns", times("\r")), ("nulls", times("\0")), ("backslashes", times("\\")), ("escaped stars", times("\\*")),
    ("stars", times("*")), ("stars and letters", times("*a")), ("opening stars", times("*a ")),
    ("closing stars", times("a* ")),
    ("stars of three", times("***a ")), ("underscores", times("_a ")), ("stars and underscores", times("*_a_ **")),
    ("tildes", times("~~a ")),
    ("backticks", times("`")),
    ("ever longer backticks", (1..<1400).map { String(repeating: "`", count: $0) + "a" }.joined()),
    ("backticks apart", times("` ")), ("fences", times("```\n")),
    ("fences of many languages", numbered { "```l\($0)\na\n```\n" }),
    ("tildes as fences", times("~~~\na\n")), ("fences in markdown", "```markdown\n" + times("```a\n")),
    ("an open fence", "```swift\n" + times("let a = \"b\" // c\n")), ("a fence of short lines", "```\n" + times("a\n")),
    ("a fence of one line", "```c\n" + times("/*\"")), ("code of blanks", times("    \n    a\n")),
    ("brackets", times("[")), ("closing brackets", times("]")), ("pairs of brackets", times("[]")),
    ("links to nowhere", times("[a](")),
    ("links of links", times("[a](b")), ("images", times("![")), ("parentheses", "[a]" + times("(")),
    ("definitions", numbered { "[a\($0)]: x\n" }),
    ("references", times("[a][b] ")), ("angles", times("<")), ("tags of html", times("<a>")),
    ("open tags", times("<a ")),
    ("addresses", times("http://a ")), ("one address", "http://" + times("a/")),
    ("a block of html", "<div>\n" + times("<b>x\n")),
    ("comments", times("<!-- a\n")), ("entities", times("&amp;")), ("ampersands", times("&")),
    ("a table", "|a|b|\n|-|-|\n" + times("|a|b|\n")), ("tables", times("|a|\n|-|\n|b|\n\n")),
    ("headers without end", times("|-|-|\n" + String(repeating: "|a", count: 14) + "|\n")),
    ("headers in a paragraph", "(" + times("|-|-|\n#>```\n")), ("headers and returns", times("|-|-|\n<https://\r")),
    ("a table of nulls", "|a|b|\n|-|-|\n" + times("\0")), ("lists of paragraphs", times("- - - - - $$\n\n\n\n")),
    ("a wide table", wide(60) + times("|a")), ("a table of empty rows", wide(60) + times("|\n")),
    ("rows of pipes", times("|")),
    ("cells of code", "|a|b|\n|-|-|\n" + times("|`a|b`|c|\n")),
    ("cells of breaks", "|a|\n|-|\n|" + times("<br>") + "|\n"),
    ("dollars", times("$")), ("formulas", times("$x_1$ ")), ("open formulas", times("\\[ \\( ")),
    ("blocks of formulas", times("$$\nx\n")),
    ("one formula", "$$\n" + times("x\n")), ("setext", times("a\n===\n")), ("hard breaks", times("a\\\n")),
  ]

  private static func times(_ text: String) -> String { String(repeating: text, count: size / text.utf8.count) }

  private static func numbered(_ line: (Int) -> String) -> String {
    var text = ""
    var number = 1
    while text.utf8.count < size {
      text += line(number)
      number += 1
    }
    return text
  }

  private static func wide(_ columns: Int) -> String {
    String(repeating: "|a", count: columns) + "|\n" + String(repeating: "|-", count: columns) + "|\n"
  }
}
