/// How well two raters agree, with intervals. Labels are any small integers; pairs with a missing label are left out by
/// the caller. All functions are pure.
public enum Agreement {
  /// A share with its interval.
  public struct Estimate: Equatable, Sendable {
    public var value: Double
    public var low: Double
    public var high: Double

    public init(value: Double, low: Double, high: Double) { (self.value, self.low, self.high) = (value, low, high) }
  }

  /// The Wilson score interval of `successes` of `n`, 95 % (Wilson 1927); `nil` for no trials.
  public static func wilson(_ successes: Int, of n: Int, z: Double = Standings.sigmas) -> Estimate? {
    guard n > 0 else { return nil }
    let (p, n) = (Double(successes) / Double(n), Double(n))
    let centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    let half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    return Estimate(value: p, low: max(0, centre - half), high: min(1, centre + half))
  }

  /// Cohen's kappa `(p_o - p_e)/(1 - p_e)` (Cohen 1960); `nil` without items or when both used only one and the same class.
  public static func cohensKappa(_ first: [Int], _ second: [Int]) -> Double? {
    precondition(first.count == second.count, "two raters of the same items")
    guard !first.isEmpty else { return nil }
    let n = Double(first.count)
    var (firstCounts, secondCounts): ([Int: Double], [Int: Double]) = ([:], [:])
    var equal = 0.0
    for (a, b) in zip(first, second) {
      firstCounts[a, default: 0] += 1
      secondCounts[b, default: 0] += 1
      if a == b { equal += 1 }
    }
    let expected = firstCounts.keys.sorted().reduce(0) {
      $0 + (firstCounts[$1] ?? 0) * (secondCounts[$1] ?? 0) / (n * n)
    }
    return expected < 1 ? (equal / n - expected) / (1 - expected) : nil
  }

  /// Fleiss' kappa of a fixed number of raters (Fleiss 1971). A row counts one item's labels by class.
  /// - Returns: `nil` when rows differ in their number of raters, of fewer than two raters, or when one class only was used.
  public static func fleissKappa(_ counts: [[Int]]) -> Double? {
    guard let first = counts.first else { return nil }
    let raters = first.reduce(0, +)
    guard raters > 1, counts.allSatisfy({ $0.count == first.count && $0.reduce(0, +) == raters }) else { return nil }
    let (items, n) = (Double(counts.count), Double(raters))
    let observed = counts.reduce(0) { $0 + (Double($1.reduce(0) { $0 + $1 * $1 }) - n) / (n * (n - 1)) } / items
    let expected = first.indices.reduce(0.0) { sum, label in
      let share = Double(counts.reduce(0) { $0 + $1[label] }) / (items * n)
      return sum + share * share
    }
    return expected < 1 ? (observed - expected) / (1 - expected) : nil
  }

  /// Krippendorff's alpha for nominal labels, `1 - D_o/D_e` (Krippendorff 2004, ch. 11). A row holds one item's labels,
  /// `nil` where a rater gave none; items with fewer than two labels say nothing.
  /// - Returns: `nil` when nothing can be compared, or when one class only was used.
  public static func krippendorffAlpha(_ items: [[Int?]]) -> Double? {
    var (totals, disagreement, n): ([Int: Double], Double, Double) = ([:], 0, 0)
    for item in items {
      let labels = item.compactMap { $0 }
      guard labels.count > 1 else { continue }
      var counts: [Int: Double] = [:]
      for label in labels { counts[label, default: 0] += 1 }
      let m = Double(labels.count)
      disagreement += (m * m - counts.values.map { $0 * $0 }.sorted().reduce(0, +)) / (m - 1)
      for (label, count) in counts { totals[label, default: 0] += count }
      n += m
    }
    let expected = n * n - totals.values.map { $0 * $0 }.sorted().reduce(0, +)
    return expected > 0 ? 1 - disagreement * (n - 1) / expected : nil
  }

  /// The value at `share` of sorted values, interpolated between `(n - 1) share` neighbours: type 7 of Hyndman and Fan (1996).
  /// - Returns: `nil` of no values.
  public static func percentile(_ values: [Double], _ share: Double) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let place = min(1, max(0, share)) * Double(sorted.count - 1)
    let below = Int(place)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
  }

  /// Percentile bootstrap over whole clusters, prompts for example (Efron 1979), 95 %. Draws without a value are left out.
  /// - Parameter statistic: of the drawn cluster numbers, with repetitions.
  public static func bootstrap(
    clusters: Int, draws: Int = 1000, seed: UInt64 = 1, _ statistic: ([Int]) -> Double?
  ) -> Estimate? {
    guard clusters > 0, let value = statistic(Array(0..<clusters)) else { return nil }
    var generator = SeededGenerator(seed: seed)
    var sample = [Int](repeating: 0, count: clusters)
    let values = (0..<draws).compactMap { _ in
      for index in sample.indices { sample[index] = Int.random(in: 0..<clusters, using: &generator) }
      return statistic(sample)
    }
    guard let low = percentile(values, 0.025), let high = percentile(values, 0.975) else { return nil }
    return Estimate(value: value, low: low, high: high)
  }

  /// Cohen's kappa with its bootstrap interval over items.
  public static func cohensKappaInterval(
    _ first: [Int], _ second: [Int], draws: Int = 1000, seed: UInt64 = 1
  ) -> Estimate? {
    bootstrap(clusters: first.count, draws: draws, seed: seed) { sample in
      cohensKappa(sample.map { first[$0] }, sample.map { second[$0] })
    }
  }
}
