/// The keys of `config.json` that matter here, spelled as they are there; all may be absent.
struct ConfigurationFields: Decodable {
  var model_type: String?
  var architectures: [String]?
  var hidden_size: Int?
  var intermediate_size: Int?
  var num_hidden_layers: Int?
  var num_attention_heads: Int?
  var num_key_value_heads: Int?
  var head_dim: Int?
  var vocab_size: Int?
  var max_position_embeddings: Int?
  var rope_theta: Double?
  /// The older place of scaled positions, and the newer place of everything rotary.
  var rope_scaling: RopeFields?
  var rope_parameters: RopeFields?
  var rms_norm_eps: Double?
  var hidden_act: String?
  var tie_word_embeddings: Bool?
  var attention_bias: Bool?
  var mlp_bias: Bool?
  var quantization_config: QuantizationFields?
}

/// `rope_scaling` or `rope_parameters`.
struct RopeFields: Decodable {
  var rope_theta: Double?
  var rope_type: String?
  var type: String?
  var factor: Double?
}

/// `quantization_config`.
struct QuantizationFields: Decodable {
  var quant_method: String?
  var linear_class: String?
  var quantization_mode: String?
  var modules_to_not_convert: [String]?
  var use_rms_norm: Bool?
  var rms_norm_eps: Double?
}
