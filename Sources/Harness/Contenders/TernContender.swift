import Engine
import Kernels
import Machine
import ModelFiles
import Records
import Suites

/// Tern itself, in this process: the engine that `generate` uses is the engine that is measured.
public final class TernContender: Contender {
  private let machine: Machine
  private let interrupt: Interrupt
  private let store: ModelStore
  private let models: [String: ModelReference]
  private let cacheFormat: CacheFormat
  /// The room that each session must have: that of the largest cell that will run on it.
  private let sizes: [ModelStore.SessionKey: SessionSize]
  private let roster: ThreadRoster
  private let selector: KernelSelector
  private var plans: [ModelStore.SessionKey: KernelPlan] = [:]
  private var pools: [PoolKey: ThreadPool] = [:]
  private var probeBuffer: AlignedBuffer?

  private struct PoolKey: Hashable {
    let threads: Int
    let placement: Placement
  }

  private struct SessionSize {
    let context: Int
    let logitsRows: Int

    init(_ phase: PhaseRecord) {
      self.init(context: phase.context, logitsRows: phase.logitsRows)
    }

    init(context: Int, logitsRows: Int) {
      self.context = context
      self.logitsRows = logitsRows
    }

    static func max(_ a: SessionSize, _ b: SessionSize) -> SessionSize {
      SessionSize(context: Swift.max(a.context, b.context), logitsRows: Swift.max(a.logitsRows, b.logitsRows))
    }
  }

  /// Makes a contender for a plan, which holds its models and says how long each session's cache must be.
  ///
  /// - Parameters:
  ///   - selector: knows what names of kernels mean here.
  ///   - roster: learns the ids of its threads.
  public init(
    machine: Machine, plan: Plan, selector: KernelSelector, interrupt: Interrupt, roster: ThreadRoster
  ) {
    self.machine = machine
    self.selector = selector
    self.roster = roster
    self.interrupt = interrupt
    self.store = ModelStore(memoryAvailableBytes: machine.memoryAvailableBytes)
    self.models = plan.models
    self.cacheFormat = plan.cacheFormat
    // Cells that the plan skips are left out: one that is too large must not make the others' sessions too large.
    self.sizes = Dictionary(
      plan.cells.filter { $0.skipReason == nil }.compactMap { cell in
        ModelStore.SessionKey(cell).map { ($0, SessionSize(cell.phase)) }
      }, uniquingKeysWith: SessionSize.max)
  }

  /// Makes the cell's weights, threads and buffers ready.
  public func prepare(_ cell: Cell) throws -> any Workload {
    let pool = try pool(for: cell)
    if let probe = Probe.Kind(phase: cell.phase) {
      return ProbeWorkload(probe: Probe.best(probe), pool: pool, buffer: try probeMemory(probe))
    }
    return try cell.matrix.map { try matrixWorkload($0, cell, pool: pool) } ?? modelWorkload(cell, pool: pool)
  }

  // MARK: - Matrices and models

  private func matrixWorkload(_ shape: MatrixShape, _ cell: Cell, pool: ThreadPool) throws -> any Workload {
    if let name = cell.kernel.flatMap(AutomaticKernel.init) {
      throw CellSkip("kernel \(name) chooses among the matrices of a model, and this is a single one")
    }
    let kernel = try KernelRegistry.resolve(cell.kernel ?? "")
    let vectors = cell.phase.batch ?? 1
    let need = MemoryBudget.need(of: shape, kernel: kernel, vectors: vectors)
    let key = ModelStore.Key(subject: shape.description, packings: [kernel.packing])
    let entry = try store.entry(key, bytes: need) {
      ModelStore.Matrix(try MatrixWorkload.makeMatrix(shape, packing: kernel.packing, pool: pool))
    }
    try store.makeRoom(for: need - entry.packed.bytes, keeping: entry)
    return try MatrixWorkload(
      shape: shape, matrix: entry.packed, kernel: kernel, vectors: vectors, pool: pool, needBytes: need,
      interrupt: interrupt)
  }

  private func modelWorkload(_ cell: Cell, pool: ThreadPool) throws -> any Workload {
    guard let source = cell.model.flatMap({ models[$0] }), let key = ModelStore.SessionKey(cell) else {
      throw CellSkip("phase \(cell.phase.label) needs a model and a kernel")
    }
    let kernels = try kernels(of: key, for: source, pool: pool)
    let size = sizes[key] ?? SessionSize(cell.phase)
    let need = MemoryBudget.need(
      of: source, kernels: kernels, threads: cell.threads, context: size.context, logitsRows: size.logitsRows,
      cacheFormat: cacheFormat)
    let weights = ModelStore.Key(
      subject: key.model, packings: kernels.packings, nodesOf: pool.placesMemory ? pool.threads : nil)
    let entry = try store.entry(weights, bytes: need.totalBytes) {
      ModelStore.Model(try source.load(kernels: kernels, pool: pool))
    }
    let session =
      try entry.sessions[key] ?? makeSession(entry, kernels: kernels, pool: pool, context: size.context, need: need)
    entry.sessions[key] = session
    return try SessionWorkload(
      session: session, model: entry.weights, identity: source.identity(of: entry.weights), kernels: kernels,
      phase: cell.phase, pool: pool, need: need, interrupt: interrupt)
  }

  /// What was chosen stays chosen for the whole run.
  private func kernels(of key: ModelStore.SessionKey, for model: ModelReference, pool: ThreadPool) throws -> KernelPlan
  {
    if let plan = plans[key] { return plan }
    let plan = try selector.plan(key.kernel, for: model.shape, pool: pool)
    plans[key] = plan
    return plan
  }

  private func makeSession(
    _ entry: ModelStore.Model, kernels: KernelPlan, pool: ThreadPool, context: Int, need: MemoryNeed
  ) throws -> Session {
    try store.makeRoom(for: need.cacheBytes + need.scratchBytes, keeping: entry)
    return try entry.weights.makeSession(
      kernels: kernels, pool: pool, context: context, batch: MemoryBudget.batch,
      cacheFormat: cacheFormat)
  }

  // MARK: - Threads and probes

  private func pool(for cell: Cell) throws -> ThreadPool {
    guard let placement = Placement(rawValue: cell.placement) else {
      throw CellSkip("placement \(cell.placement) is not known to this build")
    }
    let key = PoolKey(threads: cell.threads, placement: placement)
    if let pool = pools[key] { return pool }
    let pool = try ThreadPool(threads: cell.threads, placement: placement, cpus: machine.cpusForPinning())
    pools[key] = pool
    roster.add(pool.threadIDs)
    return pool
  }

  /// 1 GiB lies beyond the caches of every CPU sold today (the largest, stacked L3s, hold 1.1 GB over all of a socket's
  /// dies, and a core reaches only its own die's share), and is small beside a model.
  private static let probeBytes = 1 << 30

  private func probeMemory(_ kind: Probe.Kind) throws -> AlignedBuffer? {
    guard kind == .read else { return nil }
    if let probeBuffer { return probeBuffer }
    try store.makeRoom(for: Self.probeBytes, keeping: nil)
    let buffer = try AlignedBuffer(bytes: Self.probeBytes)
    // Untouched pages all map one zero page, which would be read from L1.
    buffer.address.initializeMemory(as: UInt8.self, repeating: 1, count: buffer.bytes)
    probeBuffer = buffer
    return buffer
  }
}

extension Probe.Kind {
  /// The probe that a phase names, if it names one.
  init?(phase: PhaseRecord) {
    guard phase.kind == .probe, let name = phase.label.split(separator: ":").last else { return nil }
    self.init(rawValue: String(name))
  }
}
