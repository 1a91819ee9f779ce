/// Colours by meaning, made from a base16 or base24 scheme (the tinted-theming format).
public struct Theme: Equatable, Sendable {
  public struct Look: Equatable, Sendable {
    public var foreground: Color?
    public var background: Color?
    public var isBold = false
    public var isDim = false
    public var isReversed = false
  }

  public var name: String
  private var looks: [Look]

  public func look(_ role: Role) -> Look { looks[role.rawValue] }

  /// No colours, only attributes: for monochrome terminals and `NO_COLOR`. No file of that name replaces it.
  public static let mono = Theme(name: "mono") { role in
    switch role {
    case .quiet, .border, .reasoning, .comment, .quote: Look(isDim: true)
    case .strong, .focus, .title, .good, .warning, .bad, .heading, .keyword: Look(isBold: true)
    case .selection, .bar, .match, .added, .removed: Look(isReversed: true)
    case .text, .prompt, .busy, .link, .code, .literal, .number: Look()
    }
  }

  public static let dark = Theme(name: "furlong-dark", palette: darkPalette) ?? mono

  private init(name: String, _ look: (Role) -> Look) {
    self.name = name
    looks = Role.allCases.map(look)
  }

  /// - Parameter palette: `base00` … `base0F` as hexadecimal colours; more are allowed, missing ones make this nil.
  public init?(name: String, palette: [String: String]) {
    var colors: [Color] = []
    for index in 0..<16 {
      let digit = String(index, radix: 16, uppercase: true)
      guard
        let color = (palette["base0" + digit] ?? palette["base0" + digit.lowercased()]).flatMap(
          Color.init(hexadecimal:))
      else { return nil }
      colors.append(color)
    }
    self.init(name: name) { role in
      // base00 background … base07 lightest text; 08 red, 09 orange, 0A yellow, 0B green, 0C cyan, 0D blue, 0E purple.
      var look = Look(foreground: colors[5], background: colors[0])
      switch role {
      case .text: break
      case .quiet, .reasoning: look.foreground = colors[4]
      case .border: look.foreground = colors[3]
      case .strong, .title: look = Look(foreground: colors[7], background: colors[0], isBold: true)
      case .focus: look = Look(foreground: colors[0xD], background: colors[0], isBold: true)
      case .prompt: look.foreground = colors[0xC]
      case .good: look.foreground = colors[0xB]
      case .busy: look.foreground = colors[0xA]
      case .warning: look.foreground = colors[9]
      case .bad: look.foreground = colors[8]
      case .selection: look = Look(foreground: colors[7], background: colors[2])
      case .bar: look = Look(foreground: colors[5], background: colors[1])
      case .match: look = Look(foreground: colors[0], background: colors[0xA])
      case .heading: look = Look(foreground: colors[0xD], background: colors[0], isBold: true)
      case .link: look.foreground = colors[0xD]
      case .code, .literal: look.foreground = colors[0xB]
      case .keyword: look.foreground = colors[0xE]
      case .number: look.foreground = colors[9]
      case .comment, .quote: look.foreground = colors[4]
      case .added: look = Look(foreground: colors[0xB], background: colors[1])
      case .removed: look = Look(foreground: colors[8], background: colors[1])
      }
      return look
    }
  }

  /// The scheme of `themes/furlong-dark.yaml`, compiled in so that the binary needs no file.
  public static let darkPalette = [
    "base00": "14161b", "base01": "1d2027", "base02": "2c313c", "base03": "5e687a", "base04": "8e98aa",
    "base05": "cdd3de",
    "base06": "dfe4ec", "base07": "f3f6fa", "base08": "f2777a", "base09": "f5a97f", "base0A": "e8c979",
    "base0B": "8fc98b",
    "base0C": "7cc7c3", "base0D": "82aaff", "base0E": "c39ac9", "base0F": "b98d7b",
  ]
}
