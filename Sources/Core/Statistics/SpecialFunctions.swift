#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Two-sided 95 % of the standard normal.
package let normalQuantile95 = 1.959963984540054

/// log Γ(x) for x > 0. The reentrant C function: the other writes a global.
package func logGamma(_ x: Double) -> Double {
  var sign: Int32 = 0
  return lgamma_r(x, &sign)
}

/// log B(a, b).
package func logBeta(_ a: Double, _ b: Double) -> Double { logGamma(a) + logGamma(b) - logGamma(a + b) }

/// P(X > x) for a chi-square variable: Q(degrees/2, x/2), by series below and continued fraction above the mean
/// (Abramowitz and Stegun 6.5.29 and 6.5.31). Relative error about 1e-12.
package func chiSquareSurvival(_ x: Double, degrees: Int) -> Double {
  guard x > 0, degrees > 0 else { return 1 }
  let shape = Double(degrees) / 2
  let half = x / 2
  let front = exp(shape * log(half) - half - logGamma(shape))
  if half < shape + 1 {
    var term = 1 / shape
    var sum = term
    var step = shape
    while term > sum * 1e-16 {
      step += 1
      term *= half / step
      sum += term
    }
    return max(0, 1 - front * sum)
  }
  let continued = continuedFraction { index in
    let i = Double(index)
    return (numerator: -i * (i - shape), denominator: half + 2 * i + 1 - shape)
  }
  return min(1, front / continued)
}

/// b₀ + a₁/(b₁ + a₂/(b₂ + …)) by Lentz's method; the term at 0 gives b₀ alone.
private func continuedFraction(_ term: (Int) -> (numerator: Double, denominator: Double)) -> Double {
  let tiny = 1e-300
  var value = term(0).denominator
  if value == 0 { value = tiny }
  var c = value
  var d = 0.0
  for index in 1..<10_000 {
    let (a, b) = term(index)
    d = b + a * d
    if d == 0 { d = tiny }
    c = b + a / c
    if c == 0 { c = tiny }
    d = 1 / d
    value *= c * d
    if abs(c * d - 1) < 1e-15 { break }
  }
  return value
}

/// Regularised incomplete beta Iₓ(a, b), by the continued fraction DLMF 8.17.22.
package func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
  guard x > 0 else { return 0 }
  guard x < 1 else { return 1 }
  if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, b, a) }
  let front = exp(a * log(x) + b * log1p(-x) - logBeta(a, b)) / a
  let fraction = continuedFraction { index in
    guard index > 0 else { return (0, 1) }
    let m = Double(index / 2)
    let numerator =
      index % 2 == 0
      ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)) : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    return (numerator, 1)
  }
  return front / fraction
}

/// The argument between `low` and `high` where a function that is positive at `low` and negative at `high` crosses zero,
/// to within 1e-13.
package func bisection(_ low: Double, _ high: Double, _ function: (Double) -> Double) -> Double {
  var (low, high) = (low, high)
  for _ in 0..<200 {
    let middle = (low + high) / 2
    if high - low < 1e-13 { break }
    if function(middle) > 0 { low = middle } else { high = middle }
  }
  return (low + high) / 2
}
