import Glibc
import Records
import Testing

@testable import Machine

extension FakeRoot {
  /// The laptop with every kind of source: RAPL by both ways, perf, a supply's sensor, a battery, a controller.
  static func everySource() -> FakeRoot {
    let root = intelLaptop()
    root.powercap([("intel-rapl:0:1", "uncore"), ("intel-rapl:0:2", "dram")])
    root.write("\(Powercap.folder)/intel-rapl:0/constraint_0_max_power_uw", "28000000")
    root.write("\(Powercap.folder)/intel-rapl:0/constraint_1_power_limit_uw", "60000000")
    root.perf("power", type: 23, cpus: "0", events: ["energy-pkg": 2, "energy-cores": 1, "energy-ram": 3])
    root.perf("power_core", type: 24, cpus: "0-3", events: ["energy-core": 1])
    root.write("/sys/class/hwmon/hwmon2/name", "ina226").write("/sys/class/hwmon/hwmon2/power1_input", "4500000")
    root.write("/sys/class/hwmon/hwmon2/power1_label", "VDD_CPU").write("/sys/class/hwmon/hwmon2/update_interval", "35")
    root.write("/sys/class/hwmon/hwmon10/name", "power_meter")
    root.write("/sys/class/hwmon/hwmon10/power1_average", "200000000")
    root.write("/sys/class/hwmon/hwmon10/power1_average_interval", "1000")
    root.write("/sys/class/hwmon/hwmon10/power1_accuracy", "95.0%")
    root.write("/sys/class/power_supply/BAT0/type", "Battery").write(
      "/sys/class/power_supply/BAT0/power_now", "9000000")
    root.write("/sys/class/power_supply/AC/type", "Mains").write("/sys/class/power_supply/AC/online", "0")
    return root.write("/dev/ipmi0", "")
  }

  @discardableResult
  func perf(_ pmu: String, type: Int, cpus: String, events: [String: Int]) -> FakeRoot {
    let folder = "\(PowerPMU.folder)/\(pmu)"
    write("\(folder)/type", "\(type)").write("\(folder)/cpumask", cpus).write("\(folder)/format/event", "config:0-7")
    for (name, code) in events {
      write("\(folder)/events/\(name)", "event=0x0\(code)")
      write("\(folder)/events/\(name).scale", "2.3283064365386962890625e-10")
      write("\(folder)/events/\(name).unit", "Joules")
    }
    return self
  }

  /// What is found here, with a kernel that gives this answer to every energy event.
  func inventory(_ answer: PerfProbe.Answer? = .counts) -> EnergyInventory {
    machine().energyInventory(events: EnergyEventProbe { events in events.map { _ in answer } })
  }
}

@Suite("Energy: discovery")
struct EnergyDiscoveryTests {
  @Test("Every source is found, in the order of preference, each zone with its id, name and domain")
  func everySource() {
    let inventory = FakeRoot.everySource().inventory()
    #expect(inventory.sources.map(\.source) == EnergySource.allCases)
    let told = inventory.zones.map { "\($0.source.rawValue) \($0.id) \($0.name) \($0.domain.rawValue)" }
    #expect(
      told == [
        "powercap intel-rapl:0 package-0 package", "powercap intel-rapl:0:0 core core",
        "powercap intel-rapl:0:1 uncore uncore", "powercap intel-rapl:0:2 dram dram", "powercap intel-rapl:1 psys psys",
        "perf energy-cores/cpu0 energy-cores of cpu0 core", "perf energy-pkg/cpu0 energy-pkg of cpu0 package",
        "perf energy-ram/cpu0 energy-ram of cpu0 dram", "perf energy-core/cpu0 energy-core of cpu0 core",
        "perf energy-core/cpu1 energy-core of cpu1 core", "perf energy-core/cpu2 energy-core of cpu2 core",
        "perf energy-core/cpu3 energy-core of cpu3 core", "acpi hwmon10/power1 power_meter system",
        "hwmon hwmon2/power1 ina226 VDD_CPU rail", "battery BAT0 BAT0 battery",
        "ipmi /dev/ipmi0 DCMI power reading system",
      ])
    #expect(inventory.zones.filter { $0.obstacle != nil }.map(\.id) == ["/dev/ipmi0"])
    #expect(inventory.packages == 1 && inventory.hypervisor == nil && !inventory.possiblyFiltered)
  }

  @Test("A zone knows its range, its step, and more power than it can take")
  func numbers() throws {
    let zones = FakeRoot.everySource().inventory().zones
    let package = try #require(zones.first { $0.id == "intel-rapl:0" })
    #expect(package.range == 262_143_328_850 && abs(package.quantum - 61.035e-6) < 1e-8)
    #expect(package.maxPowerW == 120, "twice the short-term limit, which turbo reaches")
    let platform = try #require(zones.first { $0.id == "intel-rapl:1" })
    #expect(platform.maxPowerW == 2000)
    let meter = try #require(zones.first { $0.source == .acpi })
    #expect(meter.intervalNs == 1_000_000_000 && meter.relativeError.map { abs($0 - 0.05) < 1e-12 } == true)
    let supply = try #require(zones.first { $0.source == .hwmon })
    #expect(supply.intervalNs == 35_000_000)
    let event = try #require(zones.first { $0.id == "energy-pkg/cpu0" })
    #expect(event.channel == .event(EnergyEvent(type: 23, config: 2, cpu: 0)) && event.unit == 0x1p-32)
  }

  @Test(
    "The platform counter of some servers steps by a joule", arguments: [(143, 1.0), (207, 1.0), (106, 1.0 / 16384)])
  func platformStep(model: Int, quantum: Double) throws {
    let root = FakeRoot().write("/proc/cpuinfo", "processor\t: 0\ncpu family\t: 6\nmodel\t\t: \(model)\nflags\t\t: fpu")
    root.perf("power", type: 9, cpus: "0", events: ["energy-psys": 5])
    let event = try #require(root.inventory().zones.first)
    #expect(event.quantum == quantum)
    // In powercap, the range tells it.
    root.powercap([("intel-rapl:0", "psys")])
    root.write("\(Powercap.folder)/intel-rapl:0/max_energy_range_uj", "4294967295000000")
    let zone = try #require(root.inventory().zones.first)
    #expect(zone.quantum == 1)
  }

  @Test("AMD's core zone is the lead CPU's core")
  func leadCPU() throws {
    let root = FakeRoot.amdServer()
    root.powercap([("intel-rapl:0:0", "core"), ("intel-rapl:1:0", "core")])
    let cores = root.inventory().zones.filter { $0.domain == .core }
    #expect(cores.map(\.name) == ["core (CPU 0 alone)", "core (CPU 4 alone)"])
    #expect(cores.map(\.isPartial) == [true, true])
  }

  @Test("Zone ids are hexadecimal, of one or two numbers, and of one type")
  func ids() {
    for id in ["intel-rapl:a", "intel-rapl:10", "intel-rapl:0:0", "intel-rapl:ff:1f"] {
      #expect(Powercap.isZone(id, of: "intel-rapl"), "\(id)")
    }
    for id in [
      "intel-rapl", "intel-rapl:", "intel-rapl:0:", "intel-rapl:0:0:0", "intel-rapl:g", "intel-rapl:A", "intel-rapl:-1",
      "intel-rapl-mmio:0", "dtpm:0", "intel-rapl:123456789",
    ] {
      #expect(!Powercap.isZone(id, of: "intel-rapl"), "\(id)")
    }
  }

  @Test(
    "Numbers of powercap are strict",
    arguments: [
      ("0\n", 0), ("9223372036854775807", 9_223_372_036_854_775_807), ("", nil), ("-1", nil), ("1 ", nil),
      ("1\n\n", nil),
      ("9223372036854775808", nil), ("18446744073709551616", nil), ("+1", nil), ("1e9", nil),
    ] as [(String, UInt64?)])
  func counts(text: String, value: UInt64?) { #expect(Powercap.counts(text) == value) }

  @Test(
    "Each refusal of an energy event has its cause",
    arguments: [
      (EACCES, .permission), (EPERM, .permission), (ENODEV, .offline), (EINVAL, .driver),
    ] as [(Int32, EnergyObstacle.Cause)])
  func refusals(number: Int32, cause: EnergyObstacle.Cause) throws {
    let report = FakeRoot.everySource().inventory(.refused(number)).report(of: .perf)
    #expect(report.zones.allSatisfy { $0.obstacle?.cause == cause && $0.obstacle?.fix.isEmpty == false })
  }

  @Test("Events of another machine's files are not opened on this one")
  func otherRoot() {
    let root = FakeRoot.everySource()
    let report = Machine(root: root.path).energyInventory().report(of: .perf)
    #expect(!report.zones.isEmpty)
    #expect(report.zones.allSatisfy { $0.obstacle?.cause == .notRead })
  }

  @Test("Without package counters, what else can be read is told; the package has its reason")
  func capability() {
    let root = FakeRoot().write("/proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu")
    root.write("/sys/class/hwmon/hwmon0/name", "power_meter").write("/sys/class/hwmon/hwmon0/power1_average", "5")
    let inventory = root.inventory()
    #expect(inventory.capability == .usable("acpi zones: power_meter"))
    guard case .unusable(let reason, _) = inventory.package else {
      Issue.record("\(inventory.package)")
      return
    }
    #expect(reason.contains("no RAPL zones"))
  }

  @Test("Every file in turn replaced by texts that no kernel writes: nothing crashes, nothing impossible is told")
  func hostileTexts() {
    let root = FakeRoot.everySource()
    let files = root.files.filter {
      $0.contains("powercap") || $0.contains("hwmon") || $0.contains("event_source")
        || $0.contains("power_supply")
    }
    #expect(files.count > 40)
    for (index, file) in files.enumerated() {
      let original = SystemFiles(root: root.path).text(file) ?? ""
      root.write(file, FuzzTests.hostile[index * 7 % FuzzTests.hostile.count])
      check(root.inventory())
      root.write(file, bytes: Array(original.utf8))
    }
    for text in FuzzTests.hostile {
      for file in files { root.write(file, text) }
      check(root.inventory())
    }
  }

  private func check(_ inventory: EnergyInventory) {
    for zone in inventory.available {
      #expect(zone.unit > 0 && zone.unit <= 1 && zone.quantum > 0 && zone.quantum <= 1.01)
      #expect(zone.maxPowerW > 0 && zone.maxPowerW <= 3000)
      #expect(zone.range != 0 && zone.channel != .none)
      #expect(zone.relativeError.map { (0...1).contains($0) } != false)
      #expect(zone.intervalNs.map { $0 > 0 } != false)
    }
    for obstacle in inventory.zones.compactMap(\.obstacle) {
      #expect(!obstacle.reason.isEmpty && !obstacle.fix.isEmpty)
    }
  }
}
