import Foundation
import ModelFiles
import Testing

@Suite struct HuggingFaceConfigurationTests {
  /// A complete configuration; tests change one key.
  static let complete: [String: any Sendable] = [
    "model_type": "bitnet", "architectures": ["BitNetForCausalLM"], "hidden_size": 64, "intermediate_size": 192,
    "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 288,
    "max_position_embeddings": 256, "rope_theta": 500_000.0, "rms_norm_eps": 1e-5, "hidden_act": "relu2",
    "tie_word_embeddings": true,
    "quantization_config": ["quant_method": "bitnet", "linear_class": "autobitlinear"] as [String: any Sendable],
  ]

  private func read(
    _ changes: [String: any Sendable], without keys: [String] = []
  ) throws -> HuggingFaceConfiguration {
    var fields: [String: Any] = Self.complete
    for (key, value) in changes { fields[key] = value }
    for key in keys { fields[key] = nil }
    let folder = try TemporaryFolder()
    return try HuggingFaceConfiguration(
      path: folder.write("config.json", JSONSerialization.data(withJSONObject: fields)))
  }

  private func expectError(
    _ changes: [String: any Sendable] = [:], without keys: [String] = [], key: String, says: String
  ) {
    let error = #expect(throws: ModelFileError.self) { try read(changes, without: keys) }
    #expect(error?.file.hasSuffix("config.json") == true)
    #expect(error?.part?.hasPrefix(key) == true && error?.problem.contains(says) == true, "\(error?.description ?? "")")
  }

  @Test func aCompleteConfigurationIsRead() throws {
    let configuration = try read([:])
    #expect(configuration.hiddenSize == 64 && configuration.headDim == 16 && configuration.hasSubNorms)
    #expect(configuration.activation == .relu2 && configuration.quantization == .offlineMultiplier)
  }

  @Test(arguments: [
    "model_type", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "vocab_size",
    "max_position_embeddings", "rope_theta", "rms_norm_eps", "hidden_act",
  ])
  func aMissingKeyIsNamed(key: String) {
    expectError(without: [key], key: key, says: "is missing")
  }

  @Test func defaultsAreThoseOfTransformers() throws {
    let configuration = try read([:], without: ["num_key_value_heads", "tie_word_embeddings"])
    #expect(configuration.keyValueHeads == 4 && !configuration.tiedEmbeddings)
  }

  @Test func anExplicitHeadWidthNeedNotDivideTheHiddenWidth() throws {
    #expect(try read(["head_dim": 48]).headDim == 48)
  }

  @Test func rotaryBaseMayStandInRopeParameters() throws {
    let parameters: [String: any Sendable] = ["rope_type": "default", "rope_theta": 7.0]
    #expect(try read(["rope_parameters": parameters], without: ["rope_theta"]).ropeTheta == 7)
  }

  @Test func contradictionsAreNamed() {
    expectError(["num_key_value_heads": 3], key: "num_key_value_heads", says: "does not divide")
    expectError(["head_dim": 15], key: "head_dim", says: "odd")
    expectError(["hidden_size": 0], key: "hidden_size", says: "not in 1...")
    expectError(["vocab_size": -5], key: "vocab_size", says: "not in 1...")
    expectError(["num_hidden_layers": Int.max], key: "num_hidden_layers", says: "not in 1...")
    expectError(["num_attention_heads": 0], key: "num_attention_heads", says: "not in 1...")
    expectError(["rope_theta": -1.0], key: "rope_theta", says: "not positive")
    expectError(["rms_norm_eps": -1.0], key: "rms_norm_eps", says: "not a small positive")
  }

  @Test func graphsThatTheEngineDoesNotHaveAreRefused() {
    expectError(["model_type": "gemma3"], key: "model_type", says: "\"gemma3\" is not supported")
    expectError(["hidden_act": "gelu"], key: "hidden_act", says: "none of")
    expectError(["attention_bias": true], key: "attention_bias", says: "not supported")
    expectError(["mlp_bias": true], key: "mlp_bias", says: "not supported")
    let scaling: [String: any Sendable] = ["rope_type": "llama3", "factor": 8.0]
    expectError(["rope_scaling": scaling], key: "rope_scaling", says: "\"llama3\"")
  }

  static let quantizations: [(fields: [String: String], expected: Quantization)] = [
    (["quant_method": "bitnet"], .offlineDivisor),
    (["quant_method": "bitnet", "linear_class": "bitlinear"], .offlineDivisor),
    (["quant_method": "bitnet", "linear_class": "autobitlinear", "quantization_mode": "offline"], .offlineMultiplier),
    (["quant_method": "bitnet", "linear_class": "autobitlinear", "quantization_mode": "online"], .online),
  ]

  @Test(arguments: quantizations)
  func linearClassAndModeDecideTheStorage(fields: [String: String], expected: Quantization) throws {
    #expect(try read(["quantization_config": fields]).quantization == expected)
  }

  @Test func senselessQuantizationsAreNamed() {
    func expect(_ fields: [String: any Sendable], _ key: String, _ says: String) {
      var all: [String: any Sendable] = ["quant_method": "bitnet"]
      all.merge(fields) { $1 }
      expectError(["quantization_config": all], key: "quantization_config: \(key)", says: says)
    }
    expect(["quant_method": "gptq"], "quant_method", "\"gptq\" instead of \"bitnet\"")
    expect(["linear_class": "linear"], "linear_class", "neither")
    expect(["linear_class": "autobitlinear", "quantization_mode": "maybe"], "quantization_mode", "neither")
    expect(["linear_class": "bitlinear", "quantization_mode": "online"], "quantization_mode", "contradicts")
    expect(["use_rms_norm": true, "rms_norm_eps": -1.0], "rms_norm_eps", "not a small positive number")
    expect(["modules_to_not_convert": ["model.layers.0.mlp.down_proj"]], "modules_to_not_convert", "not ternary")
  }

  @Test func normsOnInputsHaveTheirOwnEpsilon() throws {
    func epsilon(_ fields: [String: any Sendable]) throws -> Double? {
      var all: [String: any Sendable] = ["quant_method": "bitnet"]
      all.merge(fields) { $1 }
      return try read(["quantization_config": all]).inputNormEpsilon
    }
    #expect(try epsilon([:]) == nil && epsilon(["use_rms_norm": false, "rms_norm_eps": 0.5]) == nil)
    #expect(try epsilon(["use_rms_norm": true]) == 1e-6)
    #expect(try epsilon(["use_rms_norm": true, "rms_norm_eps": 0.5]) == 0.5)
  }

  @Test func aModelThatNothingCallsTernaryIsRefused() {
    expectError(without: ["quantization_config"], key: "quantization_config", says: "is missing")
  }

  @Test func oneBitLLMIsKnownByItsArchitecture() throws {
    let configuration = try read(
      ["model_type": "llama", "architectures": ["BitnetForCausalLM"], "hidden_act": "silu"],
      without: ["quantization_config"])
    #expect(configuration.isOneBitLLM && configuration.hasSubNorms && configuration.quantization == .online)
  }

  @Test(arguments: ["", "[]", "{", "null", #"{"model_type": 3}"#, String(repeating: "[", count: 100_000)])
  func whatIsNoConfigurationIsRefused(text: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("config.json", text.utf8)
    let error = #expect(throws: ModelFileError.self) { try HuggingFaceConfiguration(path: path) }
    #expect(error?.file == path)
  }
}
