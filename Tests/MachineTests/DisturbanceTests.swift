import Records
import Testing

@testable import Machine

/// Each check on the quiet server: one file changed, and what must come of it.
@Suite("Disturbances")
struct DisturbanceTests {
  typealias Change = (path: String, text: String)

  private static let cpu = "/sys/devices/system/cpu"
  private static let firstPolicy = "\(cpu)/cpu0/cpufreq"

  /// One file and the one warning that it must raise, with what it weighs.
  static let concerns: [(path: String, text: String, id: String, severity: Severity)] = [
    ("\(cpu)/cpu5/cpufreq/scaling_governor", "schedutil", "W-governor", .warn),
    ("\(cpu)/cpu5/cpufreq/energy_performance_preference", "balance_power", "W-epp", .warn),
    ("\(cpu)/cpufreq/boost", "1", "W-turbo", .warn),
    ("\(cpu)/cpu3/cpufreq/scaling_max_freq", "1500000", "W-frequency-cap", .warn),
    ("/sys/class/power_supply/BAT1/status", "Discharging", "W-battery", .warn),
    ("/sys/class/hwmon/hwmon0/temp1_input", "90001", "W-temperature", .warn),
    ("/sys/class/hwmon/hwmon0/temp1_input", "95000", "W-temperature", .veto),
    ("/sys/class/hwmon/hwmon0/temp2_input", "95000", "W-temperature", .veto),
    ("/sys/class/hwmon/hwmon0/temp1_crit", "59000", "W-temperature", .warn),
    ("/proc/cpuinfo", "processor : 0\nflags : fpu hypervisor", "W-vm", .warn),
    ("/.dockerenv", "", "W-container", .note),
    ("/proc/stat", "cpu0 100 0 0 9000 0 0 0 100 0 0", "W-steal", .warn),
    ("/proc/stat", "cpu0 100 0 0 9000 0 0 0 10 0 0", "W-steal", .note),
    ("/proc/self/status", "Cpus_allowed_list:\t0-3,6", "W-cpuset", .note),
    ("\(cpu)/present", "0-9", "W-offline-cpus", .note),
    ("\(cpu)/isolated", "6-7", "W-isolated-cpus", .note),
    ("\(cpu)/isolated", "64-65", "W-isolated-cpus", .note),
    ("/proc/loadavg", "0.90 0.1 0.1 1/2 3", "W-load", .warn),
    ("/proc/pressure/cpu", "some avg10=5.01 avg60=0 avg300=0 total=0", "W-pressure", .warn),
    ("/proc/pressure/io", "some avg10=10.01 avg60=0 avg300=0 total=0", "W-pressure-io", .note),
    ("/proc/pressure/memory", "some avg10=1.01 avg60=0 avg300=0 total=0", "W-pressure-memory", .warn),
    ("\(cpu)/cpu5/topology/thread_siblings_list", "4-5", "W-smt", .warn),
    ("/sys/devices/cpu_atom/cpus", "6-7", "W-hybrid", .warn),
    ("/proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 249 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB", "W-memory", .warn),
    ("/proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 900 kB\nSwapTotal: 99 kB\nSwapFree: 88 kB", "W-swap", .warn),
    ("/sys/kernel/mm/transparent_hugepage/enabled", "always madvise [never]", "W-thp", .warn),
    ("/proc/sys/kernel/numa_balancing", "1", "W-numa-balancing", .warn),
    ("\(cpu)/../clocksource/clocksource0/current_clocksource", "hpet", "W-clocksource", .warn),
    ("/proc/sys/kernel/nmi_watchdog", "1", "W-nmi-watchdog", .warn),
    ("/proc/sys/kernel/perf_event_paranoid", "2", "W-perf-paranoid", .note),
    ("/proc/sys/kernel/randomize_va_space", "0", "W-aslr", .warn),
  ]

  /// The quiet server, ready for one change: SMT is switched on where cores are to share.
  private static func root(_ change: Change) -> FakeRoot {
    let root = FakeRoot.amdServer().write(change.path, change.text)
    if change.path.hasSuffix("thread_siblings_list") { root.write("\(cpu)/smt/active", "1") }
    return root
  }

  @Test("One disturbance raises one warning, with a fix", arguments: concerns)
  func concern(path: String, text: String, id: String, severity: Severity) throws {
    let warnings = Self.root((path, text)).machine().warnings()
    #expect(warnings.map(\.id) == [id])
    let warning = try #require(warnings.first)
    #expect(warning.severity == severity)
    #expect(warning.fix?.isEmpty == false && !warning.message.isEmpty)
  }

  /// The same files just below the threshold.
  static let undisturbed: [Change] = [
    ("/proc/stat", "cpu0 100 0 0 9890 0 0 0 10 0 0"), ("/proc/loadavg", "0.80 0.1 0.1 1/2 3"),
    ("/proc/pressure/cpu", "some avg10=5.00 avg60=0 avg300=0 total=0"),
    ("/proc/pressure/io", "some avg10=10.00 avg60=0 avg300=0 total=0"),
    ("/proc/pressure/memory", "some avg10=1.00 avg60=0 avg300=0 total=0"),
    ("/proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 250 kB\nSwapTotal: 99 kB\nSwapFree: 89 kB"),
    ("/sys/class/power_supply/BAT1/status", "Full"), ("/sys/class/hwmon/hwmon0/temp1_input", "90000"),
    ("/sys/class/hwmon/hwmon0/temp1_max", "70000"), ("/proc/sys/kernel/perf_event_paranoid", "1"),
    ("\(cpu)/cpu5/cpufreq/energy_performance_preference", "performance"), ("\(cpu)/present", "0-7"),
    ("\(cpu)/cpu5/cpufreq/energy_performance_preference", "0"),
    ("/sys/class/hwmon/hwmon1/name", "nvme"), ("/proc/self/status", "Cpus_allowed_list:\t0-7"),
  ]

  @Test("At the threshold there is no warning yet", arguments: undisturbed)
  func threshold(path: String, text: String) {
    #expect(FakeRoot.amdServer().write(path, text).machine().warnings() == [])
  }

  /// What a broken or missing file must lead to: not known, or no such thing; never a warning.
  static let unreadable: [(id: String, paths: [String])] = [
    ("W-governor", (0..<8).map { "\(cpu)/cpu\($0)/cpufreq/scaling_governor" }),
    ("W-turbo", ["\(cpu)/cpufreq/boost"]),
    ("W-frequency-cap", (0..<8).map { "\(cpu)/cpu\($0)/cpufreq/scaling_max_freq" }),
    ("W-temperature", ["/sys/class/hwmon/hwmon0/temp1_input"]), ("W-steal", ["/proc/stat"]),
    ("W-cpuset", ["/proc/self/status"]), ("W-offline-cpus", ["\(cpu)/present"]),
    ("W-isolated-cpus", ["\(cpu)/isolated"]), ("W-load", ["/proc/loadavg"]), ("W-pressure", ["/proc/pressure/cpu"]),
    ("W-pressure-io", ["/proc/pressure/io"]), ("W-pressure-memory", ["/proc/pressure/memory"]),
    ("W-memory", ["/proc/meminfo"]), ("W-swap", ["/proc/meminfo"]),
    ("W-perf-paranoid", ["/proc/sys/kernel/perf_event_paranoid"]),
  ]

  /// Texts that are neither numbers nor lists nor names; the second is what a broken driver answers.
  static let garbage = ["\u{1}\u{2}", "Cpus_allowed_list:\t3-1", "-1", "99999999999999999999"]

  @Test("What cannot be read is not known", arguments: unreadable)
  func missing(id: String, paths: [String]) throws {
    let check = try #require(Check.all.first { $0.id == id })
    let root = FakeRoot.amdServer()
    for path in paths { root.remove(path) }
    // Without the list of its own process, the others still bound the choice.
    let expected: Check.Verdict.State = id == "W-cpuset" ? .fine : .unknown
    #expect(check.look(root.machine()).state == expected)
  }

  @Test("What is malformed is not known, and never a warning", arguments: unreadable, garbage)
  func malformed(row: (id: String, paths: [String]), text: String) throws {
    // Any word can be a governor, and a negative level of paranoia lets everything be counted.
    let isWord = row.id == "W-governor" || (row.id == "W-perf-paranoid" && text == "-1")
    let check = try #require(Check.all.first { $0.id == row.id })
    let root = FakeRoot.amdServer()
    for path in row.paths { root.write(path, text) }
    let state = check.look(root.machine()).state
    if !isWord { #expect(state != .concern, "\(row.id) believes \(text)") }
  }

  @Test("Every check has a disturbance that raises it")
  func complete() {
    #expect(Set(Self.concerns.map(\.id)).union(["W-cpu-quota"]) == Set(Check.all.map(\.id)))
  }

  @Test("A list of allowed CPUs that is none bounds nothing, and is told")
  func unreadableList() throws {
    let machine = FakeRoot.amdServer().write("/proc/self/status", "Cpus_allowed_list:\t3-1").machine()
    #expect(machine.cpusUsable == Array(0..<8))
    let finding = try #require(machine.findings().first { $0.id == "W-cpuset" })
    #expect(finding.state == .unavailable && finding.detail.contains("3-1"))
  }

  @Test("The sensor nearest to its own limit counts, not the hottest")
  func sensors() {
    let root = FakeRoot.amdServer().sensor(1, chip: "coretemp", millidegrees: 80_000, critical: 110_000)
    root.sensor(2, chip: "coretemp", millidegrees: 70_000, critical: 72_000).sensor(
      3, chip: "nvme", millidegrees: 99_000)
    let hottest = Temperatures.hottest(files: root.machine().files)
    #expect(hottest?.celsius == 70 && hottest?.limitCelsius == 72 && hottest?.limitIsNamed == true)
    #expect(hottest?.text == "70 °C of 72 °C (coretemp)")
  }

  @Test("A sensor that is not connected is none", arguments: [-128_000, 255_500])
  func disconnected(millidegrees: Int) {
    let root = FakeRoot.amdServer().sensor(0, chip: "k10temp", millidegrees: millidegrees)
    #expect(Temperatures.hottest(files: root.machine().files) == nil)
  }
}
