import Engine
import Foundation
import Kernels
import ModelFiles
import Testing

/// Transformers whose projections are floats: against transformers' logits, against the equations in Double, and
/// against themselves.
@Suite struct DenseTransformerTests {
  private static let ids: [Int32] = (0..<23).map { $0 * 29 % 41 }
  private static let plan = KernelPlan(dense: DenseKernel.best(for: .f32))

  private func session(
    _ path: String, threads: Int = 2, placement: Placement = .free, batch: Int = 512, context: Int = 32
  ) throws -> Session {
    let pool = try ThreadPool(threads: threads, placement: placement, cpus: usableCPUs)
    let model = try Transformer.load(path: path, kernels: Self.plan, pool: pool, hashing: false)
    return try Session(model: model, kernels: Self.plan, pool: pool, context: context, batch: batch)
  }

  private func logits(_ path: String) throws -> [Float] {
    try session(path).forward(Self.ids, logits: .all).values
  }

  private func distance(_ one: [Float], _ other: [Double]) -> Double {
    one.count == other.count ? zip(one, other).reduce(0) { max($0, abs(Double($1.0) - $1.1)) } : .infinity
  }

  @Test(arguments: ["F32", "F16"]) func logitsAreThoseOfTransformersWithoutQuantizedActivations(type: String) throws {
    let source = try GGUFModel(path: GGUFOracleTests.folder.appending(path: "llama_tq2/model.gguf").path)
    let model = source.model
    // The floats that the ternary file stands for, scales and all, as somebody would publish a dense checkpoint.
    let llama = try RandomLlama(
      .init(
        layers: model.layers, heads: model.attentionHeads, kvHeads: model.keyValueHeads, headDim: model.headDim,
        hidden: model.hiddenSize, feedForward: model.intermediateSize, vocabulary: model.vocabularySize))
    var types: [String: String] = [:]
    for tensor in source.model.tensors {
      let name = Self.checkpointName(tensor)
      let shape = model.shape(of: tensor)
      let values = try Self.floats(source, tensor, shape)
      llama.change(name) { _ in values }
      if case .layer(_, let part) = tensor, part.isProjection { types[name] = type }
    }
    try llama.write(
      changing: ["rope_theta": model.ropeTheta, "rms_norm_eps": model.rmsNormEpsilon], types: types)
    struct Expected: Decodable {
      struct Logits: Decodable { let greedy_ids: [Int32] }
      let input_ids: [Int32]
      let logits: [String: Logits]
    }
    let folder = GGUFOracleTests.folder.appending(path: "llama_tq2")
    let expected = try JSONDecoder().decode(
      Expected.self, from: Data(contentsOf: folder.appending(path: "expected.json")))
    let whole = try Data(contentsOf: folder.appending(path: "logits_floatact.f32")).withUnsafeBytes {
      $0.bindMemory(to: Float.self).map(Double.init)
    }
    let session = try session(llama.path, context: 64)
    #expect(session.model.shape.denseWeights == (type == "F16" ? .f16 : .f32))
    var view = try session.forward(expected.input_ids, logits: .all)
    #expect(distance(view.values, whole) < 1e-4)
    var greedy: [Int32] = []
    for _ in expected.logits["floatact"]?.greedy_ids ?? [] {
      greedy.append(view.argmax(view.rows - 1))
      view = try session.forward([greedy[greedy.count - 1]], logits: .last)
    }
    #expect(greedy == expected.logits["floatact"]?.greedy_ids)
  }

  private static func checkpointName(_ tensor: ModelTensor) -> String {
    switch tensor {
    case .embedding: return "model.embed_tokens.weight"
    case .head: return "lm_head.weight"
    case .finalNorm: return "model.norm.weight"
    case .layer(let layer, let part):
      let names: [ModelTensor.Part: String] = [
        .attentionNorm: "input_layernorm", .feedForwardNorm: "post_attention_layernorm",
        .query: "self_attn.q_proj", .key: "self_attn.k_proj", .value: "self_attn.v_proj",
        .attentionOutput: "self_attn.o_proj", .gate: "mlp.gate_proj", .up: "mlp.up_proj", .down: "mlp.down_proj",
      ]
      return "model.layers.\(layer).\(names[part]!).weight"
    }
  }

  private static func floats(_ source: GGUFModel, _ tensor: ModelTensor, _ shape: [Int]) throws -> [Float] {
    guard shape.count == 2 else { return try source.norm(tensor, width: shape[0]) }
    var out: [Float] = []
    if case .layer = tensor {
      let stored = try source.projection(tensor, rows: shape[0], columns: shape[1]) { rows, body in body(0..<rows) }
      var row = [Int8](repeating: 0, count: shape[1])
      for index in 0..<shape[0] {
        try #require(stored.readRow(index, into: &row))
        out += row.map { Float($0) * stored.scale }
      }
    } else {
      let stored = try source.matrix(tensor, rows: shape[0], columns: shape[1])
      var row = [Float](repeating: 0, count: shape[1])
      for index in 0..<shape[0] {
        stored.readRow(index, into: &row)
        out += row
      }
    }
    return out
  }

  /// Grouped heads and plain ones, heads wider than the model, a head of its own and the embedding for one, widths that
  /// are multiples of nothing.
  static let shapes: [RandomLlama.Sizes] = [
    .init(), .init(heads: 3, kvHeads: 3, headDim: 10, hidden: 30, feedForward: 37, tied: true, type: "BF16"),
    .init(layers: 3, heads: 6, kvHeads: 1, headDim: 16, hidden: 20, feedForward: 33, type: "F16"),
  ]

  @Test(arguments: shapes.indices) func logitsAreThoseOfTheEquations(index: Int) throws {
    let llama = try RandomLlama(Self.shapes[index], seed: UInt64(index) + 5)
    let expected = NaiveLlama(model: llama).logits(Self.ids).flatMap { $0 }
    #expect(try distance(logits(llama.path), expected) < 1e-4)
    let tokens = try session(llama.path)
    let alone = try Self.ids.flatMap { try tokens.forward([$0], logits: .last).values }
    #expect(bits(alone) == bits(try logits(llama.path)))
  }

  @Test func neitherThreadsNorBatchesChangeAByte() throws {
    let llama = try RandomLlama(.init(heads: 6, kvHeads: 3, headDim: 6, hidden: 50, feedForward: 70, type: "BF16"))
    let whole = bits(try logits(llama.path))
    for placement in Placement.allCases {
      for threads in 1...4 {
        for batch in [1, 5, 512] {
          let session = try session(llama.path, threads: threads, placement: placement, batch: batch)
          #expect(
            bits(try session.forward(Self.ids, logits: .all).values) == whole, "\(threads) threads, batches of \(batch)"
          )
        }
      }
    }
  }

  @Test func aGGUFFileOfTheSameNumbersGivesTheSameBytes() throws {
    for (type, ggml) in [("F32", GGMLType.f32), ("F16", .f16), ("BF16", .bf16)] {
      let llama = try RandomLlama(.init(type: type))
      let path = try llama.writeGGUF(ggml)
      // Embedding and head are F32 there, of the same values; kernels of every float format add in the same order.
      #expect(try ModelFile.open(path: path).denseWeights() == DenseFormat(rawValue: type.lowercased()))
      #expect(bits(try logits(path)) == bits(try logits(llama.path)), "\(type)")
    }
  }

  @Test func blocksAreExpandedWithoutLoss() throws {
    let sizes = RandomLlama.Sizes(heads: 4, kvHeads: 2, headDim: 16, hidden: 64, feedForward: 96)
    let llama = try RandomLlama(sizes)
    let path = try llama.writeGGUF(.q8_0)
    let file = try ModelFile.open(path: path)
    #expect(try file.denseWeights() == .f32)
    for tensor in file.model.tensors {
      guard case .layer(_, let part) = tensor, part.isProjection else { continue }
      let shape = file.model.shape(of: tensor)
      let stored = try file.denseProjection(tensor, rows: shape[0], columns: shape[1])
      var row = [Float](repeating: 0, count: shape[1])
      llama.change(Self.checkpointName(tensor)) { _ in
        (0..<shape[0]).flatMap { index in
          stored.readRow(index, into: &row)
          return row
        }
      }
    }
    try llama.write()
    #expect(bits(try logits(path)) == bits(try logits(llama.path)))
  }

  @Test func formatsThatAreMixedAreHeldAsTheOneThatHoldsThemAll() throws {
    let llama = try RandomLlama(.init(type: "BF16"))
    let before = bits(try logits(llama.path))
    try llama.write(types: ["model.layers.1.mlp.up_proj.weight": "F32"])
    #expect(try ModelFile.open(path: llama.path).denseWeights() == .f32)
    #expect(bits(try logits(llama.path)) == before)
  }

  // MARK: - What it is, and what is refused

  @Test func aModelSaysThatItIsDense() throws {
    let llama = try RandomLlama(.init(type: "F16"))
    let session = try session(llama.path)
    let shape = session.model.shape
    let matrices = 2 * (32 * 32 + 2 * 16 * 32 + 32 * 32 + 3 * 32 * 48)
    #expect(shape.denseWeights == .f16 && shape.ternaryParameters == 0 && shape.matrixParameters == matrices)
    #expect(shape.parameters == matrices + 2 * 41 * 32 + 5 * 32)
    #expect(session.model.packings.isEmpty && session.model.matrixBytes == 2 * matrices)
    let need = shape.memoryNeed(
      kernels: KernelPlan(naive), head: .f16, context: 32, batch: 32, threads: 2, cacheFormat: .f32)
    #expect(need.weightsBytes + need.headBytes == session.model.totalBytes)
    // What is measured alone: nothing throws and nothing is added to what a session computes.
    session.runMatrices(batch: 3)
    for role in TransformerShape.Role.allCases { session.runMatrices(batch: 1, role: role, layers: 1) }
    #expect(bits(try session.forward(Self.ids, logits: .all).values) == bits(try logits(llama.path)))
  }

  @Test func ternaryKernelsAreRefusedAndDenseOnesOfTernaryModels() throws {
    let llama = try RandomLlama()
    let pool = try ThreadPool(threads: 1, placement: .free)
    for kernel in availableKernels {
      let error = #expect(throws: EngineError.self) {
        try Transformer.load(path: llama.path, kernel: kernel, pool: pool)
      }
      #expect(error?.description.contains("tern convert --ternarize absmean") == true)
    }
    let ternary = Oracle(name: "llama158").path
    let error = #expect(throws: EngineError.self) {
      try Transformer.load(path: ternary, kernels: Self.plan, pool: pool, hashing: false)
    }
    #expect(error?.description.contains("ternary") == true)
    var shape = try Transformer.load(path: ternary, kernel: naive, pool: pool, hashing: false).shape
    shape.denseWeights = .f32
    #expect(throws: EngineError.self) { try shape.makeModel(seed: 1, kernels: Self.plan, head: .f32, pool: pool) }
    shape.denseWeights = .q8
    #expect(throws: EngineError.self) { try shape.validate() }
  }

  @Test func damagedWeightsAreFoundAndNothingIsGarbage() throws {
    for value in [Float.nan, .infinity, 1e30] {
      let llama = try RandomLlama()
      llama.change("model.layers.1.mlp.gate_proj.weight") { [value] + $0.dropFirst() }
      try llama.write()
      #expect(throws: EngineError.self) { try logits(llama.path) }
    }
  }

  @Test func checkpointsThatSayTooLittleAreRefused() throws {
    let llama = try RandomLlama()
    try llama.write(adding: ["model.layers.0.self_attn.q_proj.weight_scale": ([1], [0.5])])
    let scaled = #expect(throws: ModelFileError.self) { try ModelFile.open(path: llama.path) }
    #expect(scaled?.part == "quantization_config", "\(scaled?.description ?? "")")
    try llama.write(changing: ["model_type": "bitnet"])
    let lost = #expect(throws: ModelFileError.self) { try ModelFile.open(path: llama.path) }
    #expect(lost?.problem.contains("nothing says that the weights are ternary") == true)
    // Masters that are known to be such stay so.
    try llama.write(changing: ["architectures": ["BitnetForCausalLM"]])
    #expect(try ModelFile.open(path: llama.path).denseWeights() == nil)
    // More layers than there are.
    try llama.write(changing: ["num_hidden_layers": 1 << 20])
    let long = #expect(throws: ModelFileError.self) { try session(llama.path) }
    #expect(long?.part == "model.layers.2.self_attn.q_proj.weight")
  }
}
