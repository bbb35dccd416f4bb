import Engine
import Foundation
import Kernels
import Machine
import Records
import Suites

/// The roofs of a machine as a plan: read bandwidth of each cache and of memory, int8 and float ceilings, latencies,
/// and what memory nodes cost each other.
///
/// It is run as every plan is, so its record has repetitions in turn, warnings and meters like any other, and cells
/// without a place ("probe:read", "probe:int8") are the ceilings that a suite's own probes give.
public struct MachineProbe: Sendable {
  /// The cells, in the order of the tables.
  public let plan: Plan
  /// What each cell probes, by its id.
  let targets: [String: RoofTarget]
  /// Bytes of memory that each node gives.
  let memoryBytes: Int

  /// Plans the probes.
  ///
  /// - Parameters:
  ///   - threadCounts: of bandwidths and ceilings, without repeats.
  ///   - seconds: how long all of it may take, roughly; never less than what the shortest windows take.
  ///   - repetitions: of each cell.
  public init(machine: Machine, threadCounts: [Int], seconds: Double, repetitions: Int) {
    let targets = RoofTarget.all(machine: machine, threadCounts: threadCounts)
    memoryBytes = RoofMemory.bytesPerNode(machine: machine)
    let nodes = RoofMemory.nodes(of: targets, machine: machine)
    let need = targets.contains(where: \.readsMemory) ? memoryBytes * max(1, nodes.count) : 0
    let shortfall = MemoryBudget.shortfall(of: need, available: machine.memoryAvailableBytes())
    let window = Self.window(seconds: seconds, cells: targets.count, repetitions: repetitions)
    let cells = targets.map { target in
      Cell(
        probe: target.phase, id: target.id, caseName: "roofs", threads: target.threads,
        placement: Placement.pinned.rawValue, repetitions: repetitions, minTimeSeconds: window, warmup: Self.warmup,
        skipReason: target.readsMemory ? shortfall : nil)
    }
    self.targets = Dictionary(targets.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let suite = Suite(
      name: "probe", question: "What are the roofs of this machine?", analysis: Self.analysis, order: .interleaved,
      seed: 1, meters: ["cpu", "time"], cases: [])
    plan = Plan(suite: suite, meters: suite.meters, cells: cells)
  }

  /// 1, 2, 4, … and all physical cores.
  public static func standardThreadCounts(machine: Machine) -> [Int] {
    let all = machine.coresPhysical
    return Array(sequence(first: 1) { $0 < all / 2 + all % 2 ? $0 * 2 : nil }.filter { $0 < all }) + [all]
  }

  /// Makes what runs the cells.
  public func contender(machine: Machine, roster: ThreadRoster) -> any Contender {
    RoofContender(probe: self, machine: machine, roster: roster)
  }

  /// Two runs tell whether a probe has settled; a third is for a clock that ramps up.
  private static let warmup = 3
  /// The shortest window in which a fork and join (microseconds) does not count.
  private static let shortestWindow = 0.005
  /// Longer windows add nothing to a rate that is constant.
  private static let longestWindow = 0.4

  /// What is left of the time for one window: a quarter goes to warming up and to making memory ready.
  private static func window(seconds: Double, cells: Int, repetitions: Int) -> Double {
    let share = 0.75 * seconds / Double(max(1, cells * repetitions))
    // Windows come out a quarter longer than asked for (`Warmup`).
    return min(longestWindow, max(shortestWindow, share / 1.25))
  }

  /// What a reader of the record must know of the method.
  private static var analysis: String {
    let probes = Probe.Kind.allCases.map { Probe.best($0).id }.joined(separator: ", ")
    return """
      Probes: \(probes). A cache level is probed with half of its size, divided among the threads that share it; \
      memory with at least a gibibyte per node and four times its caches. All working sets lie in memory that asks for \
      huge pages. Latency is the time of one load along a random cycle through every cache line.
      """
  }
}
