import Core

/// How far raters agree beyond what chance alone would give. Classes are small whole numbers.
public enum Agreement {
  /// One item that two raters saw.
  public struct Pair: Equatable, Sendable {
    public var first: Int
    public var second: Int
    /// Items on one prompt are drawn together by the bootstrap; nil stands alone.
    public var prompt: Int?

    public init(_ first: Int, _ second: Int, prompt: Int? = nil) {
      self.first = first
      self.second = second
      self.prompt = prompt
    }
  }

  /// The share of items on which both said the same, with Wilson's interval.
  public static func raw(_ pairs: [Pair]) -> Proportion {
    .wilson(pairs.count { $0.first == $0.second }, of: pairs.count)
  }

  /// Cohen's kappa (1960): (p_o − p_e)/(1 − p_e). Nil (n/a) when both raters used one and the same class only, or nothing
  /// was rated.
  public static func kappa(_ pairs: [Pair]) -> Double? {
    var cells: [Int: (first: Double, second: Double)] = [:]
    var agreed = 0.0
    for pair in pairs {
      cells[pair.first, default: (0, 0)].first += 1
      cells[pair.second, default: (0, 0)].second += 1
      if pair.first == pair.second { agreed += 1 }
    }
    let n = Double(pairs.count)
    guard n > 0, cells.count > 1 else { return nil }
    let chance = cells.keys.sorted().reduce(0) { sum, key in
      sum + (cells[key].map { $0.first * $0.second } ?? 0) / (n * n)
    }
    return chance < 1 ? (agreed / n - chance) / (1 - chance) : nil
  }

  /// Kappa with a 95 % percentile interval by bootstrap over prompts. Resamples of a single class are drawn again.
  public static func kappa(_ pairs: [Pair], resamples: Int, seed: UInt64) -> IntervalEstimate? {
    guard let value = kappa(pairs) else { return nil }
    var clusters: [[Pair]] = []
    var places: [Int: Int] = [:]
    for pair in pairs {
      if let prompt = pair.prompt, let place = places[prompt] {
        clusters[place].append(pair)
      } else {
        if let prompt = pair.prompt { places[prompt] = clusters.count }
        clusters.append([pair])
      }
    }
    var random = SplitMix64(seed: seed)
    var values: [Double] = []
    for _ in 0..<(resamples * 4) where values.count < resamples {
      let drawn = clusters.indices.flatMap { _ in clusters[random.index(below: clusters.count)] }
      if let drawn = kappa(drawn) { values.append(drawn) }
    }
    values.sort()
    guard let low = Quantiles.type7(values, 0.025), let high = Quantiles.type7(values, 0.975) else { return nil }
    return IntervalEstimate(value: value, low: low, high: high)
  }

  /// Fleiss' kappa (1971) for a fixed number of raters per item. `ratings[item][rater]`; nil when the numbers differ,
  /// are below two, or only one class was used.
  public static func fleiss(_ ratings: [[Int]]) -> Double? {
    guard let raters = ratings.first?.count, raters > 1, ratings.allSatisfy({ $0.count == raters }) else { return nil }
    var totals: [Int: Double] = [:]
    var agreement = 0.0
    for item in ratings {
      var counts: [Int: Double] = [:]
      for value in item { counts[value, default: 0] += 1 }
      for (value, count) in counts {
        totals[value, default: 0] += count
        agreement += count * (count - 1)
      }
    }
    guard totals.count > 1 else { return nil }
    let (n, m) = (Double(ratings.count), Double(raters))
    let observed = agreement / (n * m * (m - 1))
    let chance = totals.keys.sorted().reduce(0) { sum, key in
      let share = (totals[key] ?? 0) / (n * m)
      return sum + share * share
    }
    return (observed - chance) / (1 - chance)
  }

  /// Krippendorff's alpha for nominal data (2011), 1 − D_o/D_e; raters may be missing (nil). Items with fewer than two
  /// ratings say nothing and are passed over. Nil when only one class was used.
  public static func krippendorff(_ ratings: [[Int?]]) -> Double? {
    var totals: [Int: Double] = [:]
    var disagreement = 0.0
    for item in ratings {
      let values = item.compactMap { $0 }
      guard values.count > 1 else { continue }
      var counts: [Int: Double] = [:]
      for value in values { counts[value, default: 0] += 1 }
      let m = Double(values.count)
      for (value, count) in counts {
        totals[value, default: 0] += count
        disagreement += count * (m - count) / (m - 1)
      }
    }
    guard totals.count > 1 else { return nil }
    let n = totals.keys.sorted().reduce(0) { $0 + (totals[$1] ?? 0) }
    let same = totals.keys.sorted().reduce(0) { $0 + (totals[$1] ?? 0) * ((totals[$1] ?? 0) - 1) }
    return 1 - (disagreement / n) / (1 - same / (n * (n - 1)))
  }
}
