import Kernels

/// Products whose projections have norms of their own on their inputs (transformers' `use_rms_norm`): they share no
/// quantized input, so that each is prepared and multiplied by itself, its rows alone.
extension Operations {
  /// y = W·x: [tokens, padded rows], part by part.
  ///
  /// - Throws: `EngineError` when an input is not finite.
  func multiplyParts(
    _ x: UnsafePointer<Float>, _ linear: BitLinear, tokens: Int, norm: [Float]?, into y: UnsafeMutablePointer<Float>,
    at site: Site
  ) throws {
    for part in linear.parts.indices {
      try quantize(x, for: linear, part: part, tokens: tokens, norm: norm, at: site)
      let start = linear.parts[part].rows.lowerBound
      multiply(linear, part: part, tokens: tokens) { token, row, count, sums, scale in
        vectors.rescale(sums, scale: scale, into: y + token * linear.stride + start + row, count: count)
      }
    }
  }

  /// h = activation(W_gate·x) · (W_up·x): [tokens, feedForward]; h holds the gate until up is there.
  ///
  /// - Throws: `EngineError` when an input is not finite.
  func multiplyGatedParts(
    _ x: UnsafePointer<Float>, _ linear: BitLinear, tokens: Int, norm: [Float]?, into h: UnsafeMutablePointer<Float>,
    at site: Site
  ) throws {
    let width = linear.parts[0].rows.count
    try quantize(x, for: linear, part: 0, tokens: tokens, norm: norm, at: site)
    multiply(linear, part: 0, tokens: tokens) { token, row, count, sums, scale in
      vectors.rescale(sums, scale: scale, into: h + token * width + row, count: count)
    }
    try quantize(x, for: linear, part: 1, tokens: tokens, norm: norm, at: site)
    multiply(linear, part: 1, tokens: tokens) { token, row, count, sums, scale in
      // Disjoint rows of the sums become floats where they lie beside the gate's.
      withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { up in
        vectors.rescale(sums, scale: scale, into: up.baseAddress!, count: count)
        activate(gate: h + token * width + row, up: up.baseAddress!, count: count)
      }
    }
  }

  /// Multiplies the rows of one part and hands them on: token, first row within the part, count, sums, factor.
  private func multiply(
    _ linear: BitLinear, part: Int, tokens: Int,
    _ body: (_ token: Int, _ row: Int, _ count: Int, _ sums: UnsafePointer<Int32>, _ scale: Float) -> Void
  ) {
    let rows = linear.parts[part].rows
    let block = linear.matrix.packing.rowBlock
    let padded = (rows.count + block - 1) / block * block
    pool.parallelRows(padded, multipleOf: block) { thread, share in
      let own = rows.lowerBound + share.lowerBound..<rows.lowerBound + share.upperBound
      multiply(linear, rows: own, tokens: tokens, thread: thread)
      let count = min(own.upperBound, rows.upperBound) - own.lowerBound
      guard count > 0 else { return }
      for token in 0..<tokens {
        let sums = sums + token * linear.matrix.paddedRows + own.lowerBound
        body(token, share.lowerBound, count, sums, linear.parts[part].scale / scales[token])
      }
    }
  }
}
