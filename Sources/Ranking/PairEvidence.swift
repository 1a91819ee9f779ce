import Core

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the votes between two models say, readable after every vote. Against "equal" stands a uniform prior over the share:
/// E = 2ⁿ B(1 + k, 1 + n − k) for k wins in n decisive votes. E is a martingale when the models are equal, so that it
/// reaches 20 with probability at most 1/20 however often one looks (Ville 1939; Ramdas et al. 2023).
public struct PairEvidence: Equatable, Sendable {
  /// Decided when E ≥ 20 · m for m tested pairs (Bonferroni).
  public static let threshold = 20.0
  /// Beyond this many votes no forecast is made.
  public static let farthestForecast = 2000

  public let wins: Int
  public let losses: Int
  public let ties: Int
  public let bothBad: Int
  public let testedPairs: Int
  /// Natural log of E now.
  public let logE: Double
  /// Natural log of the largest E so far; that of now when only counts are known.
  public let highestLogE: Double
  /// 95 % confidence sequence of a's share of the decisive votes: valid at every look.
  public let low: Double
  public let high: Double

  /// From counts, which are decisive votes on different prompts (`PairCounts.promptWins`).
  public init(wins: Int, losses: Int, ties: Int = 0, bothBad: Int = 0, testedPairs: Int = 1) {
    let logE = Self.logE(wins: Double(wins), losses: Double(losses))
    self.init(wins, losses, ties, bothBad, testedPairs, logE: logE, highest: logE)
  }

  /// From the votes in the order they were given, which lets a decision once reached stand.
  public init(sequence: some Sequence<Ballot.Outcome>, testedPairs: Int = 1) {
    var (wins, losses, ties, bothBad) = (0, 0, 0, 0)
    var highest = 0.0
    for outcome in sequence {
      switch outcome {
      case .a: wins += 1
      case .b: losses += 1
      case .tie: ties += 1
      case .bothBad: bothBad += 1
      }
      highest = max(highest, Self.logE(wins: Double(wins), losses: Double(losses)))
    }
    let now = Self.logE(wins: Double(wins), losses: Double(losses))
    self.init(wins, losses, ties, bothBad, testedPairs, logE: now, highest: highest)
  }

  private init(
    _ wins: Int, _ losses: Int, _ ties: Int, _ bothBad: Int, _ testedPairs: Int, logE: Double, highest: Double
  ) {
    self.wins = wins
    self.losses = losses
    self.ties = ties
    self.bothBad = bothBad
    self.testedPairs = max(1, testedPairs)
    self.logE = logE
    highestLogE = highest
    (low, high) = Self.confidenceSequence(wins: wins, losses: losses)
  }

  /// E, kept finite.
  public var e: Double { Self.finite(logE) }
  public var highestE: Double { Self.finite(highestLogE) }
  /// min(1, 1/max E): a p-value valid at every look.
  public var pAnytime: Double { min(1, exp(-highestLogE)) }
  public var decisive: Int { wins + losses }
  /// What E must reach.
  public var bar: Double { Self.threshold * Double(testedPairs) }
  /// Eight wins of eight decide (28.4), seven of seven do not (16): the bar has a little room for rounding only.
  public var isDecided: Bool { highestLogE >= log(bar) - 1e-9 }
  /// The share lies within 45 % and 55 %: no difference that matters.
  public var isPracticallyEqual: Bool { low >= 0.45 && high <= 0.55 }

  static func logE(wins: Double, losses: Double) -> Double {
    (wins + losses) * log(2) + logBeta(1 + wins, 1 + losses)
  }

  private static func finite(_ logarithm: Double) -> Double { min(exp(logarithm), 1e300) }

  /// All shares p with B(1 + k, 1 + n − k) < (1/α) pᵏ (1 − p)ⁿ⁻ᵏ, by bisection on both sides of k/n.
  static func confidenceSequence(wins: Int, losses: Int, alpha: Double = 0.05) -> (low: Double, high: Double) {
    let (k, rest) = (Double(wins), Double(losses))
    guard k + rest > 0 else { return (0, 1) }
    let mark = logBeta(1 + k, 1 + rest) + log(alpha)
    // Positive outside the set.
    func excess(_ p: Double) -> Double {
      mark - (k > 0 ? k * log(p) : 0) - (rest > 0 ? rest * log1p(-p) : 0)
    }
    let peak = k / (k + rest)
    let low = wins == 0 ? 0 : bisection(0, peak, excess)
    let high = losses == 0 ? 1 : bisection(peak, 1) { -excess($0) }
    return (low, high)
  }

  /// About how many more decisive votes decide, if the true share is the posterior mean (k + 1)/(n + 2) and the votes
  /// to come split just so: where log E along that path crosses the bar. 0 when decided; nil when that takes more than 2000.
  /// A forecast, not a promise: half of such pairs take longer.
  public var expectedVotesLeft: Int? {
    if isDecided { return 0 }
    let share = (Double(wins) + 1) / (Double(decisive) + 2)
    func isReached(_ more: Int) -> Bool {
      Self.logE(wins: Double(wins) + share * Double(more), losses: Double(losses) + (1 - share) * Double(more))
        >= log(bar)
    }
    guard isReached(Self.farthestForecast) else { return nil }
    var (low, high) = (0, Self.farthestForecast)
    while high - low > 1 {
      let middle = (low + high) / 2
      if isReached(middle) { high = middle } else { low = middle }
    }
    return high
  }
}

// MARK: - In words

extension PairEvidence {
  /// “about 30 votes to go”: a forecast is rounded to what it is good for.
  public var forecast: String {
    guard let left = expectedVotesLeft else { return "more than \(Self.farthestForecast) votes to go" }
    let rounded = left <= 10 ? left : left <= 100 ? (left + 4) / 5 * 5 : (left + 24) / 50 * 50
    return left == 1 ? "about 1 vote to go" : "about \(rounded) votes to go"
  }

  /// The state of the pair in words; the names are shown as they are given.
  public func words(a: String, b: String) -> String {
    let isAhead = wins >= losses
    if isDecided, wins != losses {
      return "\(isAhead ? a : b) better than \(isAhead ? b : a) (decided, \(max(wins, losses)):\(min(wins, losses)))"
    }
    if isPracticallyEqual { return "no difference larger than 10 points" }
    guard e >= 2 - 1e-9 else { return "not enough votes" }
    return
      "leaning \(isAhead ? a : b) (evidence \(Int(saturating: e * (1 + 1e-9)))/\(Int(saturating: bar))), \(forecast)"
  }
}

extension Sequence where Element == Ballot.Outcome {
  /// Several votes on one prompt and pair as the one vote that the e-value may count: the majority of the decisive ones;
  /// a tie when they balance; nil for no votes.
  public func majority() -> Ballot.Outcome? {
    var counts = [0, 0, 0, 0]
    for outcome in self { counts[Int(outcome.rawValue)] += 1 }
    guard counts.contains(where: { $0 > 0 }) else { return nil }
    if counts[0] != counts[1] { return counts[0] > counts[1] ? .a : .b }
    return counts[0] == 0 && counts[2] == 0 ? .bothBad : .tie
  }
}
