import Engine
import Foundation
import ModelFiles

/// A trained model as transformers and `tern convert` read it: `config.json`, float masters that are made ternary when
/// they are loaded (`quantization_mode: online`), and the tokenizer.
struct ModelExport {
  /// Writes a folder.
  ///
  /// - Throws: `ModelFileError` or `CocoaError` that names the path.
  static func write(
    _ parameters: Parameters, _ shape: TransformerShape, tokenizer: Tokenizer, tokenizerFolder: String,
    to folder: String
  ) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for name in ["tokenizer.json", "tokenizer_config.json"] {
      let source = TokenizerWriter.place(name, tokenizerFolder)
      guard FileManager.default.fileExists(atPath: source.path) else { continue }
      try Data(contentsOf: source).write(to: TokenizerWriter.place(name, folder), options: .atomic)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try encoder.encode(Fields(shape, tokenizer.specialTokens))
      .write(to: TokenizerWriter.place("config.json", folder), options: .atomic)
    let tensors = parameters.layout.entries.map { entry in
      SafetensorsWriter.Entry(
        name: entry.name, type: .f32, shape: entry.shape,
        bytes: UnsafeRawBufferPointer(start: parameters.masters(entry), count: 4 * entry.count))
    }
    try SafetensorsWriter.write(
      tensors, metadata: ["format": "pt"], to: TokenizerWriter.place("model.safetensors", folder).path)
  }

  /// `config.json`, its keys spelled as they are there.
  private struct Fields: Encodable {
    let architectures = ["BitNetForCausalLM"]
    let model_type = "bitnet"
    let hidden_size: Int
    let intermediate_size: Int
    let num_hidden_layers: Int
    let num_attention_heads: Int
    let num_key_value_heads: Int
    let head_dim: Int
    let vocab_size: Int
    let max_position_embeddings: Int
    let rope_theta: Double
    let rms_norm_eps: Double
    let hidden_act: String
    let tie_word_embeddings = true
    let dtype = "float32"
    let bos_token_id: Int32?
    let eos_token_id: Int32?
    let quantization_config = [
      "quant_method": "bitnet", "linear_class": "autobitlinear", "quantization_mode": "online",
    ]

    init(_ shape: TransformerShape, _ tokens: SpecialTokens) {
      hidden_size = shape.hidden
      intermediate_size = shape.feedForward
      num_hidden_layers = shape.layers
      num_attention_heads = shape.heads
      num_key_value_heads = shape.kvHeads
      head_dim = shape.headDim
      vocab_size = shape.vocabulary
      max_position_embeddings = shape.context
      rope_theta = shape.ropeTheta
      // Through its decimal digits: 1e-5 as a Float is 9.99999975e-6 as a Double.
      rms_norm_eps = Double("\(shape.rmsNormEpsilon)") ?? Double(shape.rmsNormEpsilon)
      hidden_act = shape.activation.rawValue
      bos_token_id = tokens.beginOfText
      eos_token_id = tokens.endOfText
    }
  }
}
