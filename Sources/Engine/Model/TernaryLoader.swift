import Kernels
import ModelFiles
import Synchronization

/// Packs ternary projections for kernels, on all threads.
struct TernaryLoader {
  let memory: WeightMemory
  let pool: ThreadPool

  /// Stacks projections of one input by rows.
  ///
  /// - Parameter inputNorms: one for each projection; none has one where there are none.
  /// - Throws: `ModelFileError` for a weight that is not ternary, `KernelError` when the system has not enough memory.
  func load(
    _ matrix: TransformerShape.Matrix, _ projections: [TernaryTensor], inputNorms: [BitLinear.InputNorm?] = []
  ) throws -> BitLinear {
    let (packed, places) = try memory.matrix(matrix)
    // The first part with a value that is not ternary, by thread; parts are few, so a bit for each will do.
    let damaged = Atomic<UInt64>(0)
    pool.parallelRows(packed.panelCount, multipleOf: 1) { _, panels in
      packed.packPanels(panels) { row, weights in
        guard let part = places.firstIndex(where: { $0.contains(row) }) else {
          weights.update(repeating: 0, count: matrix.columns)
          return
        }
        if !projections[part].readRow(row - places[part].lowerBound, into: weights) {
          weights.update(repeating: 0, count: matrix.columns)
          damaged.bitwiseOr(1 << UInt64(part), ordering: .relaxed)
        }
      }
    }
    for projection in projections { projection.release() }
    let first = damaged.load(ordering: .relaxed).trailingZeroBitCount
    if first < projections.count {
      throw projections[first].error("holds a weight that is not -1, 0 or +1; the file is damaged: download it again")
    }
    return BitLinear(
      role: matrix.role, matrix: packed,
      parts: projections.indices.map { part in
        BitLinear.Part(
          rows: places[part], scale: projections[part].scale,
          inputNorm: inputNorms.indices.contains(part) ? inputNorms[part] : nil)
      })
  }

  /// `RowLoop` on all threads.
  func forEachRow(_ rows: Int, _ body: (Range<Int>) -> Void) {
    pool.parallelRows(rows, multipleOf: 1) { _, range in body(range) }
  }
}
