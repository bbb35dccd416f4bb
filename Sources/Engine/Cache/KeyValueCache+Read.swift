import Kernels

extension KeyValueCache {
  /// How many scores of a panel are computed where only so many of its positions are seen.
  static func scores(seeing positions: Int) -> Int {
    min(panel, (positions + scoresTogether - 1) / scoresTogether * scoresTogether)
  }

  /// scores[r][j] = q_r·k_j for the first `count` positions j of a panel; q: [rows, headDim].
  func score(
    _ queries: UnsafePointer<Float>, rows: Int, layer: Int, head: Int, panel: Int, count: Int, vectors: VectorOps,
    into scores: UnsafeMutablePointer<Float>, stride: Int
  ) {
    let slot = panel * Self.panel % positions
    let (head, first) = (key(layer: layer, head: head), slot * headDim)
    for row in 0..<rows { (scores + row * stride).update(repeating: 0, count: count) }
    switch format {
    case .f32:
      vectors.multiplyAdd(
        queries, stride: headDim, rows: rows, depth: headDim, head.floats + first, stride: Self.panel,
        columns: count, to: scores, stride: stride)
    case .f16:
      vectors.multiplyAdd(
        queries, stride: headDim, rows: rows, depth: headDim, head.halves + first, stride: Self.panel,
        columns: count, to: scores, stride: stride)
    case .int8:
      vectors.multiplyAdd(
        queries, stride: headDim, rows: rows, depth: headDim, head.codes + first, stride: Self.panel,
        columns: count, to: scores, stride: stride)
      multiply(scores, rows: rows, stride: stride, by: head.scales + slot, count: count, vectors: vectors)
    }
  }

  /// out_r += Σ_j weights[r][j]·v_j over `positions`; weights begin with those of the first; out: [rows, paddedDim].
  ///
  /// The weights are used up: where values have scales, these are in them afterwards.
  func addValues(
    weighted weights: UnsafeMutablePointer<Float>, stride: Int, rows: Int, layer: Int, head: Int,
    positions: Range<Int>, vectors: VectorOps, to out: UnsafeMutablePointer<Float>
  ) {
    let head = value(layer: layer, head: head / headsOfValue)
    var (start, weights) = (positions.lowerBound, weights)
    // A few at a time, and once around where they wrap: sums go on in the same order.
    while start < positions.upperBound {
      let slot = start % self.positions
      let count = min(positions.upperBound - start, self.positions - slot, Self.valuesTogether)
      let first = slot * paddedDim
      switch format {
      case .f32:
        vectors.multiplyAdd(
          weights, stride: stride, rows: rows, depth: count, head.floats + first, stride: paddedDim,
          columns: paddedDim, to: out, stride: paddedDim)
      case .f16:
        vectors.multiplyAdd(
          weights, stride: stride, rows: rows, depth: count, head.halves + first, stride: paddedDim,
          columns: paddedDim, to: out, stride: paddedDim)
      case .int8:
        multiply(weights, rows: rows, stride: stride, by: head.scales + slot, count: count, vectors: vectors)
        vectors.multiplyAdd(
          weights, stride: stride, rows: rows, depth: count, head.codes + first, stride: paddedDim,
          columns: paddedDim, to: out, stride: paddedDim)
      }
      start += count
      weights += count
    }
  }

  /// Multiplies the first `count` numbers of each row of x by as many scales.
  private func multiply(
    _ x: UnsafeMutablePointer<Float>, rows: Int, stride: Int, by scales: UnsafePointer<Float>, count: Int,
    vectors: VectorOps
  ) {
    for row in 0..<rows {
      vectors.scaleByWeights(x + row * stride, scale: 1, weight: scales, into: x + row * stride, count: count)
    }
  }
}
