import Foundation
import ModelFiles
import Testing

/// The header of a GGUF file of architecture `phi4flash`.
@Suite struct HybridGGUFConfigurationTests {
  static let sizes: [(key: String, value: UInt32)] = [
    ("context_length", 512), ("embedding_length", 48), ("block_count", 8), ("feed_forward_length", 80),
    ("attention.head_count", 4), ("attention.head_count_kv", 2), ("attention.sliding_window", 6),
    ("ssm.conv_kernel", 4), ("ssm.inner_size", 96), ("ssm.state_size", 16), ("ssm.time_step_rank", 3),
    ("vocab_size", 320),
  ]

  /// A header with a small tensor of each layer, which is enough for opening.
  static func header(without missing: String? = nil, changing changes: [String: UInt32] = [:]) -> GGUFBytes {
    var bytes = GGUFBytes()
    bytes.set("general.architecture", "phi4flash")
    for (key, value) in sizes where key != missing { bytes.set("phi4flash.\(key)", changes[key] ?? value) }
    if missing != "attention.layer_norm_epsilon" { bytes.set("phi4flash.attention.layer_norm_epsilon", Float(1e-5)) }
    for layer in 0..<8 { bytes.add("blk.\(layer).ffn_norm.bias", [1], .f32, [0, 0, 0, 0]) }
    return bytes
  }

  private func open(_ bytes: GGUFBytes) throws -> GGUFHybrid {
    let folder = try TemporaryFolder()
    return try GGUFHybrid(path: folder.write("m.gguf", bytes.bytes))
  }

  private func expectError(_ bytes: GGUFBytes, part: String, says: String) {
    let error = #expect(throws: ModelFileError.self) { try open(bytes) }
    #expect(error?.part == part && error?.problem.contains(says) == true, "\(error?.description ?? "")")
  }

  @Test func aCompleteHeaderIsRead() throws {
    let model = try open(Self.header())
    let it = model.configuration
    #expect(it.hiddenSize == 48 && it.innerSize == 96 && it.deltaRank == 3 && it.window == 6 && it.keyValueHeads == 2)
    #expect(it.layerNormEpsilon == Double(Float(1e-5)) && it.maxPositions == 512 && it.stateSize == 16)
    #expect(model.tiedEmbeddings && !model.isTernary && model.notes.isEmpty && model.format == "gguf")
    let missing = #expect(throws: ModelFileError.self) { try model.floats(.layer(3, .lambdaK2)) }
    #expect(missing?.part == "blk.3.attn_lambda_k2" && missing?.problem.contains("is missing") == true)
    let shape = #expect(throws: ModelFileError.self) { try model.floats(.layer(2, .feedForwardNormBias)) }
    #expect(shape?.part == "blk.2.ffn_norm.bias" && shape?.problem.contains("[48]") == true)
  }

  @Test(arguments: sizes.map(\.key) + ["attention.layer_norm_epsilon"]) func aMissingKeyIsNamed(key: String) {
    expectError(Self.header(without: key), part: "phi4flash.\(key)", says: "is missing")
  }

  static let contradictions: [(key: String, value: UInt32, says: String)] = [
    ("block_count", 6, "not a multiple of 4"), ("block_count", 0, "is not in 1..."),
    ("block_count", 400, "8 tensors"), ("attention.head_count", 5, "does not divide phi4flash.embedding_length"),
    ("attention.head_count_kv", 1, "is odd"), ("attention.head_count_kv", 8, "does not divide"),
    ("attention.sliding_window", 0, "is not in 1..."), ("vocab_size", 1 << 30, "is not in 1..."),
    ("ssm.inner_size", 1 << 21, "is not in 1..."),
  ]

  @Test(arguments: contradictions.indices) func aContradictionIsNamed(index: Int) {
    let it = Self.contradictions[index]
    expectError(Self.header(changing: [it.key: it.value]), part: "phi4flash.\(it.key)", says: it.says)
  }

  @Test func whatTheGraphHasNoPlaceForIsRefused() {
    var bytes = Self.header()
    bytes.add("blk.1.attn_qkv.weight", [1], .f32, [0, 0, 0, 0])
    expectError(bytes, part: "blk.1.attn_qkv.weight", says: "has no place")
    bytes = Self.header()
    bytes.add("blk.0.attn_q.weight", [1], .f32, [0, 0, 0, 0])
    expectError(bytes, part: "blk.0.attn_q.weight", says: "has no place")
  }

  @Test func projectionsAreAllTernaryOrAllDense() throws {
    let codes = [UInt8](repeating: 0, count: 64)
    var mixed = Self.header()
    mixed.add("blk.0.ssm_in.weight", [1], .f32, [0, 0, 0, 0])
    mixed.add("blk.5.ffn_up.weight", [128], .i2S, codes)
    expectError(mixed, part: "blk.5.ffn_up.weight", says: "blk.0.ssm_in.weight as F32")
    var contradicting = Self.header()
    contradicting.keys.append(("phi4flash.ternary", 7, [0]))
    contradicting.add("blk.5.ffn_up.weight", [128], .i2S, codes)
    expectError(contradicting, part: "blk.5.ffn_up.weight", says: "phi4flash.ternary is false")
    var ternary = Self.header()
    ternary.add("blk.5.ffn_up.weight", [128], .i2S, codes)
    #expect(try open(ternary).isTernary)
    var stated = Self.header()
    stated.keys.append(("phi4flash.ternary", 7, [1]))
    stated.set("tern.ternarized", "absmean")
    let model = try open(stated)
    #expect(model.isTernary && model.notes.map(\.id) == ["W-ternarized"])
  }

  @Test func aTransformerIsNoHybridAndTheOtherWayRound() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("m.gguf", Self.header().bytes)
    #expect(try ModelFile.openAny(path: path) is GGUFHybrid)
    #expect(try ModelFile.openAny(path: folder.path) is GGUFHybrid)
    let transformer = #expect(throws: ModelFileError.self) { try ModelFile.open(path: path) }
    #expect(transformer?.part == "general.architecture" && transformer?.problem.contains("hybrid") == true)
    let hybrid = #expect(throws: ModelFileError.self) { try GGUFHybrid(path: Known.model("llama_tq2")) }
    #expect(hybrid?.part == "general.architecture" && hybrid?.problem.contains("\"llama\"") == true)
  }

  @Test func damageIsAnErrorAndNothingElse() throws {
    var random = SeededGenerator(state: 21)
    let folder = try TemporaryFolder()
    let whole = Self.header().bytes
    for _ in 0..<600 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
        default: bytes.removeSubrange(place..<min(place + 5, bytes.count))
        }
      }
      let path = try folder.write("m.gguf", bytes)
      do {
        guard let model = try ModelFile.openAny(path: path) as? GGUFHybrid else { continue }
        #expect(model.configuration.layers.isMultiple(of: 4) && model.configuration.layers <= 8)
        for tensor in model.tensors { _ = try model.stored(tensor) }
      } catch { #expect(error is ModelFileError) }
    }
  }
}
