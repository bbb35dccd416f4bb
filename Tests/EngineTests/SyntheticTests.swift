import Engine
import Kernels
import Testing

@Suite struct SyntheticTests {
  /// Logits after a few tokens of a synthetic model.
  private func logits(
    _ shape: TransformerShape, seed: UInt64 = 3, head: DenseFormat = .f16, threads: Int = 2, ids: [Int32] = [1, 2, 3]
  ) throws -> [Float] {
    let pool = try ThreadPool(threads: threads, placement: .free)
    let model = try Transformer.synthetic(shape, seed: seed, kernel: naive, head: head, pool: pool)
    return try Session(model: model, kernel: naive, pool: pool, context: 16).forward(ids, logits: .last).values
  }

  /// Real shapes with fewer layers and a smaller vocabulary.
  private func reduced(_ name: String) throws -> TransformerShape {
    var shape = try Zoo.shape(named: name)
    shape.layers = 2
    shape.vocabulary = 300
    return shape
  }

  @Test(arguments: ["bitnet-2b-4t", "paper-125m", "falcon3-1b-1.58", "bitnet-embedding-0.6b", "bitnet-embedding-270m"])
  func logitsAreFiniteAndDiffer(name: String) throws {
    let logits = try logits(reduced(name))
    #expect(logits.allSatisfy { $0.isFinite })
    #expect(Set(logits).count > 290)
    let mean = logits.reduce(0, +) / 300
    let deviation = (logits.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 300).squareRoot()
    #expect((0.5...10).contains(deviation), "standard deviation \(deviation)")
  }

  @Test func theContextAndTheLastTokenBothMatter() throws {
    let shape = try reduced("paper-125m")
    let one = try logits(shape, ids: [1, 2, 3])
    #expect(try logits(shape, ids: [1, 2, 4]) != one)
    #expect(try logits(shape, ids: [4, 2, 3]) != one)
  }

  @Test func theSeedDecidesEveryWeight() throws {
    let shape = SessionTests.shape
    #expect(try logits(shape, seed: 3) == logits(shape, seed: 3, threads: 5))
    #expect(try logits(shape, seed: 3) != logits(shape, seed: 4))
  }

  @Test(arguments: [true, false]) func everyHeadFormatHoldsTheSameValues(tied: Bool) throws {
    var shape = SessionTests.shape
    shape.tiedEmbeddings = tied
    let one = try logits(shape, head: .f16)
    for format in [DenseFormat.f32, .bf16] { #expect(try logits(shape, head: format) == one, "\(format)") }
  }

  @Test(arguments: [DenseFormat.q8, .q6k, .q4]) func aHeadInBlocksGivesNearlyTheSameLogits(format: DenseFormat) throws {
    let shape = try reduced("bitnet-2b-4t")
    let exact = try logits(shape, head: .f32)
    let rounded = try logits(shape, head: format)
    #expect(rounded == (try logits(shape, head: format, threads: 3)))
    func squares(_ x: [Float]) -> Float { x.reduce(0) { $0 + $1 * $1 } }
    let error = squares(zip(exact, rounded).map { $0 - $1 }) / squares(exact)
    // The embedding is rounded too, which alone makes the rest of the model differ; four bits lose a few per cent.
    #expect(error.squareRoot() < (format == .q4 ? 0.3 : 0.1), "relative error \(error.squareRoot())")
    #expect(error > 0)
  }

  @Test func aWidthThatAFormatCannotStoreIsRefusedByName() throws {
    let pool = try ThreadPool(threads: 1, placement: .free)
    let error = #expect(throws: EngineError.self) {
      try Transformer.synthetic(SessionTests.shape, seed: 1, kernel: naive, head: .q6k, pool: pool)
    }
    #expect(error?.kind == .shape)
    #expect(
      error?.description == "shape small: a head of hidden width 64 cannot be stored as q6_k: q6_k stores 256 weights "
        + "together, and 64 is no multiple of that; formats for 64 are f32, f16, bf16, q8_0, q4_0")
  }

  @Test func theModelSaysWhatItIs() throws {
    let pool = try ThreadPool(threads: 1, placement: .free)
    let model = try Transformer.synthetic(SessionTests.shape, seed: 9, kernel: naive, head: .bf16, pool: pool)
    #expect(model.source == .synthetic(seed: 9) && model.head == .bf16 && Set(model.packings) == [naive.packing])
    #expect(model.headBytes == 50 * 64 * 2)
    #expect(model.totalBytes == model.ternaryBytes + model.headBytes + 4 * (64 + 2 * (64 + 64 + 64 + 96)))
  }

  @Test func aShapeThatCannotRunIsRefused() throws {
    let pool = try ThreadPool(threads: 1, placement: .free)
    var shape = SessionTests.shape
    shape.kvHeads = 3
    #expect(throws: EngineError.self) {
      try Transformer.synthetic(shape, seed: 1, kernel: naive, head: .f16, pool: pool)
    }
  }
}
