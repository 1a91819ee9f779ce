/// A dense square matrix, row by row: Hessians and covariances of some hundred models. A value; no library behind it.
public struct SquareMatrix: Equatable, Sendable {
  public let size: Int
  private(set) var elements: [Double]

  public init(size: Int) {
    self.size = size
    elements = Array(repeating: 0, count: size * size)
  }

  public subscript(row: Int, column: Int) -> Double {
    get { elements[row * size + column] }
    set { elements[row * size + column] = newValue }
  }

  /// Writes through a pointer, for the loops that run a million times.
  mutating func withElements<Result>(_ body: (UnsafeMutableBufferPointer<Double>) -> Result) -> Result {
    elements.withUnsafeMutableBufferPointer { body($0) }
  }

  static func * (left: SquareMatrix, right: SquareMatrix) -> SquareMatrix {
    let size = left.size
    var product = SquareMatrix(size: size)
    product.elements.withUnsafeMutableBufferPointer { out in
      left.elements.withUnsafeBufferPointer { left in
        right.elements.withUnsafeBufferPointer { right in
          for row in 0..<size {
            for inner in 0..<size {
              let factor = left[row * size + inner]
              if factor == 0 { continue }
              for column in 0..<size { out[row * size + column] += factor * right[inner * size + column] }
            }
          }
        }
      }
    }
    return product
  }

  /// Lower triangle L with L Lᵀ = this symmetric matrix; nil when it is not positive definite. With `semidefinite`, a pivot
  /// that is zero but for rounding leaves an empty column instead (Higham 2002, section 10.3).
  func cholesky(semidefinite: Bool = false) -> SquareMatrix? {
    var lower = self
    let size = size
    let largest = (0..<size).map { self[$0, $0] }.max() ?? 0
    let tolerance = semidefinite ? largest * 1e-12 : 0
    let isDefinite = lower.elements.withUnsafeMutableBufferPointer { lower in
      for column in 0..<size {
        var pivot = lower[column * size + column]
        for inner in 0..<column { pivot -= lower[column * size + inner] * lower[column * size + inner] }
        if !(pivot > tolerance) {
          guard semidefinite, pivot.isFinite else { return false }
          for row in column..<size { lower[row * size + column] = 0 }
        } else {
          let root = pivot.squareRoot()
          lower[column * size + column] = root
          for row in (column + 1)..<max(size, column + 1) {
            var sum = lower[row * size + column]
            for inner in 0..<column { sum -= lower[row * size + inner] * lower[column * size + inner] }
            lower[row * size + column] = sum / root
          }
        }
        for right in (column + 1)..<max(size, column + 1) { lower[column * size + right] = 0 }
      }
      return true
    }
    return isDefinite ? lower : nil
  }

  /// The solution of L Lᵀ x = b, with this as L.
  func solvingCholesky(_ b: [Double]) -> [Double] {
    var x = b
    elements.withUnsafeBufferPointer { lower in
      for row in 0..<size {
        var sum = x[row]
        for inner in 0..<row { sum -= lower[row * size + inner] * x[inner] }
        x[row] = sum / lower[row * size + row]
      }
      for row in stride(from: size - 1, through: 0, by: -1) {
        var sum = x[row]
        for inner in (row + 1)..<max(size, row + 1) { sum -= lower[inner * size + row] * x[inner] }
        x[row] = sum / lower[row * size + row]
      }
    }
    return x
  }

  /// The inverse of L Lᵀ, with this as L: M = L⁻¹ row by row, then Mᵀ M.
  func inverseFromCholesky() -> SquareMatrix {
    let size = size
    var inverse = SquareMatrix(size: size)
    inverse.elements.withUnsafeMutableBufferPointer { m in
      elements.withUnsafeBufferPointer { lower in
        for row in 0..<size {
          let pivot = 1 / lower[row * size + row]
          for inner in 0..<row {
            let factor = -lower[row * size + inner] * pivot
            if factor == 0 { continue }
            for column in 0...inner { m[row * size + column] += factor * m[inner * size + column] }
          }
          m[row * size + row] = pivot
        }
      }
    }
    var product = SquareMatrix(size: size)
    product.elements.withUnsafeMutableBufferPointer { out in
      inverse.elements.withUnsafeBufferPointer { m in
        for inner in 0..<size {
          for row in 0...inner {
            let factor = m[inner * size + row]
            if factor == 0 { continue }
            for column in 0...inner { out[row * size + column] += factor * m[inner * size + column] }
          }
        }
      }
    }
    return product
  }

  /// L z, with this as L.
  func lowerTimes(_ z: [Double]) -> [Double] {
    (0..<size).map { row in
      var sum = 0.0
      for inner in 0...row { sum += self[row, inner] * z[inner] }
      return sum
    }
  }

  /// The covariance of what is left when the mean of the first `count` variables is taken from each of them: P V Pᵀ.
  func centred(first count: Int) -> SquareMatrix {
    guard count > 0 else { return self }
    var result = self
    for row in 0..<size {
      var mean = 0.0
      for column in 0..<count { mean += result[row, column] }
      mean /= Double(count)
      for column in 0..<count { result[row, column] -= mean }
    }
    for column in 0..<size {
      var mean = 0.0
      for row in 0..<count { mean += result[row, column] }
      mean /= Double(count)
      for row in 0..<count { result[row, column] -= mean }
    }
    return result
  }

  /// Variance of the difference of two variables: V_ii + V_jj − 2 V_ij, never below zero.
  public func differenceVariance(_ i: Int, _ j: Int) -> Double {
    max(0, self[i, i] + self[j, j] - 2 * self[i, j])
  }
}
