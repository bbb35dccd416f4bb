import Foundation
import Glibc
import Records
import Synchronization
import Testing

@testable import Machine
@testable import Meters

/// Real files that a thread counts up in, for tests of the live calls and the poller.
private final class CountingFiles: Sendable {
  let host = EnergyHost(packages: 8)
  private let isStopping = Atomic<Bool>(false)
  private let thread = Mutex<TestThread?>(nil)

  init(zones: Int) {
    for zone in 0..<zones { host.zone("intel-rapl:\(zone)", "package-\(zone)", watts: 50) }
    let descriptors = (0..<zones).map { zone in
      open("\(host.path)/sys/class/powercap/intel-rapl:\(zone)/energy_uj", O_WRONLY)
    }
    let started = WallClock.nowNs()
    thread.withLock {
      $0 = TestThread { [self] in
        while !isStopping.load(ordering: .relaxed) {
          // Always ten digits, so that a reader never sees half of a longer number.
          let value = 1_000_000_000 + (WallClock.nowNs() - started) / 1_000_000 * 50_000
          var bytes = Array("\(value)\n".utf8)
          for descriptor in descriptors { pwrite(descriptor, &bytes, bytes.count, 0) }
          usleep(500)
        }
        for descriptor in descriptors { close(descriptor) }
      }
    }
  }

  func stop() {
    isStopping.store(true, ordering: .relaxed)
    thread.withLock { $0.take() }?.join()
  }
}

extension Optional {
  fileprivate mutating func take() -> Wrapped? {
    defer { self = nil }
    return self
  }
}

@Suite("Energy: the meter")
struct EnergyMeterTests {
  @Test(
    "Beginning and ending a window of eight zones takes nothing from the heap",
    .enabled(if: HeapWitness.works, "the allocator does not keep blocks as glibc's does"))
  func allocations() throws {
    let files = CountingFiles(zones: 8)
    defer { files.stop() }
    let meter = Energy(inventory: files.host.inventory, calls: .live, polls: true)
    #expect(meter.availability() == .available)
    var costs: [UInt64] = []
    for turn in 0..<20 {
      let window = try meter.open(pass: 0)
      let witness = HeapWitness()
      let start = WallClock.nowNs()
      try window.begin()
      window.end()
      let cost = WallClock.nowNs() - start
      let disturbed = witness.disturbed
      // In the first, the runtime looks types up for the first time; a stack begins with empty windows.
      #expect(turn == 0 || disturbed == 0)
      costs.append(cost)
    }
    print("begin and end of 8 zones: \(costs.sorted()[costs.count / 2]) ns, median of \(costs.count)")
  }

  @Test("A long window is read in between by a thread, a short one is not")
  func poller() throws {
    let files = CountingFiles(zones: 1)
    defer { files.stop() }
    // 480 kJ at a megawatt are gone round in 480 ms: four readings in that time.
    var zone = try #require(files.host.inventory.available.first)
    zone.range = 480_000_000_000
    zone.maxPowerW = 1_000_000
    let inventory = EnergyInventory(
      sources: [.init(source: .powercap, zones: [zone])], hypervisor: nil, possiblyFiltered: false, packages: 1)
    let meter = Energy(inventory: inventory, calls: .live, polls: true)
    #expect(meter.availability() == .available)
    let window = try #require(try meter.open(pass: 0) as? EnergyWindow)
    #expect(window.periodNs == 120_000_000)
    let before = meter.samplerCPUNs
    let start = WallClock.nowNs()
    window.begin()
    usleep(1000)
    window.end()
    // A machine under load may have stretched the millisecond.
    #expect(meter.samplerCPUNs == before || WallClock.nowNs() - start > 120_000_000)
    let long = try #require(try meter.open(pass: 0) as? EnergyWindow)
    long.begin()
    usleep(600_000)
    long.end()
    #expect(meter.samplerCPUNs > before)
    let readings = long.readings()
    // Or may have kept this thread, or the one that counts, from its CPU for half a second, which is told.
    if let joules = readings.values.first(where: { $0.metric == "energy_package_j" }) {
      #expect(joules.value > 20)
    } else {
      #expect(!readings.problems.isEmpty)
    }
  }

  @Test("With its edges at ticks, a window of milliseconds is measured, less what waiting for the ticks took")
  func alignedEdges() throws {
    var errors: [Double] = []
    for phase in 0..<10 {
      let host = EnergyHost()
      host.readSeconds = 5e-6
      let path = host.zone("intel-rapl:0", "package-0", watts: 40)
      // 40 W while one thread spins, 100 W while the work runs.
      let work = Mutex<(start: Double, end: Double)>((.infinity, .infinity))
      host.replace(path) { seconds in
        let (start, end) = work.withLock { $0 }
        let time = (seconds * 1000).rounded(.down) / 1000
        let atWork = max(0, min(time, end) - start)
        return .text("\(Int(((time - 1000) * 40 + atWork * 60) * 1e6) + 1)\n")
      }
      let meter = Energy(inventory: host.inventory, calls: host.calls, alignsEdges: true)
      #expect(meter.availability() == .available)
      host.pass(Double(phase) * 123e-6)
      let window = try meter.open(pass: 0)
      try window.begin()
      let start = host.seconds
      work.withLock { $0.start = start }
      host.pass(0.0303 + Double(phase) * 71e-6)
      let end = host.seconds
      work.withLock { $0.end = end }
      window.end()
      let readings = window.readings()
      let joules = try #require(readings.values.first { $0.metric == "energy_package_j" }, "\(readings.problems)")
      let halfWidth = try #require(joules.halfWidth)
      errors.append(abs(joules.value - 100 * (end - start)))
      #expect(errors[phase] <= halfWidth && halfWidth < 0.09, "\(errors[phase]) \(halfWidth)")
    }
    // Without alignment, a millisecond of 100 W may be missing or too much.
    #expect(errors.allSatisfy { $0 < 0.065 }, "\(errors)")
  }

  @Test("A reading that is kept waiting makes the interval as much wider as it may be wrong", arguments: [true, false])
  func lateReadings(aligned: Bool) throws {
    // 5 ms is what a hypervisor takes at a time; 80 W make 0.4 J of it.
    var halfWidths: [Double] = []
    for late in [0.0, 0.005] {
      let host = EnergyHost()
      host.readSeconds = 5e-6
      host.zone("intel-rapl:0", "package-0", watts: 80)
      let meter = Energy(inventory: host.inventory, calls: host.calls, alignsEdges: aligned)
      #expect(meter.availability() == .available)
      let window = try meter.open(pass: 0)
      try window.begin()
      host.pass(1)
      host.readSeconds += late
      window.end()
      let readings = window.readings()
      let power = try #require(readings.values.first { $0.metric == "power_package_w" }, "\(readings.problems)")
      let halfWidth = try #require(power.halfWidth)
      #expect(abs(power.value - 80) <= halfWidth, "\(power.value) ± \(halfWidth)")
      halfWidths.append(halfWidth)
    }
    #expect(halfWidths[0] < 0.1 && halfWidths[1] > 0.15 && halfWidths[1] < 2, "\(halfWidths)")
  }

  @Test("The record says which source was taken, how often it steps and what it does not know")
  func description() throws {
    let host = EnergyHost(flags: "fpu sgx")
    host.zone("intel-rapl:0", "package-0", watts: 80)
    host.zone("intel-rapl:0:0", "dram", watts: 8)
    host.zone("intel-rapl-mmio:0", "package-0", watts: 80)
    host.pmu(watts: 80)
    let stack = MeterStack([Energy(inventory: host.inventory, calls: host.calls)], overheadWindows: 1)
    let record = stack.records[0]
    #expect(record.available && record.source == "powercap, perf" && record.scope == "package, dram")
    #expect(abs(try #require(record.updateIntervalNs) - 1_000_000) < 100_000)
    let notes = try #require(record.notes).joined(separator: "\n")
    #expect(notes.contains("energy_package_j is read by powercap: intel-rapl:0"))
    #expect(notes.contains("intel-rapl-mmio") && notes.contains("possiblyFiltered") && notes.contains("calibration"))
  }

  @Test("Every zone is in the record with its own joules")
  func zones() throws {
    let host = EnergyHost()
    host.zone("intel-rapl:0", "package-0", watts: 80)
    host.zone("intel-rapl:0:0", "dram", watts: 8)
    host.sensor("ina226", file: "power1_input", watts: 3)
    let meter = Energy(inventory: host.inventory, calls: host.calls)
    #expect(meter.availability() == .available)
    let window = try #require(try meter.open(pass: 0) as? EnergyWindow)
    window.begin()
    for _ in 0..<20 {
      host.pass(0.1)
      window.poll()
    }
    window.end()
    let readings = window.readings()
    #expect(readings.zones.map(\.zone) == ["intel-rapl:0", "intel-rapl:0:0", "hwmon0/power1"])
    #expect(readings.zones.map(\.domain) == ["package", "dram", "rail"])
    #expect(zip(readings.zones, [160.0, 16, 6]).allSatisfy { abs($0.energyJ - $1) < 0.1 && $0.halfWidthJ > 0 })
    let power = try #require(readings.values.first { $0.metric == "power_package_w" })
    #expect(abs(power.value - 80) < 0.1 && (power.halfWidth ?? 0) > 0)
    #expect(readings.problems.isEmpty)
  }

  @Test("This machine: what is found is read or has its reason, and nothing is zero")
  func thisMachine() throws {
    let inventory = Machine().energyInventory()
    #expect(inventory.sources.map(\.source) == EnergySource.allCases)
    for report in inventory.sources { #expect(!report.zones.isEmpty || report.obstacle != nil) }
    let stack = MeterStack([Energy(machine: Machine()), WallClock()], overheadWindows: 1)
    let running = try stack.start()
    usleep(150_000)
    let readings = running.stop()
    for (metric, value) in readings.metrics where metric.contains("energy") { #expect(value > 0, "\(metric)") }
    if !stack.records[0].available { #expect(stack.records[0].reason?.isEmpty == false) }
    print("energy here: \(stack.records[0].reason ?? stack.records[0].source)")
  }

  @Test("A baseline that is interrupted is none")
  func interrupted() throws {
    let stack = MeterStack([ScriptedMeter(id: "energy", script: [["energy_package_j": 4]])], overheadWindows: 0)
    let asked = Mutex(0)
    let record = try IdleBaseline.measure(stack: stack, seconds: 3, moment: .before, startedAt: "") {
      asked.withLock {
        $0 += 1
        return $0 > 2
      }
    }
    #expect(record == nil)
  }

  @Test("A baseline has the mean power of its parts")
  func baseline() throws {
    let stack = MeterStack([ScriptedMeter(id: "energy", script: [["energy_package_j": 4]])], overheadWindows: 0)
    let measured = try IdleBaseline.measure(stack: stack, seconds: 3, moment: .after, startedAt: "2026-01-01T00:00:00Z")
    let record = try #require(measured)
    // 4 J in parts of a tenth of a second, and what sleeping took too long.
    let power = try #require(record.powerW["energy_package_j"])
    #expect(power > 10 && power <= 40)
    #expect(record.moment == .after && record.windowNs >= 3_000_000_000)
  }
}
