import Core

/// The sequence that puts a text on the clipboard of the terminal's own machine, over any number of hops (OSC 52 of xterm's
/// control sequences). Whether a terminal obeys cannot be known.
enum Clipboard {
  /// Terminals drop longer ones (xterm, tmux).
  static let limit = 75_000
  /// GNU screen cuts a string that it passes on.
  private static let chunk = 200

  /// - Returns: nil when the text is too long.
  static func sequence(_ text: String, multiplexer: TerminalTraits.Multiplexer?) -> String? {
    let encoded = base64Text(Array(text.utf8))
    guard encoded.utf8.count <= limit else { return nil }
    let plain = "\u{1B}]52;c;\(encoded)\u{07}"
    switch multiplexer {
    case nil: return plain
    case .tmux:
      // Plain for tmux itself (set-clipboard), wrapped for the terminal around it (allow-passthrough).
      return plain + "\u{1B}Ptmux;" + plain.replacing("\u{1B}", with: "\u{1B}\u{1B}") + "\u{1B}\\"
    case .screen:
      var result = ""
      var rest = plain[...]
      while !rest.isEmpty {
        result += "\u{1B}P" + rest.prefix(chunk) + "\u{1B}\\"
        rest = rest.dropFirst(chunk)
      }
      return result
    }
  }
}
