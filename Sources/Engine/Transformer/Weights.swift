import Kernels

/// Everything that a forward pass reads and never writes.
struct Weights: Sendable {
  // [vocabulary, hidden]
  let embedding: DenseMatrix
  /// [vocabulary, hidden]; the same object as `embedding` when they are tied.
  let head: DenseMatrix
  // [hidden]
  let finalNorm: [Float]
  // [headDim / 2]: what each rotary frequency is divided by; nil for all ones
  var rotaryFactors: [Float]?
  let layers: [Layer]

  /// One decoder layer.
  struct Layer: Sendable {
    // [hidden]
    let attentionNorm: [Float]
    // hidden → [heads·headDim | kvHeads·headDim | kvHeads·headDim]
    let qkv: Linear
    // [headDim] and [headDim], where heads are normalised before they are rotated
    var headNorms: HeadNorms?
    // [heads·headDim], where the shape has sub-norms
    let attentionSubNorm: [Float]?
    // heads·headDim → hidden
    let output: Linear
    // [hidden], where the shape has norms behind attention
    var attentionPostNorm: [Float]?
    // [hidden]
    let feedForwardNorm: [Float]
    // hidden → [feedForward | feedForward]
    let gateUp: Linear
    // [feedForward], where the shape has sub-norms
    let feedForwardSubNorm: [Float]?
    // feedForward → hidden
    let down: Linear
    // [hidden], where the shape has norms behind the feed-forward
    var feedForwardPostNorm: [Float]?

    var matrices: [Linear] { [qkv, output, gateUp, down] }

    /// Weights of all its norms.
    var normCount: Int {
      let ofLayer = [
        attentionNorm, headNorms?.query, headNorms?.key, attentionSubNorm, attentionPostNorm, feedForwardNorm,
        feedForwardSubNorm, feedForwardPostNorm,
      ]
      let ofInputs = matrices.compactMap(\.ternary).flatMap(\.parts).map { $0.inputNorm?.weights }
      return (ofLayer + ofInputs).reduce(0) { $0 + ($1?.count ?? 0) }
    }
  }

  /// The norms of every head of queries, and of every head of keys.
  struct HeadNorms: Sendable {
    let query: [Float]
    let key: [Float]
  }
}
