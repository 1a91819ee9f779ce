/// A line in a theme's own colours, for lists outside of the workbench.
extension Theme {
  /// - Parameter direct: in 24-bit colours; else the nearest of the 256.
  public func swatch(direct: Bool) -> String {
    let words: [(Role, String)] = [
      (.title, " title "), (.text, "text "), (.quiet, "quiet "), (.good, "good "), (.busy, "busy "),
      (.warning, "warning "),
      (.bad, "bad "), (.keyword, "let "), (.number, "42 "), (.literal, "\"text\" "), (.match, " match "),
      (.selection, " selected "),
    ]
    return words.map { role, word in sequence(look(role), direct) + word }.joined() + "\u{1B}[0m"
  }

  /// SGR of ECMA-48, with the colours of ISO 8613-6 as xterm takes them.
  private func sequence(_ look: Look, _ isDirect: Bool) -> String {
    func color(_ layer: Int, _ color: Color) -> String {
      isDirect ? "\(layer);2;\(color.red);\(color.green);\(color.blue)" : "\(layer);5;\(color.xterm256)"
    }
    var parts = ["0"]
    if look.isBold { parts.append("1") }
    if look.isDim { parts.append("2") }
    if look.isReversed { parts.append("7") }
    if let foreground = look.foreground { parts.append(color(38, foreground)) }
    if let background = look.background { parts.append(color(48, background)) }
    return "\u{1B}[\(parts.joined(separator: ";"))m"
  }
}
