/// A part of a forward pass, in the order in which they run.
public enum ForwardPart: String, Sendable, CaseIterable {
  /// Rows of the embedding.
  case embedding
  /// Norm, quantization and preparation of the input of q, k and v.
  case attentionInput = "norm, quantize for qkv"
  /// The fused q, k and v projections.
  case qkv
  /// Rotary positions, and the store of keys and values.
  case rotation = "rope, store"
  /// Scores, softmax and weighted values.
  case attention
  /// Norm, quantization and preparation of the input of o.
  case outputInput = "norm, quantize for o"
  /// The output projection and the residual sum.
  case output = "o"
  /// Norm, quantization and preparation of the input of gate and up.
  case feedForwardInput = "norm, quantize for gate+up"
  /// The fused gate and up projections with the activation.
  case gateUp = "gate+up, activation"
  /// Norm, quantization and preparation of the input of down.
  case downInput = "norm, quantize for down"
  /// The down projection and the residual sum.
  case down
  /// The norm before the head.
  case finalNorm = "final norm"
  /// The output head.
  case head

  // A hybrid's, besides those above.

  /// LayerNorm before what a layer mixes with, and before its feed-forward.
  case layerNorm = "layer norm"
  /// The projection into a Mamba layer or a gated memory unit.
  case mixerInput = "in"
  /// The causal convolution of a Mamba layer.
  case convolution
  /// The projection to B, C and Δ's narrow form.
  case selection = "x"
  /// Δ, the selective scan and its gate.
  case scan = "delta, selective scan, gate"
  /// The gate of a gated memory unit.
  case memoryGate = "memory gate"

  /// What the part is called where weights are dense, whose inputs are not quantized: "norm for qkv".
  public var denseName: String { rawValue.replacing("norm, quantize", with: "norm") }

  /// Whether it is a product with a weight matrix, and what is fused into it.
  public var isMatrix: Bool {
    switch self {
    case .qkv, .output, .gateUp, .down, .head, .mixerInput, .selection: true
    default: false
    }
  }
}

/// Hears when each part of a forward pass is done: who wants to know how long it took reads a clock.
///
/// A part begins when the one before it ends, and the first with the pass. It hears nothing of a pass that throws after
/// the part that failed.
public protocol ForwardObserver: AnyObject {
  /// Says that tokens are about to go through the layers: what was done since the last part belongs to none.
  func began()
  /// Says that a part is done on all threads; `layer` is nil outside the layers.
  func finished(_ part: ForwardPart, layer: Int?)
}

extension ForwardObserver {
  /// Whoever takes no times need not know.
  public func began() {}
}
