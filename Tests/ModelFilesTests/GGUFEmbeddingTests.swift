import Foundation
import ModelFiles
import Testing

/// What only the architectures of the embedding models have.
@Suite struct GGUFEmbeddingTests {
  private func open(_ file: GGUFBytes) throws -> GGUFModel {
    let folder = try TemporaryFolder()
    return try GGUFModel(path: folder.write("m.gguf", file.bytes))
  }

  private func expectError(_ file: GGUFBytes, part: String, says: String) {
    let error = #expect(throws: ModelFileError.self) { try open(file) }
    #expect(error?.part == part && error?.problem.contains(says) == true, "\(error?.description ?? "no error")")
  }

  private func norm(_ count: Int) -> [UInt8] { (0..<count).flatMap { _ in GGUFBytes.little(Float(1).bitPattern) } }

  @Test func theArchitectureSaysWhatTheGraphHas() throws {
    let gemma = try open(GGUFModelTests.model("gemma3")).model
    #expect(gemma.activation == .gelu && gemma.hasHeadNorms && gemma.hasPostNorms && !gemma.hasSubNorms)
    #expect(gemma.embeddingScale == 128.0.squareRoot() && gemma.localAttention == nil && gemma.pooling == nil)
    let qwen = try open(GGUFModelTests.model("qwen3")).model
    #expect(qwen.activation == .silu && qwen.hasHeadNorms && !qwen.hasPostNorms && qwen.embeddingScale == 1)
    #expect(qwen.inputNormEpsilon == nil && qwen.tiedEmbeddings)
  }

  @Test func aWindowMakesLocalLayers() throws {
    var file = GGUFModelTests.model("gemma3")
    file.set("gemma3.attention.sliding_window", UInt32(512))
    #expect(try open(file).model.localAttention == LocalAttention(window: 512, ropeTheta: 10_000, isLocal: [true]))
    file.set("gemma3.rope.freq_base_swa", Float(500))
    #expect(try open(file).model.localAttention?.ropeTheta == 500)
    file.set("gemma3.attention.sliding_window_pattern", UInt32(1))
    #expect(try open(file).model.localAttention == nil)
  }

  @Test(
    arguments: [
      ("qwen3", "attention.sliding_window", 512, "not supported in"),
      ("gemma3", "attention.sliding_window", 0, "not in 1"),
      ("gemma3", "attention.sliding_window_pattern", 0, "not in 1"),
      ("gemma3", "pooling_type", 2, "2 is not supported"),
    ] as [(String, String, UInt32, String)])
  func whatIsNotSupportedIsNamed(architecture: String, key: String, value: UInt32, says: String) {
    var file = GGUFModelTests.model(architecture)
    if key.hasSuffix("pattern") { file.set("gemma3.attention.sliding_window", UInt32(512)) }
    file.set("\(architecture).\(key)", value)
    expectError(file, part: "\(architecture).\(key)", says: says)
  }

  @Test(
    arguments: [
      ("attention.scale", -1, "not a positive"), ("attn_logit_softcapping", 50, "not capped"),
      ("final_logit_softcapping", 30, "not capped"), ("rope.freq_base_swa", 0, "not positive"),
    ] as [(String, Float, String)])
  func numbersOfAnotherGraphAreNamed(key: String, value: Float, says: String) {
    var file = GGUFModelTests.model("gemma3")
    file.set("gemma3.attention.sliding_window", UInt32(512))
    file.set("gemma3.\(key)", value)
    expectError(file, part: "gemma3.\(key)", says: says)
  }

  /// Damaged metadata gives an error or a model, and nothing else.
  @Test func damagedFilesAreSurvived() throws {
    var file = GGUFModelTests.model("gemma3")
    file.set("gemma3.attention.sliding_window", UInt32(512))
    file.set("gemma3.attention.sliding_window_pattern", UInt32(6))
    file.set("gemma3.attention.scale", Float(0.1))
    file.set("gemma3.pooling_type", UInt32(3))
    file.add("blk.0.attn_q_norm_in.weight", [128], .f32, norm(128))
    let whole = file.bytes
    let head = whole.count - file.data.count
    let folder = try TemporaryFolder()
    var state: UInt64 = 5
    func random(_ below: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % below
    }
    for _ in 0..<300 {
      var damaged = whole
      for _ in 0...random(3) { damaged[random(head)] = UInt8(random(256)) }
      let path = try folder.write("m.gguf", damaged)
      do { _ = try GGUFModel(path: path).inputNorm(.layer(0, .query), width: 128) } catch is ModelFileError {}
    }
  }

  @Test func poolingIsTheFiles() throws {
    for (number, pooling) in [(1, .mean), (3, .last), (0, nil)] as [(UInt32, Pooling?)] {
      var file = GGUFModelTests.model("qwen3")
      file.set("qwen3.pooling_type", number)
      #expect(try open(file).model.pooling == pooling)
    }
  }

  @Test func normsOnInputsAreAllOrNone() throws {
    var file = GGUFModelTests.model("qwen3")
    file.add("blk.0.attn_q_norm_in.weight", [128], .f32, norm(128))
    let model = try open(file)
    #expect(model.model.inputNormEpsilon == Double(Float(1e-5)))
    #expect(try model.inputNorm(.layer(0, .query), width: 128) == [Float](repeating: 1, count: 128))
    let error = #expect(throws: ModelFileError.self) { try model.inputNorm(.layer(0, .down), width: 256) }
    #expect(error?.part == "blk.0.ffn_down_norm_in.weight")
    var half = GGUFModelTests.model("qwen3")
    half.add("blk.0.ffn_up_norm_in.weight", [128], .f32, norm(128))
    expectError(half, part: "blk.0.ffn_up_norm_in.weight", says: "has no place")
  }

  @Test func floatsThatNothingCallsTernaryAreNoMasters() throws {
    func masters(_ columns: UInt64, _ rows: UInt64) -> [UInt8] {
      (0..<columns * rows).flatMap { GGUFBytes.little(UInt16(0x2c00 + $0 % 997)) }
    }
    var file = GGUFModelTests.model("qwen3", type: .f16, projection: masters)
    func query() throws {
      _ = try open(file).projection(.layer(0, .query), rows: 128, columns: 128) { rows, body in body(0..<rows) }
    }
    let error = #expect(throws: ModelFileError.self) { try query() }
    #expect(error?.problem.contains("this is no ternary model") == true)
    file.add("blk.0.attn_q_norm_in.weight", [128], .f32, norm(128))
    try query()
  }
}
