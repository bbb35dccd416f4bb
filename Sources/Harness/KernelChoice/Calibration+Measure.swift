import Engine
import Kernels
import Meters

extension Calibration {
  /// Times every kernel on the matrices of a shape with the threads and placement of a pool: a second or two.
  ///
  /// Layers are repeated until the weights are beyond the last-level cache, or the model has no more: what streams from
  /// memory in the model streams from memory here. Kernels take turns, so that a slow moment hits all of them, and the
  /// fastest of the rounds counts: what disturbs only ever adds.
  ///
  /// - Parameter cacheBytes: the last-level cache.
  /// - Throws: the engine's errors, memory that does not suffice among them.
  public static func measure(_ shape: TransformerShape, pool: ThreadPool, cacheBytes: Int) throws -> Calibration {
    let trimmed = trim(shape, cacheBytes: cacheBytes)
    let sessions = try candidates().flatMap { kernels in
      let model = try Transformer.synthetic(trimmed, seed: 1, kernel: kernels[0], head: .f16, pool: pool)
      return try kernels.map { try Session(model: model, kernel: $0, pool: pool, context: batch, batch: batch) }
    }
    return Calibration(
      matrices: trimmed.matrices.map { matrix in
        let single = times(of: sessions, matrix.role, batch: 1, layers: trimmed.layers)
        let many = times(of: sessions, matrix.role, batch: batch, layers: 1)
        return Matrix(
          name: matrix.role.name, columns: matrix.columns, rows: matrix.rows,
          timings: sessions.indices.map { i in
            Timing(kernel: sessions[i].kernels.name, singleNs: single[i], batchNs: many[i])
          })
      })
  }

  /// The kernels worth trying, those of one packing together: of ternary packings (two bits a weight or less; wider
  /// ones are baselines), and plain C only where nothing else of its family runs.
  static func candidates() -> [[Kernel]] {
    let ternary = KernelRegistry.kernels.filter { $0.isAvailable && $0.packing.bitsPerWeight <= 2 }
    let worth = ternary.filter { kernel in
      kernel.priority > 0 || !ternary.contains { $0.name == kernel.name && $0.priority > 0 }
    }
    return Dictionary(grouping: worth, by: \.packing).values.sorted { $0[0].id < $1[0].id }
  }

  /// The shape with as many layers as put its weights twice beyond the cache, and a vocabulary that costs nothing.
  static func trim(_ shape: TransformerShape, cacheBytes: Int) -> TransformerShape {
    var trimmed = shape
    // A quarter of a byte per weight: the widest packing that is tried.
    let layerBytes = max(1, shape.ternaryParameters / shape.layers / 4)
    trimmed.layers = min(shape.layers, max(1, 2 * cacheBytes / layerBytes + 1))
    trimmed.vocabulary = 2
    trimmed.tiedEmbeddings = true
    return trimmed
  }

  /// Nanoseconds of one layer for each session.
  private static func times(
    of sessions: [Session], _ role: TransformerShape.Role, batch: Int, layers: Int
  ) -> [Double] {
    // The first round pages code and weights in; four more find a quiet moment.
    let rounds = 5
    var best = sessions.map { _ in Double.infinity }
    for _ in 0..<rounds {
      for (index, session) in sessions.enumerated() {
        let start = WallClock.nowNs()
        session.runMatrices(batch: batch, role: role, layers: layers)
        best[index] = min(best[index], Double(WallClock.nowNs() - start) / Double(layers))
      }
    }
    return best
  }
}
