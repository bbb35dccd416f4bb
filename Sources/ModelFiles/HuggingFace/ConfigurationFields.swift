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
  var rope_parameters: RopeParameterFields?
  var rms_norm_eps: Double?
  var hidden_act: String?
  /// What Gemma calls `hidden_act`.
  var hidden_activation: String?
  var query_pre_attn_scalar: Double?
  var sliding_window: Int?
  var use_sliding_window: Bool?
  var layer_types: [String]?
  /// The older way to say which layers are local, and the older place of their rotary base.
  var sliding_window_pattern: Int?
  var rope_local_base_freq: Double?
  var attn_logit_softcapping: Double?
  var final_logit_softcapping: Double?
  var use_bidirectional_attention: Bool?
  var tie_word_embeddings: Bool?
  var attention_bias: Bool?
  var mlp_bias: Bool?
  var quantization_config: QuantizationFields?
}

/// The keys of a hybrid's `config.json`; all may be absent.
struct HybridFields: Decodable {
  var model_type: String?
  var hidden_size: Int?
  var intermediate_size: Int?
  var num_hidden_layers: Int?
  var num_attention_heads: Int?
  var num_key_value_heads: Int?
  var vocab_size: Int?
  var max_position_embeddings: Int?
  var sliding_window: Int?
  var layer_norm_eps: Double?
  var hidden_act: String?
  var mb_per_layer: Int?
  var mamba_d_state: Int?
  var mamba_d_conv: Int?
  var mamba_expand: Int?
  var mamba_dt_rank: RankField?
  var mamba_conv_bias: Bool?
  var mamba_proj_bias: Bool?
  var mlp_bias: Bool?
  var lm_head_bias: Bool?
  var tie_word_embeddings: Bool?
  var quantization_config: QuantizationFields?

  /// A number, or "auto".
  enum RankField: Decodable {
    case number(Int)
    case word(String)

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let number = try? value.decode(Int.self) {
        self = .number(number)
      } else {
        self = .word(try value.decode(String.self))
      }
    }
  }
}

/// `rope_parameters`: one set, or one for each kind of layer.
struct RopeParameterFields: Decodable {
  var rope_theta: Double?
  var rope_type: String?
  var factor: Double?
  var full_attention: RopeFields?
  var sliding_attention: RopeFields?
}

/// `rope_scaling`, or a set of `rope_parameters`.
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
