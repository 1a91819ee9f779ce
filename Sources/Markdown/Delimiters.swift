/// A run of `*`, `_` or `~` that may begin or end emphasis.
struct Delimiter {
  let start: Int
  let count: Int
  let mark: UInt8
  let canOpen: Bool
  let canClose: Bool
  /// Characters that belong to no emphasis: they are shown.
  var left: Int
  /// From the innermost outwards.
  var ends: [Inlines.Mark] = []
  var begins: [Inlines.Mark] = []

  /// nil when the run is what is said.
  init?(_ bytes: [UInt8], _ start: Int) {
    var end = start
    while end < bytes.count, bytes[end] == bytes[start] { end += 1 }
    let around = Surroundings(bytes, start..<end)
    let can: (open: Bool, close: Bool) =
      switch bytes[start] {
      case UInt8(ascii: "*"): around.stars
      case UInt8(ascii: "_"): around.underscores
      default: end - start == 2 ? (around.isLeft, around.isRight) : (false, false)
      }
    guard can.open || can.close else { return nil }
    (self.start, count, left, mark) = (start, end - start, end - start, bytes[start])
    (canOpen, canClose) = can
  }
}

/// What stands on both sides of a run of marks, and what it may be therefore.
private struct Surroundings {
  let bytes: [UInt8]
  let run: Range<Int>
  private let before: Unicode.Scalar?
  private let after: Unicode.Scalar?

  init(_ bytes: [UInt8], _ run: Range<Int>) {
    (self.bytes, self.run) = (bytes, run)
    var index = run.lowerBound - 1
    while index > 0, bytes[index] & 0xC0 == 0x80 { index -= 1 }
    before = index < 0 ? nil : String(decoding: bytes[index..<run.lowerBound], as: UTF8.self).unicodeScalars.last
    after =
      String(decoding: bytes[run.upperBound..<min(bytes.count, run.upperBound + 4)], as: UTF8.self)
      .unicodeScalars.first
  }

  /// CommonMark 0.31.2, section 6.2, and beside characters of scripts that are written without spaces as
  /// https://github.com/tats-u/markdown-cjk-friendly has it.
  var isLeft: Bool {
    guard let after, !after.isBlank else { return false }
    return !after.isMark || before.isBlankOrEdge || before.isMark || before.isUnspaced || after.isUnspaced
  }

  var isRight: Bool {
    guard let before, !before.isBlank else { return false }
    return !before.isMark || after.isBlankOrEdge || after.isMark || before.isUnspaced || after.isUnspaced
  }

  var stars: (open: Bool, close: Bool) {
    let isSingle = run.count == 1
    // A path or a pattern; `**this**/**that**` is neither.
    if isASCII(before, "/\\"), isSingle || !after.isWord || byte(run.lowerBound - 2) != UInt8(ascii: "*") {
      return (false, false)
    }
    if before == ".", !after.isBlankOrEdge, !isASCII(after, "*_\"')]},;:!?") || !isWord(run.lowerBound - 2) {
      return (false, false)
    }
    // Between words, numbers and brackets without a space it is an operator.
    if before.isWord, after.isWord { return (false, endsWordThatBeganBold) }
    if isSingle, before.isWord || isASCII(before, ")]}"), after.isWord || isASCII(after, "([{") {
      return (false, false)
    }
    let isPattern = isSingle && after == "." && isWord(run.upperBound + 1)
    return (isLeft && !isPattern && !isASCII(after, ")]},;"), isRight && !isASCII(before, "([{"))
  }

  /// `**API**s`: bold from the beginning of the word.
  private var endsWordThatBeganBold: Bool {
    guard run.count == 2, !(after.map { ("0"..."9").contains($0) } ?? false) else { return false }
    var start = run.lowerBound
    while start > 0, bytes[start - 1] > 0x20, run.lowerBound - start < 64 { start -= 1 }
    let word = bytes[start..<run.lowerBound].drop { [0x22, 0x28, 0x5B].contains($0) }
    return word.starts(with: [0x2A, 0x2A]) && !word.dropFirst(2).contains(0x2A)
  }

  var underscores: (open: Bool, close: Bool) {
    if isASCII(before, "/\\") || isName { return (false, false) }
    let (left, right) = (isLeft, isRight)
    return (left && (!right || before.isMark), right && (!left || after.isMark))
  }

  /// `__init__` and `_a_b_` are names.
  private var isName: Bool {
    let most = 200
    var start = run.lowerBound
    while start > 0, bytes[start - 1].isWord, run.lowerBound - start < most { start -= 1 }
    var end = run.upperBound
    while end < bytes.count, bytes[end].isWord, end - run.upperBound < most { end += 1 }
    let name = bytes[start..<end]
    let inner = name.drop { $0 == 0x5F }
    let marks = name.count - inner.count
    guard marks > 0, inner.contains(where: { $0 != 0x5F }) else { return false }
    if marks == 2 { return name.reversed().starts(with: [0x5F, 0x5F]) }
    return marks == 1 && name.last == 0x5F && inner.dropLast().contains(0x5F)
  }

  private func byte(_ index: Int) -> UInt8? { bytes.indices.contains(index) ? bytes[index] : nil }
  private func isWord(_ index: Int) -> Bool { byte(index).map { $0.isWord || $0 >= 0x80 } ?? false }
  private func isASCII(_ scalar: Unicode.Scalar?, _ set: String) -> Bool {
    scalar.map(set.unicodeScalars.contains) ?? false
  }
}

/// The runs of a text, paired as CommonMark does it (0.31.2, appendix): in time that grows with their number.
struct Delimiters {
  private var runs: [Delimiter] = []
  /// Runs that are still open to a partner, as a list with links both ways.
  private var previous: [Int] = []
  private var next: [Int] = []
  private var last = -1

  var count: Int { runs.count }

  subscript(index: Int) -> Delimiter { runs[index] }

  mutating func append(_ run: Delimiter) -> Int {
    runs.append(run)
    previous.append(last)
    next.append(-1)
    if last >= 0 { next[last] = runs.count - 1 }
    last = runs.count - 1
    return last
  }

  private mutating func remove(_ index: Int) {
    if previous[index] >= 0 { next[previous[index]] = next[index] }
    if next[index] >= 0 { previous[next[index]] = previous[index] } else { last = previous[index] }
  }

  /// Pairs the runs from number `bottom` on, and takes them off the list.
  mutating func pair(above bottom: Int) {
    guard last >= bottom else { return }
    var closer = last
    while previous[closer] >= bottom { closer = previous[closer] }
    // Below these no opener is found for a closer of that kind.
    var bottoms = [Int](repeating: bottom, count: 3 * 2 * 3)
    while closer >= 0 {
      let run = runs[closer]
      guard run.canClose else {
        closer = next[closer]
        continue
      }
      let kind = (run.mark == 0x2A ? 0 : run.mark == 0x5F ? 1 : 2) * 6 + (run.canOpen ? 3 : 0) + run.count % 3
      var opener = previous[closer]
      while opener >= bottoms[kind], !matches(runs[opener], run) { opener = previous[opener] }
      if opener >= bottoms[kind] {
        closer = join(opener, closer)
      } else {
        bottoms[kind] = closer
        let following = next[closer]
        if !run.canOpen { remove(closer) }
        closer = following
      }
    }
    while last >= bottom { remove(last) }
  }

  private func matches(_ opener: Delimiter, _ closer: Delimiter) -> Bool {
    guard opener.canOpen, opener.mark == closer.mark else { return false }
    if opener.mark == UInt8(ascii: "~") { return true }
    let isOdd = (opener.canClose || closer.canOpen) && (opener.count + closer.count) % 3 == 0
    return !isOdd || (opener.count % 3 == 0 && closer.count % 3 == 0)
  }

  /// - Returns: the next closer to look at.
  private mutating func join(_ opener: Int, _ closer: Int) -> Int {
    let isTilde = runs[opener].mark == UInt8(ascii: "~")
    let used = isTilde || (runs[opener].left >= 2 && runs[closer].left >= 2) ? 2 : 1
    let mark: Inlines.Mark = isTilde ? .strikethrough : used == 2 ? .strong : .emphasis
    runs[opener].left -= used
    runs[opener].begins.append(mark)
    runs[closer].left -= used
    runs[closer].ends.append(mark)
    while next[opener] != closer { remove(next[opener]) }
    if runs[opener].left == 0 { remove(opener) }
    guard runs[closer].left == 0 else { return closer }
    let following = next[closer]
    remove(closer)
    return following
  }
}

extension Unicode.Scalar {
  fileprivate var isBlank: Bool { value < 0x80 ? UInt8(value).isBlank : properties.isWhitespace }

  /// Punctuation and symbols of ASCII, punctuation beyond it.
  fileprivate var isMark: Bool {
    if value < 0x80 { return UInt8(value).isPunctuation }
    switch properties.generalCategory {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
      .finalPunctuation, .otherPunctuation:
      return true
    default: return false
    }
  }

  /// Of a script that puts no spaces between words: Thai, Lao, Burmese, Khmer, Chinese, Japanese, Korean, with its punctuation.
  fileprivate var isUnspaced: Bool {
    switch value {
    case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF, 0x1100...0x11FF, 0x2E80...0x9FFF, 0xA960...0xA97F,
      0xAC00...0xD7FF, 0xF900...0xFAFF, 0xFE30...0xFE4F, 0xFF00...0xFFEF, 0x1B000...0x1B16F, 0x20000...0x3FFFF:
      true
    default: false
    }
  }

  fileprivate var isWord: Bool {
    if value < 0x80 { return UInt8(value).isWord }
    return !isBlank && !isMark && !isUnspaced
  }
}

extension Unicode.Scalar? {
  fileprivate var isBlankOrEdge: Bool { self?.isBlank ?? true }
  fileprivate var isMark: Bool { self?.isMark ?? false }
  fileprivate var isUnspaced: Bool { self?.isUnspaced ?? false }
  fileprivate var isWord: Bool { self?.isWord ?? false }
}
