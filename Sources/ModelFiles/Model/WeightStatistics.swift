import Kernels

/// What all weights of a float matrix have in common.
struct WeightStatistics {
  /// The mean of |w|.
  let mean: Float
  /// g, where every weight is -g, 0 or +g; 0 where all are 0, nil where they are anything else.
  let magnitude: Float?

  /// Reads a matrix once; sums are made by row and added in order, so that the loop's threads do not matter.
  init(_ matrix: StoredMatrix, forEachRow: RowLoop) {
    var statistics = [RowStatistics](repeating: RowStatistics(), count: matrix.rows)
    statistics.withUnsafeMutableBufferPointer { statistics in
      let statistics = statistics
      forEachRow(matrix.rows) { rows in
        withUnsafeTemporaryAllocation(of: Float.self, capacity: matrix.columns) { values in
          for row in rows {
            matrix.readRow(row, into: values.baseAddress!)
            statistics[row] = RowStatistics(UnsafeBufferPointer(values))
          }
        }
      }
    }
    let sum = statistics.reduce(0) { $0 + $1.sum }
    mean = Float(sum / Double(max(matrix.rows * matrix.columns, 1)))
    let largest = statistics.reduce(0) { max($0, $1.magnitude) }
    let isTernary = statistics.allSatisfy { $0.isUniform && ($0.magnitude == largest || $0.magnitude == 0) }
    magnitude = isTernary ? largest : nil
  }

  private struct RowStatistics {
    var sum = 0.0
    /// The first magnitude that is not 0.
    var magnitude: Float = 0
    /// Whether no other magnitude follows; false for NaN.
    var isUniform = true

    init() {}

    init(_ values: UnsafeBufferPointer<Float>) {
      sum = AbsmeanWeights.sumOfMagnitudes(values)
      magnitude = values.first { $0 != 0 }?.magnitude ?? 0
      isUniform = values.allSatisfy { $0 == 0 || $0.magnitude == magnitude }
    }
  }
}

extension StoredMatrix {
  /// g of masters: the mean magnitude of the whole tensor, at least `AbsmeanWeights.floor`.
  func ternaryScale(_ statistics: WeightStatistics) throws -> Float {
    guard statistics.mean.isFinite else {
      throw error("holds a weight that is not finite; the file is damaged: download it again")
    }
    return max(statistics.mean, AbsmeanWeights.floor)
  }
}
