import Engine
import Foundation
import Kernels
import ModelFiles
import Testing

/// Other sizes than the oracle's, against a restatement in Double.
@Suite struct HybridRestatementTests {
  static let sizes: [RandomHybrid.Sizes] = [
    .init(layers: 4, heads: 2, kvHeads: 2, headDim: 6, window: 1),
    .init(layers: 4, heads: 8, kvHeads: 2, headDim: 5, window: 40, convolution: 1, tied: false),
    .init(layers: 8, heads: 4, kvHeads: 4, headDim: 8, window: 3, state: 16, convolution: 2),
    .init(layers: 8, heads: 12, kvHeads: 4, headDim: 3, window: 7, feedForward: 33, expand: 1, rank: 50),
    .init(layers: 12, heads: 4, kvHeads: 2, headDim: 9, window: 16, state: 1, convolution: 7, expand: 3),
  ]

  @Test(arguments: sizes) func logitsAreThoseOfTheEquations(sizes: RandomHybrid.Sizes) throws {
    let model = try RandomHybrid(sizes, seed: UInt64(sizes.layers * 100 + sizes.window))
    let ids = (0..<37).map { Int32($0 * 11 % sizes.vocabulary) }
    let expected = NaiveHybrid(model: model).logits(ids).joined().map { $0 }
    var first: [UInt32]?
    for (threads, batch, pieces) in [(1, 64, [37]), (2, 5, [37]), (3, 64, [1]), (4, 9, [20, 1, 16])] {
      let pool = try ThreadPool(threads: threads, placement: .free)
      let hybrid = try Hybrid.load(dense: model.path, pool: pool)
      let session = try hybrid.makeSession(
        kernels: KernelPlan(dense: DenseKernel.best(for: .f32)), pool: pool, context: 64, batch: batch)
      var logits: [Float] = []
      var start = 0
      while start < ids.count {
        let end = min(start + pieces[min(logits.isEmpty ? 0 : 1, pieces.count - 1)], ids.count)
        logits += try session.forward(Array(ids[start..<end]), logits: .all).values
        start = end
      }
      let distance = zip(logits, expected).reduce(0.0) { max($0, abs(Double($1.0) - $1.1)) }
      #expect(logits.count == expected.count && distance < 2e-4, "distance \(distance)")
      first = first ?? bits(logits)
      #expect(bits(logits) == first, "\(threads) threads, batches of \(batch)")
    }
  }

  @Test func manyTilesAndARingThatTurnsOften() throws {
    let sizes = RandomHybrid.Sizes(layers: 4, heads: 4, kvHeads: 2, headDim: 4, window: 70, feedForward: 8, state: 2)
    let model = try RandomHybrid(sizes, seed: 5)
    let ids = (0..<300).map { Int32($0 * $0 % sizes.vocabulary) }
    let expected = NaiveHybrid(model: model).logits(ids).joined().map { $0 }
    try model.write(changing: ["max_position_embeddings": 300])
    let pool = try ThreadPool(threads: 2, placement: .free)
    let hybrid = try Hybrid.load(dense: model.path, pool: pool)
    var first: [UInt32]?
    for batch in [300, 64, 1] {
      let session = try hybrid.makeSession(
        kernels: KernelPlan(dense: DenseKernel.best(for: .f32)), pool: pool, context: 300, batch: batch)
      let logits = try session.forward(ids, logits: .all).values
      let distance = zip(logits, expected).reduce(0.0) { max($0, abs(Double($1.0) - $1.1)) }
      #expect(distance < 2e-4, "distance \(distance)")
      first = first ?? bits(logits)
      #expect(bits(logits) == first, "batches of \(batch)")
    }
  }
}

/// Synthetic ternary weights through every kernel.
@Suite struct HybridTernaryTests {
  static let shape = HybridShape(
    name: "small-hybrid", hidden: 72, layers: 8, heads: 12, kvHeads: 4, feedForward: 100, vocabulary: 90, window: 9,
    channels: 144, state: 16, convolution: 4, deltaRank: 5, layerNormEpsilon: 1e-5, context: 128,
    tiedEmbeddings: true)

  private func logits(
    _ kernel: Kernel, threads: Int, batch: Int = 64, pieces: [Int] = [40], placement: Placement = .free
  ) throws -> [Float] {
    let pool = try ThreadPool(threads: threads, placement: placement, cpus: usableCPUs)
    let model = try Hybrid.synthetic(Self.shape, seed: 3, kernels: KernelPlan(kernel), head: .f16, pool: pool)
    let session = try model.makeSession(kernels: KernelPlan(kernel), pool: pool, context: 64, batch: batch)
    let ids = (0..<40).map { Int32($0 * 7 % Self.shape.vocabulary) }
    var values: [Float] = []
    var start = 0
    while start < ids.count {
      let end = min(start + pieces[min(values.isEmpty ? 0 : 1, pieces.count - 1)], ids.count)
      values += try session.forward(Array(ids[start..<end]), logits: .all).values
      start = end
    }
    return values
  }

  @Test(arguments: availableKernels) func everyKernelAndThreadCountGivesTheSameBytes(kernel: Kernel) throws {
    let reference = bits(try logits(naive, threads: 1, pieces: [1]))
    for (threads, batch, pieces) in [(1, 64, [40]), (3, 7, [40]), (2, 64, [1]), (4, 64, [30, 1])] {
      let actual = try bits(logits(kernel, threads: threads, batch: batch, pieces: pieces))
      #expect(actual == reference, "\(threads) threads")
    }
  }

  @Test func logitsAreFiniteAndDiffer() throws {
    let logits = try logits(naive, threads: 2)
    let last = Array(logits.suffix(Self.shape.vocabulary))
    #expect(logits.allSatisfy(\.isFinite) && Set(last).count > 80)
    let mean = last.reduce(0, +) / Float(last.count)
    let deviation = (last.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(last.count)).squareRoot()
    #expect((0.1...10).contains(deviation), "standard deviation \(deviation)")
  }

  @Test(arguments: availableKernels) func memoryIsKnownBeforeItIsTaken(kernel: Kernel) throws {
    let pool = try ThreadPool(threads: 1, placement: .free)
    let plan = KernelPlan(kernel)
    let model = try Hybrid.synthetic(Self.shape, seed: 3, kernels: plan, head: .bf16, pool: pool)
    let need = Self.shape.memoryNeed(
      kernels: plan, head: .bf16, context: 100, batch: 10, threads: 1, cacheFormat: .f16)
    #expect(need.weightsBytes + need.headBytes == model.totalBytes && need.totalBytes < 1 << 24)
  }

  @Test func theMatricesAndTheHeadRunOnTheirOwn() throws {
    let pool = try ThreadPool(threads: 2, placement: .free)
    for kernel in [naive, availableKernels[0]] {
      let model = try Hybrid.synthetic(Self.shape, seed: 3, kernels: KernelPlan(kernel), head: .f16, pool: pool)
      let session = try model.makeSession(kernels: KernelPlan(kernel), pool: pool, context: 64, batch: 8)
      let before = try session.forward([1, 2], logits: .last).values
      session.runMatrices(batch: 1)
      session.runMatrices(batch: 20)
      try session.runHead(batch: 20)
      session.reset()
      #expect(try session.forward([1, 2], logits: .last).values == before)
    }
  }

  @Test func theZoosCountsAreThePublishedOnes() throws {
    let shape = try #require(Zoo.hybrids.first { $0.name == "phi4-mini-flash" })
    try shape.validate()
    let kinds = (0..<32).map(shape.kind)
    for (kind, count) in [(HybridShape.LayerKind.mamba, 9), (.window, 8), (.full, 1), (.gatedMemory, 7), (.cross, 7)] {
      #expect(kinds.count { $0 == kind } == count && shape.count(kind) == count)
    }
    // 3.8B parameters, by the model's card.
    #expect((3.75e9...3.9e9).contains(Double(shape.parameters)))
    #expect(try Zoo.model(named: "phi4-mini-flash").name == shape.name)
    #expect(throws: EngineError.self) { try Zoo.shape(named: "phi4-mini-flash") }
  }

  static let changes: [(says: String, change: @Sendable (inout HybridShape) -> Void)] = [
    ("layers is 6", { $0.layers = 6 }), ("layers is 0", { $0.layers = 0 }),
    ("kvHeads is 3; differential", { ($0.kvHeads, $0.heads) = (3, 12) }),
    ("window is 0", { $0.window = 0 }), ("8 key heads do not divide 12", { $0.kvHeads = 8 }),
    ("5 heads do not divide", { ($0.heads, $0.kvHeads) = (5, 2) }),
    ("layerNormEpsilon is nan", { $0.layerNormEpsilon = .nan }),
    ("matrices in q8_0", { $0.denseWeights = .q8 }),
  ]

  @Test(arguments: changes.indices) func aShapeThatCannotRunSaysWhy(index: Int) {
    var shape = Self.shape
    Self.changes[index].change(&shape)
    let error = #expect(throws: EngineError.self) { try shape.validate() }
    #expect(error?.description.contains(Self.changes[index].says) == true, "\(error?.description ?? "")")
  }
}

/// Checkpoints with something missing or wrong.
@Suite struct HybridDamageTests {
  static let sizes = RandomHybrid.Sizes(layers: 8, heads: 4, kvHeads: 2, headDim: 4, window: 3)

  private func load(_ model: RandomHybrid) throws -> Hybrid {
    try Hybrid.load(dense: model.path, pool: ThreadPool(threads: 2, placement: .free))
  }

  @Test func everyTensorThatIsMissingIsNamed() throws {
    let model = try RandomHybrid(Self.sizes, seed: 1)
    _ = try load(model)
    for name in model.tensors.keys {
      try model.write(without: name)
      let error = #expect(throws: ModelFileError.self) { try load(model) }
      #expect(error?.part == name, "\(error?.description ?? "")")
    }
  }

  @Test(arguments: ["sliding_window", "mamba_d_state", "mamba_d_conv", "mamba_expand", "mamba_dt_rank", "vocab_size"])
  func sizesThatTheTensorsDoNotHaveAreRefused(key: String) throws {
    let model = try RandomHybrid(Self.sizes, seed: 2)
    try model.write(changing: [key: 9])
    guard key != "sliding_window" else {
      // No tensor knows of it.
      #expect(try load(model).shape.window == 9)
      return
    }
    let error = #expect(throws: ModelFileError.self) { try load(model) }
    #expect(error?.problem.contains("config.json calls for") == true, "\(error?.description ?? "")")
  }

  @Test func withoutAWordTheHeadDecidesWhetherItIsTied() throws {
    var sizes = Self.sizes
    for tied in [true, false] {
      sizes.tied = tied
      let model = try RandomHybrid(sizes, seed: 3)
      try model.write(changing: ["tie_word_embeddings": NSNull()])
      #expect(try load(model).shape.tiedEmbeddings == tied)
    }
  }

  @Test(arguments: ["norm", "memory"]) func whatIsNotFiniteIsFoundWithItsLayer(what: String) throws {
    let name = what == "norm" ? "model.layers.3.input_layernorm.weight" : "model.layers.2.attn.D"
    let model = try RandomHybrid(Self.sizes, seed: 4)
    model.scale(name, by: 1e38)
    try model.write()
    let pool = try ThreadPool(threads: 2, placement: .free)
    let session = try Hybrid.load(dense: model.path, pool: pool).makeSession(
      kernels: KernelPlan(dense: DenseKernel.best(for: .f32)), pool: pool, context: 8)
    let error = #expect(throws: EngineError.self) { try session.forward([1, 2, 3], logits: .last) }
    #expect(error?.kind == .nonFinite && error?.description.contains("layer") == true, "\(error?.description ?? "")")
    #expect(session.position == 0)
  }
}
