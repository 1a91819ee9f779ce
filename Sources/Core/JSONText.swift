// What is JSON to one reader and not to another.

extension JSON {
  /// A number as every reader takes it: without zeros before it, and `null` when it is beyond all bounds.
  static func plainNumber(_ text: String) -> JSON {
    guard Double(text)?.isFinite == true else { return .null }
    let sign = text.hasPrefix("-") ? "-" : ""
    let digits = text.dropFirst(sign.count)
    let zeros = digits.prefix { $0 == "0" }.count
    let isPlain = zeros == 0 || !(digits.dropFirst(zeros).first?.isNumber ?? false) && zeros == 1
    if isPlain { return .number(text) }
    let rest = digits.dropFirst(zeros)
    return .number(sign + (rest.first?.isNumber == true ? "" : "0") + rest)
  }
}

/// Whether bytes are UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF (Unicode 16, table 3-7).
func isUTF8(_ bytes: [UInt8]) -> Bool {
  var index = 0
  while index < bytes.count {
    let byte = bytes[index]
    index += 1
    if byte < 0x80 { continue }
    let more: Int
    var range: ClosedRange<UInt8> = 0x80...0xBF
    switch byte {
    case 0xC2...0xDF: more = 1
    case 0xE0: (more, range) = (2, 0xA0...0xBF)
    case 0xED: (more, range) = (2, 0x80...0x9F)
    case 0xE1...0xEF: more = 2
    case 0xF0: (more, range) = (3, 0x90...0xBF)
    case 0xF4: (more, range) = (3, 0x80...0x8F)
    case 0xF1...0xF3: more = 3
    default: return false
    }
    for _ in 0..<more {
      guard index < bytes.count, range.contains(bytes[index]) else { return false }
      range = 0x80...0xBF
      index += 1
    }
  }
  return true
}
