/// What the tensors of a `phi4flash` checkpoint are called.
struct HybridNames {
  static let embedding = "model.embed_tokens.weight"
  static let head = "lm_head.weight"
  static let finalNorm = "model.final_layernorm"

  let layer: Int

  init(_ layer: Int) { self.layer = layer }

  /// A tensor of the layer: "mlp.fc1.weight".
  func name(_ tensor: String) -> String { "model.layers.\(layer).\(tensor)" }

  /// A tensor of what the layer does before its feed-forward: "in_proj.weight".
  func mixer(_ tensor: String) -> String { name("attn.\(tensor)") }

  /// A tensor of differential attention: "lambda_q1".
  func differential(_ tensor: String) -> String { mixer("inner_cross_attn.\(tensor)") }
}
