/// Makes keys of what the terminal sends. A value; nothing here waits.
struct KeyReader {
  /// What is not for the person who types is for the screen.
  enum Event: Equatable {
    case key(Key)
    /// The terminal said whether it shows frames whole.
    case synchronizes(Bool)
    /// The terminal said that it can tell keys as kitty does.
    case hasKittyKeys
  }

  private var parser = InputParser()
  /// Keys of which the terminal's description has another sequence than xterm's, by what stands behind ESC.
  private let described: [String: Key]

  init(described: [String: Key] = [:]) { self.described = described }

  /// When to read again although nothing came: what has begun is then a key, or nothing. Nil when nothing has begun.
  var deadline: Int64? { parser.deadline }

  /// - Parameters:
  ///   - bytes: all that has come by now.
  ///   - now: monotonic nanoseconds.
  mutating func read(_ bytes: [UInt8], now: Int64) -> [Event] {
    var events: [Event] = []
    for piece in parser.take(bytes, now: now) {
      switch piece {
      case .scalar(let scalar): append(Key.scalar(scalar), to: &events)
      case .alt(let scalar): if let key = alt(scalar) { events.append(.key(key)) }
      case .escape: events.append(.key(.escape))
      case .single(let byte): if let key = single(byte) { events.append(.key(key)) }
      case .paste(let text): events.append(.key(.paste(text)))
      case .sequence(let sequence): if let event = event(sequence) { events.append(event) }
      }
    }
    return events
  }

  private func alt(_ scalar: Unicode.Scalar) -> Key? {
    if let key = described[String(scalar)] { return key }
    return switch scalar.value {
    // As Shift-Enter, which few terminals tell.
    case 0x0D, 0x0A: .control("j")
    case 0x08: .alt("\u{7F}")
    case 0x20...: .alt(Character(scalar))
    default: nil
    }
  }

  /// A combining mark typed after its letter becomes part of that letter's key.
  private func append(_ key: Key, to events: inout [Event]) {
    if case .character(let mark) = key, case .key(.character(let base))? = events.last {
      let joined = String(base) + String(mark)
      if joined.count == 1, let character = joined.first {
        events[events.count - 1] = .key(.character(character))
        return
      }
    }
    events.append(.key(key))
  }

  // MARK: Sequences

  private func single(_ byte: UInt8) -> Key? {
    if let key = described["O" + String(Unicode.Scalar(byte))] { return key }
    return switch byte {
    case UInt8(ascii: "M"): .enter
    case UInt8(ascii: "P"): .f1
    default: Self.cursor(byte)
    }
  }

  private static func cursor(_ final: UInt8) -> Key? {
    switch final {
    case UInt8(ascii: "A"): .up
    case UInt8(ascii: "B"): .down
    case UInt8(ascii: "C"): .right
    case UInt8(ascii: "D"): .left
    case UInt8(ascii: "H"): .home
    case UInt8(ascii: "F"): .end
    default: nil
    }
  }

  private func event(_ sequence: ControlSequence) -> Event? {
    let final = Unicode.Scalar(sequence.final)
    switch sequence.prefix {
    case UInt8(ascii: "<"):
      return Mouse(sequence).map { .key(.mouse($0)) }
    case UInt8(ascii: "?"):
      if final == "u" { return .hasKittyKeys }
      // DECRPM: 1 is set, 2 is not set; 0 is unknown, 3 and 4 cannot be changed.
      guard final == "y", sequence.intermediates == [UInt8(ascii: "$")], sequence.number(0) == 2026 else { return nil }
      return .synchronizes([1, 2].contains(sequence.number(1)))
    case UInt8(ascii: "["):
      return final == "A" ? .key(.f1) : nil
    case nil:
      return sequence.intermediates.isEmpty ? key(sequence, final).map { .key($0) } : nil
    default:
      return nil
    }
  }

  private func key(_ sequence: ControlSequence, _ final: Unicode.Scalar) -> Key? {
    if let key = described["[" + sequence.text] { return key }
    // A key let go of is told where kitty's protocol is asked for more than we do.
    if sequence.parameters.count > 1, sequence.parameters[1].count > 1, sequence.parameters[1][1] == 3 { return nil }
    let modifiers = Modifiers(sequence.number(1))
    switch final {
    case "u": return Self.modified(sequence.number(0), modifiers, text: sequence.number(2))
    case "~":
      if sequence.number(0) == 27 { return Self.modified(sequence.number(2), modifiers, text: nil) }
      return modifiers.isEmpty ? Self.numbered(sequence.number(0)) : nil
    case "Z": return .shiftTab
    case "P": return modifiers.isEmpty ? .f1 : nil
    default:
      guard let key = Self.cursor(sequence.final) else { return nil }
      if modifiers.isEmpty { return key }
      guard modifiers == .alt || modifiers == .control else { return nil }
      return key == .left ? .wordLeft : key == .right ? .wordRight : nil
    }
  }

  private static func numbered(_ number: Int?) -> Key? {
    switch number {
    case 1, 7: .home
    case 4, 8: .end
    case 3: .delete
    case 5: .pageUp
    case 6: .pageDown
    case 11: .f1
    default: nil
    }
  }

  /// Keys with modifiers as kitty's protocol has them (`CSI u`), and xterm's modifyOtherKeys.
  private struct Modifiers: OptionSet {
    let rawValue: Int

    static let shift = Self(rawValue: 1)
    static let alt = Self(rawValue: 2)
    static let control = Self(rawValue: 4)
    /// Caps lock and num lock say nothing.
    private static let locks = 192

    init(rawValue: Int) { self.rawValue = rawValue }

    /// - Parameter parameter: one more than their sum, as it is sent.
    init(_ parameter: Int?) { self.init(rawValue: max(0, (parameter ?? 1) - 1) & ~Self.locks) }
  }

  private static func modified(_ code: Int?, _ modifiers: Modifiers, text: Int?) -> Key? {
    guard let code, let scalar = UInt32(exactly: code).flatMap(Unicode.Scalar.init) else { return nil }
    // Super, hyper and meta are the window manager's.
    guard modifiers.isSubset(of: [.shift, .alt, .control]) else { return nil }
    switch code {
    case 13, 57414: return modifiers.isDisjoint(with: [.shift, .alt]) ? .enter : .control("j")
    case 9: return modifiers.isEmpty ? .tab : modifiers == .shift ? .shiftTab : nil
    case 27: return .escape
    case 8, 127: return modifiers.isDisjoint(with: [.alt, .control]) ? .backspace : .alt("\u{7F}")
    // The keypad.
    case 57399...57408: return .character(Character(Unicode.Scalar(UInt8(code - 57399 + 0x30))))
    case 57409...57413: return .character(Array("./*-+")[code - 57409])
    case 57415: return .character("=")
    case 57417...57426: return [.left, .right, .up, .down, .pageUp, .pageDown, .home, .end, nil, .delete][code - 57417]
    // Other keys without a character stand in this part of the private use area.
    case 57344...63743: return nil
    default: break
    }
    guard scalar.value >= 0x20, !(0x7F..<0xA0).contains(scalar.value) else { return nil }
    if modifiers.contains(.control) {
      guard scalar.value < 0x80, modifiers.isDisjoint(with: .alt) else { return nil }
      return scalar == " " || scalar.value >= 0x40 ? Key.scalar(Unicode.Scalar(UInt8(scalar.value & 0x1F))) : nil
    }
    let shown = text.flatMap { UInt32(exactly: $0) }.flatMap(Unicode.Scalar.init) ?? scalar
    let character =
      modifiers.contains(.shift) && text == nil ? shown.properties.uppercaseMapping.first : Character(shown)
    guard let character else { return nil }
    return modifiers.contains(.alt) ? .alt(character) : .character(character)
  }
}
