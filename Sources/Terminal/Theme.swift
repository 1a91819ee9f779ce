/// Colours by meaning, made from a base16 or base24 scheme (the tinted-theming format).
public struct Theme: Equatable, Sendable {
  public struct Look: Equatable, Sendable {
    public var foreground: Color?
    public var background: Color?
    public var isBold = false
    public var isDim = false
    public var isReversed = false
    /// Where a terminal has sixteen colours, or eight: this one, lest two that must stay apart fall together.
    public var ansi: Int?
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
    case .lane1, .lane2, .lane3, .lane4, .lane5, .lane6, .lane7, .lane8, .lane9: Look(isBold: true)
    }
  }

  public static let dark = Theme(name: "furlong-dark", palette: darkPalette) ?? mono

  private init(name: String, _ look: (Role) -> Look) {
    self.name = name
    looks = Role.allCases.map(look)
  }

  /// - Parameter palette: `base00` … `base0F` as hexadecimal colours, missing ones make this nil; `lane1` … `lane9` where the
  ///   lanes' colours are not to be taken from those. More are allowed.
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
      case .lane1, .lane2, .lane3, .lane4, .lane5, .lane6, .lane7, .lane8, .lane9:
        let number = role.laneNumber ?? 0
        let own = palette["lane\(number + 1)"].flatMap(Color.init(hexadecimal:))
        look.foreground = own ?? colors[Self.laneBases[number]]
        look.ansi = (colors[0].isDark ? Self.laneANSIOnDark : Self.laneANSIOnLight)[number]
      }
      return look
    }
  }

  /// Blue, orange, green, purple, cyan, red, yellow, brown, white.
  private static let laneBases = [0xD, 9, 0xB, 0xE, 0xC, 8, 0xA, 0xF, 7]
  private static let laneANSIOnDark = [12, 3, 10, 13, 14, 9, 11, 5, 15]
  private static let laneANSIOnLight = [4, 3, 2, 5, 6, 1, 13, 9, 0]

  /// The scheme of `themes/furlong-dark.yaml`, compiled in so that the binary needs no file.
  public static let darkPalette = [
    "base00": "14161b", "base01": "1d2027", "base02": "2c313c", "base03": "5e687a", "base04": "8e98aa",
    "base05": "cdd3de",
    "base06": "dfe4ec", "base07": "f3f6fa", "base08": "f2777a", "base09": "f5a97f", "base0A": "e8c979",
    "base0B": "8fc98b",
    "base0C": "7cc7c3", "base0D": "82aaff", "base0E": "c39ac9", "base0F": "b98d7b",
  ]
}
