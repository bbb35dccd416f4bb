import Kernels
import ModelFiles

extension Session {
  /// Forgets everything, reads ids, and gives one vector for all of them: [hidden].
  ///
  /// It is made of the states behind the last norm: the last token's, which has seen all others, or the mean, summed from
  /// the first token to the last. Normalised, it has length 1, so that the products of two are their cosine; a vector of
  /// zeros stays one. Like logits it is the same bytes for every kernel, placement and number of threads.
  ///
  /// - Throws: `EngineError` for no ids, an id outside the vocabulary, more ids than the context, and activations that
  ///   are not finite.
  public func embedding(of ids: [Int32], pooling: Pooling, normalized: Bool = true) throws -> [Float] {
    guard !ids.isEmpty else {
      throw EngineError(.token, "no token to make an embedding of; give a text that is not empty")
    }
    let width = model.shape.hidden
    var vector = [Float](repeating: 0, count: width)
    reset()
    try vector.withUnsafeMutableBufferPointer { vector in
      let sum = vector.baseAddress!
      try read(ids, wanted: pooling == .last ? .last : .all) { first, count, _ in
        try pass.normaliseStates(first: first, rows: count)
        for row in first..<first + count { op.vectors.add(pass.x + row * width, to: sum, count: width) }
      }
      var scale: Float = pooling == .mean ? 1 / Float(ids.count) : 1
      if normalized {
        let length = op.vectors.dot(sum, sum, count: width).squareRoot()
        guard length.isFinite else { throw op.nonFinite(Site(layer: nil, input: "the normalisation")) }
        scale = length > 0 ? 1 / length : 1
      }
      op.vectors.scale(sum, by: scale, into: sum, count: width)
    }
    return vector
  }

  /// Forgets everything, reads ids, and gives the state of each behind the last norm: [ids, hidden].
  ///
  /// - Throws: as `embedding(of:pooling:normalized:)`.
  public func states(of ids: [Int32]) throws -> [Float] {
    let width = model.shape.hidden
    var states: [Float] = []
    states.reserveCapacity(ids.count * width)
    reset()
    try read(ids, wanted: .all) { first, count, _ in
      try pass.normaliseStates(first: first, rows: count)
      states += UnsafeBufferPointer(start: pass.x + first * width, count: count * width)
    }
    return states
  }
}
