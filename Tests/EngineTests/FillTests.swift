import Engine
import Kernels
import Testing

/// Standing behind tokens that nobody read.
@Suite struct FillTests {
  private func session(
    hybrid: Bool, threads: Int = 2, context: Int = 400, batch: Int = 64, format: CacheFormat = .f32
  ) throws -> Session {
    let pool = try ThreadPool(threads: threads, placement: .free)
    let shape: any ModelShape = hybrid ? HybridTernaryTests.shape : SessionTests.shape
    var long = shape
    if var changed = shape as? HybridShape {
      changed.context = context
      long = changed
    }
    if var changed = shape as? TransformerShape {
      changed.context = context
      long = changed
    }
    let model = try long.makeModel(seed: 3, kernels: KernelPlan(naive), head: .f16, pool: pool)
    return try model.makeSession(
      kernels: KernelPlan(naive), pool: pool, context: context, batch: batch, cacheFormat: format)
  }

  @Test(arguments: [true, false], CacheFormat.allCases)
  func whatComesBehindIsFiniteAndTheSameForAllThreads(hybrid: Bool, format: CacheFormat) throws {
    var first: [UInt32]?
    for threads in [1, 2, 3] {
      let session = try session(hybrid: hybrid, threads: threads, format: format)
      try session.fill(to: 300, seed: 7)
      #expect(session.position == 300)
      let logits = try session.forward([1, 2, 3], logits: .all).values
      #expect(logits.allSatisfy(\.isFinite) && Set(logits).count > 50)
      first = first ?? bits(logits)
      #expect(bits(logits) == first, "\(threads) threads")
    }
    let other = try session(hybrid: hybrid, format: format)
    try other.fill(to: 300, seed: 8)
    #expect(bits(try other.forward([1, 2, 3], logits: .all).values) != first, "another seed")
    try other.fill(to: 299, seed: 7)
    #expect(bits(try other.forward([1, 2, 3], logits: .all).values) != first, "another depth")
  }

  /// So deep that threads merge the tiles of different heads, which they do not for a few.
  @Test(arguments: [true, false]) func behindManyTilesTokensAreTheSameOneByOneAndForAllThreads(hybrid: Bool) throws {
    var first: [UInt32]?
    for threads in [1, 2, 3] {
      let session = try session(hybrid: hybrid, threads: threads, context: 3000)
      try session.fill(to: 2500, seed: 7)
      first = try first ?? bits(session.forward([1, 2, 3], logits: .last).values)
      session.truncate(to: 2500)
      for id in 1...2 { try session.forward([Int32(id)], logits: .none) }
      #expect(bits(try session.forward([3], logits: .last).values) == first, "\(threads) threads")
    }
  }

  @Test(arguments: [true, false]) func itCanBeGoneBackToAgainAndAgain(hybrid: Bool) throws {
    let session = try session(hybrid: hybrid)
    try session.fill(to: 200, seed: 1)
    let once = bits(try session.forward([4, 5], logits: .all).values)
    session.truncate(to: 200)
    #expect(bits(try session.forward([4, 5], logits: .all).values) == once)
    for id in 0..<20 { try session.forward([Int32(id)], logits: .last) }
    session.truncate(to: 200)
    #expect(bits(try session.forward([4, 5], logits: .all).values) == once)
    try session.fill(to: 0, seed: 1)
    #expect(session.position == 0)
    let fresh = try self.session(hybrid: hybrid)
    #expect(
      bits(try session.forward([4, 5], logits: .all).values) == bits(try fresh.forward([4, 5], logits: .all).values))
  }

  @Test func moreThanTheContextIsRefused() throws {
    let session = try session(hybrid: true, context: 32)
    #expect(throws: EngineError.self) { try session.fill(to: 33, seed: 1) }
    try session.fill(to: 32, seed: 1)
    #expect(session.position == 32)
  }

  @Test func whatACacheCostsIsCountedByPosition() throws {
    let hybrid = HybridTernaryTests.shape
    // Keys and values of 4 heads of 6, halves: 96 bytes a position; 2 windows of 9, one full layer, one cross.
    let states = 3 * 144 * (16 + 3) * 4
    #expect(hybrid.cacheBytesRead(position: 0, format: .f16) == 4 * 96 + states)
    #expect(hybrid.cacheBytesRead(position: 99, format: .f16) == (2 * 9 + 2 * 100) * 96 + states)
    #expect(hybrid.cacheBytesAdded(position: 8, format: .f16) == 3 * 96)
    #expect(hybrid.cacheBytesAdded(position: 9, format: .f32) == 192)
    // 4 keys of 6 bytes and 2 values of 12, and their scales.
    #expect(hybrid.cacheBytesAdded(position: 9, format: .int8) == 4 * (6 + 4) + 2 * (12 + 4))
    let transformer = SessionTests.shape
    let position = 2 * transformer.keyValueWidth * transformer.layers * 4
    #expect(transformer.cacheBytesRead(position: 9, format: .f32) == 10 * position)
    #expect(transformer.cacheBytesAdded(position: 9, format: .f32) == position)
  }

  @Test func aPartOfAHeadIsTurned() throws {
    var shape = SessionTests.shape
    let pool = try ThreadPool(threads: 2, placement: .free)
    func logits() throws -> [Float] {
      let model = try Transformer.synthetic(shape, seed: 1, kernel: naive, head: .f16, pool: pool)
      let session = try Session(model: model, kernels: KernelPlan(naive), pool: pool, context: 16)
      return try session.forward([1, 2, 3, 4], logits: .last).values
    }
    let whole = try logits()
    shape.rotaryDim = shape.headDim
    #expect(try logits() == whole)
    shape.rotaryDim = 4
    #expect(try logits() != whole)
    for wrong in [3, 0, -2, shape.headDim + 2] {
      shape.rotaryDim = wrong
      #expect(throws: EngineError.self) { try shape.validate() }
    }
  }
}
