#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// 1/(1 + e⁻ˣ) without overflow.
func sigmoid(_ x: Double) -> Double {
  if x >= 0 { return 1 / (1 + exp(-x)) }
  let power = exp(x)
  return power / (1 + power)
}

/// log sigmoid(x) without overflow or cancellation.
func logSigmoid(_ x: Double) -> Double { x >= 0 ? -log1p(exp(-x)) : x - log1p(exp(x)) }
