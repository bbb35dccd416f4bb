import Kernels

extension Operations {
  /// Sixteen rows of logits are a cache line, which two threads should not share.
  static let headRowBlock = 16

  /// x = scale · E[id]: [tokens, hidden].
  func embed(
    _ ids: ArraySlice<Int32>, _ embedding: DenseMatrix, scale: Float, into x: UnsafeMutablePointer<Float>
  ) {
    let kernel = DenseKernel.best(for: embedding.format)
    for (token, id) in ids.enumerated() {
      let row = x + token * embedding.columns
      kernel.decodeRow(Int(id), of: embedding, into: row)
      if scale != 1 { vectors.scale(row, by: scale, into: row, count: embedding.columns) }
    }
  }

  /// out = rms(x): [tokens, width]; `out` may be `x`.
  ///
  /// - Throws: `EngineError` when a row is not finite, which a head would turn into senseless logits.
  func normalise(
    _ x: UnsafePointer<Float>, tokens: Int, norm: [Float], into out: UnsafeMutablePointer<Float>, at site: Site
  ) throws {
    pool.parallelItems(tokens) { _, token in
      let row = out + token * norm.count
      normalise(x + token * norm.count, weight: norm, epsilon: choices.rmsNormEpsilon, into: row)
      scales[token] = vectors.maxAbs(row, count: norm.count)
    }
    for token in 0..<tokens where !scales[token].isFinite { throw nonFinite(site) }
  }

  /// logits = x·Hᵀ: [tokens, vocabulary].
  func multiply(
    head: DenseMatrix, _ x: UnsafePointer<Float>, tokens: Int, into logits: UnsafeMutablePointer<Float>
  ) {
    let kernel = DenseKernel.best(for: head.format)
    let vectors = kernel.readsFloats ? UnsafeRawPointer(x) : prepare(x, tokens: tokens, columns: head.columns, kernel)
    pool.parallelRows(head.rows, multipleOf: Self.headRowBlock) { _, rows in
      kernel.multiply(
        head, rows: rows, prepared: vectors, vectors: tokens, y: logits, yStride: head.rows)
    }
  }

  /// Rounds the input of a head in blocks: [tokens, prepared bytes], where the matrices' inputs were.
  private func prepare(
    _ x: UnsafePointer<Float>, tokens: Int, columns: Int, _ kernel: DenseKernel
  ) -> UnsafeRawPointer {
    let bytes = kernel.preparedBytes(columns: columns)
    pool.parallelItems(tokens) { _, token in
      kernel.prepare(x + token * columns, columns: columns, into: prepared.copies[0] + token * bytes)
    }
    return UnsafeRawPointer(prepared.copies[0])
  }
}
