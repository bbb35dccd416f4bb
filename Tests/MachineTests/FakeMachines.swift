/// Machines that the tests stand in place of this one.
extension FakeRoot {
  /// Four cores of two threads: siblings are n and n + 4.
  ///
  /// Governor powersave, turbo on, on battery.
  static func intelLaptop() -> FakeRoot {
    let root = FakeRoot()
    root.system(host: "laptop", release: "6.12.9-amd64", name: "Debian GNU/Linux 13 (trixie)")
    root.write("/proc/cpuinfo", (0..<8).map { cpu in x86(cpu, model: intel, package: 0, core: cpu % 4) }.joined())
    root.cpus(online: "0-7", packages: [0], siblings: { "\($0 % 4),\($0 % 4 + 4)" }, package: { _ in 0 }, count: 8)
    for cpu in 0..<8 { root.frequency(cpu, driver: "intel_pstate", governor: "powersave", max: 4_800_000) }
    root.write("/sys/devices/system/cpu/intel_pstate/no_turbo", "0")
    root.write("/sys/devices/system/cpu/smt/active", "1").write("/sys/devices/system/cpu/smt/control", "on")
    root.cache(cpu: 0, index: 0, level: 1, type: "Data", size: "48K", shared: "0,4")
    root.cache(cpu: 0, index: 3, level: 3, type: "Unified", size: "12288K", shared: "0-7")
    root.memory(totalKiB: 16_000_000, availableKiB: 12_000_000).node(0, cpus: "0-7", totalKiB: 16_000_000, "10")
    root.write("/sys/class/power_supply/BAT0/status", "Discharging")
    root.sensor(3, chip: "coretemp", millidegrees: 61_000, critical: 100_000)
    root.settings(paranoid: 2, balancing: 0, hugePages: "always [madvise] never", watchdog: 1)
    return root.powercap([("intel-rapl:0", "package-0"), ("intel-rapl:0:0", "core"), ("intel-rapl:1", "psys")])
  }

  /// Two packages of four cores without SMT, one NUMA node each; nothing to complain about.
  static func amdServer() -> FakeRoot {
    let root = FakeRoot()
    root.system(host: "server", release: "6.8.0-40-generic", name: "Ubuntu 24.04.1 LTS")
    root.write("/proc/cpuinfo", (0..<8).map { x86($0, model: amd, package: $0 / 4, core: $0 % 4) }.joined())
    root.cpus(online: "0-7", packages: [0, 1], siblings: { "\($0)" }, package: { $0 / 4 }, count: 8)
    for cpu in 0..<8 { root.frequency(cpu, driver: "acpi-cpufreq", governor: "performance", max: 2_450_000) }
    root.write("/sys/devices/system/cpu/cpufreq/boost", "0").write("/sys/devices/system/cpu/smt/active", "0")
    root.cache(cpu: 0, index: 3, level: 3, type: "Unified", size: "32M", shared: "0-3")
    root.memory(totalKiB: 256 << 20, availableKiB: 250 << 20)
    root.node(0, cpus: "0-3", totalKiB: 128 << 20, "10 32").node(1, cpus: "4-7", totalKiB: 128 << 20, "32 10")
    root.settings(paranoid: 1, balancing: 0, hugePages: "[always] madvise never", watchdog: 0)
    for resource in ["cpu", "memory", "io"] {
      root.write(
        "/proc/pressure/\(resource)", "some avg10=0.00 avg60=0.00 avg300=0.00 total=1\nfull avg10=0.00 total=0")
    }
    root.write("/sys/devices/system/cpu/present", "0-7").write("/sys/devices/system/cpu/isolated", "")
    root.sensor(0, chip: "k10temp", millidegrees: 54_250)
    return root.powercap([("intel-rapl:0", "package-0"), ("intel-rapl:1", "package-1")])
  }

  /// Two fast and two slow cores, in the words of ARM.
  static func armBoard() -> FakeRoot {
    let root = FakeRoot()
    root.system(host: "board", release: "6.6.31", name: "Debian GNU/Linux 12 (bookworm)")
    let parts = ["0xd05", "0xd05", "0xd0b", "0xd0b"]
    root.write("/proc/cpuinfo", parts.enumerated().map { arm($0.offset, part: $0.element) }.joined())
    root.cpus(online: "0-3", packages: [0], siblings: { "\($0)" }, package: { _ in -1 }, count: 4)
    for cpu in 0..<4 { root.write("/sys/devices/system/cpu/cpu\(cpu)/cpu_capacity", cpu < 2 ? "414" : "1024") }
    root.memory(totalKiB: 8 << 20, availableKiB: 7 << 20)
    root.write("/sys/devices/system/clocksource/clocksource0/current_clocksource", "arch_sys_counter")
    return root
  }

  /// A virtual machine whose kernel shows hardly anything.
  static func bareGuest() -> FakeRoot {
    let root = FakeRoot()
    root.system(host: "vm", release: "6.18.44", name: "Debian GNU/Linux 12 (bookworm)")
    root.write(
      "/proc/cpuinfo", (0..<4).map { x86($0, model: guest, package: 0, core: $0, extra: "hypervisor") }.joined())
    root.write("/sys/devices/system/clocksource/clocksource0/available_clocksource", "tsc kvm-clock")
    root.write("/proc/stat", "cpu  500 0 300 9000 0 0 0 200 0 0\ncpu0 500 0 300 9000 0 0 0 200 0 0")
    return root.memory(totalKiB: 8 << 20, availableKiB: 1 << 20)
  }

  /// The server as a container with control groups version 2 sees it, two levels below the mount.
  static func containerV2() -> FakeRoot {
    let root = amdServer().write("/.dockerenv", "").write("/proc/self/cgroup", "0::/pod/main")
    root.write("/proc/self/mountinfo", "31 23 0:28 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw,nsdelegate")
    root.write("/sys/fs/cgroup/pod/main/cpuset.cpus.effective", "2-5")
    root.write("/sys/fs/cgroup/pod/main/memory.max", "max")
    root.write("/sys/fs/cgroup/pod/main/memory.current", "1073741824")
    root.write("/sys/fs/cgroup/pod/memory.max", "8589934592").write("/sys/fs/cgroup/pod/memory.current", "3221225472")
    root.write("/sys/fs/cgroup/pod/memory.stat", "anon 1\ninactive_file 1073741824\nactive_file 5")
    root.write("/sys/fs/cgroup/pod/main/cpu.max", "250000 100000").write("/sys/fs/cgroup/pod/cpu.max", "max 100000")
    return root.write("/sys/fs/cgroup/pod/main/cpu.stat", "usage_usec 5\nnr_throttled 3\nthrottled_usec 1500")
  }

  /// The server as a container with control groups version 1 sees it: the mount's root is the container's group, and
  /// /proc/self/cgroup gives the host's path.
  static func containerV1() -> FakeRoot {
    let root = amdServer()
    root.write("/proc/self/cgroup", "5:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n3:cpuset:/docker/abc\n0::/x")
    let mounts = ["memory", "cpu,cpuacct", "cpuset"].enumerated().map { index, name in
      "3\(index) 31 0:3\(index) /docker/abc /sys/fs/cgroup/\(name) ro shared:7 - cgroup cgroup rw,\(name)"
    }
    root.write("/proc/self/mountinfo", mounts.joined(separator: "\n"))
    root.write("/sys/fs/cgroup/cpuset/cpuset.effective_cpus", "0-1")
    root.write("/sys/fs/cgroup/memory/memory.limit_in_bytes", "4294967296")
    root.write("/sys/fs/cgroup/memory/memory.usage_in_bytes", "2147483648")
    root.write("/sys/fs/cgroup/memory/memory.stat", "inactive_file 7\ntotal_inactive_file 1073741824")
    root.write("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "150000")
    root.write("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000")
    return root.write("/sys/fs/cgroup/cpu,cpuacct/cpu.stat", "nr_periods 9\nnr_throttled 2\nthrottled_time 4000000")
  }
}

// MARK: - Parts

extension FakeRoot {
  private static let intel = ("GenuineIntel", "11th Gen Intel(R) Core(TM) i7-1165G7 @ 2.80GHz", 6, 140)
  private static let amd = ("AuthenticAMD", "AMD EPYC 7763 64-Core Processor", 25, 1)
  private static let guest = ("AuthenticAMD", "AMD EPYC", 25, 1)

  private static func x86(
    _ cpu: Int, model: (vendor: String, name: String, family: Int, number: Int), package: Int, core: Int,
    extra: String = ""
  ) -> String {
    """
    processor\t: \(cpu)
    vendor_id\t: \(model.vendor)
    cpu family\t: \(model.family)
    model\t\t: \(model.number)
    model name\t: \(model.name)
    stepping\t: 1
    microcode\t: 0xa0011d1
    physical id\t: \(package)
    core id\t\t: \(core)
    flags\t\t: fpu vme avx2 \(extra)


    """
  }

  private static func arm(_ cpu: Int, part: String) -> String {
    """
    processor\t: \(cpu)
    BogoMIPS\t: 48.00
    Features\t: fp asimd aes
    CPU implementer\t: 0x41
    CPU architecture: 8
    CPU variant\t: 0x1
    CPU part\t: \(part)
    CPU revision\t: 2


    """
  }

  @discardableResult
  func system(host: String, release: String, name: String) -> FakeRoot {
    write("/proc/sys/kernel/hostname", host).write("/proc/sys/kernel/osrelease", release)
    write("/etc/os-release", "ID=some\nPRETTY_NAME=\"\(name)\"")
    write("/proc/loadavg", "0.10 0.20 0.30 1/100 4242")
    write("/proc/self/stat", "7 (te) rn) R 1 1 1 0 -1 0 0 0 0 0 100 20 3 4 20 0 1 0 5 6 7")
    write("/proc/self/task/7/status", "Name:\ttern\nvoluntary_ctxt_switches:\t5\nnonvoluntary_ctxt_switches:\t2")
    return write("/proc/stat", "cpu  100 0 50 9000 10 0 0 0 0 0\ncpu0 100 0 50 9000 10 0 0 0 0 0\nintr 5")
  }

  func cpus(online: String, packages: [Int], siblings: (Int) -> String, package: (Int) -> Int, count: Int) {
    write("/sys/devices/system/cpu/online", online)
    write("/proc/self/status", "Name:\ttern\nCpus_allowed_list:\t\(online)")
    for cpu in 0..<count {
      let folder = "/sys/devices/system/cpu/cpu\(cpu)/topology"
      write("\(folder)/thread_siblings_list", siblings(cpu)).write("\(folder)/physical_package_id", "\(package(cpu))")
    }
  }

  func frequency(_ cpu: Int, driver: String, governor: String, max: Int) {
    let folder = "/sys/devices/system/cpu/cpu\(cpu)/cpufreq"
    write("\(folder)/scaling_driver", driver).write("\(folder)/scaling_governor", governor)
    write("\(folder)/scaling_min_freq", "400000").write("\(folder)/scaling_max_freq", "\(max)")
    write("\(folder)/cpuinfo_max_freq", "\(max)")
  }

  func cache(cpu: Int, index: Int, level: Int, type: String, size: String, shared: String) {
    let folder = "/sys/devices/system/cpu/cpu\(cpu)/cache/index\(index)"
    write("\(folder)/level", "\(level)").write("\(folder)/type", type).write("\(folder)/size", size)
    write("\(folder)/shared_cpu_list", shared)
  }

  /// A chip of hwmon with one sensor.
  @discardableResult
  func sensor(_ device: Int, chip: String, millidegrees: Int, critical: Int? = nil) -> FakeRoot {
    let folder = "/sys/class/hwmon/hwmon\(device)"
    write("\(folder)/name", chip).write("\(folder)/temp1_input", "\(millidegrees)")
    if let critical { write("\(folder)/temp1_crit", "\(critical)") }
    return self
  }

  @discardableResult
  func memory(totalKiB: Int, availableKiB: Int, swapUsedKiB: Int = 0) -> FakeRoot {
    write(
      "/proc/meminfo",
      """
      MemTotal:       \(totalKiB) kB
      MemFree:        5 kB
      MemAvailable:   \(availableKiB) kB
      SwapTotal:      1000000 kB
      SwapFree:       \(1_000_000 - swapUsedKiB) kB
      """)
  }

  @discardableResult
  func node(_ id: Int, cpus: String, totalKiB: Int, _ distances: String) -> FakeRoot {
    let folder = "/sys/devices/system/node/node\(id)"
    write("\(folder)/cpulist", cpus).write("\(folder)/distance", distances)
    return write("\(folder)/meminfo", "Node \(id) MemTotal:       \(totalKiB) kB\nNode \(id) MemFree: 1 kB")
  }

  func settings(paranoid: Int, balancing: Int, hugePages: String, watchdog: Int) {
    write("/proc/sys/kernel/perf_event_paranoid", "\(paranoid)").write("/proc/sys/kernel/randomize_va_space", "2")
    write("/proc/sys/kernel/numa_balancing", "\(balancing)").write("/proc/sys/kernel/nmi_watchdog", "\(watchdog)")
    write("/sys/kernel/mm/transparent_hugepage/enabled", hugePages).write("/proc/sys/vm/swappiness", "60")
    write("/sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc")
  }

  /// The powercap class as the kernel lays it out: flat links to nested folders.
  @discardableResult
  func powercap(_ zones: [(id: String, name: String)]) -> FakeRoot {
    let devices = "/sys/devices/virtual/powercap/intel-rapl"
    write("\(devices)/enabled", "1").link(
      "/sys/class/powercap/intel-rapl", to: "../../devices/virtual/powercap/intel-rapl")
    for zone in zones {
      let parts = zone.id.split(separator: ":")
      let parent = parts.count == 3 ? "/intel-rapl:\(parts[1])" : ""
      let folder = "\(devices)\(parent)/\(zone.id)"
      write("\(folder)/name", zone.name).write("\(folder)/energy_uj", "262143328850")
      write("\(folder)/max_energy_range_uj", "262143328850")
      link(
        "/sys/class/powercap/\(zone.id)", to: "../../devices/virtual/powercap/intel-rapl\(parent)/\(zone.id)")
    }
    return self
  }
}
