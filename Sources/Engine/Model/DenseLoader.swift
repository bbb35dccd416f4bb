import Kernels
import ModelFiles
import Synchronization

/// Reads dense matrices, on all threads.
struct DenseLoader {
  let memory: WeightMemory
  let pool: ThreadPool

  /// Some rows of a stored matrix, or all, in a format; nil for one that loses nothing.
  ///
  /// A matrix that is not multiplied is only looked up, which blocks do exactly as well.
  func load(
    _ stored: StoredMatrix, rows: Range<Int>? = nil, as format: DenseFormat? = nil, isMultiplied: Bool
  ) throws -> DenseMatrix {
    defer { stored.release() }
    let rows = rows ?? 0..<stored.rows
    let exact = isMultiplied ? stored.exactFormat : stored.denseFormat ?? stored.exactFormat
    let matrix = try DenseMatrix(rows: rows.count, columns: stored.columns, format: format ?? exact)
    if isMultiplied { try memory.place(head: matrix) }
    guard matrix.format == stored.denseFormat else {
      try convert(stored, from: rows.lowerBound, to: matrix)
      return matrix
    }
    pool.parallelRows(matrix.rows, multipleOf: 1) { _, own in
      for row in own {
        let place = stored.place(ofRow: rows.lowerBound + row)
        matrix.row(row).copyMemory(
          from: stored.bytes.baseAddress! + place * matrix.rowBytes, byteCount: matrix.rowBytes)
      }
    }
    return matrix
  }

  /// Rounds the rows of a stored matrix, from `first` on, to the format of a matrix.
  ///
  /// - Throws: `ModelFileError` for a value that no format can hold, so that no garbage is made of it.
  private func convert(_ stored: StoredMatrix, from first: Int, to matrix: DenseMatrix) throws {
    let damagedRow = Atomic<Int>(-1)
    pool.parallelRows(matrix.rows, multipleOf: 1) { _, rows in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: matrix.columns) { values in
        for row in rows {
          stored.readRow(first + row, into: values.baseAddress!)
          if values.contains(where: { !($0.magnitude <= Self.largestWeight) }) {
            damagedRow.store(first + row, ordering: .relaxed)
          } else {
            matrix.store(values.baseAddress!, row: row)
          }
        }
      }
    }
    let row = damagedRow.load(ordering: .relaxed)
    guard row < 0 else {
      throw stored.error(
        "row \(row) has a weight that \(matrix.format.rawValue) cannot hold: it is not finite or above "
          + "\(Self.largestWeight); use the format that the file has")
    }
  }

  /// The largest half: scales of blocks are halves, and f16 has nothing above.
  private static let largestWeight: Float = 65504
}
