import Kernels

/// LayerNorm (arXiv:1607.06450): w·(x − mean(x)) / sqrt(var(x) + ε) + b, with the variance of all, not of all but one.
struct LayerNorm: Sendable {
  let weight: [Float]
  let bias: [Float]
  let epsilon: Float

  /// Normalises one row.
  ///
  /// `ones` are as many ones. All NaN when the squares overflow.
  func apply(
    _ x: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>, ones: UnsafePointer<Float>, _ vectors: VectorOps
  ) {
    let count = weight.count
    let mean = vectors.dot(x, ones, count: count) / Float(count)
    if out != x { out.update(from: x, count: count) }
    vectors.axpy(-mean, ones, out, count: count)
    let variance = vectors.dot(out, out, count: count) / Float(count)
    let scale = variance.isFinite ? 1 / (variance + epsilon).squareRoot() : .nan
    vectors.scaleByWeights(out, scale: scale, weight: weight, into: out, count: count)
    vectors.add(bias, to: out, count: count)
  }
}

extension Operations {
  /// out = norm(x): [tokens, width]; `out` may be `x`.
  ///
  /// - Throws: `EngineError` that names the place when a row is not finite, or its squares overflow Float.
  func normalise(
    _ x: UnsafePointer<Float>, tokens: Int, norm: LayerNorm, ones: UnsafePointer<Float>,
    into out: UnsafeMutablePointer<Float>, at site: Site
  ) throws {
    let width = norm.weight.count
    pool.parallelItems(tokens) { _, token in
      norm.apply(x + token * width, into: out + token * width, ones: ones, vectors)
      scales[token] = vectors.maxAbs(out + token * width, count: width)
    }
    for token in 0..<tokens where !scales[token].isFinite { throw nonFinite(site) }
  }
}
