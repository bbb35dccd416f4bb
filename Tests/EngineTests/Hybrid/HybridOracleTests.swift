import Engine
import Foundation
import Kernels
import ModelFiles
import Testing

/// A SambaY model with known logits; see Fixtures/README.md.
enum HybridOracle {
  static let oracle = Oracle(name: "sambay")

  struct Expected: Decodable {
    let input_ids: [Int32]
    let greedy_ids: [Int32]
  }

  static var expected: Expected {
    get throws {
      try JSONDecoder().decode(
        Expected.self, from: Data(contentsOf: URL(fileURLWithPath: oracle.path + "/expected.json")))
    }
  }

  static func session(
    threads: Int = 2, placement: Placement = .free, context: Int = 64, batch: Int = 512,
    cacheFormat: CacheFormat = .f32
  ) throws -> Session {
    let pool = try ThreadPool(threads: threads, placement: placement, cpus: usableCPUs)
    let model = try Hybrid.load(dense: oracle.path, pool: pool)
    return try model.makeSession(
      kernels: KernelPlan(dense: DenseKernel.best(for: .bf16)), pool: pool, context: context, batch: batch,
      cacheFormat: cacheFormat)
  }
}

/// SambaY against torch: logits within 2e-4, which is what float32 itself is worth there, and the same greedy
/// continuation.
@Suite struct HybridOracleTests {
  @Test(arguments: Placement.allCases) func logitsAndGreedyIdsAreThoseOfTorch(placement: Placement) throws {
    let expected = try HybridOracle.expected
    let (whole, greedy) = (try HybridOracle.oracle.logits("full"), try HybridOracle.oracle.logits("greedy"))
    var first: [UInt32]?
    for threads in 1...4 {
      let session = try HybridOracle.session(threads: threads, placement: placement)
      var view = try session.forward(expected.input_ids, logits: .all)
      let logits = view.values
      #expect(distance(logits, whole) < 2e-4)

      var ids: [Int32] = []
      var all = bits(logits)
      for row in 0..<expected.greedy_ids.count {
        ids.append(view.argmax(view.rows - 1))
        view = try session.forward([ids[row]], logits: .last)
        all += bits(view.values)
        #expect(distance(view.values, Array(greedy[row * view.vocabulary..<(row + 1) * view.vocabulary])) < 2e-4)
      }
      #expect(ids == expected.greedy_ids)
      first = first ?? all
      #expect(all == first, "\(threads) threads, \(placement), gave other bytes than one")
    }
  }

  @Test(arguments: [[1], [2], [5, 1], [6], [7], [21, 1], [1, 21], [3, 9, 10]])
  func howIdsAreSplitOverCallsDoesNotMatter(pieces: [Int]) throws {
    let ids = try HybridOracle.expected.input_ids
    let whole = bits(try HybridOracle.session().forward(ids, logits: .all).values)
    for batch in [1, 3, 512] {
      let session = try HybridOracle.session(threads: 3, batch: batch)
      var rest = ids[...]
      var values: [Float] = []
      var piece = 0
      while !rest.isEmpty {
        values += try session.forward(Array(rest.prefix(pieces[piece])), logits: .all).values
        rest = rest.dropFirst(pieces[piece])
        piece = min(piece + 1, pieces.count - 1)
      }
      #expect(bits(values) == whole, "batches of \(batch)")
    }
  }

  @Test(arguments: CacheFormat.allCases) func aPromptsLastTokenNeedsNoOtherBehindTheFullAttention(format: CacheFormat)
    throws
  {
    let ids = try HybridOracle.expected.input_ids
    let session = try HybridOracle.session(batch: 8, cacheFormat: format)
    let all = try session.forward(ids, logits: .all)
    let last = bits(Array(all[ids.count - 1]))
    session.reset()
    #expect(bits(try session.forward(ids, logits: .last).values) == last)
    session.reset()
    #expect(try session.forward(Array(ids.dropLast()), logits: .none).rows == 0)
    #expect(bits(try session.forward([ids[ids.count - 1]], logits: .last).values) == last)
  }

  /// Logits of the oracle spread by 1; halves have eleven bits, int8 has seven.
  @Test(arguments: [(CacheFormat.f16, Float(0.01)), (.int8, 0.16)])
  func roundingInTheCacheChangesLittle(format: CacheFormat, atMost: Float) throws {
    let ids = try HybridOracle.expected.input_ids
    let exact = try HybridOracle.session().forward(ids, logits: .all).values
    let rounded = try HybridOracle.session(cacheFormat: format).forward(ids, logits: .all).values
    #expect(rounded != exact && distance(rounded, exact) < atMost)
  }

  @Test func whatRecursIsForgottenAndFoundAgain() throws {
    let ids = try HybridOracle.expected.input_ids
    let session = try HybridOracle.session(context: 40, batch: 4)
    func continuation() throws -> [UInt32] { bits(try session.forward([7, 8], logits: .all).values) }
    try session.forward(Array(ids[..<9]), logits: .none)
    let nine = try continuation()
    session.truncate(to: 9)
    #expect(try continuation() == nine, "back to where nothing was wanted")
    try session.forward(Array(ids[9...]), logits: .last)
    session.truncate(to: 9)
    #expect(try continuation() == nine, "past the window and back")
    for length in [1, 3, 4, 5, 6, 8, 9, 10, 13] {
      session.truncate(to: 9)
      #expect(try continuation() == nine)
      session.truncate(to: 9)
      for id in ids[9..<9 + length] { try session.forward([id], logits: .last) }
      session.truncate(to: 9)
      #expect(try continuation() == nine, "\(length) tokens and back")
    }
    session.truncate(to: 9)
    // No state was kept for 5: all is read again.
    session.truncate(to: 5)
    #expect(session.position == 5)
    try session.forward(Array(ids[5..<9]), logits: .last)
    #expect(try continuation() == nine)
    session.truncate(to: 4)
    session.truncate(to: 3)
    try session.forward(Array(ids[3..<9]), logits: .none)
    #expect(try continuation() == nine)
    session.reset()
    try session.forward(Array(ids[..<9]), logits: .last)
    #expect(try continuation() == nine)
  }

  @Test func generationGoesOnWhereThePromptsPart() throws {
    let ids = try HybridOracle.expected.input_ids
    let greedy = try HybridOracle.expected.greedy_ids
    var generation = Generation(session: try HybridOracle.session(batch: 6), limit: greedy.count)
    try generation.read(Array(ids[..<12]) + [9, 9, 9, 9])
    while try generation.next() != nil {}
    try generation.read(ids)
    #expect(generation.promptTokensReused == 12)
    while try generation.next() != nil {}
    #expect(generation.ids == greedy)
  }

  @Test func whatCannotBeRunIsRefusedByName() throws {
    let pool = try ThreadPool(threads: 1, placement: .free)
    let model = try Hybrid.load(dense: HybridOracle.oracle.path, pool: pool)
    #expect(model.shape.denseWeights == .bf16 && model.shape.ternaryParameters == 0 && model.packings.isEmpty)
    let kernel = #expect(throws: EngineError.self) {
      try model.makeSession(kernels: KernelPlan(naive), pool: pool, context: 8)
    }
    #expect(kernel?.kind == .mismatch && kernel?.description.contains("naive") == true)
    let long = #expect(throws: EngineError.self) { try HybridOracle.session(context: 513) }
    #expect(long?.kind == .context && long?.description.contains("max_position_embeddings") == true)
    let transformer = #expect(throws: ModelFileError.self) { try ModelFile.open(path: HybridOracle.oracle.path) }
    #expect(transformer?.description.contains("phi4flash") == true)
  }

  @Test func memoryIsKnownBeforeItIsTaken() throws {
    let pool = try ThreadPool(threads: 1, placement: .free)
    let model = try Hybrid.load(dense: HybridOracle.oracle.path, pool: pool)
    let plan = KernelPlan(dense: DenseKernel.best(for: .bf16))
    let need = model.shape.memoryNeed(
      kernels: plan, head: model.head, context: 100, batch: 10, threads: 1, cacheFormat: .f32)
    #expect(need.weightsBytes + need.headBytes == model.totalBytes)
    // Two window layers of 15 positions in panels of 64, and Mamba's states, twice; one layer of 100 positions.
    #expect(need.cacheBytes == 2 * (2 * 2 * 2 * 12 * 64 * 4 + 3 * 96 * 19 * 4) + 2 * 2 * 12 * 128 * 4)
    #expect(need.scratchBytes > 0)
    let absurd = model.shape.memoryNeed(
      kernels: plan, head: .f32, context: .max, batch: 1, threads: 1, cacheFormat: .f32)
    #expect(absurd.totalBytes == .max)
  }

  private func distance(_ one: [Float], _ other: [Float]) -> Float {
    one.count == other.count ? zip(one, other).reduce(0) { max($0, abs($1.0 - $1.1)) } : .infinity
  }
}
