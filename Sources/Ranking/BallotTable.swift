/// Ballots by column, so that a million of them are read and counted in a fraction of a second. Columns that nobody filled
/// are short or empty. A value; rows are only ever added.
public struct BallotTable: Equatable, Sendable {
  public private(set) var models: [String]
  private(set) var a: [Int32] = []
  private(set) var b: [Int32] = []
  private(set) var outcomes: [Ballot.Outcome] = []
  private(set) var counts: [Int] = []
  /// Numbers of prompts, −1 for a row whose votes each stand alone.
  private(set) var prompts: [Int32] = []
  private(set) var promptCount = 0
  private var shares: [Double] = []
  private(set) var raters: [UInt16] = []
  private var lengths: [Ballot.Lengths?] = []
  private var tagSets: [Int32] = []
  private var tagLists: [[String]] = [[]]

  public init(models: [String]) { self.models = models }

  public init(models: [String], ballots: some Sequence<Ballot>) {
    self.init(models: models)
    for ballot in ballots { append(ballot) }
  }

  public var rows: Int { a.count }
  /// All votes, groups counted in full.
  public var votes: Int { counts.reduce(0, +) }

  /// - Returns: the index of the new model.
  @discardableResult public mutating func addModel(_ name: String) -> Int {
    models.append(name)
    return models.count - 1
  }

  public mutating func reserve(rows: Int) {
    a.reserveCapacity(rows)
    b.reserveCapacity(rows)
    outcomes.reserveCapacity(rows)
    counts.reserveCapacity(rows)
    prompts.reserveCapacity(rows)
  }

  /// Adds a row. `a` and `b` must be models of this table that differ, the count not negative: anything else is a fault of
  /// the caller and stops the program.
  public mutating func append(_ ballot: Ballot) {
    append(a: ballot.a, b: ballot.b, outcome: ballot.outcome, count: ballot.count, prompt: ballot.prompt ?? -1)
    let row = rows - 1
    if ballot.share != ballot.outcome.share || !shares.isEmpty {
      for earlier in shares.count..<row { shares.append(outcomes[earlier].share) }
      shares.append(ballot.share)
    }
    if ballot.rater != 0 || !raters.isEmpty {
      raters += Array(repeating: 0, count: row - raters.count)
      raters.append(UInt16(ballot.rater))
    }
    if ballot.lengths != nil || !lengths.isEmpty {
      lengths += Array(repeating: nil, count: row - lengths.count)
      lengths.append(ballot.lengths)
    }
    if !ballot.tags.isEmpty || !tagSets.isEmpty {
      tagSets += Array(repeating: 0, count: row - tagSets.count)
      let known = tagLists.firstIndex(of: ballot.tags)
      if known == nil { tagLists.append(ballot.tags) }
      tagSets.append(Int32(known ?? tagLists.count - 1))
    }
  }

  /// The fast way for a plain vote; `prompt` −1 for none, else numbered from 0 without gaps.
  public mutating func append(a: Int, b: Int, outcome: Ballot.Outcome, count: Int, prompt: Int) {
    precondition(
      a != b && a >= 0 && b >= 0 && max(a, b) < models.count && count >= 0, "no ballot: \(a), \(b), \(count)")
    self.a.append(Int32(a))
    self.b.append(Int32(b))
    outcomes.append(outcome)
    counts.append(count)
    prompts.append(Int32(prompt))
    promptCount = max(promptCount, prompt + 1)
  }

  func share(_ row: Int) -> Double { row < shares.count ? shares[row] : outcomes[row].share }
  func rater(_ row: Int) -> Int { row < raters.count ? Int(raters[row]) : 0 }
  func length(_ row: Int) -> Ballot.Lengths? { row < lengths.count ? lengths[row] : nil }
  public var hasLengths: Bool { lengths.contains { $0 != nil } }
  /// Number of raters: the highest one named, and one more.
  public var raterCount: Int { Int(raters.max() ?? 0) + 1 }

  public subscript(row: Int) -> Ballot {
    Ballot(
      a: Int(a[row]), b: Int(b[row]), outcome: outcomes[row], count: counts[row], share: share(row),
      prompt: prompts[row] < 0 ? nil : Int(prompts[row]), rater: rater(row), lengths: length(row), tags: tags(row))
  }

  public func tags(_ row: Int) -> [String] { row < tagSets.count ? tagLists[Int(tagSets[row])] : [] }

  /// Every tag that some row has, sorted.
  public var allTags: [String] { Set(tagLists.joined()).sorted() }

  /// The rows that are wanted, over the same models.
  public func filtered(_ isWanted: (Ballot) -> Bool) -> BallotTable {
    BallotTable(models: models, ballots: (0..<rows).lazy.map { self[$0] }.filter(isWanted))
  }

  /// Rows of each prompt in order: `rows[starts[p]..<starts[p + 1]]`. Rows without a prompt are not among them.
  func rowsByPrompt() -> (starts: [Int], rows: [Int32]) {
    var starts = Array(repeating: 0, count: promptCount + 1)
    for prompt in prompts where prompt >= 0 { starts[Int(prompt) + 1] += 1 }
    for prompt in 0..<promptCount { starts[prompt + 1] += starts[prompt] }
    var next = starts
    var sorted = Array(repeating: Int32(0), count: starts[promptCount])
    for (row, prompt) in prompts.enumerated() where prompt >= 0 {
      sorted[next[Int(prompt)]] = Int32(row)
      next[Int(prompt)] += 1
    }
    return (starts, sorted)
  }
}
