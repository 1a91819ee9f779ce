/// A line of somebody else's bill: one call, or all calls of a model within a bucket of time.
public struct BillLine: Equatable, Sendable {
  /// Where it stands in the file, from 1.
  public var line: Int
  public var requestID: String?
  public var model: String
  /// Seconds since 1970, half open.
  public var start: Int64
  public var end: Int64
  public var calls: Int?
  /// All input, cached included; nil where the bill does not say.
  public var input: Int?
  public var output: Int?
  public var cost: Money?

  /// A single call, not a span of time.
  public var isInstant: Bool { end.subtractingSaturating(start) <= 1 }

  public init(line: Int, requestID: String?, model: String, start: Int64, end: Int64) {
    self.line = line
    self.requestID = requestID
    self.model = model
    self.start = start
    self.end = end
  }
}

/// The ledger beside a provider's bill. By request id where both have one; the rest by model and the bill's buckets of time.
public struct Reconciliation: Sendable {
  public struct Match: Equatable, Sendable {
    public var name: String
    /// Lines of the file.
    public var lines: [Int]
    public var calls: Int
    public var here = Sum()
    public var there = Sum()

    /// There less here.
    public var input: Int? { there.input.map { $0.subtractingSaturating(here.input ?? 0) } }
    public var output: Int? { there.output.map { $0.subtractingSaturating(here.output ?? 0) } }
    public var cost: Money? {
      guard let bill = there.cost, let own = here.cost else { return nil }
      return bill - own
    }
  }

  public struct Sum: Equatable, Sendable {
    public var input: Int?
    public var output: Int?
    public var cost: Money?
  }

  public private(set) var matches: [Match] = []
  /// On the bill, not in the ledger.
  public private(set) var missingHere: [BillLine] = []
  /// In the ledger, not on the bill.
  public private(set) var missingThere: [LedgerCall] = []

  /// - Parameter calls: of the bill's provider and time; what cost nothing there (refused, never sent) may be among them.
  public init(_ bill: [BillLine], _ calls: [LedgerCall]) {
    var byID: [String: Int] = [:]
    for (index, call) in calls.enumerated() {
      for id in call.requestIDs { byID[id] = index }
    }
    // By call: one may have several lines, whose parts are added up.
    var places: [Int: Int] = [:]
    var rest: [BillLine] = []
    for line in bill {
      guard let index = line.requestID.flatMap({ byID[$0] }) else {
        rest.append(line)
        continue
      }
      let place = places[index] ?? matches.count
      if place == matches.count {
        places[index] = place
        matches.append(Match(name: line.requestID ?? line.model, lines: [], calls: 1, here: Sum(calls[index])))
      }
      matches[place].add(line)
    }
    // Where ids are of one kind on both sides, one that no call has is no call of ours.
    if !places.isEmpty {
      missingHere = rest.filter { $0.requestID != nil }
      rest.removeAll { $0.requestID != nil }
    }
    var left = calls.indices.filter { places[$0] == nil }.map { calls[$0] }
    matchInstants(rest.filter(\.isInstant), &left)
    matchBuckets(rest.filter { !$0.isInstant }, &left)
    missingHere.sort { $0.line < $1.line }
    // Nobody bills for what was turned away.
    missingThere = left.filter { $0.amount != .zero }
  }

  /// Seconds between our clock and the provider's, at the most.
  public static let slack: Int64 = 300

  /// Lines of single calls without an id of ours: the call with the same counts, else the one that shares most of them, else the
  /// nearest in time.
  private mutating func matchInstants(_ bill: [BillLine], _ calls: inout [LedgerCall]) {
    func candidates(_ line: BillLine) -> [Int] {
      calls.indices.filter {
        distance($0, line) <= Self.slack && Self.isSame(calls[$0], Self.plain(line.model))
      }
    }
    func distance(_ index: Int, _ line: BillLine) -> UInt64 {
      calls[index].created.subtractingSaturating(line.start).magnitude
    }
    var open: [BillLine] = []
    for line in bill {
      let same = candidates(line).filter {
        calls[$0].usage.input == line.input && calls[$0].usage.output == line.output
      }
      guard let index = same.min(by: { distance($0, line) < distance($1, line) }) else {
        open.append(line)
        continue
      }
      take(index, line, &calls)
    }
    for line in open {
      func unlike(_ index: Int) -> Int {
        (calls[index].usage.input == line.input ? 0 : 1) + (calls[index].usage.output == line.output ? 0 : 1)
      }
      let nearest = candidates(line).min { (unlike($0), distance($0, line)) < (unlike($1), distance($1, line)) }
      guard let index = nearest else {
        missingHere.append(line)
        continue
      }
      take(index, line, &calls)
    }
  }

  private mutating func take(_ index: Int, _ line: BillLine, _ calls: inout [LedgerCall]) {
    let call = calls.remove(at: index)
    var match = Match(name: Self.plain(line.model), lines: [], calls: 1, here: Sum(call))
    match.add(line)
    matches.append(match)
  }

  private mutating func matchBuckets(_ bill: [BillLine], _ calls: inout [LedgerCall]) {
    let buckets = Dictionary(grouping: bill) { Bucket(model: Self.plain($0.model), start: $0.start, end: $0.end) }
    for (bucket, lines) in buckets.sorted(by: { ($0.key.start, $0.key.model) < ($1.key.start, $1.key.model) }) {
      let isMine = { (call: LedgerCall) in
        bucket.start <= call.created && call.created < bucket.end && Self.isSame(call, bucket.model)
      }
      let mine = calls.filter(isMine)
      guard !mine.isEmpty else {
        missingHere += lines
        continue
      }
      calls.removeAll(where: isMine)
      var match = Match(name: bucket.model, lines: [], calls: mine.count)
      match.here = mine.map { Sum($0) }.reduce(Sum(input: 0, output: 0, cost: .zero)) { $0.adding($1) }
      for line in lines { match.add(line) }
      matches.append(match)
    }
  }

  private struct Bucket: Hashable {
    var model: String
    var start: Int64
    var end: Int64
  }

  /// Bills leave out dates and makers: `openai/gpt-5.6-2026-08-01` and `gpt-5.6` are one.
  static func plain(_ model: String) -> String {
    var name = model.lowercased().split(separator: "/").last.map(String.init) ?? model.lowercased()
    if let match = name.firstMatch(of: /[-@](20\d{2}-\d{2}-\d{2}|20\d{6})$/) { name.removeSubrange(match.range) }
    return name
  }

  private static func isSame(_ call: LedgerCall, _ model: String) -> Bool {
    plain(call.model.model) == model || call.modelReported.map(plain) == model
  }

  /// Whether anything is missing, or a difference in dollars or tokens is larger than this part of the bill's own figure.
  public func exceeds(_ tolerance: Double) -> Bool {
    !missingHere.isEmpty || !missingThere.isEmpty || matches.contains { $0.exceeds(tolerance) }
  }
}

extension Reconciliation.Match {
  fileprivate mutating func add(_ line: BillLine) {
    lines.append(line.line)
    there = there.adding(Reconciliation.Sum(input: line.input, output: line.output, cost: line.cost))
  }

  public func exceeds(_ tolerance: Double) -> Bool {
    func isLarge(_ difference: Double?, _ whole: Double?) -> Bool {
      guard let difference, let whole else { return false }
      return abs(difference) > tolerance * abs(whole) && difference != 0
    }
    if there.cost != nil, here.cost == nil { return true }
    return isLarge(cost?.dollars, there.cost?.dollars)
      || isLarge(input.map(Double.init), there.input.map(Double.init))
      || isLarge(output.map(Double.init), there.output.map(Double.init))
  }
}

extension Reconciliation.Sum {
  fileprivate init(_ call: LedgerCall) {
    self.init(input: call.usage.input, output: call.usage.output, cost: call.amount)
  }

  /// What one of them does not know, the sum of both costs does not either; counts that a bill leaves out add nothing.
  fileprivate func adding(_ other: Reconciliation.Sum) -> Reconciliation.Sum {
    func sum(_ a: Int?, _ b: Int?) -> Int? { a == nil && b == nil ? nil : (a ?? 0).addingSaturating(b ?? 0) }
    var cost: Money?
    if let a = self.cost, let b = other.cost { cost = a + b }
    if self == Reconciliation.Sum() { cost = other.cost }
    return Reconciliation.Sum(input: sum(input, other.input), output: sum(output, other.output), cost: cost)
  }
}
