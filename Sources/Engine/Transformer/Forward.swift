/// The forward pass of BitNet b1.58 (arXiv:2402.17764, arXiv:2504.12285), for T tokens at positions p, p+1, …
///
/// D = hidden, H = heads, G = key heads, d = headDim, F = feedForward. Every W is ternary, every input of a W is int8;
/// embedding, norms, attention and head are floats. Where a checkpoint is dense, every W and every input of it are floats
/// instead. Norms that a shape does not have are nil and skipped: sub-norms are BitNet b1.58's, norms of heads Qwen3's
/// and Gemma 3's, post-norms Gemma 3's. Where projections have norms of their own, `op` multiplies them one by one.
extension TransformerPass {
  /// Runs all layers: afterwards the cache holds the keys and values of p + T positions, and `x` [T, D] the residual
  /// stream of the last `wanted` tokens.
  ///
  /// After the last layer's keys and values nobody looks at the other tokens: they go no further.
  func forward(_ ids: ArraySlice<Int32>, at p: Int, wanted: Int) throws {
    let D = shape.hidden
    observer?.began()
    var (T, p, x, qkv) = (ids.count, p, x, qkv)

    op.embed(ids, weights.embedding, scale: shape.embeddingScale, into: x)  // x [T, D]
    observer?.finished(.embedding, layer: nil)

    for (l, layer) in weights.layers.enumerated() {
      // x += postnorm(W_o · subnorm(attention(W_qkv · rms(x))))
      let attentionSite = Site(layer: l, input: "q, k and v")
      if let own = layer.qkv.withInputNorms {
        try op.multiplyParts(x, own, tokens: T, norm: layer.attentionNorm, into: qkv, at: attentionSite)
      } else {
        let input = try linear.prepare(x, for: layer.qkv, tokens: T, norm: layer.attentionNorm, at: attentionSite)
        observer?.finished(.attentionInput, layer: l)
        linear.multiply(layer.qkv, input, tokens: T, into: qkv)  // [T, H·d | G·d | G·d]
      }
      observer?.finished(.qkv, layer: l)
      attention.rotateAndStore(
        qkv, from: layer.qkv, norms: layer.headNorms, layer: l, position: p, tokens: T)  // cache [G, p + T, d]
      observer?.finished(.rotation, layer: l)
      if l == weights.layers.count - 1 {
        (p, x, qkv) = (p + T - wanted, x + (T - wanted) * D, qkv + (T - wanted) * layer.qkv.stride)
        T = wanted
        if T == 0 { return }
      }
      attention.attend(qkv, from: layer.qkv, layer: l, position: p, tokens: T, into: attended)  // [T, H·d]
      observer?.finished(.attention, layer: l)
      let mixed = try linear.prepare(
        attended, for: layer.output, tokens: T, norm: layer.attentionSubNorm, at: Site(layer: l, input: "o"))
      observer?.finished(.outputInput, layer: l)
      linear.multiply(layer.output, mixed, tokens: T, norm: layer.attentionPostNorm, addingTo: x)  // x [T, D]
      observer?.finished(.output, layer: l)

      // x += postnorm(W_down · subnorm(activation(W_gate · rms(x)) · (W_up · rms(x))))
      let feedForwardSite = Site(layer: l, input: "gate and up")
      if let own = layer.gateUp.withInputNorms {
        try op.multiplyGatedParts(x, own, tokens: T, norm: layer.feedForwardNorm, into: gated, at: feedForwardSite)
      } else {
        let input = try linear.prepare(
          x, for: layer.gateUp, tokens: T, norm: layer.feedForwardNorm, at: feedForwardSite)
        observer?.finished(.feedForwardInput, layer: l)
        linear.multiplyGated(layer.gateUp, input, tokens: T, into: gated)  // [T, F]
      }
      observer?.finished(.gateUp, layer: l)
      let activated = try linear.prepare(
        gated, for: layer.down, tokens: T, norm: layer.feedForwardSubNorm, at: Site(layer: l, input: "down"))
      observer?.finished(.downInput, layer: l)
      linear.multiply(layer.down, activated, tokens: T, norm: layer.feedForwardPostNorm, addingTo: x)  // x [T, D]
      observer?.finished(.down, layer: l)
    }
  }

  /// x = rms(x) for `rows` tokens from `first` on: [rows, hidden], in place.
  func normaliseStates(first: Int, rows: Int) throws {
    let x = x + first * shape.hidden
    try op.normalise(x, tokens: rows, norm: weights.finalNorm, into: x, at: Site(layer: nil, input: "the head"))
    observer?.finished(.finalNorm, layer: nil)
  }
}
