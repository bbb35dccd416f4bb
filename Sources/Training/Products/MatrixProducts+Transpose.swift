import Engine

extension MatrixProducts {
  /// A square of floats whose rows are two cache lines.
  private static let transposeBlock = 32

  /// out[columns, rows] = (factors[row] · x[row][column])ᵀ; without factors the plain transpose.
  ///
  /// Squares go through a tile: rows of powers of two apart would push each other out of the first-level cache.
  package func transpose(
    _ x: UnsafePointer<Float>, stride: Int, rows: Int, columns: Int, factors: UnsafePointer<Float>? = nil,
    into out: UnsafeMutablePointer<Float>
  ) {
    let block = Self.transposeBlock
    let blocks = (rows + block - 1) / block
    pool.parallelItems(blocks) { _, item in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: block * block) { tile in
        guard let tile = tile.baseAddress else { return }
        let rowRange = item * block..<min((item + 1) * block, rows)
        for first in Swift.stride(from: 0, to: columns, by: block) {
          let count = min(block, columns - first)
          for row in rowRange {
            let (source, factor) = (x + row * stride + first, factors?[row] ?? 1)
            for column in 0..<count { tile[column * block + row - rowRange.lowerBound] = factor * source[column] }
          }
          for column in 0..<count {
            (out + (first + column) * rows + rowRange.lowerBound)
              .update(from: tile + column * block, count: rowRange.count)
          }
        }
      }
    }
  }
}
