/// What makes one list of words another: those taken out and those put in, by their places. In a time that grows little faster
/// than the lists, whatever stands in them.
struct Edits {
  private(set) var removed = Set<Int>()
  private(set) var inserted = Set<Int>()

  private let a: [Int]
  private let b: [Int]
  /// Up to so many pairs of words the fewest changes are looked for.
  private static let few = 90_000
  private static let deepest = 8

  init(_ a: [String], _ b: [String]) {
    var numbers: [String: Int] = [:]
    func number(_ word: String) -> Int {
      if let known = numbers[word] { return known }
      numbers[word] = numbers.count
      return numbers.count - 1
    }
    (self.a, self.b) = (a.map(number), b.map(number))
    find(0..<a.count, 0..<b.count)
  }

  private mutating func find(_ left: Range<Int>, _ right: Range<Int>, depth: Int = 0) {
    var (left, right) = (left, right)
    guard left.count * right.count > Self.few else { return findFewest(left, right) }
    while let i = left.first, let j = right.first, a[i] == b[j] {
      (left, right) = (left.dropFirst(), right.dropFirst())
    }
    while let i = left.last, let j = right.last, a[i] == b[j] { (left, right) = (left.dropLast(), right.dropLast()) }
    guard left.count * right.count > Self.few else { return findFewest(left, right) }
    let anchors = depth < Self.deepest ? anchors(left, right) : []
    // Nothing tells where they belong together: one stands for the other.
    guard !anchors.isEmpty else {
      removed.formUnion(left)
      inserted.formUnion(right)
      return
    }
    var (i, j) = (left.lowerBound, right.lowerBound)
    for anchor in anchors {
      find(i..<anchor.left, j..<anchor.right, depth: depth + 1)
      (i, j) = (anchor.left + 1, anchor.right + 1)
    }
    find(i..<left.upperBound, j..<right.upperBound, depth: depth + 1)
  }

  private mutating func findFewest(_ left: Range<Int>, _ right: Range<Int>) {
    for change in b[right].difference(from: a[left]) {
      switch change {
      case .remove(let offset, _, _): removed.insert(left.lowerBound + offset)
      case .insert(let offset, _, _): inserted.insert(right.lowerBound + offset)
      }
    }
  }

  /// Words that stand once in either, as many of them as keep their order: Bram Cohen's patience diff.
  private func anchors(_ left: Range<Int>, _ right: Range<Int>) -> [(left: Int, right: Int)] {
    /// -1 for a word that stands there more than once.
    func places(_ list: [Int], _ range: Range<Int>) -> [Int: Int] {
      Dictionary(range.map { (list[$0], $0) }) { _, _ in -1 }
    }
    let (inLeft, inRight) = (places(a, left), places(b, right))
    // The longest run of rising places: for each length the lowest place that ends one, and what stands before it.
    var ends: [Int] = []
    var common: [(left: Int, right: Int, before: Int?)] = []
    for i in left {
      guard inLeft[a[i]] == i, let j = inRight[a[i]], j >= 0 else { continue }
      var (low, high) = (0, ends.count)
      while low < high {
        let middle = (low + high) / 2
        if common[ends[middle]].right < j { low = middle + 1 } else { high = middle }
      }
      common.append((i, j, low > 0 ? ends[low - 1] : nil))
      if low == ends.count { ends.append(common.count - 1) } else { ends[low] = common.count - 1 }
    }
    var result: [(left: Int, right: Int)] = []
    var next = ends.last
    while let index = next {
      result.append((common[index].left, common[index].right))
      next = common[index].before
    }
    return result.reversed()
  }
}
