import Records
import Testing

@testable import Machine

@Suite("Before and around a cell")
struct EnvironmentWatchTests {
  private static let governor = "/sys/devices/system/cpu/cpu2/cpufreq/scaling_governor"

  @Test("Nothing stands in the way on a quiet machine")
  func quiet() {
    let machine = FakeRoot.amdServer().machine()
    let watch = EnvironmentWatch(machine: machine, cpus: [1, 2], since: machine.settings())
    #expect(watch.before == [])
    #expect(watch.stop().vetoes == [])
  }

  @Test("A setting that changed since the run began is a veto before the cell")
  func since() {
    let root = FakeRoot.amdServer()
    let machine = root.machine()
    let settings = machine.settings()
    root.write(Self.governor, "powersave")
    let watch = EnvironmentWatch(machine: machine, cpus: [2], since: settings)
    #expect(watch.before.map(\.id) == ["W-settings-changed"])
    #expect(watch.before.first?.isVeto == true)
    #expect(
      watch.before.first?.message == "governor of CPU 2 went from performance to powersave since the run began")
    #expect(EnvironmentWatch(machine: machine, cpus: [3], since: settings).before == [], "the cell does not use CPU 2")
  }

  @Test("A setting that changes during the cell is a veto", arguments: ["powersave", "performance"])
  func during(text: String) {
    let root = FakeRoot.amdServer()
    let watch = EnvironmentWatch(machine: root.machine())
    root.write(Self.governor, text)
    root.remove("/sys/devices/system/cpu/cpufreq/boost")
    #expect(watch.stop().vetoes.map(\.id) == (text == "performance" ? [] : ["W-settings-changed"]))
  }

  @Test("Heat, battery and memory are looked at before each cell; load is not, for it is the run's own")
  func before() {
    let root = FakeRoot.amdServer().sensor(0, chip: "k10temp", millidegrees: 96_000)
    root.write("/sys/class/power_supply/BAT1/status", "Discharging").write("/proc/loadavg", "9 9 9 1/2 3")
    let watch = EnvironmentWatch(machine: root.machine())
    #expect(watch.before.map(\.id) == ["W-temperature", "W-battery"])
    #expect(watch.stop().warnings.map(\.id) == ["W-temperature"])
  }

  @Test("Pinned threads are held against their CPUs by the kernel's word")
  func threads() {
    let root = FakeRoot.amdServer()
    func thread(_ id: Int, allowed: String, last: Int) {
      root.write("/proc/self/task/\(id)/status", "Cpus_allowed_list:\t\(allowed)")
      let fields = Array(repeating: "0", count: 36).joined(separator: " ")
      root.write("/proc/self/task/\(id)/stat", "\(id) (a ) b) \(fields) \(last) 0 0")
    }
    thread(11, allowed: "1", last: 1)
    thread(12, allowed: "2", last: 2)
    let watch = EnvironmentWatch(machine: root.machine(), cpus: [1, 2], threads: [11, 12, 99])
    #expect(watch.stop().warnings == [])
    thread(12, allowed: "0-7", last: 2)
    #expect(watch.stop().strayThreads == ["thread 12 may run on CPUs 0-7"])
    thread(12, allowed: "1-2", last: 5)
    #expect(watch.stop().strayThreads == ["thread 12 last ran on CPU 5"])
    thread(12, allowed: "1", last: 1)
    #expect(watch.stop().strayThreads == ["threads 11 and 12 share CPU 1"])
    #expect(watch.stop().vetoes.map(\.id) == ["W-affinity"])
    #expect(EnvironmentWatch(machine: root.machine(), threads: [11, 12]).stop().strayThreads == [], "not pinned")
  }

  @Test(
    "CPUs that are a bad choice are told",
    arguments: [
      ([1, 2], []), ([0, 1], ["W-cpu0"]), ([1, 5], ["W-smt-siblings"]), ([1, 8], ["W-outside-cpuset"]),
      (Array(0..<8), []), ([0, 4], ["W-smt-siblings", "W-cpu0"]), ([0, 1, 2, 3], []), ([], []),
    ] as [([Int], [String])])
  func pinning(cpus: [Int], expected: [String]) {
    let laptop = FakeRoot.intelLaptop().machine()
    #expect(laptop.warnings(pinningTo: cpus).map(\.id) == expected)
  }

  @Test("Cores of two speeds in one cell are told")
  func mixed() {
    let board = FakeRoot.armBoard().machine()
    #expect(board.warnings(pinningTo: [2, 3]).map(\.id) == [])
    #expect(board.warnings(pinningTo: [1, 2]).map(\.id) == ["W-mixed-cores"])
  }

  @Test("The packages' sustained limits are added, and one that is missing leaves none")
  func limits() {
    let root = FakeRoot.amdServer()
    let zone = "/sys/devices/virtual/powercap/intel-rapl/intel-rapl:"
    #expect(PowerLimit.packagesW(files: root.machine().files) == nil)
    root.write("\(zone)0/constraint_0_power_limit_uw", "125000000")
    #expect(PowerLimit.packagesW(files: root.machine().files) == nil)
    root.write("\(zone)1/constraint_0_power_limit_uw", "125000000")
    #expect(PowerLimit.packagesW(files: root.machine().files) == 250)
    root.write("\(zone)1/constraint_0_power_limit_uw", "0")
    #expect(PowerLimit.packagesW(files: root.machine().files) == nil)
    #expect(PowerLimit.packagesW(files: FakeRoot().machine().files) == nil)
  }

  @Test("What is accepted vetoes nothing, and any warning can be made a veto")
  func policy() {
    let steal = WarningRecord(id: "W-steal", message: "", fix: nil, severity: .veto)
    let governor = WarningRecord(id: "W-governor", message: "", fix: nil, severity: .warn)
    #expect(WarningPolicy().vetoes(among: [governor, steal, steal]) == ["W-steal"])
    #expect(WarningPolicy(allowed: ["W-steal"]).vetoes(among: [governor, steal]) == [])
    #expect(WarningPolicy(vetoing: ["W-governor"]).vetoes(among: [steal, governor]) == ["W-governor", "W-steal"])
    #expect(WarningPolicy(allowed: ["W-governor"], vetoing: ["W-governor"]).vetoes(among: [governor]) == [])
    #expect(WarningPolicy(allowed: ["W-steal"]).weigh(steal).isVeto, "the record says what was accepted")
    #expect(WarningPolicy(vetoing: ["W-governor"]).weigh(governor).isVeto)
  }
}
