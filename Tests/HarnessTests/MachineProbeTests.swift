import Engine
import Kernels
import Machine
import Records
import Suites
import Testing

@testable import Harness

@Suite struct MachineProbeTests {
  private static let machine = Machine()

  @Test("threads double up to the cores, which come last")
  func standardThreadCounts() {
    let counts = MachineProbe.standardThreadCounts(machine: Self.machine)
    let cores = Self.machine.coresPhysical
    #expect(counts.first == 1 && counts.last == cores)
    #expect(counts == counts.sorted() && Set(counts).count == counts.count)
    for (count, next) in zip(counts, counts.dropFirst()).dropLast() { #expect(next == 2 * count) }
  }

  @Test("every roof has a cell of its own, and those without a place are the suites' probes")
  func cells() {
    let probe = MachineProbe(machine: Self.machine, threadCounts: [1], seconds: 1, repetitions: 3)
    let labels = probe.plan.cells.map(\.phase.label)
    #expect(Set(probe.plan.cells.map(\.id)).count == labels.count)
    #expect(Set(labels).isSuperset(of: PhaseRecord.probes + ["probe:fma", "probe:latency"]))
    #expect(labels.contains("probe:read@node0-node0") && labels.contains("probe:latency@node0-node0"))
    for cell in probe.plan.cells {
      #expect(cell.phase.kind == .probe && cell.repetitions == 3 && cell.placement == "pinned")
      #expect(cell.minTimeSeconds >= 0.005)
      #expect(probe.targets[cell.id]?.phase == cell.phase)
    }
    #expect(labels.contains("probe:read@L1") == !Self.machine.dataCaches(of: [0]).isEmpty)
  }

  @Test("threads that share a cache share half of it")
  func workingSets() {
    let cpus = Self.machine.cpusForPinning()
    let targets = RoofTarget.all(machine: Self.machine, threadCounts: [1, cpus.count])
    for target in targets {
      guard case .cache(let level, let bytes) = target.place else { continue }
      let cache = Self.machine.dataCaches(of: target.cpus).first { $0.level == level }
      #expect(bytes % 64 == 0 && bytes > 0)
      #expect(bytes * (cache?.sharers ?? 1) <= (cache?.sizeBytes ?? 0) / 2)
    }
  }

  @Test("more time gives longer windows, within bounds")
  func windows() throws {
    func window(_ seconds: Double) throws -> Double {
      let probe = MachineProbe(machine: Self.machine, threadCounts: [1], seconds: seconds, repetitions: 3)
      return try #require(probe.plan.cells.first).minTimeSeconds
    }
    #expect(try window(0.001) == 0.005)
    #expect(try window(2) < window(4))
    #expect(try window(10_000) == 0.4)
  }

  @Test(
    "caches, registers and latencies run, and say how much they did",
    arguments: ["probe:int8", "probe:fma", "probe:read@L1", "probe:latency@L1", "probe:read@L2"])
  func runs(label: String) throws {
    let probe = MachineProbe(machine: Self.machine, threadCounts: [1], seconds: 1, repetitions: 1)
    guard let cell = probe.plan.cells.first(where: { $0.phase.label == label }) else {
      // A kernel that does not tell its caches has no such cell.
      #expect(Self.machine.dataCaches(of: Self.machine.cpusUsable).isEmpty)
      return
    }
    let roster = ThreadRoster()
    let workload = try probe.contender(machine: Self.machine, roster: roster).prepare(cell)
    let facts = workload.facts
    let amounts = [
      facts.bytesPerIteration, facts.macsPerIteration, facts.flopPerIteration, facts.loadsPerIteration,
    ].compactMap { $0 }
    #expect(amounts.count == 1 && amounts[0] > 0)
    #expect(facts.cpus == [Self.machine.cpusForPinning()[0]])
    try workload.prime()
    _ = try workload.run(iterations: 2)
  }

  @Test("a plan that needs more memory than there is says so before anything runs")
  func shortOfMemory() throws {
    // 1 GiB is asked for at least, and nobody has a negative amount.
    #expect(MemoryBudget.shortfall(of: RoofMemory.bytesPerNode(machine: Self.machine), available: 1 << 20) != nil)
    #expect(RoofMemory.bytesPerNode(machine: Self.machine) >= 1 << 30)
  }
}
