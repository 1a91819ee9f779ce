import Core

/// Takes apart what a terminal sends: characters in UTF-8, escape sequences as ECMA-48 (5.3, 5.4, 5.6) has them, pastes. What is
/// whole comes out, what has begun waits for its rest, and what is unknown is swallowed: a terminal answers when it likes, and no
/// byte of an answer may act as a key. Nothing here waits; who calls tells the time.
struct InputParser {
  enum Piece: Equatable {
    /// A character or a control (C0, DEL).
    case scalar(Unicode.Scalar)
    /// The same with ESC before it: Alt.
    case alt(Unicode.Scalar)
    /// ESC alone.
    case escape
    case sequence(ControlSequence)
    /// SS3: keys of the keypad and cursor.
    case single(UInt8)
    case paste(String)
  }

  private enum State: Equatable {
    case ground
    case escape
    case sequence
    case single
    /// OSC, DCS, SOS, PM and APC: to their end they say nothing to us.
    case string(hasEscape: Bool)
    /// Bytes of a report of the mouse as X10 has it.
    case rest(Int)
    case paste
  }

  /// Nanoseconds after which ESC is the key of that name.
  static let escapeTime: Int64 = 25_000_000
  /// After which a sequence is given up, and a paste is taken as far as it has come.
  static let patience: Int64 = 1_000_000_000
  /// For how long what comes at once behind a broken paste belongs to it.
  private static let tailTime: Int64 = 10_000_000_000
  /// Bytes that nobody types at once.
  private static let burst = 8
  /// No sequence of ours is longer; the rest of a longer one is swallowed.
  private static let longest = 64
  /// A paste beyond that comes in parts.
  private static let largest = 16 << 20
  private static let pasteEnd = Array("\u{1B}[201~".utf8)

  private var state = State.ground
  /// Of a sequence, behind ESC.
  private var bytes: [UInt8] = []
  private var pasted: [UInt8] = []
  /// A character of which not all bytes have come.
  private var character: [UInt8] = []
  private var lastByte: Int64 = 0
  /// ESC was taken as a key then, and may have been the beginning of an answer after all.
  private var escaped: Int64 = .min / 2
  /// Until then what comes at once is more of a paste that has no marks.
  private var tailEnds: Int64 = .min / 2
  /// The same of one whose end mark did not come in time.
  private var isBrokenUntil: Int64 = .min / 2

  /// When to look again although nothing came; nil when nothing is pending.
  var deadline: Int64? {
    switch state {
    case .ground: nil
    case .escape: lastByte + Self.escapeTime
    default: lastByte + Self.patience
    }
  }

  /// - Parameters:
  ///   - input: all that has come by now.
  ///   - now: monotonic nanoseconds.
  mutating func take(_ input: [UInt8], now: Int64) -> [Piece] {
    var pieces: [Piece] = []
    expire(now, &pieces)
    guard !input.isEmpty else { return pieces }
    lastByte = now
    var input = input
    if state == .ground {
      input = character + input
      character = []
      if now - escaped < Self.patience, Self.isRest(input) { state = .escape }
      if now < isBrokenUntil, input.count >= Self.burst { state = .paste }
      if state == .ground, let text = unmarked(&input, now) {
        pieces.append(.paste(text))
        character = input
        return pieces
      }
    }
    escaped = .min / 2
    var index = 0
    while index < input.count {
      if state == .paste {
        index = takePaste(input, index, &pieces)
      } else {
        take(input[index], &pieces)
        index += 1
      }
    }
    return pieces
  }

  // MARK: Time

  private mutating func expire(_ now: Int64, _ pieces: inout [Piece]) {
    guard let deadline, now >= deadline else { return }
    switch state {
    case .escape:
      pieces.append(.escape)
      escaped = now
    case .paste:
      finishPaste(&pieces)
      isBrokenUntil = now + Self.tailTime
    default: break
    }
    state = .ground
  }

  // MARK: Bytes

  private mutating func take(_ byte: UInt8, _ pieces: inout [Piece]) {
    switch state {
    case .ground: takeCharacter(byte, &pieces)
    case .escape: takeEscaped(byte, &pieces)
    case .sequence: takeSequence(byte, &pieces)
    case .single:
      state = .ground
      if byte == 0x1B { return begin() }
      pieces.append(.single(byte))
    case .string(let hasEscape):
      switch byte {
      case 0x5C where hasEscape, 0x07, 0x18, 0x1A: state = .ground
      case 0x1B: state = .string(hasEscape: true)
      // No answer holds these: somebody types.
      case 0x03, 0x0D:
        state = .ground
        pieces.append(.scalar(Unicode.Scalar(byte)))
      default:
        if hasEscape {
          begin()
          takeEscaped(byte, &pieces)
        }
      }
    case .rest(let count): state = count > 1 ? .rest(count - 1) : .ground
    case .paste: break
    }
  }

  private mutating func begin() {
    state = .escape
    bytes = []
  }

  private mutating func takeEscaped(_ byte: UInt8, _ pieces: inout [Piece]) {
    bytes = []
    switch byte {
    case UInt8(ascii: "["): state = .sequence
    case UInt8(ascii: "O"): state = .single
    case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "_"), UInt8(ascii: "^"), UInt8(ascii: "X"):
      state = .string(hasEscape: false)
    case 0x1B: pieces.append(.escape)
    // The end of a string whose beginning was given up.
    case 0x5C: state = .ground
    default:
      state = .ground
      guard byte < 0x80 else { return takeCharacter(byte, &pieces) }
      pieces.append(.alt(Unicode.Scalar(byte)))
    }
  }

  private mutating func takeSequence(_ byte: UInt8, _ pieces: inout [Piece]) {
    switch byte {
    case 0x20..<0x40:
      if bytes.count < Self.longest { bytes.append(byte) }
    // The Linux console's F1 to F5 are `ESC [ [ A` to `E`.
    case UInt8(ascii: "[") where bytes.isEmpty: bytes.append(byte)
    case 0x40..<0x7F:
      state = .ground
      bytes.append(byte)
      if bytes == [UInt8(ascii: "M")] {
        state = .rest(3)
      } else if bytes == Array("200~".utf8) {
        (state, pasted) = (.paste, [])
      } else if let sequence = ControlSequence(bytes) {
        pieces.append(.sequence(sequence))
      }
    case 0x1B: begin()
    case 0x03, 0x0D:
      state = .ground
      pieces.append(.scalar(Unicode.Scalar(byte)))
    case 0x18, 0x1A, 0x80...: state = .ground
    default: break
    }
  }

  /// UTF-8, byte by byte; what is none is left out.
  private mutating func takeCharacter(_ byte: UInt8, _ pieces: inout [Piece]) {
    if byte < 0x80 {
      character = []
      if byte == 0x1B { return begin() }
      pieces.append(.scalar(Unicode.Scalar(byte)))
      return
    }
    if byte >= 0xC0 { character = [byte] } else if !character.isEmpty { character.append(byte) } else { return }
    let length = character[0] >= 0xF0 ? 4 : character[0] >= 0xE0 ? 3 : 2
    guard character.count == length else { return }
    defer { character = [] }
    guard let scalar = String(validating: character, as: UTF8.self)?.unicodeScalars.first else { return }
    // C1: sequences in one byte, which nobody sends in UTF-8.
    if scalar.value >= 0xA0 { pieces.append(.scalar(scalar)) }
  }

  // MARK: Pastes

  /// - Returns: where to go on.
  private mutating func takePaste(_ input: [UInt8], _ start: Int, _ pieces: inout [Piece]) -> Int {
    let known = pasted.count
    pasted.append(contentsOf: input[start...])
    guard let end = Self.first(Self.pasteEnd, in: pasted, from: max(0, known - Self.pasteEnd.count)) else {
      if pasted.count > Self.largest { finishPaste(&pieces) }
      return input.count
    }
    let behind = end + Self.pasteEnd.count - known
    pasted.removeSubrange(end...)
    finishPaste(&pieces)
    (state, isBrokenUntil) = (.ground, .min / 2)
    return start + behind
  }

  private mutating func finishPaste(_ pieces: inout [Piece]) {
    if !pasted.isEmpty { pieces.append(.paste(Self.text(pasted))) }
    pasted = []
  }

  /// Terminals that do not mark pastes send them like keys, but all at once: lines of text that nobody types that fast are text,
  /// and their ends send nothing. What is left of `input` is the beginning of a character.
  private mutating func unmarked(_ input: inout [UInt8], _ now: Int64) -> String? {
    let isText = input.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x0D || $0 == 0x0A || $0 == 0x09 }
    guard isText else { return nil }
    let isTail = now < tailEnds && input.count >= Self.burst
    let lines = input.split(omittingEmptySubsequences: false) { $0 == 0x0D || $0 == 0x0A }
    guard isTail || lines.count > 1 && !lines[0].isEmpty && lines.dropFirst().contains(where: { $0.count > 1 }) else {
      return nil
    }
    tailEnds = now + Self.patience
    let begun = Self.incomplete(input)
    defer { input = Array(input.suffix(begun)) }
    return Self.text(Array(input.dropLast(begun)))
  }

  /// How many bytes at the end are the beginning of a character.
  private static func incomplete(_ bytes: [UInt8]) -> Int {
    for (count, byte) in bytes.suffix(3).reversed().enumerated() where byte >= 0xC0 {
      let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
      return count + 1 < length ? count + 1 : 0
    }
    return 0
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self).withLineFeeds }

  private static func first(_ mark: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    guard bytes.count >= mark.count else { return nil }
    return (start...max(start, bytes.count - mark.count)).first {
      bytes[$0] == mark[0] && bytes[$0...].starts(with: mark)
    }
  }

  // MARK: Cut behind ESC

  /// Whether this looks like a sequence whose ESC came before and was taken for the key: more at once than somebody types.
  private static func isRest(_ input: [UInt8]) -> Bool {
    guard input.count > 1 else { return false }
    let second = input[1]
    switch input[0] {
    case UInt8(ascii: "["):
      let final = input.dropFirst().first { !(0x20..<0x40).contains($0) }
      return final.map { (0x40..<0x7F).contains($0) } ?? true
    case UInt8(ascii: "]"): return (0x30..<0x3A).contains(second) || hasEnd(input)
    case UInt8(ascii: "P"):
      return (0x30..<0x3A).contains(second) || Array("!$+>=?|".utf8).contains(second) || hasEnd(input)
    case UInt8(ascii: "_"): return second == UInt8(ascii: "G") || hasEnd(input)
    case UInt8(ascii: "O"): return input.count == 2 && (0x40..<0x7F).contains(second)
    default: return false
    }
  }

  /// Of a string.
  private static func hasEnd(_ input: [UInt8]) -> Bool { input.contains(0x07) || input.contains(0x1B) }
}

/// A whole control sequence (CSI): what stands between `ESC [` and its last byte.
struct ControlSequence: Equatable {
  /// `?`, `<`, `>`, `=`: not of the standard; or `[` of the Linux console.
  var prefix: UInt8?
  /// Each may hold further numbers behind colons; what is left out is nil.
  var parameters: [[Int?]] = []
  var intermediates: [UInt8] = []
  var final: UInt8
  /// As it was sent, behind `ESC [`.
  let text: String

  /// Nil for what is none.
  init?(_ bytes: [UInt8]) {
    guard let last = bytes.last, (0x40..<0x7F).contains(last) else { return nil }
    (final, text) = (last, String(decoding: bytes, as: UTF8.self))
    var rest = bytes.dropLast()
    if let first = rest.first, (0x3C..<0x40).contains(first) || first == UInt8(ascii: "[") {
      prefix = first
      rest = rest.dropFirst()
    }
    let numbers = rest.prefix { (0x30..<0x3C).contains($0) }
    intermediates = Array(rest.dropFirst(numbers.count))
    guard intermediates.allSatisfy({ (0x20..<0x30).contains($0) }) else { return nil }
    if !numbers.isEmpty {
      parameters = numbers.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map { parameter in
        parameter.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map {
          Int(String(decoding: $0, as: UTF8.self))
        }
      }
    }
  }

  /// The first number of a parameter.
  func number(_ index: Int) -> Int? { index < parameters.count ? parameters[index].first ?? nil : nil }
}
