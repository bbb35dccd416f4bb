import Foundation
import Records
import Testing

@testable import Machine

@Suite("Checks")
struct CheckTests {
  private func ids(_ root: FakeRoot) -> [String] { root.machine().warnings().map(\.id) }

  @Test("A server that is set up for measuring has nothing to warn about")
  func quiet() { #expect(ids(.amdServer()) == []) }

  @Test("A laptop as it comes is warned about, worst first, each with a fix")
  func laptop() {
    let warnings = FakeRoot.intelLaptop().machine().warnings()
    #expect(warnings.map(\.id) == ["W-governor", "W-turbo", "W-battery", "W-smt", "W-nmi-watchdog"])
    #expect(warnings.allSatisfy { $0.fix != nil })
    #expect(warnings[0].message == "the frequency governor is not \"performance\": powersave on 8 of 8 CPUs")
    #expect(warnings[1].fix == "echo 1 | sudo tee /sys/devices/system/cpu/intel_pstate/no_turbo")
  }

  @Test("A guest is warned about as one, and about stolen time and memory")
  func guest() { #expect(ids(.bareGuest()) == ["W-vm", "W-steal", "W-memory"]) }

  @Test("A container's quota and limits are its own", arguments: [("v2", ["W-cpu-quota"]), ("v1", ["W-cpu-quota"])])
  func container(version: String, expected: [String]) {
    #expect(ids(version == "v2" ? .containerV2() : .containerV1()) == expected)
  }

  @Test("Cores of two speeds are warned about")
  func board() throws {
    let warning = try #require(FakeRoot.armBoard().machine().warnings().first)
    #expect(warning.id == "W-hybrid")
    #expect(warning.fix == "taskset --cpu-list 2-3 tern …")
  }

  /// One file changed on the quiet server, and the one warning it must raise.
  static let disturbances: [(path: String, text: String, id: String)] = [
    ("/sys/devices/system/cpu/cpu5/cpufreq/scaling_governor", "schedutil", "W-governor"),
    ("/sys/devices/system/cpu/cpufreq/boost", "1", "W-turbo"),
    ("/sys/devices/system/cpu/cpu0/cpufreq/scaling_max_freq", "1500000", "W-frequency-cap"),
    ("/sys/class/power_supply/BAT1/status", "Discharging", "W-battery"),
    ("/proc/stat", "cpu0 100 0 0 9000 0 0 0 100 0 0", "W-steal"),
    ("/proc/loadavg", "0.90 0.1 0.1 1/2 3", "W-load"),
    ("/proc/pressure/cpu", "some avg10=5.01 avg60=0 avg300=0 total=0", "W-pressure"),
    ("/proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 249 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB", "W-memory"),
    ("/proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 900 kB\nSwapTotal: 99 kB\nSwapFree: 88 kB", "W-swap"),
    ("/sys/kernel/mm/transparent_hugepage/enabled", "always madvise [never]", "W-thp"),
    ("/proc/sys/kernel/numa_balancing", "1", "W-numa-balancing"),
    ("/sys/devices/system/clocksource/clocksource0/current_clocksource", "hpet", "W-clocksource"),
    ("/proc/sys/kernel/nmi_watchdog", "1", "W-nmi-watchdog"),
    ("/proc/sys/kernel/randomize_va_space", "0", "W-aslr"),
    ("/sys/devices/cpu_atom/cpus", "6-7", "W-hybrid"),
  ]

  @Test("One disturbance raises one warning", arguments: disturbances)
  func disturbance(path: String, text: String, id: String) {
    #expect(ids(FakeRoot.amdServer().write(path, text)) == [id])
  }

  /// The same files just below the threshold.
  static let undisturbed: [(path: String, text: String)] = [
    ("/proc/stat", "cpu0 100 0 0 9800 0 0 0 100 0 0"), ("/proc/loadavg", "0.80 0.1 0.1 1/2 3"),
    ("/proc/pressure/cpu", "some avg10=5.00 avg60=0 avg300=0 total=0"),
    ("/proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 250 kB\nSwapTotal: 99 kB\nSwapFree: 89 kB"),
    ("/sys/class/power_supply/BAT1/status", "Full"),
  ]

  @Test("At the threshold there is no warning yet", arguments: undisturbed)
  func threshold(path: String, text: String) {
    #expect(ids(FakeRoot.amdServer().write(path, text)) == [])
  }

  @Test("Every check is told apart by its id, says when it speaks up, and has a group that the doctor lists")
  func table() {
    #expect(Set(Check.all.map(\.id)).count == Check.all.count)
    #expect(Check.all.count >= 10)
    for check in Check.all {
      #expect(check.id.hasPrefix("W-"))
      #expect(!check.threshold.isEmpty)
      #expect(["machine", "frequency", "memory", "measuring"].contains(check.group))
    }
  }

  @Test("Every file of Checks/ that holds a check is in the table")
  func files() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Sources/Machine/Checks").standardized
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(names.filter { $0.hasSuffix("Check.swift") && $0 != "Check.swift" }.count == Check.all.count)
  }

  @Test("On a machine that says nothing, no check invents a warning")
  func nothing() { #expect(ids(FakeRoot()) == []) }
}
