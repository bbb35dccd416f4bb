import Engine
import Kernels
import Testing

@Suite struct ZooTests {
  /// Published counts in millions: weights of the linear layers rounded to one digit, and that number plus the
  /// embedding's, rounded in the same way.
  static let published: [(name: String, linear: Double, total: Double)] = [
    ("paper-125m", 103.8, 128.4), ("paper-350m", 327.2, 360.0), ("paper-700m", 679.5, 728.7),
    ("paper-1b", 931.1, 996.6), ("paper-1.5b", 1453.3, 1502.5), ("paper-2.5b", 2379.0, 2460.9),
    ("paper-2.7b", 2604.7, 2703.0), ("paper-3.8b", 3680.5, 3803.4), ("paper-7b", 6878.7, 7009.8),
    ("paper-13b", 12687.8, 12851.7), ("paper-30b", 30261.9, 30474.9), ("paper-70b", 69793.2, 70055.4),
    ("paper-100b", 99958.7, 100220.9), ("bitnet-2b-4t", 2084.0, 2412.3), ("bitnet-large", 679.5, 728.7),
    ("bitnet-3b", 3221.5, 3323.9), ("llama3-8b-1.58", 6979.3, 8030.0), ("falcon3-1b-1.58", 1132.5, 1669.4),
    ("falcon3-3b-1.58", 2422.2, 3227.5), ("falcon3-7b-1.58", 6650.1, 7455.4), ("falcon3-10b-1.58", 9500.1, 10305.4),
    ("falcon-e-1b", 1585.4, 1719.6), ("bitnet-embedding-0.6b", 440.4, 596.0), ("bitnet-embedding-270m", 100.3, 268.0),
    ("phi4-mini", 3221.2, 3835.8),
  ]

  @Test(arguments: published)
  func countsAreThePublishedOnes(name: String, linear: Double, total: Double) throws {
    let shape = try Zoo.shape(named: name)
    #expect(abs(Double(shape.ternaryParameters) / 1e6 - linear) <= 0.051)
    let embeddings = shape.vocabulary * shape.hidden * (shape.tiedEmbeddings ? 1 : 2)
    #expect(abs(Double(shape.ternaryParameters + embeddings) / 1e6 - total) <= 0.101)
    // Norms are what is left, and they are few.
    let norms = shape.parameters - shape.ternaryParameters - embeddings
    #expect(norms > 0 && Double(norms) < 0.002 * Double(shape.parameters))
  }

  @Test func everyShapeIsValidNamedOnceAndSaysWhereItIsFrom() throws {
    #expect(Zoo.shapes.map(\.name) == Self.published.map(\.name))
    #expect(Set(Zoo.shapes.map(\.name)).count == Zoo.shapes.count)
    for shape in Zoo.shapes {
      try shape.validate()
      #expect(!shape.source.isEmpty && !shape.summary.isEmpty)
    }
  }

  @Test func whatIsInferredSaysSo() throws {
    let shape = try Zoo.shape(named: "falcon-e-1b")
    #expect(shape.summary.contains("inferred") && shape.source.hasPrefix("inferred"))
  }

  @Test func aMisspeltNameGetsTheNearest() {
    let near = #expect(throws: EngineError.self) { try Zoo.shape(named: "bitnet-2b4t") }
    #expect(near?.description.contains("did you mean \"bitnet-2b-4t\"?") == true)
    let far = #expect(throws: EngineError.self) { try Zoo.shape(named: "gpt") }
    #expect(far?.description.contains("did you mean") == false && far?.description.contains("paper-125m") == true)
    #expect(throws: EngineError.self) { try Zoo.shape(named: "") }
  }

  @Test func theMatricesOfALayerAreFusedInOrder() throws {
    let matrices = try Zoo.shape(named: "bitnet-2b-4t").matrices
    #expect(matrices.map(\.role.name) == ["qkv", "o", "gate+up", "down"])
    #expect(matrices.map(\.rows) == [3840, 2560, 13824, 2560])
    #expect(matrices.map(\.columns) == [2560, 2560, 2560, 6912])
  }
}

@Suite struct TransformerShapeTests {
  static let changes: [(says: String, change: @Sendable (inout TransformerShape) -> Void)] = [
    ("hidden is 0", { $0.hidden = 0 }),
    ("layers is -1", { $0.layers = -1 }),
    ("vocabulary is 1048577", { $0.vocabulary = 1 << 20 + 1 }),
    ("3 key heads do not divide 4", { $0.kvHeads = 3 }),
    ("headDim is 15", { $0.headDim = 15 }),
    ("ropeTheta is 0.0", { $0.ropeTheta = 0 }),
    ("ropeTheta is nan", { $0.ropeTheta = .nan }),
    ("rmsNormEpsilon is -1.0", { $0.rmsNormEpsilon = -1 }),
    (
      "a sum could overflow Int32",
      {
        $0.headDim = 1 << 20; $0.heads = 1 << 10
      }
    ),
    (
      "64 bits can count",
      { shape in
        shape.layers = 1 << 20
        shape.headDim = 1 << 14
        shape.heads = 1 << 9
        shape.kvHeads = 1 << 9
        shape.hidden = 1 << 20
      }
    ),
  ]

  @Test(arguments: changes.indices) func aShapeThatCannotRunSaysWhy(index: Int) {
    var shape = SessionTests.shape
    Self.changes[index].change(&shape)
    let error = #expect(throws: EngineError.self) { try shape.validate() }
    #expect(error?.kind == .shape)
    #expect(error?.description.contains(Self.changes[index].says) == true, "\(error?.description ?? "")")
  }

  @Test func memoryIsKnownBeforeItIsTaken() throws {
    let shape = SessionTests.shape
    let pool = try ThreadPool(threads: 2, placement: .free)
    for kernel in availableKernels {
      for head in DenseFormat.allCases where head.divides(columns: shape.hidden) {
        let model = try Transformer.synthetic(shape, seed: 1, kernel: kernel, head: head, pool: pool)
        let need = MemoryNeed.of(shape, kernels: KernelPlan(kernel), head: head, context: 100, batch: 10, threads: 2)
        #expect(need.weightsBytes + need.headBytes == model.totalBytes)
        // Keys and values, two layers, two heads of 16, 100 positions in panels of 64, floats.
        #expect(need.cacheBytes == 2 * 2 * 32 * 128 * 4)
        let halves = MemoryNeed.of(
          shape, kernels: KernelPlan(kernel), head: head, context: 100, batch: 10, threads: 2, cacheFormat: .f16)
        #expect(halves.cacheBytes == need.cacheBytes / 2)
        #expect(need.scratchBytes > 0 && need.totalBytes > model.totalBytes + need.cacheBytes)
      }
    }
  }

  @Test func theLargestShapeFitsANumber() throws {
    let shape = try Zoo.shape(named: "paper-100b")
    let need = MemoryNeed.of(shape, kernels: KernelPlan(naive), head: .f16, context: 2048)
    #expect(need.totalBytes > shape.ternaryParameters / 8 && need.totalBytes < Int.max)
    #expect(need.cacheBytes == 72 * 2 * 8192 * 2048 * 4)
  }

  @Test func memoryThatOverflowsIsMoreThanAnyMachineHas() {
    var shape = SessionTests.shape
    #expect(MemoryNeed.of(shape, kernels: KernelPlan(naive), head: .f16, context: .max).totalBytes == .max)
    #expect(MemoryNeed.of(shape, kernels: KernelPlan(naive), head: .f16, context: 0).totalBytes == .max)
    shape.heads = 1 << 20
    shape.kvHeads = 1
    let absurd = MemoryNeed.of(
      shape, kernels: KernelPlan(naive), head: .f16, context: 1 << 30, batch: 1 << 19, threads: 4096)
    #expect(absurd.totalBytes == .max)
    shape.hidden = .max
    #expect(MemoryNeed.of(shape, kernels: KernelPlan(naive), head: .f16, context: 16).totalBytes == .max)
  }
}
