import Engine
import Foundation
import Kernels
import ModelFiles
import Testing

/// The forms in which configurations of the embedding models' families come, and those that are refused.
@Suite struct EmbeddingFilesTests {
  private func states(_ path: String) throws -> [UInt32] {
    let pool = try ThreadPool(threads: 2, placement: .free)
    let model = try Transformer.load(path: path, kernel: naive, pool: pool, hashing: false)
    return bits(
      try Session(model: model, kernel: naive, pool: pool, context: 32)
        .states(of: [1, 5, 9, 2, 6, 10, 3, 7, 11, 4, 8, 12]))
  }

  @Test func theOlderFormOfLocalLayersIsRead() throws {
    let editor = try CheckpointEditor("gemma3_embedding")
    let expected = try states(editor.write())
    for key in ["layer_types", "rope_parameters"] { editor.configuration[key] = nil }
    editor.configuration["sliding_window_pattern"] = 3
    editor.configuration["rope_theta"] = 1e6
    editor.configuration["rope_local_base_freq"] = 1e4
    #expect(try states(editor.write()) == expected)
    editor.configuration["rope_local_base_freq"] = 1e6
    #expect(try states(editor.write()) != expected)
  }

  @Test(arguments: ["qwen3_embedding", "gemma3_embedding"])
  func namesWithinAModelWithAHeadAreRead(oracle: String) throws {
    let editor = try CheckpointEditor(oracle)
    let expected = try states(editor.write())
    editor.tensors = Dictionary(uniqueKeysWithValues: editor.tensors.map { ("model.\($0.key)", $0.value) })
    #expect(try states(editor.write()) == expected)
    let renamed = editor.tensors.map { name, entry in
      (name.contains("_proj.norm.") ? name.replacing(".norm.weight", with: ".rms_norm.weight") : name, entry)
    }
    editor.tensors = Dictionary(uniqueKeysWithValues: renamed)
    #expect(try states(editor.write()) == expected)
  }

  static let refusals: [(key: String, value: any Sendable, says: String)] = [
    ("layer_types", ["sliding_attention"], "1 entries for 3"),
    ("layer_types", ["full_attention", "chunked_attention", "full_attention"], "\"chunked_attention\" is neither"),
    ("sliding_window", 0, "0 is not in"),
    ("query_pre_attn_scalar", -1, "-1.0 is not positive"),
    ("attn_logit_softcapping", 50, "not capped"),
    ("final_logit_softcapping", 30, "not capped"),
    ("use_bidirectional_attention", true, "true is not supported"),
    ("hidden_activation", "gelu", "\"gelu\" is none of"),
  ]

  @Test(arguments: refusals.indices) func whatTheGraphDoesNotHaveIsRefused(index: Int) throws {
    let (key, value, says) = Self.refusals[index]
    let editor = try CheckpointEditor("gemma3_embedding")
    editor.configuration[key] = value
    let path = try editor.write()
    let error = #expect(throws: ModelFileError.self) { try ModelFile.open(path: path) }
    #expect(error?.part == key && error?.problem.contains(says) == true, "\(error.map { "\($0)" } ?? "")")
  }

  @Test(arguments: [
    ("sliding_window", "sliding_window"), ("layer_types", "layer_types"),
    ("query_pre_attn_scalar", "query_pre_attn_scalar"), ("rope_parameters", "rope_theta"),
  ])
  func whatIsMissingIsNamed(removed: String, named: String) throws {
    let editor = try CheckpointEditor("gemma3_embedding")
    editor.configuration[removed] = nil
    let path = try editor.write()
    let error = #expect(throws: ModelFileError.self) { try ModelFile.open(path: path) }
    #expect(error?.part == named && error?.problem.contains("is missing") == true, "\(error.map { "\($0)" } ?? "")")
  }

  @Test func layersWithoutEndAreRefusedBeforeTheyAreListed() throws {
    let editor = try CheckpointEditor("gemma3_embedding")
    editor.configuration["layer_types"] = nil
    editor.configuration["sliding_window_pattern"] = 6
    for layers in [1 << 27, Int.max, -1] {
      editor.configuration["num_hidden_layers"] = layers
      let path = try editor.write()
      let error = #expect(throws: ModelFileError.self) { try ModelFile.open(path: path) }
      #expect(error?.part == "num_hidden_layers" || layers == -1, "\(error.map { "\($0)" } ?? "")")
    }
  }

  /// Damaged configurations give an error or a model, and nothing else.
  @Test func damagedConfigurationsAreSurvived() throws {
    let editor = try CheckpointEditor("gemma3_embedding")
    let path = try editor.write()
    let file = URL(filePath: path + "/config.json")
    let whole = Array(try Data(contentsOf: file))
    var state: UInt64 = 11
    func random(_ below: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % below
    }
    let letters = Array("0123456789-.eE[]{}\",:truefalsn ".utf8)
    for _ in 0..<300 {
      var damaged = whole
      for _ in 0...random(3) { damaged[random(damaged.count)] = letters[random(letters.count)] }
      if random(4) == 0 { damaged.removeLast(random(damaged.count)) }
      try Data(damaged).write(to: file)
      do { _ = try TransformerShape(ModelFile.open(path: path).model, name: "damaged") } catch is ModelFileError {
      } catch is EngineError {}
    }
  }

  @Test func aModelThatNothingCallsTernaryIsRefused() throws {
    let editor = try CheckpointEditor("qwen3_embedding")
    editor.tensors = editor.tensors.filter { !$0.key.contains("_proj.norm.") }
    let path = try editor.write()
    let error = #expect(throws: ModelFileError.self) { try ModelFile.open(path: path) }
    #expect(error?.part == "layers.0.self_attn.q_proj.norm.weight")
    #expect(error?.problem.contains("nothing says that the weights are ternary") == true)
  }

  @Test(arguments: [
    "layers.1.mlp.up_proj.norm.weight", "layers.0.self_attn.k_norm.weight",
    "layers.2.post_feedforward_layernorm.weight",
  ])
  func aMissingNormIsNamed(name: String) throws {
    let editor = try CheckpointEditor("gemma3_embedding")
    editor.tensors[name] = nil
    let path = try editor.write()
    let error = #expect(throws: ModelFileError.self) { try states(path) }
    #expect(error?.part == name)
  }

  @Test(arguments: ["qwen3_embedding", "gemma3_embedding_i2s"])
  func filesOfTheirArchitecturesAreNotWritten(oracle: String) throws {
    let source = try ModelFile.open(path: Oracle(name: oracle).path)
    #expect(throws: ModelFileError.self) { try ModelConverter(source, options: .init(type: .i2S)) }
  }
}
