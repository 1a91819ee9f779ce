/// A key as people name it. Text that was pasted comes whole, as `paste`.
public enum Key: Hashable, Sendable {
  case character(Character)
  case control(Character)
  case alt(Character)
  case up, down, left, right, home, end, pageUp, pageDown
  case wordLeft, wordRight
  case enter, tab, shiftTab, escape, backspace, delete
  case f1
  case resize
  case paste(String)
  case mouse(Mouse)

  /// As shown in the help: `Ctrl-P`, `PgUp`, `x`.
  public var name: String {
    switch self {
    case .character(" "): "Space"
    case .character(let character): String(character)
    case .control(let character): "Ctrl-\(character.uppercased())"
    case .alt(let character): "Alt-\(character)"
    case .up: "↑"
    case .down: "↓"
    case .left: "←"
    case .right: "→"
    case .home: "Home"
    case .end: "End"
    case .pageUp: "PgUp"
    case .pageDown: "PgDn"
    case .wordLeft: "Ctrl-←"
    case .wordRight: "Ctrl-→"
    case .enter: "Enter"
    case .tab: "Tab"
    case .shiftTab: "Shift-Tab"
    case .escape: "Esc"
    case .backspace: "Backspace"
    case .delete: "Del"
    case .f1: "F1"
    case .resize, .paste, .mouse: ""
    }
  }

  /// The key of a name as people write it in a config: `x`, `Ctrl-p`, `PgDn`, `Space`.
  public init?(name: String) {
    let lower = name.lowercased()
    if name.count == 1, let character = name.first {
      self = .character(character)
    } else if lower.hasPrefix("ctrl-"), lower.count == 6, let character = lower.last, character.isLetter {
      self = .control(character)
    } else if lower.hasPrefix("alt-"), name.count == 5, let character = name.last {
      self = .alt(character)
    } else if let known = Key.named[lower] {
      self = known
    } else {
      return nil
    }
  }

  private static let named: [String: Key] = [
    "space": .character(" "), "up": .up, "down": .down, "left": .left, "right": .right, "home": .home, "end": .end,
    "pgup": .pageUp, "pgdn": .pageDown, "enter": .enter, "tab": .tab, "shift-tab": .shiftTab, "esc": .escape,
    "backspace": .backspace, "del": .delete, "f1": .f1,
  ]

  static func scalar(_ scalar: Unicode.Scalar) -> Key {
    switch scalar.value {
    case 0x0D: .enter
    case 0x09: .tab
    case 0x1B: .escape
    case 0x7F, 0x08: .backspace
    case 0x01...0x1A: .control(Character(Unicode.Scalar(UInt8(scalar.value + 0x60))))
    case 0x00: .control("@")
    case 0x1C...0x1F: .control(Character(Unicode.Scalar(UInt8(scalar.value + 0x40))))
    default: .character(Character(scalar))
    }
  }
}
