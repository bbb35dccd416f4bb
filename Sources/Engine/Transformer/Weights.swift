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
    let qkv: BitLinear
    // [heads·headDim], where the shape has sub-norms
    let attentionSubNorm: [Float]?
    // heads·headDim → hidden
    let output: BitLinear
    // [hidden]
    let feedForwardNorm: [Float]
    // hidden → [feedForward | feedForward]
    let gateUp: BitLinear
    // [feedForward], where the shape has sub-norms
    let feedForwardSubNorm: [Float]?
    // feedForward → hidden
    let down: BitLinear

    var matrices: [BitLinear] { [qkv, output, gateUp, down] }
  }
}
