import Engine
import Foundation
import Kernels
import ModelFiles
import Testing

/// A hybrid as a GGUF file is the hybrid that it was made of.
@Suite struct HybridGGUFTests {
  private func logits(
    _ path: String, _ kernel: Kernel = naive, threads: Int = 2, batch: Int = 64, ids: [Int32]
  ) throws -> [Float] {
    let pool = try ThreadPool(threads: threads, placement: .free)
    let stored = try ModelFile.openAny(path: path)
    let model = try ModelLoader.load(stored, kernels: KernelPlan(kernel), pool: pool, hashing: false)
    let plan = model.shape.denseWeights.map { KernelPlan(dense: DenseKernel.best(for: $0)) } ?? KernelPlan(kernel)
    let session = try model.makeSession(kernels: plan, pool: pool, context: 64, batch: batch, cacheFormat: .f32)
    return try session.forward(ids, logits: .all).values
  }

  private func open(_ path: String) throws -> any StoredHybrid {
    try #require(ModelFile.openAny(path: path) as? any StoredHybrid)
  }

  private func distance(_ one: [Float], _ other: [Float]) -> Float {
    one.count == other.count ? zip(one, other).reduce(0) { max($0, abs($1.0 - $1.1)) } : .infinity
  }

  // MARK: - Dense

  @Test func theOraclesLogitsStayByteForByte() throws {
    let folder = try TemporaryPlace()
    let ids = try HybridOracle.expected.input_ids
    let path = folder.path("oracle.gguf")
    let source = try HybridCheckpoint(path: HybridOracle.oracle.path)
    #expect(try HybridConverter(source, options: .init(type: .bf16)).write(to: path).isEmpty)
    let made = try open(path)
    #expect(made.format == "gguf" && !made.isTernary && made.tiedEmbeddings == source.tiedEmbeddings)
    #expect(try bits(logits(path, ids: ids)) == bits(logits(HybridOracle.oracle.path, ids: ids)))
    // From a folder with nothing else, and converted once more: the same bytes.
    let again = folder.path("again.gguf")
    try HybridConverter(made, options: .init(type: .bf16)).write(to: again)
    #expect(try Data(contentsOf: URL(filePath: path)) == Data(contentsOf: URL(filePath: again)))
  }

  @Test(arguments: [TernaryType.f32, .f16, .q8]) func otherFormatsOfDenseWeightsAreNear(type: TernaryType) throws {
    let folder = try TemporaryPlace()
    let sizes = RandomHybrid.Sizes(
      layers: 8, heads: 4, kvHeads: 2, headDim: 16, window: 5, feedForward: 96, tied: false)
    let model = try RandomHybrid(sizes, seed: 6)
    let ids = (0..<20).map { Int32($0 * 11 % sizes.vocabulary) }
    let path = folder.path("model.gguf")
    try HybridConverter(open(model.path), options: .init(type: type)).write(to: path)
    let (before, after) = (try logits(model.path, ids: ids), try logits(path, ids: ids))
    #expect(type == .f32 ? bits(after) == bits(before) : distance(after, before) < 0.5 && after != before)
    let pool = try ThreadPool(threads: 1, placement: .free)
    let loaded = try Hybrid.load(dense: path, pool: pool)
    let need = loaded.shape.memoryNeed(
      kernels: KernelPlan(naive), head: loaded.head, context: 10, batch: 10, threads: 1, cacheFormat: .f32)
    #expect(need.weightsBytes + need.headBytes == loaded.totalBytes)
  }

  @Test func theTensorsAreThoseOfTheArticle() throws {
    let folder = try TemporaryPlace()
    let path = folder.path("oracle.gguf")
    try HybridConverter(HybridCheckpoint(path: HybridOracle.oracle.path), options: .init(type: .bf16)).write(to: path)
    let file = try GGUFFile(path: path)
    func names(_ layer: Int) -> [String] {
      file.tensors.filter { $0.name.hasPrefix("blk.\(layer).") }.map { tensor in
        "\(tensor.name.dropFirst("blk.\(layer).".count)) \(tensor.type.name) \(tensor.shape)"
      }
    }
    let norm = ["attn_norm.weight F32 [48]", "attn_norm.bias F32 [48]"]
    let feedForward = [
      "ffn_norm.weight F32 [48]", "ffn_norm.bias F32 [48]", "ffn_gate.weight BF16 [80, 48]",
      "ffn_up.weight BF16 [80, 48]", "ffn_down.weight BF16 [48, 80]",
    ]
    let query = ["attn_q.weight BF16 [48, 48]", "attn_q.bias F32 [48]"]
    let keysAndValues = [
      "attn_k.weight BF16 [24, 48]", "attn_k.bias F32 [24]", "attn_v.weight BF16 [24, 48]", "attn_v.bias F32 [24]",
    ]
    let behind = [
      "attn_lambda_q1 F32 [12]", "attn_lambda_k1 F32 [12]", "attn_lambda_q2 F32 [12]", "attn_lambda_k2 F32 [12]",
      "attn_sub_norm.weight F32 [24]", "attn_output.weight BF16 [48, 48]", "attn_output.bias F32 [48]",
    ]
    let mamba = [
      "ssm_in.weight BF16 [96, 48]", "ssm_gate.weight BF16 [96, 48]", "ssm_conv1d.weight F32 [96, 4]",
      "ssm_conv1d.bias F32 [96]", "ssm_x_dt.weight BF16 [3, 96]", "ssm_x_b.weight BF16 [16, 96]",
      "ssm_x_c.weight BF16 [16, 96]", "ssm_dt.weight BF16 [96, 3]", "ssm_dt.bias F32 [96]", "ssm_a_log F32 [96, 16]",
      "ssm_d F32 [96]", "ssm_out.weight BF16 [48, 96]",
    ]
    let attention = norm + query + keysAndValues + behind + feedForward
    #expect([0, 2, 4].allSatisfy { names($0) == norm + mamba + feedForward })
    #expect([1, 3, 5].allSatisfy { names($0) == attention })
    #expect(names(6) == norm + ["gmu_in.weight BF16 [96, 48]", "gmu_out.weight BF16 [48, 96]"] + feedForward)
    #expect(names(7) == norm + query + behind + feedForward)
    #expect(
      file.tensors.filter { !$0.name.hasPrefix("blk.") }.map(\.name) == [
        "token_embd.weight", "output_norm.weight", "output_norm.bias",
      ])
    let source = try SafetensorsFile(path: HybridOracle.oracle.path + "/model.safetensors")
    let decay = try #require(source.tensors["model.layers.0.attn.A_log"])
    #expect(file.tensor("blk.0.ssm_a_log").map { Array($0.bytes) } == Array(decay.bytes))
  }

  @Test func tokenizerAndChatTemplateComeAlong() throws {
    let folder = try TemporaryPlace()
    let sizes = RandomHybrid.Sizes(layers: 4, heads: 2, kvHeads: 2, headDim: 4, window: 2, vocabulary: 704)
    let model = try RandomHybrid(sizes, seed: 8)
    let tokenizer = Oracle.folder.appending(path: "../../ModelFilesTests/Fixtures/Tokenizers/gpt4o/tokenizer.json")
    try FileManager.default.copyItem(at: tokenizer, to: model.folder.appending(path: "tokenizer.json"))
    let template = "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}<|end|>{% endfor %}"
    try Data(template.utf8).write(to: model.folder.appending(path: "chat_template.jinja"))
    let (source, path) = (try open(model.path), folder.path("model.gguf"))
    let converted = ConvertedTokenizer(of: source)
    #expect(converted.notes.isEmpty, "\(converted.notes)")
    try HybridConverter(source, options: .init(type: .f32), metadata: converted.metadata).write(to: path)
    let (before, after) = (try Tokenizer(path: model.path), try Tokenizer(path: path))
    let text = "Hello, world 1234 été <|end|>"
    #expect(before.encode(text, addingSpecial: true) == after.encode(text, addingSpecial: true))
    #expect(after.chatTemplateSource == template)
    // And from one GGUF file to the next.
    let again = folder.path("again.gguf")
    try HybridConverter(open(path), options: .init(type: .f16)).write(to: again)
    #expect(try Tokenizer(path: again).encode(text, addingSpecial: true) == before.encode(text, addingSpecial: true))
  }

  // MARK: - Ternary

  @Test func everyKernelRunsTheSameTernaryModel() throws {
    let folder = try TemporaryPlace()
    let sizes = RandomHybrid.Sizes(
      layers: 8, heads: 4, kvHeads: 2, headDim: 32, window: 3, feedForward: 128, expand: 1, rank: 4)
    let model = try RandomHybrid(sizes, seed: 9)
    let ids: [Int32] = [3, 1, 4, 1, 5]
    let expected = NaiveHybrid(model: model, isTernary: true).logits(ids).joined().map { Float($0) }
    let path = folder.path("i2_s.gguf")
    let errors = try HybridConverter(open(model.path), options: .init(type: .i2S, ternarize: .absmean)).write(to: path)
    #expect(errors.count == 15)
    let reference = try logits(path, ids: ids)
    #expect(distance(reference, expected) < 1e-3, "\(distance(reference, expected))")
    for kernel in availableKernels {
      for (threads, batch) in [(1, 64), (3, 2)] {
        let values = try logits(path, kernel, threads: threads, batch: batch, ids: ids)
        #expect(bits(values) == bits(reference), "\(kernel.id), \(threads) threads")
      }
    }
  }

  @Test func everyTypeHoldsTheSameTernaryModel() throws {
    let folder = try TemporaryPlace()
    let sizes = RandomHybrid.Sizes(
      layers: 4, heads: 4, kvHeads: 2, headDim: 64, window: 3, feedForward: 256, expand: 1, rank: 4)
    let model = try RandomHybrid(sizes, seed: 10)
    let ids: [Int32] = [3, 1, 4]
    var exact: [Float] = []
    var largest: Float = 0
    for type in [TernaryType.f32] + TernaryType.allCases.filter({ $0 != .f32 }) {
      let path = folder.path("\(type.rawValue).gguf")
      try HybridConverter(open(model.path), options: .init(type: type, ternarize: .absmean)).write(to: path)
      let made = try open(path)
      #expect(made.isTernary && made.notes.map(\.id) == ["W-ternarized"])
      let values = try logits(path, ids: ids)
      if type == .f32 { (exact, largest) = (values, values.map(\.magnitude).max() ?? 0) }
      // What keeps scales as floats gives the same bytes; halves of them move logits.
      #expect(
        type == .f32 || type == .i2S ? bits(values) == bits(exact) : distance(values, exact) < 0.1 * largest,
        "\(type) \(distance(values, exact))")
      // One type from another: the same weights.
      let again = folder.path("again.gguf")
      try HybridConverter(made, options: .init(type: type)).write(to: again)
      #expect(try Data(contentsOf: URL(filePath: again)) == Data(contentsOf: URL(filePath: path)), "\(type)")
    }
    let again = folder.path("again.gguf")
    try HybridConverter(open(folder.path("f32.gguf")), options: .init(type: .i2S)).write(to: again)
    #expect(try Data(contentsOf: URL(filePath: again)) == Data(contentsOf: URL(filePath: folder.path("i2_s.gguf"))))
  }

  @Test func weightsAndErrorsAreThoseOfTheFormula() throws {
    let folder = try TemporaryPlace()
    let model = try RandomHybrid(.init(layers: 4, heads: 2, kvHeads: 2, headDim: 6, window: 2), seed: 12)
    let path = folder.path("model.gguf")
    let errors = try HybridConverter(open(model.path), options: .init(type: .f32, ternarize: .absmean)).write(to: path)
    let file = try GGUFFile(path: path)
    // Gate and up stand in one tensor of the checkpoint, and are made ternary each by itself.
    var sums = (error: 0.0, square: 0.0, zeros: 0, weights: 0)
    for layer in 0..<4 {
      let gate = Array(model.values("model.layers.\(layer).mlp.fc1.weight").prefix(20 * 12))
      let g = Float(gate.reduce(0) { $0 + abs($1) } / Double(gate.count))
      let ternary = gate.map { abs($0) <= Double(g) / 2 ? 0 : $0 < 0 ? -g : g }
      let stored = try #require(file.tensor("blk.\(layer).ffn_gate.weight")).finiteFloats(shape: [20, 12])
      #expect(stored == ternary)
      for (weight, other) in zip(gate, ternary) {
        sums.error += (weight - Double(other)) * (weight - Double(other))
        sums.square += weight * weight
        if other == 0 { sums.zeros += 1 }
      }
      sums.weights += gate.count
    }
    let gate = try #require(errors.first { $0.role == "ffn_gate" })
    #expect(gate.tensors == 4 && abs(gate.relativeError - (sums.error / sums.square).squareRoot()) < 1e-9)
    #expect(gate.zeroShare == Double(sums.zeros) / Double(sums.weights))
    #expect(errors.allSatisfy { (0.2...0.8).contains($0.relativeError) && (0.05...0.6).contains($0.zeroShare) })
    // Nothing else is changed.
    let delta = try #require(file.tensor("blk.2.ssm_dt.weight")).finiteFloats(shape: [24, 3])
    #expect(delta.map(Double.init) == model.values("model.layers.2.attn.dt_proj.weight"))
  }

  @Test(arguments: availableKernels) func memoryIsKnownBeforeItIsTaken(kernel: Kernel) throws {
    let folder = try TemporaryPlace()
    let path = folder.path("model.gguf")
    let model = try RandomHybrid(.init(layers: 8, heads: 4, kvHeads: 2, headDim: 4, window: 3), seed: 2)
    try HybridConverter(open(model.path), options: .init(type: .f32, ternarize: .absmean)).write(to: path)
    let pool = try ThreadPool(threads: 1, placement: .free)
    let loaded = try Hybrid.load(open(path), kernels: KernelPlan(kernel), pool: pool, hashing: false)
    #expect(loaded.shape.denseWeights == nil && loaded.shape.ternaryParameters == loaded.shape.matrixParameters)
    let need = loaded.shape.memoryNeed(
      kernels: KernelPlan(kernel), head: .f32, context: 10, batch: 10, threads: 1, cacheFormat: .f32)
    #expect(need.weightsBytes + need.headBytes == loaded.totalBytes)
  }
}
