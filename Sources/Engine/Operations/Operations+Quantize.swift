import Kernels

extension Operations {
  /// Normalises each token's row, where there is a norm, quantizes it to int8 and prepares it for the kernel.
  ///
  /// Where projections have norms of their own, it is prepared for `part` alone.
  ///
  /// - Throws: `EngineError` that names the place when a row holds NaN or infinity, or its squares overflow Float.
  func quantize(
    _ x: UnsafePointer<Float>, for linear: BitLinear, part: Int = 0, tokens: Int, norm: [Float]?, at site: Site
  ) throws {
    let own = linear.parts[part].inputNorm
    let width = linear.columns
    let kernel = kernels[linear.role].kernel(vectors: tokens)
    let stride = kernel.preparedBytes(columns: width, vectors: tokens)
    forEachPrepared(tokens) { thread, token, prepared in
      let (row, _) = ownRows(thread)
      let input = x + token * width
      if let norm { normalise(input, weight: norm, epsilon: choices.rmsNormEpsilon, into: row) }
      if let own {
        normalise(norm == nil ? input : UnsafePointer(row), weight: own.weights, epsilon: own.epsilon, into: row)
      }
      let isCopied = norm != nil || own != nil
      let scale = quantize(isCopied ? UnsafePointer(row) : input, width: width, into: ownBytes(thread))
      if scale.isFinite {
        kernel.prepare(ownBytes(thread), columns: width, vectors: tokens, into: prepared + token * stride)
      }
      return scale
    }
    for token in 0..<tokens where !scales[token].isFinite { throw nonFinite(site) }
  }

  /// RMSNorm: w·x / sqrt(mean(x²) + ε).
  ///
  /// All NaN when the squares overflow, so that nothing passes as zeros.
  func normalise(
    _ x: UnsafePointer<Float>, weight: [Float], epsilon: Float, into out: UnsafeMutablePointer<Float>
  ) {
    let meanSquare = vectors.dot(x, x, count: weight.count) / Float(weight.count)
    let scale = meanSquare.isFinite ? 1 / (meanSquare + epsilon).squareRoot() : .nan
    vectors.scaleByWeights(x, scale: scale, weight: weight, into: out, count: weight.count)
  }

  /// Int8 with the vector's own scale: s = 127 / max|x|, q = rint(x·s) (arXiv:2402.17764).
  ///
  /// Returns s, or NaN if the vector is not finite.
  private func quantize(_ x: UnsafePointer<Float>, width: Int, into q: UnsafeMutablePointer<Int8>) -> Float {
    let largest = vectors.maxAbs(x, count: width)
    guard largest.isFinite else { return .nan }
    let scale = AbsmaxActivations.scale(maxAbs: largest)
    vectors.quantize(x, scale: scale, into: q, count: width)
    return scale
  }

  func nonFinite(_ site: Site) -> EngineError {
    let layer = site.layer.map { "layer \($0)" } ?? "after the last layer"
    let half =
      choices.cacheFormat == .f16
      ? ", or a key or value is beyond 65504, the largest half: keep them as f32" : ""
    return EngineError(
      .nonFinite,
      "\(layer), input of \(site.input): an activation is NaN, infinite or too large to square; "
        + "a weight, norm or scale before it is damaged\(half)")
  }

  /// Prepares int8 vectors of arbitrary values, for measuring products alone.
  ///
  /// `fillArbitrary` comes first, once.
  func prepareArbitrary(for linear: BitLinear, tokens: Int) {
    let kernel = kernels[linear.role].kernel(vectors: tokens)
    let stride = kernel.preparedBytes(columns: linear.columns, vectors: tokens)
    forEachPrepared(tokens) { thread, token, prepared in
      kernel.prepare(ownBytes(thread), columns: linear.columns, vectors: tokens, into: prepared + token * stride)
      // Large enough that outputs added up over millions of runs stay finite, small enough that none is subnormal.
      return 1e10
    }
  }

  /// Calls `body` for each token and each copy of the prepared inputs; `body` gives the token's scale, or NaN.
  ///
  /// A node's copy is computed rather than copied: that costs no second meeting of the threads.
  private func forEachPrepared(
    _ tokens: Int, _ body: (_ thread: Int, _ token: Int, _ prepared: UnsafeMutableRawPointer) -> Float
  ) {
    let copies = prepared.copies.count
    pool.parallelItems(tokens * copies) { thread, item in
      let (token, copy) = item.quotientAndRemainder(dividingBy: copies)
      let scale = body(thread, token, prepared.copies[copy])
      if copy == 0 { scales[token] = scale }
    }
  }

  /// Gives every thread the vector that `prepareArbitrary` prepares.
  func fillArbitrary() {
    for thread in 0..<pool.threads {
      for i in 0..<width { ownBytes(thread)[i] = Int8(truncatingIfNeeded: i &* 37) }
    }
  }
}
