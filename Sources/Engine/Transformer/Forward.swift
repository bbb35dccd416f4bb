/// The forward pass of BitNet b1.58 (arXiv:2402.17764, arXiv:2504.12285), for T tokens at positions p, p+1, …
///
/// D = hidden, H = heads, G = key heads, d = headDim, F = feedForward. Every W is ternary, every input of a W is int8;
/// embedding, norms, attention and head are floats. Shapes without sub-norms (llama) skip those two norms.
extension Session {
  /// Runs all layers: afterwards `x` holds the residual stream [T, D], and the cache the keys and values of p + T
  /// positions.
  func forward(_ ids: ArraySlice<Int32>, at p: Int) throws {
    let (D, F, T) = (shape.hidden, shape.feedForward, ids.count)

    op.embed(ids, weights.embedding, into: x)  // x [T, D]

    for (l, layer) in weights.layers.enumerated() {
      // x += W_o · subnorm(attention(W_qkv · rms(x)))
      try op.quantize(x, width: D, tokens: T, norm: layer.attentionNorm, at: Site(layer: l, input: "q, k and v"))
      op.multiply(layer.qkv, tokens: T, into: qkv)  // [T, H·d | G·d | G·d]
      op.rotateAndStore(qkv, from: layer.qkv, layer: l, position: p, tokens: T)  // cache [G, p + T, d]
      op.attend(qkv, from: layer.qkv, layer: l, position: p, tokens: T, into: attended)  // [T, H·d]
      try op.quantize(
        attended, width: shape.queryWidth, tokens: T, norm: layer.attentionSubNorm, at: Site(layer: l, input: "o"))
      op.multiply(layer.output, tokens: T, addingTo: x, width: D)  // x [T, D]

      // x += W_down · subnorm(activation(W_gate · rms(x)) · (W_up · rms(x)))
      try op.quantize(x, width: D, tokens: T, norm: layer.feedForwardNorm, at: Site(layer: l, input: "gate and up"))
      op.multiplyGated(layer.gateUp, tokens: T, into: gated)  // [T, F]
      try op.quantize(
        gated, width: F, tokens: T, norm: layer.feedForwardSubNorm, at: Site(layer: l, input: "down"))
      op.multiply(layer.down, tokens: T, addingTo: x, width: D)  // x [T, D]
    }
  }

  /// logits = head · rms(x) for `rows` tokens from `first` on: [rows, vocabulary].
  func computeLogits(first: Int, rows: Int, into logits: UnsafeMutablePointer<Float>) throws {
    let x = x + first * shape.hidden
    try op.normalise(x, tokens: rows, norm: weights.finalNorm, at: Site(layer: nil, input: "the head"))
    op.multiply(head: weights.head, x, tokens: rows, into: logits)
  }
}
