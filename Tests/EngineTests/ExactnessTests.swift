import Engine
import Kernels
import Testing

/// Logits depend on the model and the ids: not on kernel, threads, placement, batch, or how ids are split over calls.
@Suite struct ExactnessTests {
  /// Widths that are multiples of nothing convenient.
  static let shapes = [
    TransformerShape(
      name: "odd-bitnet", hidden: 330, layers: 2, heads: 6, kvHeads: 2, headDim: 100, feedForward: 203,
      vocabulary: 77, activation: .relu2, subNorms: true, ropeTheta: 500_000, rmsNormEpsilon: 1e-5, context: 64,
      tiedEmbeddings: true),
    TransformerShape(
      name: "odd-llama", hidden: 97, layers: 3, heads: 5, kvHeads: 1, headDim: 34, feedForward: 261, vocabulary: 101,
      activation: .silu, subNorms: false, ropeTheta: 10_000, rmsNormEpsilon: 1e-6, context: 64,
      tiedEmbeddings: false),
    TransformerShape(
      name: "one-head", hidden: 17, layers: 1, heads: 1, kvHeads: 1, headDim: 2, feedForward: 1, vocabulary: 2,
      activation: .silu, subNorms: true, ropeTheta: 10_000, rmsNormEpsilon: 1e-5, context: 64,
      tiedEmbeddings: false),
  ]

  private func ids(_ shape: TransformerShape) -> [Int32] { (0..<41).map { Int32($0 * 29 % shape.vocabulary) } }

  /// All logits of `ids`, fed in pieces of these sizes, the last one repeated.
  private func logits(
    _ shape: TransformerShape, _ kernel: Kernel, _ pool: ThreadPool, pieces: [Int] = [41], batch: Int = 512,
    cacheFormat: CacheFormat = .f32
  ) throws -> [UInt32] {
    let model = try Transformer.synthetic(shape, seed: 7, kernel: kernel, head: .f16, pool: pool)
    let session = try Session(
      model: model, kernel: kernel, pool: pool, context: 64, batch: batch, cacheFormat: cacheFormat)
    var rest = ids(shape)[...]
    var values: [Float] = []
    var piece = 0
    while !rest.isEmpty {
      values += try session.forward(Array(rest.prefix(pieces[piece])), logits: .all).values
      rest = rest.dropFirst(pieces[piece])
      piece = min(piece + 1, pieces.count - 1)
    }
    return bits(values)
  }

  /// Token by token, on one thread, with the scalar kernel.
  private func reference(_ shape: TransformerShape) throws -> [UInt32] {
    try logits(shape, naive, ThreadPool(threads: 1, placement: .free), pieces: [1])
  }

  @Test(arguments: shapes, availableKernels)
  func everyKernelAndThreadCountGivesTheSameBytes(shape: TransformerShape, kernel: Kernel) throws {
    let reference = try reference(shape)
    for threads in 1...8 {
      let pool = try ThreadPool(threads: threads, placement: .free)
      #expect(try logits(shape, kernel, pool) == reference, "\(threads) threads")
    }
  }

  @Test(arguments: shapes, [[1], [41], [2], [7], [8], [9], [16, 1], [3, 30, 1]])
  func howIdsAreSplitOverCallsDoesNotMatter(shape: TransformerShape, pieces: [Int]) throws {
    let reference = try reference(shape)
    let pool = try ThreadPool(threads: 3, placement: .free)
    for kernel in availableKernels {
      #expect(try logits(shape, kernel, pool, pieces: pieces) == reference, "\(kernel.id)")
    }
  }

  @Test(arguments: shapes, [1, 2, 5, 40, 41, 1000]) func theBatchDoesNotMatter(shape: TransformerShape, batch: Int)
    throws
  {
    let pool = try ThreadPool(threads: 2, placement: .free)
    for kernel in availableKernels {
      #expect(try logits(shape, kernel, pool, batch: batch) == reference(shape), "\(kernel.id)")
    }
  }

  @Test(arguments: shapes, [Placement.pinned, .numa])
  func thePlacementDoesNotMatter(shape: TransformerShape, placement: Placement) throws {
    let reference = try reference(shape)
    for threads in 1...8 {
      let pool = try ThreadPool(threads: threads, placement: placement, cpus: usableCPUs)
      for kernel in availableKernels {
        #expect(try logits(shape, kernel, pool) == reference, "\(kernel.id), \(threads) threads")
      }
    }
  }

  @Test(arguments: shapes, [CacheFormat.f16, .int8])
  func roundedCachesGiveTheSameBytesEverywhere(shape: TransformerShape, format: CacheFormat) throws {
    let pool = try ThreadPool(threads: 1, placement: .free)
    let reference = try logits(shape, naive, pool, pieces: [1], cacheFormat: format)
    #expect(try reference != self.reference(shape))
    for kernel in availableKernels {
      for (threads, pieces, batch) in [(1, [41], 512), (2, [41], 16), (3, [7], 512), (4, [3, 30, 1], 5)] {
        let pool = try ThreadPool(threads: threads, placement: .free)
        let actual = try logits(shape, kernel, pool, pieces: pieces, batch: batch, cacheFormat: format)
        #expect(actual == reference, "\(kernel.id), \(threads) threads")
      }
    }
  }

  @Test func lastAndNoneGiveWhatAllGives() throws {
    let pool = try ThreadPool(threads: 2, placement: .free)
    let shape = Self.shapes[0]
    let model = try Transformer.synthetic(shape, seed: 7, kernel: naive, head: .f32, pool: pool)
    let session = try Session(model: model, kernel: naive, pool: pool, context: 64, batch: 16)
    let all = try session.forward(ids(shape), logits: .all)
    let last = Array(all[40])
    session.reset()
    #expect(try session.forward(ids(shape), logits: .last).values == last)
    session.reset()
    #expect(try session.forward(Array(ids(shape).dropLast()), logits: .none).rows == 0)
    #expect(try session.forward([ids(shape)[40]], logits: .last).values == last)
  }
}
