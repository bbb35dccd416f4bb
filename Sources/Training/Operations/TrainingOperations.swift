import Engine
import Kernels

/// The operations of the forward and backward passes, on all threads of a pool.
///
/// Rows are tokens. Every sum has one order: sums over tokens go through the tokens in ascending order, in pieces of
/// columns, so that a step gives the same bytes for every thread count.
struct TrainingOperations: Sendable {
  let pool: ThreadPool
  let products: MatrixProducts
  let vectors = VectorOps.best
  let quantizer: Quantizer

  init(pool: ThreadPool, quantizer: Quantizer) throws {
    self.pool = pool
    self.quantizer = quantizer
    products = try MatrixProducts(pool: pool)
  }

  /// Calls `body` for each row, rows dealt out in contiguous ranges.
  func forEachRow(_ rows: Int, _ body: (_ row: Int) -> Void) {
    pool.parallelRows(rows, multipleOf: 1) { _, range in
      for row in range { body(row) }
    }
  }

  /// Columns that one thread sums at a time: a few cache lines.
  private static let columnsOfSum = 64

  /// Calls `body` with ranges of columns, for sums over all rows.
  func forEachColumns(_ columns: Int, _ body: (_ columns: Range<Int>) -> Void) {
    let pieces = (columns + Self.columnsOfSum - 1) / Self.columnsOfSum
    pool.parallelItems(pieces) { _, piece in
      let first = piece * Self.columnsOfSum
      body(first..<min(first + Self.columnsOfSum, columns))
    }
  }

  /// x = 0 for so many floats.
  func clear(_ x: UnsafeMutablePointer<Float>, _ count: Int) {
    pool.parallelRows(count, multipleOf: 1024) { _, range in
      (x + range.lowerBound).update(repeating: 0, count: range.count)
    }
  }
}

// MARK: - Embedding

extension TrainingOperations {
  /// x = E[id]: [tokens, width].
  func embed(_ ids: [Int32], _ table: UnsafePointer<Float>, width: Int, into x: UnsafeMutablePointer<Float>) {
    forEachRow(ids.count) { row in (x + row * width).update(from: table + Int(ids[row]) * width, count: width) }
  }

  /// dE[id] += dx: [tokens, width].
  func embedBackward(
    _ ids: [Int32], _ dx: UnsafePointer<Float>, width: Int, into dTable: UnsafeMutablePointer<Float>
  ) {
    forEachColumns(width) { columns in
      for (row, id) in ids.enumerated() {
        vectors.add(
          dx + row * width + columns.lowerBound, to: dTable + Int(id) * width + columns.lowerBound,
          count: columns.count)
      }
    }
  }
}
