/// A square matrix in rows, used for Hessians and covariances: symmetric wherever it is solved or inverted.
public struct SymmetricMatrix: Equatable, Sendable {
  public let size: Int
  var cells: [Double]

  init(size: Int, diagonal: Double = 0) {
    self.size = size
    cells = [Double](repeating: 0, count: size * size)
    for index in 0..<size { cells[index * size + index] = diagonal }
  }

  public subscript(row: Int, column: Int) -> Double {
    get { cells[row * size + column] }
    set { cells[row * size + column] = newValue }
  }

  /// The lower triangle L of `self = L Lᵀ` (Cholesky); `nil` when the matrix is not positive definite.
  func cholesky() -> SymmetricMatrix? {
    var lower = SymmetricMatrix(size: size)
    let isPositive = lower.cells.withUnsafeMutableBufferPointer { lower in
      for row in 0..<size {
        for column in 0...row {
          var sum = cells[row * size + column]
          for inner in 0..<column { sum -= lower[row * size + inner] * lower[column * size + inner] }
          if row == column {
            // Rounding leaves a singular matrix a tiny positive pivot.
            guard sum > 1e-12 * cells[row * size + row], sum.isFinite else { return false }
            lower[row * size + row] = sum.squareRoot()
          } else {
            lower[row * size + column] = sum / lower[column * size + column]
          }
        }
      }
      return true
    }
    return isPositive ? lower : nil
  }

  /// `x` of `L Lᵀ x = right`, where this matrix is L.
  func solved(_ right: [Double]) -> [Double] { backward(forward(right)) }

  private func forward(_ right: [Double]) -> [Double] {
    var x = right
    for row in 0..<size {
      for column in 0..<row { x[row] -= cells[row * size + column] * x[column] }
      x[row] /= cells[row * size + row]
    }
    return x
  }

  /// `x` of `Lᵀ x = right`, where this matrix is L.
  func backward(_ right: [Double]) -> [Double] {
    var x = right
    for row in stride(from: size - 1, through: 0, by: -1) {
      for below in row + 1..<max(size, row + 1) { x[row] -= cells[below * size + row] * x[below] }
      x[row] /= cells[row * size + row]
    }
    return x
  }

  /// The inverse by Cholesky; `nil` when the matrix is not positive definite.
  func inverse() -> SymmetricMatrix? {
    guard let lower = cholesky() else { return nil }
    var result = SymmetricMatrix(size: size)
    for column in 0..<size {
      var unit = [Double](repeating: 0, count: size)
      unit[column] = 1
      for (row, value) in lower.solved(unit).enumerated() { result[row, column] = value }
    }
    return result
  }

  func multiplied(by other: SymmetricMatrix) -> SymmetricMatrix {
    var result = SymmetricMatrix(size: size)
    result.cells.withUnsafeMutableBufferPointer { result in
      for row in 0..<size {
        for inner in 0..<size {
          let factor = cells[row * size + inner]
          guard factor != 0 else { continue }
          for column in 0..<size { result[row * size + column] += factor * other.cells[inner * size + column] }
        }
      }
    }
    return result
  }

  /// The covariance of values whose first `count` are taken as differences from their mean: `C V Cᵀ`.
  func centred(first count: Int) -> SymmetricMatrix {
    guard count > 0 else { return self }
    var result = self
    for row in 0..<size {
      let mean = (0..<count).reduce(0) { $0 + result[row, $1] } / Double(count)
      for column in 0..<count { result[row, column] -= mean }
    }
    for column in 0..<size {
      let mean = (0..<count).reduce(0) { $0 + result[$1, column] } / Double(count)
      for row in 0..<count { result[row, column] -= mean }
    }
    return result
  }

  /// The variance of the difference of two values: `V_ii + V_jj - 2 V_ij`, never below 0.
  public func differenceVariance(_ i: Int, _ j: Int) -> Double { max(0, self[i, i] + self[j, j] - 2 * self[i, j]) }
}
