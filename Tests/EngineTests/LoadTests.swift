import Engine
import Foundation
import Kernels
import ModelFiles
import Testing

@Suite struct LoadTests {
  private func load(_ editor: CheckpointEditor, kernel: Kernel = naive) throws -> Transformer {
    try Transformer.load(path: editor.write(), kernel: kernel, pool: ThreadPool(threads: 3, placement: .free))
  }

  private func expectError(_ editor: CheckpointEditor, tensor: String, says: String) {
    let error = #expect(throws: ModelFileError.self) { try load(editor) }
    #expect(error?.part == tensor && error?.problem.contains(says) == true, "\(error?.description ?? "no error")")
    #expect(error?.file.hasPrefix(editor.folder.path) == true)
  }

  @Test func anUntouchedCopyLoadsAndSaysWhatItIs() throws {
    let editor = try CheckpointEditor("bitnet2b_offline")
    let model = try load(editor)
    let bytes = try Data(contentsOf: editor.folder.appendingPathComponent("model.safetensors"))
    #expect(
      model.source == .file(path: editor.folder.path, sha256: SHA256.hex(of: bytes), format: "safetensors"))
    #expect(model.head == .bf16 && model.shape.name == editor.folder.path)
  }

  static let oracles = ["bitnet2b_offline", "llama158", "onebitllm"]

  @Test(arguments: oracles) func everyMissingTensorIsNamed(oracle: String) throws {
    let editor = try CheckpointEditor(oracle)
    let whole = editor.tensors
    for name in whole.keys.sorted() {
      editor.tensors = whole
      editor.tensors[name] = nil
      expectError(editor, tensor: name, says: "is missing")
    }
  }

  @Test(arguments: oracles) func everyWrongShapeIsNamed(oracle: String) throws {
    let editor = try CheckpointEditor(oracle)
    let whole = editor.tensors
    for (name, entry) in whole {
      editor.tensors = whole
      editor.tensors[name]?.shape = entry.shape + [1]
      expectError(editor, tensor: name, says: "[")
    }
  }

  @Test(arguments: oracles) func everyWrongTypeIsNamed(oracle: String) throws {
    let editor = try CheckpointEditor(oracle)
    let whole = editor.tensors
    for (name, entry) in whole {
      editor.tensors = whole
      editor.tensors[name]?.type = entry.type == "U8" ? "BOOL" : "I16"
      expectError(editor, tensor: name, says: entry.type == "U8" ? "BOOL" : "I16")
    }
  }

  @Test func aDamagedNormScaleOrMasterIsNamed() throws {
    let nan: [UInt8] = [0xc0, 0x7f]
    for (oracle, tensor) in [
      ("bitnet2b_offline", "model.layers.1.self_attn.attn_sub_norm.weight"),
      ("bitnet2b_offline", "model.norm.weight"),
      ("llama158", "model.layers.0.mlp.up_proj.weight_scale"),
      ("onebitllm", "model.layers.0.self_attn.v_proj.weight"),
    ] {
      let editor = try CheckpointEditor(oracle)
      editor.tensors[tensor]?.bytes.replaceSubrange(0..<2, with: nan)
      expectError(editor, tensor: tensor, says: "the file is damaged")
    }
  }

  @Test func aPackedCodeThatMeansNothingIsNamed() throws {
    let editor = try CheckpointEditor("bitnet2b_offline")
    let tensor = "model.layers.1.mlp.up_proj.weight"
    editor.tensors[tensor]?.bytes[1000] = 0xff
    expectError(editor, tensor: tensor, says: "not -1, 0 or +1")
  }

  @Test func aZeroScaleIsRefused() throws {
    let editor = try CheckpointEditor("llama158")
    editor.tensors["model.layers.0.self_attn.q_proj.weight_scale"]?.bytes = [0, 0]
    expectError(editor, tensor: "model.layers.0.self_attn.q_proj.weight_scale", says: "no scale")
  }

  @Test func weightsLeftUnpackedGiveTheSameLogits() throws {
    let editor = try CheckpointEditor("bitnet2b_odd_offline")
    let packed = try logits(editor)
    for (name, entry) in editor.tensors where entry.type == "U8" {
      // Rows r, r + N/4, … of one byte, as bf16: the upper halves of -1, 0 and 1.
      let fields = (0..<4).flatMap { field in entry.bytes.map { Int($0 >> (2 * UInt8(field)) & 3) } }
      let bytes = fields.flatMap { [[UInt8](arrayLiteral: 0x80, 0xbf), [0, 0], [0x80, 0x3f]][$0] }
      editor.tensors[name] = .init(type: "BF16", shape: [entry.shape[0] * 4, entry.shape[1]], bytes: bytes)
    }
    #expect(try logits(editor) == packed)
  }

  private func logits(_ editor: CheckpointEditor) throws -> [Float] {
    let pool = try ThreadPool(threads: 2, placement: .free)
    let model = try load(editor)
    return try Session(model: model, kernel: naive, pool: pool, context: 16).forward([1, 2, 3], logits: .all).values
  }

  @Test func aShapeThatDoesNotMatchTheTensorsNamesOne() throws {
    let editor = try CheckpointEditor("bitnet2b_offline")
    editor.configuration["vocab_size"] = 289
    expectError(editor, tensor: "model.embed_tokens.weight", says: "[289, 256]")
    editor.configuration["vocab_size"] = 288
    editor.configuration["num_hidden_layers"] = 3
    expectError(editor, tensor: "model.layers.2.input_layernorm.weight", says: "is missing")
  }
}

/// Activations that stop being numbers end the pass with the place where it was seen.
@Suite struct NonFiniteTests {
  /// Loads a fixture with one bf16 tensor overwritten by a value.
  private func forward(
    _ oracle: String, _ tensor: String, _ pattern: UInt16, threads: Int = 3, cacheFormat: CacheFormat = .f32
  ) throws {
    let editor = try CheckpointEditor(oracle)
    let count = editor.tensors[tensor]!.bytes.count / 2
    editor.tensors[tensor]!.bytes = (0..<count).flatMap { _ in [UInt8(pattern & 0xff), UInt8(pattern >> 8)] }
    let pool = try ThreadPool(threads: threads, placement: .free)
    let model = try Transformer.load(path: editor.write(), kernel: naive, pool: pool)
    let session = try Session(model: model, kernel: naive, pool: pool, context: 32, cacheFormat: cacheFormat)
    do { try session.forward([1, 2, 3, 4, 5], logits: .last) } catch {
      #expect(session.position == 0)
      throw error
    }
  }

  @Test func aValueBeyondHalvesIsAnErrorThatSaysSo() throws {
    // A scale of 1e8 makes values that floats hold and halves do not.
    let (oracle, tensor, large) = ("bitnet2b_offline", "model.layers.0.self_attn.v_proj.weight_scale", UInt16(0x4cbf))
    try forward(oracle, tensor, large)
    try forward(oracle, tensor, large, cacheFormat: .int8)
    let error = #expect(throws: EngineError.self) { try forward(oracle, tensor, large, cacheFormat: .f16) }
    #expect(error?.description.contains("layer 0, input of o") == true)
    #expect(error?.description.contains("65504") == true, "\(error?.description ?? "")")
  }

  static let nan: UInt16 = 0x7fc0
  static let infinity: UInt16 = 0x7f80
  /// 3.4e38: finite, but its square is not.
  static let huge: UInt16 = 0x7f7f

  static let cases: [(oracle: String, tensor: String, pattern: UInt16, says: String)] = [
    ("bitnet2b_offline", "model.embed_tokens.weight", nan, "layer 0, input of q, k and v"),
    ("bitnet2b_offline", "model.embed_tokens.weight", infinity, "layer 0, input of q, k and v"),
    ("bitnet2b_offline", "model.embed_tokens.weight", huge, "layer 0, input of q, k and v"),
    ("bitnet2b_offline", "model.layers.1.input_layernorm.weight", huge, "layer 1, input of"),
    ("bitnet2b_offline", "model.layers.0.mlp.up_proj.weight_scale", huge, "layer 0, input of down"),
    ("bitnet2b_offline", "model.layers.0.self_attn.v_proj.weight_scale", huge, "layer 0, input of o"),
    ("bitnet2b_offline", "model.layers.0.self_attn.k_proj.weight_scale", huge, "layer 0, input of o"),
    ("bitnet2b_offline", "model.layers.1.mlp.down_proj.weight_scale", huge, "after the last layer, input of the head"),
    ("onebitllm", "model.layers.1.mlp.ffn_layernorm.weight", huge, "input of"),
  ]

  @Test(arguments: cases)
  func thePlaceIsNamed(oracle: String, tensor: String, pattern: UInt16, says: String) throws {
    for threads in [1, 3] {
      let error = #expect(throws: EngineError.self) { try forward(oracle, tensor, pattern, threads: threads) }
      #expect(error?.kind == .nonFinite && error?.description.contains(says) == true, "\(error?.description ?? "")")
    }
  }
}
