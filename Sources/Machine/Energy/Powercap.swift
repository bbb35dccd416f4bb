import Glibc

/// The processor's energy counters in the powercap tree (Documentation/power/powercap/powercap.rst).
///
/// Every entry of the class folder is a symbolic link, parents and children side by side; zone numbers are hexadecimal
/// ("%s:%x" in drivers/powercap/powercap_sys.c); `enabled` is about limits and says nothing about reading.
struct Powercap: Sendable {
  static let folder = "/sys/class/powercap"

  private let files: SystemFiles
  private let virtualization: Virtualization
  private let processor: Processor
  private let topology: Topology

  init(machine: Machine) {
    files = machine.files
    virtualization = machine.virtualization
    processor = machine.processor
    topology = machine.topology
  }

  /// Every zone, or why there is none.
  var report: EnergyInventory.Report {
    var report = EnergyInventory.Report(source: .powercap)
    let entries = files.names(in: Self.folder)
    let ids = ["intel-rapl", "intel-rapl-mmio"].map { type in entries.filter { Self.isZone($0, of: type) } }
    // The second type is the same package by another way: it would count everything twice.
    let chosen = ids[0].isEmpty ? ids[1] : ids[0]
    if !ids[0].isEmpty && !ids[1].isEmpty {
      report.notes.append("intel-rapl-mmio counts the package of intel-rapl a second time: left out")
    }
    if chosen.isEmpty {
      report.obstacle = entries.contains { $0.hasPrefix("intel-rapl") } ? Self.masked : absent()
      return report
    }
    var seen: Set<[String]> = []
    for id in chosen.sorted(by: Self.inOrder) {
      let zone = zone(id)
      // The same registers may be registered by two drivers under one type.
      if seen.insert([zone.name, zone.parent ?? ""]).inserted {
        report.zones.append(zone)
      } else {
        report.notes.append("\(id) is a second \(zone.name): left out")
      }
    }
    if report.zones.contains(where: \.isPartial) { report.notes.append(Self.oneCoreNote) }
    return report
  }

  /// Whether an entry is a zone or a zone of a zone of a control type: "intel-rapl:0", "intel-rapl:a:1".
  static func isZone(_ name: String, of type: String) -> Bool {
    let parts = name.split(separator: ":", omittingEmptySubsequences: false)
    let numbers = parts.dropFirst()
    return (1...2).contains(numbers.count) && parts[0] == type && numbers.allSatisfy { Self.isZoneNumber($0) }
  }

  /// As "%x" writes an int: lower case, eight digits at most, no sign.
  private static func isZoneNumber(_ text: Substring) -> Bool {
    (1...8).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
      }
  }

  /// By number and not by letter, a zone before its children.
  private static func inOrder(_ first: String, _ second: String) -> Bool {
    let keys = [first, second].map { $0.split(separator: ":").dropFirst().map { Fields.hexadecimal($0) ?? 0 } }
    return keys[0].lexicographicallyPrecedes(keys[1])
  }
}

// MARK: - One zone

extension Powercap {
  private func zone(_ id: String) -> EnergyZone {
    let path = "\(Self.folder)/\(id)"
    let ownName = files.line("\(path)/name")
    let parentID = parent(of: id)
    let parent = parentID.map { files.line("\(Self.folder)/\($0)/name") ?? $0 }
    let domain = Self.domain(of: ownName)
    let leadCPU = domain == .core && isAMD ? leadCPU(of: parent) : nil
    let name = (ownName ?? id) + (leadCPU.map { " (CPU \($0) alone)" } ?? "")
    let range = files.text("\(path)/max_energy_range_uj").flatMap { Self.counts($0) }
    var zone = EnergyZone(
      source: .powercap, id: id, name: name, domain: domain ?? .rail,
      channel: .counter(path: files.place("\(path)/energy_uj")), unit: EnergyZone.micro,
      quantum: Self.quantumJ(range: range, domain: domain), maxPowerW: maxPowerW(path, domain: domain))
    zone.parent = parent
    zone.range = range == 0 ? nil : range
    zone.isPartial = leadCPU != nil || domain == nil
    zone.obstacle = obstacle(path, id: id)
    return zone
  }

  /// The folder that the link's target lies in; without a link, the id less its last number.
  private func parent(of id: String) -> String? {
    let folders = files.link("\(Self.folder)/\(id)").map { $0.split(separator: "/").map(String.init) } ?? []
    if folders.count >= 2 {
      let above = folders[folders.count - 2]
      return above.contains(":") ? above : nil
    }
    let parts = id.split(separator: ":")
    return parts.count == 3 ? parts.dropLast().joined(separator: ":") : nil
  }

  /// "package-0" and "package-0-die-1" are packages; nil for a name that is not known.
  private static func domain(of name: String?) -> EnergyDomain? {
    switch name {
    case "dram": .dram
    case "core": .core
    case "uncore": .uncore
    case "psys": .psys
    case .some(let name) where name.hasPrefix("package-"): .package
    default: nil
    }
  }

  private var isAMD: Bool { processor.vendor == "AuthenticAMD" || processor.vendor == "HygonGenuine" }

  /// The CPU on which the driver reads a package's registers: the first of it that came online.
  private func leadCPU(of parent: String?) -> Int {
    let number = parent.flatMap { name in Fields.integer(name.dropFirst(8).prefix { $0.isASCII && $0.isNumber }) } ?? 0
    return topology.online.first { $0.package == number }?.id ?? 0
  }

  /// The step of the counter in joules, which the range tells: the registers have 32 bits.
  ///
  /// drivers/powercap/intel_rapl_common.c; 61 or 15.3 µJ, or the 1 J of some servers' platform counter. The file cannot
  /// tell less than 1 µJ.
  private static func quantumJ(range: UInt64?, domain: EnergyDomain?) -> Double {
    let told = Double(range ?? 0) / Double(UInt32.max) * EnergyZone.micro
    // Without a range, or with one that is no register's, it is the coarsest that there is.
    guard told > 0, told < 1.01 else { return domain == .psys ? 1 : 1 / 16384 }
    return max(told, EnergyZone.micro)
  }

  /// Twice the highest limit that the zone has, and a kilowatt where it has none or one that no package reaches.
  ///
  /// `constraint_*_max_power_uw` alone will not do: on laptops it is the long-term limit, which turbo exceeds.
  private func maxPowerW(_ path: String, domain: EnergyDomain?) -> Double {
    let most = EnergyZone.packageMaxPowerW * Double(domain == .psys ? max(1, topology.packages) + 1 : 1)
    let limits = files.names(in: path).filter {
      $0.hasPrefix("constraint_") && ($0.hasSuffix("_max_power_uw") || $0.hasSuffix("_power_limit_uw"))
    }.compactMap { files.text("\(path)/\($0)").flatMap { Self.counts($0) } }
    guard let limit = limits.max(), limit > 0 else { return most }
    return min(most, 2 * Double(limit) * EnergyZone.micro)
  }

  /// A whole number of at most 19 digits, nothing before it and at most a line end behind it.
  static func counts(_ text: String) -> UInt64? {
    let digits = text.hasSuffix("\n") ? text.dropLast() : text[...]
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
      return nil
    }
    return UInt64(digits).flatMap { $0 <= UInt64(Int64.max) ? $0 : nil }
  }
}

// MARK: - Obstacles

extension Powercap {
  private func obstacle(_ path: String, id: String) -> EnergyObstacle? {
    guard files.exists(path) else { return Self.masked }
    switch files.read("\(path)/energy_uj") {
    case .success(let text) where Self.counts(text) != nil: return nil
    case .success:
      return Self.driverFailure("the energy counter \(id) does not give a number: its driver failed")
    case .failure(FileRefusal(number: ENOENT)): return Self.masked
    case .failure(FileRefusal(number: EACCES)), .failure(FileRefusal(number: EPERM)): return Self.permission
    case .failure(let refusal):
      return Self.driverFailure(
        "the energy counter \(id) answers \(String(cString: strerror(refusal.number))) (errno \(refusal.number)):"
          + " its driver failed")
    }
  }

  private static let devices = "/sys/devices/virtual/powercap"

  /// %p is the device's path below /sys (udev(7)).
  private static let rule =
    #"SUBSYSTEM=="powercap", KERNEL=="intel-rapl:*", ACTION=="add", RUN+="/bin/chmod a+r /sys%p/energy_uj""#

  private static let oneCoreNote =
    "the core zones of this processor cover one core of each package: no sum takes them in"

  private static let permission = EnergyObstacle(
    .permission,
    reason: "\(folder)/intel-rapl:*/energy_uj may be read by root only (mode 0400, since CVE-2020-8694)",
    fix: "sudo chmod a+r \(folder)/intel-rapl:*/energy_uj"
      + " (until reboot; for good, in /etc/udev/rules.d/60-rapl.rules: \(rule))")

  private static let masked = EnergyObstacle(
    .masked, reason: "the powercap tree is hidden from this container",
    fix: "measure outside the container, or: docker run --security-opt systempaths=unconfined …")

  private static func driverFailure(_ reason: String) -> EnergyObstacle {
    EnergyObstacle(
      .driver, reason: reason,
      fix: "sudo modprobe -r intel_rapl_msr && sudo modprobe intel_rapl_msr, and see dmesg")
  }

  private func absent() -> EnergyObstacle {
    if let hypervisor = virtualization.hypervisor {
      return EnergyObstacle(
        .virtualMachine, reason: "virtual machine (\(hypervisor)): energy counters are not passed through to guests",
        fix: "run on bare metal, or put a wall meter on the host")
    }
    if virtualization.container != nil && !files.exists(Self.folder) {
      return EnergyObstacle(
        .masked, reason: "\(Self.folder) is not visible in this container",
        fix: "measure outside the container, or: docker run -v \(Self.devices):\(Self.devices):ro …")
    }
    if processor.flags.contains("fpu") {
      return EnergyObstacle(
        .absent,
        reason: "\(Self.folder) has no RAPL zones: the driver is not loaded, or the CPU has no energy counters",
        fix: "sudo modprobe intel_rapl_msr (AMD as well; Linux 5.11 or later)")
    }
    return EnergyObstacle(
      .absent, reason: "RAPL energy counters are part of x86 processors, and this is not one",
      fix: "put a wall meter on the machine; boards with INA sensors show them under /sys/class/hwmon")
  }
}
