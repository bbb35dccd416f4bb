import Engine
import Kernels

extension TrainingOperations {
  /// RMSNorm: y = w ∘ x·r, r = 1 / sqrt(mean(x²) + ε); x, y: [rows, width], r: [rows].
  ///
  /// All NaN where the squares overflow, so that the loss shows it.
  func norm(
    _ x: UnsafePointer<Float>, weight: UnsafePointer<Float>, epsilon: Float, rows: Int, width: Int,
    into y: UnsafeMutablePointer<Float>, inverses: UnsafeMutablePointer<Float>
  ) {
    forEachRow(rows) { row in
      let input = x + row * width
      let meanSquare = vectors.dot(input, input, count: width) / Float(width)
      let inverse: Float = meanSquare.isFinite ? 1 / (meanSquare + epsilon).squareRoot() : .nan
      inverses[row] = inverse
      vectors.scaleByWeights(input, scale: inverse, weight: weight, into: y + row * width, count: width)
    }
  }

  /// The gradients of `norm`: dx += r·(w∘dy) − x·r³·Σ(w∘dy∘x) / width, dw += Σ dy∘x·r over the rows.
  ///
  /// `work` holds `width` floats for each thread.
  func normBackward(
    _ dy: UnsafePointer<Float>, x: UnsafePointer<Float>, weight: UnsafePointer<Float>,
    inverses: UnsafePointer<Float>, rows: Int, width: Int, work: UnsafeMutablePointer<Float>,
    into dx: UnsafeMutablePointer<Float>, weightGradient: UnsafeMutablePointer<Float>
  ) {
    pool.parallelRows(rows, multipleOf: 1) { thread, range in
      let weighted = work + thread * width
      for row in range {
        let (input, inverse, out) = (x + row * width, inverses[row], dx + row * width)
        vectors.scaleByWeights(dy + row * width, scale: 1, weight: weight, into: weighted, count: width)
        let projection = vectors.dot(weighted, input, count: width)
        vectors.axpy(inverse, weighted, out, count: width)
        vectors.axpy(-inverse * inverse * inverse * projection / Float(width), input, out, count: width)
      }
    }
    forEachColumns(width) { columns in
      for row in 0..<rows {
        let inverse = inverses[row]
        for column in columns {
          weightGradient[column] += dy[row * width + column] * (x[row * width + column] * inverse)
        }
      }
    }
  }
}
