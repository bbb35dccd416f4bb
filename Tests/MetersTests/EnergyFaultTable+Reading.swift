import Glibc

@testable import Machine
@testable import Meters

extension EnergyFaultTable {
  // MARK: - Drivers that refuse

  /// powercap folds every failure of its driver into EINVAL; the others are those of the files around it.
  static let refusals: [EnergyFault] =
    [(EINVAL, "EINVAL"), (EIO, "EIO"), (ENODATA, "ENODATA"), (ENODEV, "ENODEV")]
    .flatMap { number, name in
      let words = "errno \(number)"
      return [
        EnergyFault(
          "\(name) at the start", .problem(package, words), before: { $0.fail(counter, number) }, make: onePackage),
        EnergyFault(
          "\(name) at the end", .problem(package, words), atEnd: { $0.fail(counter, number) }, make: onePackage),
        EnergyFault(
          "\(name) in the middle of a long window", .problem(package, words), seconds: 30,
          middle: { $0.fail(counter, number) }, make: onePackage),
        EnergyFault(
          "\(name) once at the start", .joules(package, watts: 80), before: { $0.fail(counter, number, times: 1) },
          make: onePackage),
        EnergyFault(
          "\(name) once at the end", .joules(package, watts: 80), atEnd: { $0.fail(counter, number, times: 1) },
          make: onePackage),
      ]
    } + [
      EnergyFault(
        "one of two packages is unplugged", .problem(package, "is missing"), middle: { $0.fail(counter, ENODEV) },
        make: two()),
      EnergyFault(
        "a folder in place of the counter", .unavailable("Is a directory"),
        make: with {
          $0.remove(counterFile)
          $0.write(counterFile + "/inside", "5")
        }),
    ]

  // MARK: - Counters that go astray

  static let counters: [EnergyFault] = [
    EnergyFault(
      "goes round once", .joules(package, watts: 80),
      make: bare {
        $0.zone("intel-rapl:0", "package-0", watts: 80, start: EnergyHost.range - 60_000_000)
      }),
    EnergyFault(
      "goes round thirty times", .joules(package, watts: 400), seconds: 300,
      make: bare {
        $0.zone("intel-rapl:0", "package-0", watts: 400, range: 4_000_000_000)
      }),
    EnergyFault(
      "goes round while nobody looks", .problem(package, "gone round unseen"), seconds: 300, polls: false,
      make: bare {
        $0.zone("intel-rapl:0", "package-0", watts: 400, range: 4_000_000_000)
      }),
    EnergyFault(
      "each of two goes round at its own range", .joules(package, watts: 140), seconds: 60,
      make: {
        let host = EnergyHost(packages: 2)
        host.zone("intel-rapl:0", "package-0", watts: 80, start: 9_990_000_000, range: 10_000_000_000)
        host.zone("intel-rapl:1", "package-1", watts: 60, start: 99_990_000_000, range: 100_000_000_000)
        return host
      }),
    EnergyFault(
      "is reset", .problem(package, "it was reset"), middle: { $0.replace(counter, EnergyHost.count(80, start: 0)) },
      make: bare {
        $0.zone("intel-rapl:0", "package-0", watts: 80, start: 5_000_000_000)
      }),
    EnergyFault(
      "is reset and has no range", .problem(package, "went down"),
      middle: {
        $0.replace(counter, EnergyHost.count(80, start: 0))
      }, make: bare { $0.zone("intel-rapl:0", "package-0", watts: 80, start: 500_000_000, range: nil) }),
    EnergyFault(
      "jumps ahead", .problem(package, "W can"),
      middle: {
        $0.replace(counter, EnergyHost.count(80, start: 100_000_000_000))
      }, make: onePackage),
    EnergyFault(
      "the machine sleeps", .problem(package, "slept for 60000 ms"), middle: { $0.asleepSeconds += 60 },
      make: onePackage),
    EnergyFault(
      "range 0, no wrap", .joules(package, watts: 80),
      make: bare {
        $0.zone("intel-rapl:0", "package-0", watts: 80, range: 0)
      }),
    EnergyFault(
      "range 0, and it goes round", .problem(package, "went down"),
      make: bare {
        $0.zone("intel-rapl:0", "package-0", watts: 80, start: EnergyHost.range - 60_000_000, range: 0)
      }),
    EnergyFault(
      "no range, and it goes round", .problem(package, "went down"),
      make: bare {
        $0.zone("intel-rapl:0", "package-0", watts: 80, start: EnergyHost.range - 60_000_000, range: nil)
      }),
    EnergyFault(
      "a range that is no number", .joules(package, watts: 80),
      make: with {
        $0.write(EnergyHost.devices + "/intel-rapl/intel-rapl:0/max_energy_range_uj", "much")
      }),
    EnergyFault(
      "a range as wide as can be", .joules(package, watts: 80),
      make: with {
        $0.write(EnergyHost.devices + "/intel-rapl/intel-rapl:0/max_energy_range_uj", "9223372036854775807")
      }),
    EnergyFault(
      "more than its range", .problem(package, "more than its range"),
      atEnd: {
        $0.replace(counter) { _ in .text("262143328851\n") }
      }, make: onePackage),
    EnergyFault(
      "a range that is used up at once", .unavailable("cannot be followed"),
      make: bare {
        $0.zone("intel-rapl:0", "package-0", watts: 80, range: 1_000_000)
      }),
    EnergyFault("never moves", .unavailable("did not move"), make: with { $0.replace(counter) { _ in .text("7\n") } }),
    EnergyFault(
      "never moves under a hypervisor", .unavailable("does not pass the counter on"),
      make: {
        let host = EnergyHost(flags: "fpu hypervisor")
        host.replace(host.zone("intel-rapl:0", "package-0", watts: 80)) { _ in .text("0\n") }
        return host
      }),
    EnergyFault(
      "stops before the window", .problem(package, "did not move"),
      before: { $0.replace(counter) { _ in .text("7\n") } }, make: onePackage),
    EnergyFault(
      "stops in a long window", .problem(package, "did not move"), seconds: 60,
      middle: {
        let now = $0.answers[counter]?($0.seconds)
        $0.replace(counter) { _ in now ?? .refused(EIO) }
      }, make: onePackage),
    EnergyFault(
      "one of two packages never moves", .problem(package, "did not move"),
      make: two {
        $0.replace(counter) { _ in .text("7\n") }
      }),
    EnergyFault(
      "a limit below what turbo takes", .joules(package, watts: 28),
      make: bare {
        $0.zone("intel-rapl:0", "package-0", watts: 28)
        $0.write(EnergyHost.devices + "/intel-rapl/intel-rapl:0/constraint_0_max_power_uw", "15000000")
      }),
    EnergyFault(
      "a limit that tells a reset of 100 J", .problem(package, "than 30 W can"),
      middle: {
        $0.replace(counter, EnergyHost.count(28, start: 105_000_000))
      },
      make: bare {
        $0.zone("intel-rapl:0", "package-0", watts: 28)
        $0.write(EnergyHost.devices + "/intel-rapl/intel-rapl:0/constraint_0_max_power_uw", "15000000")
      }),
  ]

  // MARK: - perf

  static let events: [EnergyFault] = [
    EnergyFault("perf alone", .joules(package, watts: 80), make: bare { $0.pmu(watts: 80) }),
    EnergyFault(
      "perf for two packages", .joules(package, watts: 160),
      make: {
        let host = EnergyHost(packages: 2)
        host.pmu(cpus: [0, 1], watts: 80)
        return host
      }),
    EnergyFault("perf beside powercap is not added", .joules(package, watts: 80), make: with { $0.pmu(watts: 80) }),
    EnergyFault(
      "perf with a scale that is off", .problem(package, "one of them is wrong"),
      make: with {
        $0.pmu(watts: 80, scale: "4.656612873077392578125e-10")
      }),
    EnergyFault("perf that loses 2 %", .problem(package, "one of them is wrong"), make: with { $0.pmu(watts: 78.4) }),
    EnergyFault(
      "perf is forbidden", .unavailable("perf_event_paranoid"),
      make: bare {
        for key in $0.pmu(watts: 80) { $0.probes[key] = .refused(EACCES) }
      }),
    EnergyFault(
      "perf is forbidden and powercap is not", .joules(package, watts: 80),
      make: with {
        for key in $0.pmu(watts: 80) { $0.probes[key] = .refused(EACCES) }
      }),
    EnergyFault(
      "perf's CPU is offline", .unavailable("offline"),
      make: bare {
        for key in $0.pmu(watts: 80) { $0.probes[key] = .refused(ENODEV) }
      }),
    EnergyFault(
      "one of perf's two CPUs is offline", .problem(package, "offline"),
      make: {
        let host = EnergyHost(packages: 2)
        host.probes[host.pmu(cpus: [0, 1], watts: 80)[1]] = .refused(ENODEV)
        return host
      }),
    EnergyFault(
      "perf's CPU goes offline", .problem(package, "is gone"), atEnd: { $0.fail("9/2/0", ENODEV) },
      make: bare { $0.pmu(watts: 80) }),
    EnergyFault(
      "perf's event is not counting", .problem(package, "not counting"),
      atEnd: {
        $0.replace("9/2/0") { _ in .event(count: 1 << 50, enabledNs: 4_000_000_000, runningNs: 2_000_000_000) }
      }, make: bare { $0.pmu(watts: 80) }),
    EnergyFault(
      "perf gives nothing", .problem(package, "not counting"),
      atEnd: {
        $0.replace("9/2/0") { _ in .event(count: .max, enabledNs: 0, runningNs: 0) }
      }, make: bare { $0.pmu(watts: 80) }),
    EnergyFault(
      "perf counts backwards", .problem(package, "went down"),
      atEnd: {
        $0.replace("9/2/0") { _ in .event(count: 1, enabledNs: 9, runningNs: 9) }
      }, make: bare { $0.pmu(watts: 80) }),
    EnergyFault(
      "perf is not read for minutes", .problem(package, "gone round unseen"), seconds: 120, polls: false,
      make: bare { $0.pmu(watts: 80) }),
    EnergyFault(
      "perf is read for minutes", .joules(package, watts: 400), seconds: 120, make: bare { $0.pmu(watts: 400) }),
    EnergyFault(
      "perf stays at zero", .unavailable("does not count"),
      make: bare(flags: "fpu hypervisor") {
        for key in $0.pmu(watts: 80) { $0.probes[key] = .staysZero }
      }),
    EnergyFault(
      "perf has the platform alone, and it stays at zero", .unavailable("not passed through"),
      make: bare(flags: "fpu hypervisor") {
        for key in $0.pmu(event: "energy-psys", code: "event=0x05", watts: 80) { $0.probes[key] = .staysZero }
      }),
    EnergyFault(
      "perf with terms that are not known", .unavailable("not understood"),
      make: bare { $0.pmu(code: "event=0x02,umask=0x1", watts: 80) }),
    EnergyFault(
      "perf with a scale that is no number", .unavailable("not understood"),
      make: bare { $0.pmu(watts: 80, scale: "nan") }),
    EnergyFault("perf with a scale of 0", .unavailable("not understood"), make: bare { $0.pmu(watts: 80, scale: "0") }),
    EnergyFault(
      "perf in another unit", .unavailable("not understood"),
      make: bare {
        $0.pmu(watts: 80)
        $0.write("/sys/bus/event_source/devices/power/events/energy-pkg.unit", "Watts")
      }),
    EnergyFault("perf without CPUs", .unavailable("not understood"), make: bare { $0.pmu(cpus: [], watts: 80) }),
  ]
}
