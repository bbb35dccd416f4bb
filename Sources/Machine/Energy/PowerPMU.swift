import Glibc

/// The processor's energy counters through perf: the PMU `power`, and `power_core` where every core has its own.
///
/// arch/x86/events/rapl.c: an event counts on the CPUs that `cpumask` names, one per package or die, for whatever runs
/// there; a process or all CPUs at once are refused with EINVAL. The scale is 2^-32 J whatever the counter's step is.
struct PowerPMU: Sendable {
  static let folder = "/sys/bus/event_source/devices"

  private let machine: Machine
  private let files: SystemFiles
  private let probe: EnergyEventProbe

  init(machine: Machine, probe: EnergyEventProbe) {
    self.machine = machine
    files = machine.files
    self.probe = probe
  }

  /// Every event on every CPU of its mask, each opened once; or why there is none.
  var report: EnergyInventory.Report {
    var report = EnergyInventory.Report(source: .perf)
    for pmu in ["power", "power_core"] where files.exists("\(Self.folder)/\(pmu)") { report.zones += zones(of: pmu) }
    if report.zones.isEmpty { report.obstacle = absent }
    tryOut(&report.zones)
    return report
  }

  private func zones(of pmu: String) -> [EnergyZone] {
    let folder = "\(Self.folder)/\(pmu)"
    let names = files.names(in: "\(folder)/events").filter { !$0.hasSuffix(".scale") && !$0.hasSuffix(".unit") }
    let cpus = files.cpus("\(folder)/cpumask") ?? []
    let type = files.integer("\(folder)/type").flatMap { UInt32(exactly: $0) }
    return names.flatMap { name -> [EnergyZone] in
      guard let domain = Self.domains[name] else { return [] }
      guard let type, !cpus.isEmpty else {
        return [zone(name, domain, channel: .none, scale: 0, suffix: "", obstacle: Self.malformed("type or cpumask"))]
      }
      let config = files.text("\(folder)/events/\(name)").flatMap { eventNumber($0, folder: folder) }
      let scale = files.line("\(folder)/events/\(name).scale").flatMap { Fields.number($0) }
      let unit = files.line("\(folder)/events/\(name).unit")
      let problem = Self.problem(name, config: config, scale: scale, unit: unit)
      return cpus.map { cpu in
        let event = EnergyEvent(type: type, config: config ?? 0, cpu: cpu)
        return zone(
          name, domain, channel: problem == nil ? .event(event) : .none, scale: scale ?? 0, suffix: "/cpu\(cpu)",
          obstacle: problem)
      }
    }
  }

  /// Memory is "ram" here and "dram" in powercap.
  private static let domains: [String: EnergyDomain] = [
    "energy-pkg": .package, "energy-cores": .core, "energy-ram": .dram, "energy-gpu": .uncore, "energy-psys": .psys,
    "energy-core": .core,
  ]

  private func zone(
    _ name: String, _ domain: EnergyDomain, channel: EnergyZone.Channel, scale: Double, suffix: String,
    obstacle: EnergyObstacle?
  ) -> EnergyZone {
    let packages = domain == .psys ? machine.topology.packages + 1 : 1
    var zone = EnergyZone(
      source: .perf, id: name + suffix, name: name + suffix.replacing("/", with: " of "), domain: domain,
      channel: channel, unit: scale, quantum: quantumJ(domain),
      maxPowerW: EnergyZone.packageMaxPowerW * Double(max(1, packages)))
    zone.obstacle = obstacle
    return zone
  }

  /// The coarsest step that a processor's counter has, 2^-14 J; the platform counter of Sapphire Rapids and Emerald
  /// Rapids steps by 1 J (arch/x86/events/rapl.c, model_spr).
  private func quantumJ(_ domain: EnergyDomain) -> Double {
    let processor = machine.processor
    let isRapids = processor.family == 6 && [0x8f, 0xcf].contains(processor.modelNumber ?? 0)
    return domain == .psys && isRapids ? 1 : 1 / 16384
  }

  /// "event=0x02" by the format "config:0-7"; nil for terms that are not known here.
  private func eventNumber(_ text: String, folder: String) -> UInt64? {
    let parts = Fields.trimmed(text).split(separator: "=", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0] == "event", let value = Fields.hexadecimal(parts[1]), (0...255).contains(value),
      files.line("\(folder)/format/event") == "config:0-7"
    else { return nil }
    return UInt64(value)
  }

  private static func problem(_ name: String, config: UInt64?, scale: Double?, unit: String?) -> EnergyObstacle? {
    if config == nil { return malformed("events/\(name)") }
    // A count of more than a joule is no energy counter's.
    guard let scale, scale > 0, scale <= 1 else { return malformed("events/\(name).scale") }
    return unit == "Joules" ? nil : malformed("events/\(name).unit")
  }

  private static func malformed(_ file: String) -> EnergyObstacle {
    EnergyObstacle(
      .driver, reason: "\(file) of the perf PMU for energy is missing or not understood",
      fix: "use the powercap tree: sudo modprobe intel_rapl_msr")
  }
}

// MARK: - Trying out

extension PowerPMU {
  private func tryOut(_ zones: inout [EnergyZone]) {
    var indices: [Int] = [], events: [EnergyEvent] = []
    for (index, zone) in zones.enumerated() {
      guard case .event(let event) = zone.channel, zone.obstacle == nil else { continue }
      indices.append(index)
      events.append(event)
    }
    guard !events.isEmpty else { return }
    for (index, answer) in zip(indices, probe.ask(events)) { zones[index].obstacle = obstacle(answer, zones[index].id) }
  }

  private func obstacle(_ answer: PerfProbe.Answer?, _ id: String) -> EnergyObstacle? {
    switch answer {
    case .counts: nil
    case .staysZero: still(id)
    case .refused(EACCES), .refused(EPERM):
      EnergyObstacle(
        .permission, reason: "kernel.perf_event_paranoid, or a container's filter, forbids events of a whole CPU",
        fix: "sudo sysctl kernel.perf_event_paranoid=0 (or: sudo setcap cap_perfmon+ep \"$(command -v tern)\";"
          + " in a container: --cap-add PERFMON)")
    case .refused(ENODEV), .refused(ENXIO):
      EnergyObstacle(
        .offline, reason: "the CPU that reads \(id) is offline",
        fix: "echo 1 | sudo tee /sys/devices/system/cpu/cpu*/online")
    case .implausible(let what):
      EnergyObstacle(.driver, reason: "\(id): \(what)", fix: "see dmesg for rapl")
    case .refused(let number):
      EnergyObstacle(
        .driver, reason: "\(id) could not be opened: \(String(cString: strerror(number))) (errno \(number))",
        fix: "try `sudo perf stat -a -e power/energy-pkg/ sleep 1` for the kernel's own words")
    case nil:
      EnergyObstacle(
        .notRead, reason: "perf events are opened on the machine that runs, and these files are of another",
        fix: "run on that machine")
    }
  }

  private func still(_ id: String) -> EnergyObstacle {
    guard let hypervisor = machine.virtualization.hypervisor else {
      return EnergyObstacle(
        .still, reason: "\(id) opens and does not count", fix: "see dmesg for rapl; a firmware update may help")
    }
    return EnergyObstacle(
      .virtualMachine, reason: "\(id) opens and does not count: \(hypervisor) does not pass the counter on",
      fix: "run on bare metal, or put a wall meter on the host")
  }

  private var absent: EnergyObstacle {
    EnergyObstacle(
      .absent, reason: "the kernel has no perf PMU named power", fix: "sudo modprobe rapl (x86; Linux 3.14 or later)")
  }
}
