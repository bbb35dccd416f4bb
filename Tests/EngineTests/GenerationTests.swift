import Engine
import Kernels
import Testing

@Suite("Generating tokens")
struct GenerationTests {
  private func model(_ kernel: Kernel, pool: ThreadPool) throws -> Transformer {
    try Transformer.load(path: Oracle(name: "bitnet2b_offline").path, kernel: kernel, pool: pool, hashing: false)
  }

  private func session(context: Int = 64, batch: Int = 512) throws -> Session {
    let pool = try ThreadPool(threads: 2, placement: .free)
    return try Session(model: model(naive, pool: pool), kernel: naive, pool: pool, context: context, batch: batch)
  }

  private func all(_ generation: inout Generation) throws -> [Int32] {
    var ids: [Int32] = []
    while let id = try generation.next() { ids.append(id) }
    return ids
  }

  static let sampled = Sampling(temperature: 1.3, topK: 200, topP: 0.99, repetitionPenalty: 1.1, seed: 7)

  @Test("greedy tokens are the reference's")
  func greedy() throws {
    let expected = try Oracle(name: "bitnet2b_offline").expected
    var generation = Generation(session: try session(), limit: expected.greedy_ids.count)
    try generation.read(expected.input_ids)
    #expect(try all(&generation) == expected.greedy_ids)
    #expect(generation.finish == .length && generation.ids == expected.greedy_ids)
    #expect(generation.promptTokens == expected.input_ids.count && generation.promptTokensReused == 0)
    #expect(generation.tokenTimesNs.count == expected.greedy_ids.count - 1)
    #expect(generation.timePromptNs > 0 && generation.tokenTimesNs.allSatisfy { $0 > 0 })
    #expect(try generation.next() == nil)
  }

  @Test("the same tokens whatever kernel, threads and placement", arguments: availableKernels)
  func identical(kernel: Kernel) throws {
    let prompt = try Oracle(name: "bitnet2b_offline").expected.input_ids
    let model = try model(kernel, pool: ThreadPool(threads: 2, placement: .free))
    for (threads, placement) in [(1, Placement.pinned), (3, .free), (2, .numa)] {
      guard threads <= usableCPUs.count || placement == .free else { continue }
      let pool = try ThreadPool(threads: threads, placement: placement, cpus: usableCPUs)
      let session = try Session(model: model, kernel: kernel, pool: pool, context: 64)
      for (sampling, expected) in zip([.greedy, Self.sampled], try Self.expected.get()) {
        var generation = Generation(session: session, sampler: Sampler(sampling), limit: expected.count)
        try generation.read(prompt)
        #expect(try all(&generation) == expected, "\(kernel.id) \(threads) \(placement)")
      }
    }
  }

  /// What the plain kernel gives on one thread, greedy and sampled.
  static let expected = Result {
    let pool = try ThreadPool(threads: 1, placement: .free)
    let path = Oracle(name: "bitnet2b_offline").path
    let model = try Transformer.load(path: path, kernel: naive, pool: pool, hashing: false)
    return try [.greedy, sampled].map { sampling in
      let session = try Session(model: model, kernel: naive, pool: pool, context: 64)
      var generation = Generation(session: session, sampler: Sampler(sampling), limit: 12)
      try generation.read(Oracle(name: "bitnet2b_offline").expected.input_ids)
      while try generation.next() != nil {}
      return generation.ids
    }
  }

  @Test("what the cache holds of a prompt is not read again, and changes nothing")
  func reuse() throws {
    let session = try session()
    var generation = Generation(session: session, limit: 6)
    try generation.read([278, 33, 40, 41])
    let first = try all(&generation)
    // The last token was chosen and not yet fed.
    #expect(session.ids == [278, 33, 40, 41] + first.dropLast())
    let next = [278, 33, 40, 41] + first + [50, 51]
    try generation.read(next)
    #expect(generation.promptTokensReused == 9 && generation.promptTokens == 3)
    let continued = try all(&generation)
    var fresh = Generation(session: try self.session(), limit: 6)
    try fresh.read(next)
    #expect(try all(&fresh) == continued)
    // Another text from the second token on; and the same text again, whose last token must be read.
    try generation.read([278, 90, 91])
    #expect(generation.promptTokensReused == 1 && generation.promptTokens == 2)
    try generation.read([278, 90, 91])
    #expect(generation.promptTokensReused == 2 && generation.promptTokens == 1)
    fresh = Generation(session: try self.session(), limit: 6)
    try fresh.read([278, 90, 91])
    #expect(try all(&generation) == all(&fresh))
  }

  @Test("a token that ends a text is the last")
  func ends() throws {
    let expected = try Oracle(name: "bitnet2b_offline").expected
    let end = expected.greedy_ids[4]
    let first = try #require(expected.greedy_ids.firstIndex(of: end))
    var generation = Generation(session: try session(), ends: [end], limit: 12)
    try generation.read(expected.input_ids)
    #expect(try all(&generation) == Array(expected.greedy_ids[...first]))
    #expect(generation.finish == .endOfText)
  }

  @Test("the context ends a generation, and a prompt that it cannot hold is refused by numbers")
  func context() throws {
    let session = try session(context: 8)
    var generation = Generation(session: session)
    try generation.read([278, 33, 40])
    // Five tokens fill it up, and the sixth needs no position.
    #expect(try all(&generation).count == 6)
    #expect(generation.finish == .context && session.position == 8)
    try generation.read([Int32](repeating: 40, count: 8))
    #expect(try all(&generation).count == 1 && generation.finish == .context)
    let long = #expect(throws: EngineError.self) { try generation.read([Int32](repeating: 40, count: 9)) }
    #expect(long?.kind == .context && long?.description.contains("9 tokens does not fit a context of 8") == true)
    let empty = #expect(throws: EngineError.self) { try generation.read([]) }
    #expect(empty?.description.contains("no tokens") == true)
  }

  @Test("a prompt can be given up between its pieces, and the pieces change nothing")
  func pieces() throws {
    let prompt = (0..<20).map { Int32($0 + 40) }
    let session = try session(batch: 4)
    var generation = Generation(session: session, limit: 5)
    var asked = 0
    try generation.read(prompt) {
      asked += 1
      return asked == 3
    }
    #expect(generation.finish == .interrupted && session.position == 8)
    #expect(try generation.next() == nil && generation.promptRate == nil)
    try generation.read(prompt)
    #expect(generation.promptTokensReused == 8)
    var whole = Generation(session: try self.session(), limit: 5)
    try whole.read(prompt)
    #expect(try all(&generation) == all(&whole))
  }

  @Test("decoding goes on behind a token that was chosen elsewhere")
  func after() throws {
    let prompt = try Oracle(name: "bitnet2b_offline").expected.input_ids
    var whole = Generation(session: try session(), limit: 6)
    try whole.read(prompt)
    let expected = try all(&whole)
    let session = try session()
    let first = try session.forward(prompt, logits: .last).argmax(0)
    var generation = Generation(session: session, limit: 5)
    generation.begin(after: first)
    #expect(try all(&generation) == Array(expected.dropFirst()) && generation.tokenTimesNs.count == 5)
  }

  @Test("equal seeds give equal texts, others do not")
  func seeds() throws {
    func text(_ seed: UInt64) throws -> [Int32] {
      var sampling = Self.sampled
      sampling.seed = seed
      var generation = Generation(session: try session(), sampler: Sampler(sampling), limit: 24)
      try generation.read([278, 33])
      return try all(&generation)
    }
    #expect(try text(1) == text(1))
    #expect(try text(1) != text(2))
  }
}
