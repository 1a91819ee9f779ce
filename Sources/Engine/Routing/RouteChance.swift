import Core

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Chance that can be repeated: the same seed and the same words give the same numbers, on every machine and in every process.
enum RouteChance {
  /// Fowler, Noll and Vo's hash (FNV-1a, 64 bits) of the words, mixed with the seed.
  static func source(_ seed: UInt64, _ words: String...) -> SplitMix64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for word in words {
      // A byte that is in no text keeps `a`, `bc` from `ab`, `c`.
      for byte in word.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
      hash = (hash ^ 0xFF) &* 0x100_0000_01B3
    }
    var mixed = SplitMix64(seed: seed)
    return SplitMix64(seed: hash ^ mixed.next())
  }

  /// The place that a number from 0 to 1 falls on, by weights.
  static func place(_ draw: Double, _ weights: [Double]) -> Int {
    var left = draw * weights.reduce(0, +)
    for (place, weight) in weights.enumerated() {
      if left < weight { return place }
      left -= weight
    }
    return weights.lastIndex { $0 > 0 } ?? 0
  }
}

extension Forecast {
  /// Times by a log-normal of what was seen lately, and one draw from how sure that is (Thompson, 1933).
  mutating func readTimes(_ past: ModelHistory, visible: Int, _ scene: RouteScene, _ name: String) {
    guard !past.firstAnswer.isEmpty else { return }
    let error = past.firstAnswer.standardError(at: scene.now)
    let first = exp(past.firstAnswer.mean)
    firstAnswer = first
    firstAnswerAtBest = exp(past.firstAnswer.mean - error)
    // Answers of one chunk show no speed: what follows them takes no time either.
    let perToken = past.perToken.isEmpty ? 0 : exp(past.perToken.mean)
    if perToken > 0 { tokensPerSecond = 1 / perToken }
    end = first + Double(visible) * perToken
    guard scene.drawsSpeed else { return }
    var chance = RouteChance.source(scene.seed, "speed", scene.request.call, name)
    let slower = exp(error * chance.normal())
    let slowerTokens = exp(past.perToken.standardError(at: scene.now) * chance.normal())
    drawnEnd = first * slower + Double(visible) * perToken * (perToken > 0 ? slowerTokens : 0)
  }
}
