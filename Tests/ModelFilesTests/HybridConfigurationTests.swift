import Foundation
import ModelFiles
import Testing

@Suite struct HybridConfigurationTests {
  /// A complete configuration; tests change one key.
  static let complete: [String: any Sendable] = [
    "model_type": "phi4flash", "hidden_size": 48, "intermediate_size": 80, "num_hidden_layers": 8,
    "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 320, "max_position_embeddings": 512,
    "sliding_window": 6, "layer_norm_eps": 1e-5, "hidden_act": "silu", "mb_per_layer": 2, "mamba_d_state": 16,
    "mamba_d_conv": 4, "mamba_expand": 2, "mamba_dt_rank": 3, "tie_word_embeddings": true,
  ]

  private func read(_ changes: [String: any Sendable], without keys: [String] = []) throws -> HybridConfiguration {
    var fields: [String: Any] = Self.complete
    for (key, value) in changes { fields[key] = value }
    for key in keys { fields[key] = nil }
    let folder = try TemporaryFolder()
    return try HybridConfiguration(
      path: folder.write("config.json", JSONSerialization.data(withJSONObject: fields)))
  }

  private func expectError(
    _ changes: [String: any Sendable] = [:], without keys: [String] = [], key: String, says: String
  ) {
    let error = #expect(throws: ModelFileError.self) { try read(changes, without: keys) }
    #expect(error?.file.hasSuffix("config.json") == true)
    #expect(error?.part == key && error?.problem.contains(says) == true, "\(error?.description ?? "")")
  }

  @Test func aCompleteConfigurationIsRead() throws {
    let it = try read([:])
    #expect(it.headDim == 12 && it.innerSize == 96 && it.deltaRank == 3 && it.window == 6 && it.tiedEmbeddings == true)
  }

  @Test(arguments: [
    "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "vocab_size",
    "max_position_embeddings", "sliding_window", "layer_norm_eps",
  ])
  func aMissingKeyIsNamed(key: String) { expectError(without: [key], key: key, says: "is missing") }

  @Test func defaultsAreThoseOfTheFamily() throws {
    let keys = [
      "mamba_d_state", "mamba_d_conv", "mamba_expand", "mamba_dt_rank", "num_key_value_heads", "tie_word_embeddings",
      "mb_per_layer",
    ]
    let it = try read([:], without: keys)
    #expect(it.stateSize == 16 && it.convolutionWidth == 4 && it.innerSize == 96 && it.deltaRank == 3)
    #expect(it.keyValueHeads == 4 && it.tiedEmbeddings == nil)
    #expect(try read(["mamba_dt_rank": "auto", "hidden_size": 52]).deltaRank == 4)
  }

  static let contradictions: [(key: String, value: any Sendable, says: String)] = [
    ("num_hidden_layers", 6, "not a multiple of 4"), ("num_hidden_layers", 0, "is not in 1..."),
    ("num_attention_heads", 5, "does not divide hidden_size"), ("num_key_value_heads", 1, "is odd"),
    ("num_key_value_heads", 8, "does not divide num_attention_heads"), ("sliding_window", 0, "is not in 1..."),
    ("sliding_window", -1, "is not in 1..."), ("max_position_embeddings", 0, "is not in 1..."),
    ("layer_norm_eps", -1.0, "is not a small positive number"), ("mb_per_layer", 3, "is not 2"),
    ("hidden_act", "relu2", "is not \"silu\""), ("mlp_bias", true, "true is not supported"),
    ("lm_head_bias", true, "true is not supported"), ("mamba_proj_bias", true, "true is not supported"),
    ("mamba_conv_bias", false, "false is not supported"), ("mamba_dt_rank", 0, "is not in 1..."),
    ("mamba_dt_rank", "often", "neither a number nor"), ("mamba_expand", 1 << 19, "absurd"),
    ("model_type", "llama", "is not \"phi4flash\""), ("vocab_size", 1 << 40, "is not in 1..."),
    ("quantization_config", ["quant_method": "bitnet"], "quantized hybrids are not read"),
  ]

  @Test(arguments: contradictions.indices) func aContradictionIsNamed(index: Int) {
    let it = Self.contradictions[index]
    expectError([it.key: it.value], key: it.key, says: it.says)
  }

  @Test func damageIsAnErrorAndNothingElse() throws {
    var random = SeededGenerator(state: 8)
    let folder = try TemporaryFolder()
    let whole = Array(try JSONSerialization.data(withJSONObject: Self.complete, options: .sortedKeys))
    for _ in 0..<400 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes[place] = UInt8(ascii: "0") + UInt8.random(in: 0...9, using: &random)
        default: bytes.removeSubrange(place..<min(place + 5, bytes.count))
        }
      }
      let path = try folder.write("config.json", bytes)
      do {
        let it = try HybridConfiguration(path: path)
        #expect(it.layers.isMultiple(of: 4) && it.keyValueHeads.isMultiple(of: 2) && it.window >= 1)
      } catch { #expect(error is ModelFileError) }
      // What is opened as the one or the other model is an error of the same kind.
      do { _ = try ModelFile.openAny(path: folder.path) } catch { #expect(error is ModelFileError) }
    }
  }

  @Test func theFamilyDecidesWhatIsOpened() throws {
    let folder = try TemporaryFolder()
    #expect(!HybridCheckpoint.isHybrid(path: folder.path))
    try folder.write("config.json", JSONSerialization.data(withJSONObject: Self.complete))
    #expect(HybridCheckpoint.isHybrid(path: folder.path))
    #expect(!HybridCheckpoint.isHybrid(path: folder.path + "/x.safetensors"), "nothing is there")
    #expect(!HybridCheckpoint.isHybrid(path: folder.path + "/x.gguf"))
    let error = #expect(throws: ModelFileError.self) { try ModelFile.openAny(path: folder.path) }
    #expect(error?.description.contains("model.safetensors") == true)
    let transformer = #expect(throws: ModelFileError.self) { try ModelFile.open(path: folder.path) }
    #expect(transformer?.part == "model_type" && transformer?.problem.contains("hybrid") == true)
  }
}
