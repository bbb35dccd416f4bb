import Engine

extension MatrixProducts {
  /// A square of floats whose rows are whole cache lines, and whose source and target stay in a first-level cache.
  private static let transposeBlock = 32

  /// out[columns, rows] = (factors[row] · x[row][column])ᵀ; without factors the plain transpose.
  package func transpose(
    _ x: UnsafePointer<Float>, stride: Int, rows: Int, columns: Int, factors: UnsafePointer<Float>? = nil,
    into out: UnsafeMutablePointer<Float>
  ) {
    let block = Self.transposeBlock
    let blocks = (rows + block - 1) / block
    pool.parallelItems(blocks) { _, item in
      let rowRange = item * block..<min((item + 1) * block, rows)
      for first in Swift.stride(from: 0, to: columns, by: block) {
        let end = min(first + block, columns)
        for row in rowRange {
          let (source, factor) = (x + row * stride, factors?[row] ?? 1)
          for column in first..<end { out[column * rows + row] = factor * source[column] }
        }
      }
    }
  }
}
