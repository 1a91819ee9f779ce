import Terminal

/// Colours code of one language line by line. What is open at the end of a line, a comment or a string, goes on in the next.
struct Highlighter: Sendable {
  private let language: Language?
  private var state = State.code

  private enum State {
    case code
    case comment(end: [UInt8])
    case string(Language.Delimiter)
  }

  /// - Parameter language: a name or alias, in any case. An unknown one has one colour.
  init(language: String) { self.language = Language.named(language) }

  mutating func spans(_ line: String) -> [Span] {
    guard let language else { return line.isEmpty ? [] : [Span(line, Style(.code))] }
    if let role = language.lineRoles.first(where: { line.hasPrefix($0.start) })?.role {
      return [Span(line, Style(role))]
    }
    var scan = Scan(bytes: Array(line.utf8))
    while scan.index < scan.bytes.count {
      switch state {
      case .comment(let end): comment(end, &scan)
      case .string(let delimiter): string(delimiter, &scan)
      case .code: code(language, &scan)
      }
    }
    scan.take(.text)
    if case .string(let delimiter) = state, !delimiter.isMultiline { state = .code }
    return scan.spans
  }

  private mutating func comment(_ end: [UInt8], _ scan: inout Scan) {
    scan.take(.text)
    while scan.index < scan.bytes.count {
      if scan.isAt(end) {
        scan.index += end.count
        state = .code
        break
      }
      scan.index += 1
    }
    scan.take(.comment)
  }

  private mutating func string(_ delimiter: Language.Delimiter, _ scan: inout Scan) {
    while scan.index < scan.bytes.count {
      if delimiter.hasEscapes, scan.bytes[scan.index] == UInt8(ascii: "\\") {
        scan.index = min(scan.index + 2, scan.bytes.count)
      } else if scan.isAt(delimiter.close) {
        scan.index += delimiter.close.count
        state = .code
        break
      } else {
        scan.index += 1
      }
    }
    scan.take(.literal)
  }

  private mutating func code(_ language: Language, _ scan: inout Scan) {
    let byte = scan.bytes[scan.index]
    if isWord(byte) { return word(language, &scan) }
    if language.lineComments.contains(where: { scan.isAt($0) }), !language.commentsNeedSpace || scan.isAfterSpace {
      scan.take(.text)
      scan.index = scan.bytes.count
      return scan.take(.comment)
    }
    if let comment = language.blockComments.first(where: { scan.isAt($0.open) }) {
      scan.take(.text)
      scan.index += comment.open.count
      state = .comment(end: comment.close)
      // The mark has the colour of what it begins, even at the end of a line.
      return scan.take(.comment)
    }
    if let delimiter = language.strings.first(where: { scan.isAt($0.open) }) {
      scan.take(.text)
      scan.index += delimiter.open.count
      state = .string(delimiter)
      if scan.index == scan.bytes.count { scan.take(.literal) }
      return
    }
    scan.index += 1
  }

  private func word(_ language: Language, _ scan: inout Scan) {
    let start = scan.index
    let isNumber = (0x30...0x39).contains(scan.bytes[start])
    while scan.index < scan.bytes.count,
      isWord(scan.bytes[scan.index]) || (isNumber && scan.bytes[scan.index] == UInt8(ascii: "."))
    {
      scan.index += 1
    }
    var role = Role.text
    if isNumber {
      role = .number
    } else if language.hasTags {
      let previous = start > 0 ? scan.bytes[start - 1] : 0
      if previous == UInt8(ascii: "<") || previous == UInt8(ascii: "/") && start > 1 && scan.bytes[start - 2] == 0x3C {
        role = .keyword
      }
    } else {
      let text = String(decoding: scan.bytes[start..<scan.index], as: UTF8.self)
      if language.keywords.contains(language.ignoresCase ? text.lowercased() : text) { role = .keyword }
    }
    guard role != .text else { return }
    let end = scan.index
    scan.index = start
    scan.take(.text)
    scan.index = end
    scan.take(role)
  }

  private func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x80...: true
    default: false
    }
  }
}

/// The line being read.
private struct Scan {
  let bytes: [UInt8]
  var index = 0
  var spans: [Span] = []
  private var taken = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  func isAt(_ mark: [UInt8]) -> Bool {
    index + mark.count <= bytes.count && mark.indices.allSatisfy { bytes[index + $0] == mark[$0] }
  }

  var isAfterSpace: Bool { index == 0 || bytes[index - 1] == 0x20 || bytes[index - 1] == 0x09 }

  /// What has been read since the last call, in one colour.
  mutating func take(_ role: Role) {
    guard taken < index else { return }
    spans.append(String(decoding: bytes[taken..<index], as: UTF8.self), Style(role))
    taken = index
  }
}
