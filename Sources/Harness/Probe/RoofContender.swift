import Engine
import Kernels
import Machine
import Suites
import Synchronization

/// Runs the cells of a `MachineProbe`.
final class RoofContender: Contender {
  private let probe: MachineProbe
  private let roster: ThreadRoster
  private let memory: RoofMemory
  private var pools: [[Int]: ThreadPool] = [:]

  init(probe: MachineProbe, machine: Machine, roster: ThreadRoster) {
    self.probe = probe
    self.roster = roster
    memory = RoofMemory(machine: machine, memoryBytes: probe.memoryBytes)
  }

  func prepare(_ cell: Cell) throws -> any Workload {
    guard let target = probe.targets[cell.id] else { throw CellSkip("\(cell.id) is not one of the machine's roofs") }
    let pool = try pool(on: target.cpus)
    let best = Probe.best(target.kind)
    return RoofWorkload(
      target: target, probe: best, pool: pool, parts: try memory.parts(of: target, probe: best, pool: pool))
  }

  private func pool(on cpus: [Int]) throws -> ThreadPool {
    if let pool = pools[cpus] { return pool }
    let pool = try ThreadPool(threads: cpus.count, placement: .pinned, cpus: cpus)
    pools[cpus] = pool
    roster.add(pool.threadIDs)
    return pool
  }
}

/// One probe on the threads of a pool, each on its own part of the memory.
final class RoofWorkload: Workload {
  let facts: WorkloadFacts
  private let probe: Probe
  private let pool: ThreadPool
  private let parts: [RoofMemory.Part]
  private let workPerThread: Int
  /// What the probes return is kept, so that no compiler may drop the work.
  private let sink = Atomic<UInt64>(0)

  /// A millisecond or more on every CPU: forking and joining takes microseconds.
  private static let macsPerThread = 1 << 28
  private static let bytesPerThread = 128 << 20
  private static let loadsPerThread = 1 << 16

  init(target: RoofTarget, probe: Probe, pool: ThreadPool, parts: [RoofMemory.Part]) {
    self.probe = probe
    self.pool = pool
    self.parts = parts
    let largest = parts.map(\.bytes).max() ?? 0
    workPerThread =
      switch target.kind {
      // All of the largest part, so that no thread stays in its caches; small parts again and again.
      case .read: max(largest, Self.bytesPerThread / max(1, largest) * largest)
      case .int8, .fma: Self.macsPerThread
      case .latency: Self.loadsPerThread
      }
    var facts = Self.facts(target, workPerThread: workPerThread, workingSetBytes: largest)
    facts.threadIDs = pool.threadIDs
    self.facts = facts
  }

  func prime() throws { pool.run { _ in } }

  func run(iterations: Int) throws -> WorkloadOutput {
    for _ in 0..<iterations { pool.run(work) }
    return WorkloadOutput()
  }

  func placementProblems() -> [String] { pool.verifyAffinity().map(\.description) }

  func digest() -> String? { nil }

  private func work(_ thread: Int) {
    let part = parts.isEmpty ? nil : parts[thread]
    let result = probe.run(buffer: part?.address, bytes: part?.bytes ?? 0, work: workPerThread)
    sink.wrappingAdd(result, ordering: .relaxed)
  }

  private static func facts(_ target: RoofTarget, workPerThread: Int, workingSetBytes: Int) -> WorkloadFacts {
    var facts = WorkloadFacts(cpus: target.cpus)
    let work = workPerThread * target.threads
    switch target.kind {
    case .read: facts.bytesPerIteration = work
    case .int8: facts.macsPerIteration = work
    case .fma: facts.flopPerIteration = 2 * work
    // Threads walk side by side: the time of a load is the thread's own.
    case .latency: facts.loadsPerIteration = workPerThread
    }
    if workingSetBytes > 0 { facts.constants["working_set_thread_bytes"] = Double(workingSetBytes) }
    return facts
  }
}
