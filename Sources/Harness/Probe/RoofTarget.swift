import Kernels
import Machine
import Records

/// One roof of the machine: what is probed, over which memory, by how many threads.
struct RoofTarget: Sendable, Equatable {
  /// What the probe works on.
  enum Place: Sendable, Hashable {
    /// Operands in registers; no memory.
    case registers
    /// A working set of each thread that stays in the caches of this level.
    case cache(level: Int, bytesPerThread: Int)
    /// Memory of the node that each thread is on, beyond all caches.
    case memory
    /// CPUs of one node and memory of one node.
    case nodes(cpus: Int, memory: Int)
  }

  let kind: Probe.Kind
  let place: Place
  let threads: Int
  /// Where the threads are pinned, in thread order.
  let cpus: [Int]

  /// How suites, records and tables spell it: without a place it is the ceiling that kernels are held against.
  var phase: PhaseRecord {
    switch place {
    case .registers, .memory: .probe(kind.rawValue)
    case .cache(let level, _): .probe(kind.rawValue, at: "L\(level)")
    case .nodes(let cpus, let memory): .probe(kind.rawValue, at: "node\(cpus)-node\(memory)")
    }
  }

  /// Unique among the targets of a machine; the ids of a suite's probes where they are the same roof.
  var id: String { "machine/t\(threads)/pinned/\(phase.label)" }

  /// Whether it reads main memory.
  var readsMemory: Bool {
    switch place {
    case .registers, .cache: false
    case .memory, .nodes: true
    }
  }

  /// Every roof of a machine, in the order of the tables.
  ///
  /// - Parameter threadCounts: for bandwidths and ceilings; latency is one thread's.
  static func all(machine: Machine, threadCounts: [Int]) -> [RoofTarget] {
    let order = machine.cpusForPinning()
    let counts = threadCounts.map { ($0, (0..<$0).map { order[$0 % order.count] }) }
    let rates = counts.flatMap { threads, cpus in
      caches(machine, cpus: cpus, threads: threads).map {
        RoofTarget(kind: .read, place: $0, threads: threads, cpus: cpus)
      } + [
        RoofTarget(kind: .read, place: .memory, threads: threads, cpus: cpus),
        RoofTarget(kind: .int8, place: .registers, threads: threads, cpus: cpus),
        RoofTarget(kind: .fma, place: .registers, threads: threads, cpus: cpus),
      ]
    }
    let one = [order[0]]
    let latencies = (caches(machine, cpus: one, threads: 1) + [.memory]).map {
      RoofTarget(kind: .latency, place: $0, threads: 1, cpus: one)
    }
    return rates + latencies + nodePairs(machine)
  }

  /// Half of each cache, divided among the threads that share it: the other half holds what else the CPU touches.
  private static func caches(_ machine: Machine, cpus: [Int], threads: Int) -> [Place] {
    // More threads than CPUs share their caches once more.
    let turns = (threads + Set(cpus).count - 1) / Set(cpus).count
    return machine.dataCaches(of: cpus).compactMap { cache in
      let bytes = cache.sizeBytes / 2 / (cache.sharers * turns) / lineBytes * lineBytes
      return bytes > 0 ? .cache(level: cache.level, bytesPerThread: bytes) : nil
    }
  }

  private static let lineBytes = 64

  /// From the CPUs of each node to the memory of each node: bandwidth on one thread per core, latency on one thread.
  private static func nodePairs(_ machine: Machine) -> [RoofTarget] {
    let nodes = machine.memoryNodes()
    let cores = Set(machine.cpusForPinning().prefix(machine.coresPhysical))
    return nodes.flatMap { from -> [RoofTarget] in
      let cpus = from.cpus.filter(cores.contains)
      guard let first = cpus.first else { return [] }
      return nodes.flatMap { to -> [RoofTarget] in
        let place = Place.nodes(cpus: from.id, memory: to.id)
        return [
          RoofTarget(kind: .read, place: place, threads: cpus.count, cpus: cpus),
          RoofTarget(kind: .latency, place: place, threads: 1, cpus: [first]),
        ]
      }
    }
  }
}
