import CNCurses
import Core

/// Makes keys of what the terminal sends. Owned by the screen; main thread only.
@MainActor
struct KeyReader {
  /// What is not for the person who types is for the screen.
  enum Event: Equatable {
    case key(Key)
    /// Stopped and continued: the screen is somebody else's.
    case continued
    case stop
    /// The terminal said whether it shows frames whole.
    case synchronizes(Bool)
  }

  /// A little less than ncurses is told to wait.
  private static let escapeDelay: Int64 = 20_000_000
  /// No sequence of ours is longer.
  private static let longest = 64

  /// A sequence that has begun; its rest may come later.
  private enum Begun { case mouse, report }

  /// Bytes of a paste that has begun; nil when there is none.
  private var pasted: [UInt8]?
  private var begun: Begun?
  private var rest = ""

  /// All that has come, without waiting.
  mutating func read() -> [Event] {
    var events: [Event] = []
    if pasted != nil { readPaste(&events) }
    if pasted != nil { return events }
    var code: Int32 = 0
    var hasEscape = false
    while true {
      let before = Clock.system.now()
      switch Int(cnc_read(&code)) {
      case CNC_CHARACTER:
        guard let scalar = Unicode.Scalar(UInt32(bitPattern: code)) else { continue }
        if let begun {
          goOn(begun, scalar, &events)
        } else if hasEscape {
          hasEscape = false
          events.append(.key(.alt(Character(scalar))))
        } else if scalar.value == 0x1B {
          // ncurses waits a moment for the rest of a sequence. If it waited in vain this is the Esc key itself, and what
          // comes next is another key; if it did not wait, the next character belongs to it (Alt).
          hasEscape = Clock.system.now() - before < Self.escapeDelay
          if !hasEscape { events.append(.key(.escape)) }
        } else {
          append(Key.scalar(scalar), to: &events)
        }
      case CNC_FUNCTION:
        switch Int(code) {
        case CNC_KEY_PASTE_BEGIN:
          pasted = []
          readPaste(&events)
          if pasted != nil { return events }
        case CNC_KEY_MOUSE: begun = .mouse
        case CNC_KEY_REPORT: begun = .report
        case CNC_KEY_CONTINUED: events.append(.continued)
        case CNC_KEY_STOP: events.append(.stop)
        default:
          if let key = Key.function(code) { events.append(.key(key)) }
        }
      default:
        if hasEscape { events.append(.key(.escape)) }
        return events
      }
    }
  }

  private mutating func goOn(_ kind: Begun, _ scalar: Unicode.Scalar, _ events: inout [Event]) {
    // Parameters and intermediates (ECMA-48, 5.4) go on, anything else ends the sequence.
    if (0x20..<0x40).contains(scalar.value), rest.utf8.count < Self.longest {
      rest.unicodeScalars.append(scalar)
      return
    }
    defer { (begun, rest) = (nil, "") }
    switch kind {
    case .mouse: if let mouse = Mouse(report: rest, end: scalar) { events.append(.key(.mouse(mouse))) }
    case .report:
      // DECRPM: 1 is set, 2 is not set; 0 is unknown, 3 and 4 cannot be changed.
      guard scalar == "y", rest.hasPrefix("2026;"), rest.hasSuffix("$") else { return }
      events.append(.synchronizes(["1", "2"].contains(rest.dropFirst(5).dropLast())))
    }
  }

  /// Takes what has come of a paste; hands it out whole once its end mark is there.
  private mutating func readPaste(_ events: inout [Event]) {
    let mark = Array("\u{1B}[201~".utf8)
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while let known = pasted?.count {
      let count = Int(cnc_read_raw(&buffer, Int32(buffer.count)))
      guard count > 0 else { return }
      pasted?.append(contentsOf: buffer[..<count])
      guard let end = pasted.flatMap({ Self.first(mark, in: $0, from: max(0, known - mark.count)) }), let all = pasted
      else { continue }
      pasted = nil
      // Terminals send line breaks in a paste as carriage returns.
      let text = String(decoding: all[..<end].map { $0 == 0x0D ? 0x0A : $0 }, as: UTF8.self)
      events.append(.key(.paste(text)))
      let rest = Array(all[(end + mark.count)...].prefix(100))
      cnc_unread(rest, Int32(rest.count))
    }
  }

  private static func first(_ mark: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    guard bytes.count >= mark.count else { return nil }
    return (start...max(start, bytes.count - mark.count)).first { bytes[$0...].starts(with: mark) }
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
}
