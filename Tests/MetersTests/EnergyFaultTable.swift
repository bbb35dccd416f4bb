import Glibc

@testable import Machine
@testable import Meters

/// Everything that went wrong with some meter of energy somewhere, and a few things more.
enum EnergyFaultTable {
  static let all = discovery + layout + contents + refusals + counters + events + sensors + batteries + windows

  static let package = "energy_package_j"
  /// Of the first package.
  static let counter = "/sys/class/powercap/intel-rapl:0/energy_uj"
  static let counterFile = EnergyHost.devices + "/intel-rapl/intel-rapl:0/energy_uj"

  /// A package of 80 W.
  @Sendable static func onePackage() -> EnergyHost {
    let host = EnergyHost()
    host.zone("intel-rapl:0", "package-0", watts: 80)
    return host
  }

  /// A package of 80 W, changed.
  static func with(_ change: @escaping @Sendable (EnergyHost) -> Void) -> @Sendable () -> EnergyHost {
    {
      let host = onePackage()
      change(host)
      return host
    }
  }

  /// Nothing but files that say that this is an x86 processor, changed.
  static func bare(
    flags: String = "fpu", _ change: @escaping @Sendable (EnergyHost) -> Void
  ) -> @Sendable () -> EnergyHost {
    {
      let host = EnergyHost(flags: flags)
      change(host)
      return host
    }
  }

  /// Two packages of 80 W and 60 W.
  static func two(_ change: @escaping @Sendable (EnergyHost) -> Void = { _ in }) -> @Sendable () -> EnergyHost {
    {
      let host = EnergyHost(packages: 2)
      host.zone("intel-rapl:0", "package-0", watts: 80)
      host.zone("intel-rapl:1", "package-1", watts: 60)
      change(host)
      return host
    }
  }

  // MARK: - What is there, and who may read it

  static let discovery: [EnergyFault] = [
    EnergyFault("nothing is wrong", .joules(package, watts: 80), make: onePackage),
    EnergyFault("mode 0400", .unavailable("root only"), denied: [counter], make: onePackage),
    EnergyFault(
      "EPERM when it is opened", .unavailable("Operation not permitted"), make: with { $0.refusals[counter] = EPERM }),
    EnergyFault(
      "EACCES when it is opened", .unavailable("Permission denied"), make: with { $0.refusals[counter] = EACCES }),
    EnergyFault(
      "gone between being found and being opened", .unavailable("is gone"), make: with { $0.refusals[counter] = ENOENT }
    ),
    EnergyFault("one of two packages is mode 0400", .problem(package, "root only"), denied: [counter], make: two()),
    EnergyFault(
      "links that lead nowhere", .unavailable("hidden from this container"),
      make: with { $0.remove(EnergyHost.devices) }),
    EnergyFault(
      "a zone without its counter", .unavailable("hidden from this container"), make: with { $0.remove(counterFile) }),
    EnergyFault(
      "a control type without zones", .unavailable("hidden from this container"),
      make: bare {
        $0.write("/sys/class/powercap/intel-rapl/enabled", "1")
      }),
    EnergyFault("no powercap on bare metal", .unavailable("driver is not loaded"), make: bare { _ in }),
    EnergyFault(
      "no powercap in a container", .unavailable("not visible in this container"),
      make: bare {
        $0.write("/.dockerenv", "")
      }),
    EnergyFault(
      "no powercap in a virtual machine", .unavailable("not passed through"),
      make: bare(flags: "fpu hypervisor") { _ in }),
    EnergyFault("no x86 processor", .unavailable("not one"), make: bare(flags: "asimd") { _ in }),
    EnergyFault(
      "live counters under a hypervisor have other names", .absent(package),
      make: {
        let host = EnergyHost(flags: "fpu hypervisor")
        host.zone("intel-rapl:0", "package-0", watts: 80)
        return host
      }),
    EnergyFault(
      "live counters under a hypervisor are estimates", .joules("estimated_energy_package_j", watts: 80),
      make: {
        let host = EnergyHost(flags: "fpu hypervisor")
        host.zone("intel-rapl:0", "package-0", watts: 80)
        return host
      }),
  ]

  // MARK: - Zones that look like others

  static let layout: [EnergyFault] = [
    EnergyFault(
      "the same package a second time by MMIO", .joules(package, watts: 80),
      make: with {
        $0.zone("intel-rapl-mmio:0", "package-0", watts: 80)
      }),
    EnergyFault(
      "MMIO alone", .joules(package, watts: 80), make: bare { $0.zone("intel-rapl-mmio:0", "package-0", watts: 80) }),
    EnergyFault(
      "dtpm beside it", .joules(package, watts: 80), make: with { $0.zone("dtpm:0", "package-0", watts: 80) }),
    EnergyFault("two packages", .joules(package, watts: 140), make: two()),
    EnergyFault(
      "one of two packages is not listed", .problem(package, "1 of 2 packages"),
      make: {
        let host = EnergyHost(packages: 2)
        host.zone("intel-rapl:0", "package-0", watts: 80)
        return host
      }),
    EnergyFault(
      "twenty packages, ids in hexadecimal", .joules(package, watts: 210),
      make: {
        let host = EnergyHost(packages: 20)
        for id in 0..<20 { host.zone("intel-rapl:" + String(id, radix: 16), "package-\(id)", watts: Double(id) + 1) }
        return host
      }),
    EnergyFault(
      "two dies in a package", .joules(package, watts: 100),
      make: bare {
        $0.zone("intel-rapl:0", "package-0-die-0", watts: 60)
        $0.zone("intel-rapl:1", "package-0-die-1", watts: 40)
      }),
    EnergyFault(
      "the platform holds the package", .joules(package, watts: 80),
      make: with { $0.zone("intel-rapl:1", "psys", watts: 120) }),
    EnergyFault(
      "the platform on its own", .joules("energy_psys_j", watts: 120),
      make: with { $0.zone("intel-rapl:1", "psys", watts: 120) }),
    EnergyFault(
      "cores and graphics lie within the package", .joules(package, watts: 80),
      make: with {
        $0.zone("intel-rapl:0:0", "core", watts: 50)
        $0.zone("intel-rapl:0:1", "uncore", watts: 9)
      }),
    EnergyFault(
      "memory is added to the package", .joules("energy_cpu_mem_j", watts: 92),
      make: with {
        $0.zone("intel-rapl:0:0", "dram", watts: 12)
      }),
    EnergyFault(
      "memory is no part of the package", .joules(package, watts: 80),
      make: with { $0.zone("intel-rapl:0:0", "dram", watts: 12) }),
    EnergyFault("no memory zone, no sum with memory", .absent("energy_cpu_mem_j"), make: onePackage),
    EnergyFault(
      "memory of one of two packages", .problem("energy_dram_j", "a part of the machine"),
      make: two {
        $0.zone("intel-rapl:0:0", "dram", watts: 12)
      }),
    EnergyFault(
      "AMD's core zone is one core", .absent("energy_core_j"),
      make: {
        let host = EnergyHost(vendor: "AuthenticAMD")
        host.zone("intel-rapl:0", "package-0", watts: 80)
        host.zone("intel-rapl:0:0", "core", watts: 3)
        return host
      }),
    EnergyFault(
      "Intel's core zone is all cores", .joules("energy_core_j", watts: 50),
      make: with {
        $0.zone("intel-rapl:0:0", "core", watts: 50)
      }),
    EnergyFault(
      "the same zone by two drivers", .joules(package, watts: 80),
      make: with { $0.zone("intel-rapl:1", "package-0", watts: 80) }),
    EnergyFault(
      "links in a circle", .joules(package, watts: 80),
      make: with {
        $0.link(EnergyHost.devices + "/intel-rapl/intel-rapl:0/device", to: "../..")
        $0.link(EnergyHost.devices + "/intel-rapl/intel-rapl:0/subsystem", to: "/sys/class/powercap")
      }),
    EnergyFault(
      "folders in place of links", .joules(package, watts: 80),
      make: bare {
        $0.write("/sys/class/powercap/intel-rapl:0/name", "package-0")
        $0.write("/sys/class/powercap/intel-rapl:0/energy_uj", "5")
        $0.write("/sys/class/powercap/intel-rapl:0/max_energy_range_uj", "\(EnergyHost.range)")
        $0.answers[counter] = EnergyHost.count(80)
      }),
    EnergyFault(
      "a zone without a name is no package", .absent(package), make: bare { $0.zone("intel-rapl:0", nil, watts: 80) }),
  ]

  // MARK: - What is in the file

  /// Every text in the place of a number: when it is looked up, at the start, in the middle and at the end.
  static let contents: [EnergyFault] =
    hostile.flatMap { name, text, words in
      [
        EnergyFault(
          "\(name) when it is looked up", .unavailable("does not give a number"),
          make: with { $0.write(counterFile, text) }),
        EnergyFault(
          "\(name) at the start", .problem(package, words), before: { $0.replace(counter) { _ in .text(text) } },
          make: onePackage),
        EnergyFault(
          "\(name) at the end", .problem(package, words), atEnd: { $0.replace(counter) { _ in .text(text) } },
          make: onePackage),
        EnergyFault(
          "\(name) in the middle of a long window", .problem(package, words), seconds: 30,
          middle: { $0.replace(counter) { _ in .text(text) } }, make: onePackage),
      ]
    } + [
      EnergyFault(
        "no line end", .joules(package, watts: 80),
        make: with { host in
          let whole = host.answers[counter]
          host.replace(counter) { seconds in
            guard case .text(let text)? = whole?(seconds) else { return .refused(EIO) }
            return .text(String(text.dropLast()))
          }
        })
    ]

  private static let hostile: [(String, String, String)] = [
    ("nothing", "", "gives nothing"), ("a word", "unknown\n", "does not give a number"),
    ("a negative number", "-1\n", "does not give a number"),
    ("25 digits", "1234567890123456789012345\n", "does not give a number"),
    ("two numbers", "123 456\n", "does not give a number"),
    ("a page of digits", String(repeating: "9", count: 4096), "does not give a number"),
  ]
}
