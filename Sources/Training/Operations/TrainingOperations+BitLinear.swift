import Engine
import Kernels

/// One projection as it is multiplied: codes [rows, columns], their scale g, and where their gradient goes.
struct Projection {
  let rows: Int
  let columns: Int
  let codes: UnsafePointer<Float>
  let scale: Float
  let gradient: UnsafeMutablePointer<Float>
}

/// What a projection is multiplied with: whole numbers q in floats [tokens, columns], and s [tokens]; x is about q / s.
struct QuantizedInput {
  let codes: UnsafeMutablePointer<Float>
  let scales: UnsafeMutablePointer<Float>
}

/// BitLinear: y = (q·tᵀ)·(g / s), with q = rint(x·s), s = 127 / max|x|, and t = rint(W / g) in {−1, 0, +1}.
///
/// Forward, q and t are whole numbers in floats: every partial sum is one below 2²⁴ (127 times at most 2¹⁷ columns), so
/// the float product is exact, and y the engine's to the bit.
///
/// Backward, the straight-through estimator takes both roundings for the identity: dx = dy·(g·t), dW = dyᵀ·(q / s).
extension TrainingOperations {
  /// Gives q and s of each row; without quantization q = x and s = 1.
  ///
  /// x may be q; `work` holds `width` bytes for each thread.
  func quantize(
    _ x: UnsafePointer<Float>, rows: Int, width: Int, work: UnsafeMutablePointer<Int8>, into input: QuantizedInput
  ) {
    pool.parallelRows(rows, multipleOf: 1) { thread, range in
      let bytes = work + thread * width
      for row in range {
        let (source, codes) = (x + row * width, input.codes + row * width)
        guard quantizer == .ternary else {
          input.scales[row] = 1
          if codes != source { codes.update(from: source, count: width) }
          continue
        }
        let largest = vectors.maxAbs(source, count: width)
        guard largest.isFinite else {
          input.scales[row] = .nan
          codes.update(repeating: .nan, count: width)
          continue
        }
        let scale = AbsmaxActivations.scale(maxAbs: largest)
        input.scales[row] = scale
        vectors.quantize(source, scale: scale, into: bytes, count: width)
        for i in 0..<width { codes[i] = Float(bytes[i]) }
      }
    }
  }

  /// y = (q·tᵀ)·(g / s): [tokens, rows], tokens `stride` floats apart.
  func multiply(
    _ projection: Projection, _ input: QuantizedInput, tokens: Int, into y: UnsafeMutablePointer<Float>, stride: Int
  ) {
    forEachRow(tokens) { (y + $0 * stride).update(repeating: 0, count: projection.rows) }
    products.add(
      .rows(input.codes, stride: projection.columns), .transposed(projection.codes, stride: projection.columns),
      rows: tokens, depth: projection.columns, columns: projection.rows, to: y, stride: stride)
    guard quantizer == .ternary else { return }
    forEachRow(tokens) { row in
      let out = y + row * stride
      vectors.scale(out, by: projection.scale / input.scales[row], into: out, count: projection.rows)
    }
  }

  /// dx += dy·(g·t) [tokens, columns], dW += dyᵀ·(q / s) [rows, columns].
  ///
  /// dy: [tokens, rows], tokens `stride` floats apart; `factors` holds 2·tokens floats.
  func multiplyBackward(
    _ projection: Projection, _ input: QuantizedInput, tokens: Int, dy: UnsafePointer<Float>, stride: Int,
    factors: UnsafeMutablePointer<Float>, into dx: UnsafeMutablePointer<Float>
  ) {
    let (rows, columns) = (projection.rows, projection.columns)
    let (inverses, scales) = (factors, factors + tokens)
    for token in 0..<tokens { inverses[token] = 1 / input.scales[token] }
    scales.update(repeating: projection.scale, count: tokens)
    products.add(
      .transposed(dy, stride: stride, factors: inverses), .rows(input.codes, stride: columns), rows: rows,
      depth: tokens, columns: columns, to: projection.gradient, stride: columns)
    products.add(
      .rows(dy, stride: stride, factors: scales), .rows(projection.codes, stride: columns), rows: tokens, depth: rows,
      columns: columns, to: dx, stride: columns)
  }
}
