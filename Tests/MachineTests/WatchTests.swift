import Records
import Testing

@testable import Machine

@Suite("Environment watch")
struct WatchTests {
  /// A snapshot of two CPUs, in ticks.
  private func snapshot(busy: Int = 0, steal: Int = 0, idle: Int = 0, own: Int = 0) -> EnvironmentSnapshot {
    var snapshot = EnvironmentSnapshot()
    let ticks = CPUTimes.Ticks(busy: busy, steal: steal, all: busy + steal + idle)
    snapshot.times = CPUTimes(cpus: [0: ticks, 1: ticks])
    snapshot.ownTicks = own
    return snapshot
  }

  @Test("Stolen and foreign time are parts of the window")
  func fractions() {
    let change = EnvironmentChange(
      from: snapshot(), to: snapshot(busy: 800, steal: 20, idle: 180, own: 1500), cpus: [0, 1])
    #expect(change.stealFraction == 0.02)
    #expect(change.foreignFraction == 0.05)
    #expect(change.warnings.map(\.id) == ["W-steal", "W-foreign-load"])
    #expect(change.warnings.map(\.severity) == [.veto, .warn])
    #expect(change.warnings.first?.message == "the hypervisor took 2 % of the cell's CPU time")
  }

  @Test("Foreign load above five percent is a veto with its number")
  func foreign() {
    let change = EnvironmentChange(from: snapshot(), to: snapshot(busy: 800, idle: 200, own: 1480), cpus: [0])
    #expect(change.warnings.map(\.id) == ["W-foreign-load"])
    #expect(change.vetoes.map(\.id) == ["W-foreign-load"])
    #expect(change.warnings.first?.message.contains("6 %") == true)
  }

  @Test("Only the cell's own CPUs count for stolen time")
  func ownCPUs() {
    var before = EnvironmentSnapshot(), after = EnvironmentSnapshot()
    before.times = CPUTimes(cpus: [0: .init(), 1: .init()])
    after.times = CPUTimes(cpus: [0: .init(busy: 500, steal: 0, all: 500), 1: .init(busy: 0, steal: 500, all: 500)])
    #expect(EnvironmentChange(from: before, to: after, cpus: [0]).stealFraction == 0)
    #expect(EnvironmentChange(from: before, to: after, cpus: [1]).stealFraction == 1)
  }

  @Test("A window of a few ticks says nothing")
  func short() {
    let change = EnvironmentChange(from: snapshot(), to: snapshot(busy: 20, steal: 20, own: 1), cpus: [0, 1])
    #expect(change.stealFraction == nil)
    #expect(change.foreignFraction == nil)
    #expect(change.warnings == [])
  }

  @Test("Counters that move backwards are not known")
  func backwards() {
    let change = EnvironmentChange(
      from: snapshot(busy: 800, steal: 900, own: 100), to: snapshot(busy: 100, steal: 1, own: 5), cpus: [0, 1])
    #expect(change == EnvironmentChange())
  }

  @Test("Own time that exceeds all time by a tick is no foreign load, not a negative one")
  func rounding() {
    let change = EnvironmentChange(from: snapshot(), to: snapshot(busy: 500, idle: 0, own: 1001), cpus: [0])
    #expect(change.foreignFraction == 0)
  }

  @Test("Throttling, heat, preemption and sleep are warned about with their numbers")
  func rules() {
    var before = snapshot(), after = snapshot(busy: 200, idle: 800, own: 400)
    (before.throttledPeriods, after.throttledPeriods) = (3, 5)
    (before.throttledNs, after.throttledNs) = (0, 2_500_000)
    (before.thermalEvents, after.thermalEvents) = (1, 2)
    (before.involuntarySwitches, after.involuntarySwitches) = (0, 100)
    (before.suspendedNs, after.suspendedNs) = (0, 1_500_000_000)
    let warnings = EnvironmentChange(from: before, to: after, cpus: [0]).warnings
    #expect(warnings.map(\.id) == ["W-suspended", "W-throttled", "W-thermal", "W-preempted"])
    #expect(
      warnings.map(\.message) == [
        "the machine slept for 1.5 s during the cell", "the CPU quota stopped the process in 2 periods, 2.5 ms in all",
        "heat lowered the clock 1 times during the cell", "threads lost their CPU 25 times per second of CPU time",
      ])
    #expect(warnings.allSatisfy { $0.fix != nil })
  }

  @Test("Two clocks that are read in turn do not make a sleep", arguments: [-40_000, 0, 40_000])
  func jitter(ns: Int) {
    var before = EnvironmentSnapshot(), after = EnvironmentSnapshot()
    (before.suspendedNs, after.suspendedNs) = (7_000_000_000, 7_000_000_000 + ns)
    let change = EnvironmentChange(from: before, to: after, cpus: [])
    #expect(change.suspendedNs == 0)
    #expect(change.warnings == [])
  }

  @Test("A watch reads the files at both ends")
  func files() {
    let root = FakeRoot.containerV2().write("/proc/stat", "cpu2 0 0 0 100 0 0 0 0 0 0")
    root.write("/sys/devices/system/cpu/cpu2/thermal_throttle/core_throttle_count", "7")
    let watch = EnvironmentWatch(machine: root.machine(), cpus: [2])
    root.write("/proc/stat", "cpu2 100 0 20 1000 0 5 5 70 0 0")
    root.write("/proc/self/stat", "7 (te) rn) R 1 1 1 0 -1 0 0 0 0 0 200 30 8 9 20 0 1 0 5 6 7")
    root.write("/sys/fs/cgroup/pod/main/cpu.stat", "nr_throttled 4\nthrottled_usec 2500")
    root.write("/sys/devices/system/cpu/cpu2/thermal_throttle/core_throttle_count", "9")
    let change = watch.stop()
    #expect(change.stealFraction == 70.0 / 1100)
    #expect(change.foreignFraction == 10.0 / 1100)
    #expect((change.throttledPeriods, change.throttledNs) == (1, 1_000_000))
    #expect(change.thermalEvents == 2)
    #expect(change.warnings.map(\.id) == ["W-throttled", "W-thermal", "W-steal"])
  }

  @Test("Version 1 counts throttled time in nanoseconds")
  func throttledV1() {
    let root = FakeRoot.containerV1()
    let watch = EnvironmentWatch(machine: root.machine())
    root.write("/sys/fs/cgroup/cpu,cpuacct/cpu.stat", "nr_throttled 5\nthrottled_time 9000000")
    let change = watch.stop()
    #expect((change.throttledPeriods, change.throttledNs) == (3, 5_000_000))
  }

  @Test("On a machine that says nothing, nothing is said")
  func nothing() {
    let change = EnvironmentWatch(machine: FakeRoot().machine()).stop()
    #expect(change.stealFraction == nil && change.foreignFraction == nil && change.throttledPeriods == nil)
  }

  @Test("This machine's own time is seen")
  func real() throws {
    let snapshot = EnvironmentSnapshot(machine: Machine(), cpus: [0])
    #expect(snapshot.ownTicks != nil && snapshot.majorFaults != nil)
    #expect(snapshot.takenNs != nil && snapshot.suspendedNs != nil)
    #expect(try #require(snapshot.times).cpus.count >= 1)
    #expect(snapshot.involuntarySwitches != nil)
  }
}
