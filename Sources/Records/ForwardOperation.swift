/// An operation of a forward pass as records name it.
///
/// What is fused counts with its product: `gate_up` holds the activation, `o` and `down` the residual sum. A norm and the
/// quantization behind it are one operation.
public struct ForwardOperation: Sendable, Equatable {
  /// What an operation is for: what figures add up.
  public enum Kind: String, Sendable, CaseIterable {
    /// Products with the weight matrices of the layers.
    case products
    /// Positions, keys and values, scores.
    case attention
    /// What carries a state along the tokens, or gates with one: convolutions, scans, gated memory units.
    case recurrence
    /// Norms, and the quantization of activations.
    case quantization
    /// The output head.
    case head
    /// The embedding, and what this build does not know.
    case other
  }

  /// The key in records.
  public let name: String
  /// What it is for.
  public let kind: Kind
  /// In words, as `tern profile` prints it.
  public let title: String

  init(_ name: String, _ kind: Kind, _ title: String) {
    self.name = name
    self.kind = kind
    self.title = title
  }

  /// Every operation, in the order in which they run.
  public static let all: [ForwardOperation] = [
    ForwardOperation("embedding", .other, "embedding"),
    ForwardOperation("norm_quantize_qkv", .quantization, "norm, quantize for qkv"),
    ForwardOperation("qkv", .products, "qkv"),
    ForwardOperation("rope_store", .attention, "rope, store"),
    ForwardOperation("attention", .attention, "attention"),
    ForwardOperation("norm_quantize_o", .quantization, "norm, quantize for o"),
    ForwardOperation("o", .products, "o"),
    ForwardOperation("norm_quantize_gate_up", .quantization, "norm, quantize for gate+up"),
    ForwardOperation("gate_up", .products, "gate+up, activation"),
    ForwardOperation("norm_quantize_down", .quantization, "norm, quantize for down"),
    ForwardOperation("down", .products, "down"),
    ForwardOperation("norm_final", .quantization, "final norm"),
    // Of decoder-hybrid-decoders, beside those above.
    ForwardOperation("layer_norm", .quantization, "layer norm"),
    ForwardOperation("mixer_in", .products, "in"),
    ForwardOperation("convolution", .recurrence, "convolution"),
    ForwardOperation("selection", .products, "x"),
    ForwardOperation("scan", .recurrence, "delta, selective scan, gate"),
    ForwardOperation("memory_gate", .recurrence, "memory gate"),
    ForwardOperation("head", .head, "head"),
  ]
}
