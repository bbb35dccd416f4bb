import Engine
import Kernels
import Meters
import ModelFiles
import Records
import Statistics

/// A phase of a model: prompt processing, token generation, its matrices alone, its head alone.
final class SessionWorkload: Workload {
  let facts: WorkloadFacts
  private let session: Session
  private let pool: ThreadPool
  private let phase: PhaseRecord
  private let work: Work
  private let prompt: [Int32]
  private let depth: Int
  #if TERN_TEST_HOOKS
    /// Whose matrices are repeated; a hybrid's are not.
    private let shape: TransformerShape?
  #endif
  private let interrupt: Interrupt
  /// What a session can run.
  private enum Work {
    case model
    case matrices(batch: Int)
    case head(batch: Int)

    /// Nil for a probe, which is of the machine.
    init?(_ phase: PhaseRecord) {
      switch phase.kind {
      case .model: self = .model
      case .matrices: self = .matrices(batch: phase.batch ?? 1)
      case .head: self = .head(batch: phase.batch ?? 1)
      case .probe: return nil
      }
    }
  }

  private var generated: [Int32] = []
  private var lastLogits: [Float] = []

  init(
    session: Session, model: any LanguageModel, identity: ModelIdentity, kernels: KernelPlan, phase: PhaseRecord,
    pool: ThreadPool, need: MemoryNeed, interrupt: Interrupt
  ) throws {
    guard let work = Work(phase) else { throw CellSkip("phase \(phase.label) is of the machine, not of a model") }
    self.session = session
    self.pool = pool
    self.phase = phase
    self.work = work
    self.interrupt = interrupt
    #if TERN_TEST_HOOKS
      shape = model.shape as? TransformerShape
    #endif
    self.depth = phase.depth ?? 0
    self.prompt = Self.ids(max(1, phase.prompt ?? 0), vocabulary: model.shape.vocabulary, seed: 2)
    var facts = Self.amount(of: work, phase: phase, model: model, batch: session.batch)
    facts.model = identity
    if case .model = work, model.shape is HybridShape, model.shape.denseWeights == nil {
      // Not all of its ternary weights meet all tokens of a prompt.
      let products = model.shape.matrixProducts(prompt: phase.prompt ?? 0, generate: phase.generate ?? 0)
      facts.constants["ternary_macs_per_iteration"] = Double(products)
    }
    facts.kernel = KernelIdentity(kernels, of: model.shape)
    facts.cpus = pool.placement == .free ? nil : pool.cpus
    facts.threadIDs = pool.placement == .free ? [] : pool.threadIDs
    facts.constants["memory_weights_bytes"] = Double(model.totalBytes)
    facts.constants["memory_need_bytes"] = Double(need.totalBytes)
    facts.constants["cache_bits_per_value"] = Double(session.cacheFormat.bits)
    if case .model = work { facts.constants.merge(Self.cache(of: model.shape, phase, session.cacheFormat)) { $1 } }
    if let pages = try session.countPages() {
      facts.pages = VerifiedPages(misplaced: pages.pagesMisplaced, verified: pages.pagesByNode.values.reduce(0, +))
      facts.constants["numa_nodes"] = Double(pool.memoryNodes)
      facts.constants["numa_pages_misplaced"] = Double(pages.pagesMisplaced)
      facts.constants["numa_pages_unknown"] = Double(pages.pagesUnknown)
      for (node, count) in pages.pagesByNode { facts.constants["numa_pages_node\(node)"] = Double(count) }
    }
    facts.estimates = EstimatedEnergy.figures(
      shape: model.shape, phase: phase,
      isTernary: kernels.dense == nil && kernels.kernels.allSatisfy { $0.name != "f16" })
    self.facts = facts
  }

  /// One token, or one vector through the matrices: milliseconds where the work itself takes seconds.
  func prime() throws {
    switch work {
    case .matrices: session.runMatrices(batch: 1)
    case .head: try session.runHead(batch: 1)
    case .model:
      try fillCache()
      _ = try session.forward([prompt[0]], logits: .last)
    }
  }

  func placementProblems() -> [String] {
    pool.placement == .free ? [] : pool.verifyAffinity().map(\.description)
  }

  func run(iterations: Int) throws -> WorkloadOutput {
    switch work {
    case .matrices(let batch): try repeated(iterations) { session.runMatrices(batch: batch) }
    case .head(let batch): try repeated(iterations) { try session.runHead(batch: batch) }
    case .model: try runModel(iterations: iterations)
    }
  }

  /// SHA-256 over the generated ids, or over the last position's logits where nothing is generated: equal for every
  /// kernel, thread count and placement, or one of them is wrong.
  func digest() -> String? {
    guard case .model = work else { return nil }
    return (phase.generate ?? 0) > 0
      ? generated.withUnsafeBytes { SHA256.hex(of: $0) } : lastLogits.withUnsafeBytes { SHA256.hex(of: $0) }
  }

  func timeBreakdown() throws -> TimeBreakdownRecord? {
    guard case .model = work else { return nil }
    return try TimeBreakdownRecord(of: session, tokens: facts.tokensPerIteration ?? 1) {
      _ = try runModel(iterations: 1)
    }
  }

  // MARK: - Model phases

  private func runModel(iterations: Int) throws -> WorkloadOutput {
    let generate = phase.generate ?? 0
    var times: [Int] = []
    times.reserveCapacity(iterations * generate)
    var firstTokenNs: UInt64 = 0
    for _ in 0..<iterations {
      session.truncate(to: depth)
      let start = WallClock.nowNs()
      var id = prompt[0]
      if let count = phase.prompt, count > 0 {
        id = try readPrompt()
        firstTokenNs += WallClock.nowNs() - start
      }
      try decode(generate, from: id, times: &times)
    }
    let hasPrompt = (phase.prompt ?? 0) > 0
    return WorkloadOutput(
      tokenTimesNs: generate > 0 ? times : nil,
      timeToFirstTokenNs: hasPrompt ? Double(firstTokenNs) / Double(iterations) : nil)
  }

  private func readPrompt() throws -> Int32 {
    let logits = try session.forward(prompt, logits: .last)
    if (phase.generate ?? 0) == 0 { lastLogits = Array(logits[0]) }
    return logits.argmax(0)
  }

  private func decode(_ count: Int, from first: Int32, times: inout [Int]) throws {
    guard count > 0 else { return }
    var generation = Generation(session: session, limit: count)
    generation.begin(after: first)
    while try generation.next() != nil { try interrupt.check() }
    generated = generation.ids
    times += generation.tokenTimesNs
  }

  private func repeated(_ iterations: Int, _ work: () throws -> Void) throws -> WorkloadOutput {
    for _ in 0..<iterations {
      try interrupt.check()
      try work()
    }
    return WorkloadOutput()
  }

  /// The session stands behind this phase's `depth` tokens before every window: the cells of one session overwrite each
  /// other's.
  ///
  /// Nobody computes them: no time depends on their values, and at 32k tokens it would take minutes for each window.
  private func fillCache() throws {
    try session.fill(to: depth, seed: 1)
  }

  // MARK: - Constants of the work

  /// Tokens from a generator rather than one repeated id, so that embedding rows are read as a real prompt reads them.
  private static func ids(_ count: Int, vocabulary: Int, seed: UInt64) -> [Int32] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in Int32(random.next() % UInt64(vocabulary)) }
  }

  /// What is kept of a token, and what decoding one reads of it, the mean over the phase's.
  private static func cache(of shape: any ModelShape, _ phase: PhaseRecord, _ format: CacheFormat) -> [String: Double] {
    let (depth, generate) = (phase.depth ?? 0, phase.generate ?? 0)
    let first = depth + (phase.prompt ?? 0)
    var facts = [
      "cache_added_bytes_per_token": Double(shape.cacheBytesAdded(position: max(first - 1, depth), format: format))
    ]
    if depth > 0 { facts["cache_filled_tokens"] = Double(depth) }
    if generate > 0 {
      let read = (first..<first + generate).map { Double(shape.cacheBytesRead(position: $0, format: format)) }
      facts["cache_read_bytes_per_token"] = read.reduce(0, +) / Double(generate)
    }
    return facts
  }

  /// `batch` tokens of a prompt share a pass over the weights.
  private static func amount(
    of work: Work, phase: PhaseRecord, model: any LanguageModel, batch most: Int
  ) -> WorkloadFacts {
    let shape = model.shape
    let headMacs = shape.hidden * shape.vocabulary
    switch work {
    case .matrices(let batch):
      return WorkloadFacts(
        tokensPerIteration: batch, bytesPerIteration: model.matrixBytes,
        macsPerIteration: batch * shape.matrixParameters)
    case .head(let batch):
      return WorkloadFacts(
        tokensPerIteration: batch, bytesPerIteration: model.headBytes, macsPerIteration: batch * headMacs)
    case .model:
      let prompt = phase.prompt ?? 0
      let generate = phase.generate ?? 0
      // A prompt computes the logits of its last position only: its head counts once, and once what follows the last
      // keys and values.
      let macs =
        shape.matrixProducts(prompt: prompt, generate: generate) + (generate + (prompt > 0 ? 1 : 0)) * headMacs
      return WorkloadFacts(
        tokensPerIteration: prompt + generate,
        bytesPerIteration: model.promptBytes(tokens: prompt, batch: most)
          + generate * (model.matrixBytes + model.headBytes),
        macsPerIteration: macs)
    }
  }
}

#if TERN_TEST_HOOKS
  extension SessionWorkload: PartlyRepeatable {
    func repeatMatrices(iterations: Double) {
      guard let shape else { return }
      let batch = max(1, phase.batch ?? phase.prompt ?? 1)
      let products = iterations * Double(facts.macsPerIteration ?? 0) / Double(batch)
      var left = products
      for _ in 0..<Int(left / Double(shape.ternaryParameters)) {
        session.runMatrices(batch: batch)
        left -= Double(shape.ternaryParameters)
      }
      // The rest in whole matrices, the largest first.
      for matrix in shape.matrices.sorted(by: { $0.rows * $0.columns > $1.rows * $1.columns }) {
        let size = Double(matrix.rows * matrix.columns)
        let layers = min(Double(shape.layers), (left / size).rounded())
        guard layers > 0 else { continue }
        session.runMatrices(batch: batch, role: matrix.role, layers: Int(layers))
        left -= layers * size
      }
    }
  }
#endif
