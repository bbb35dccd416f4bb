import Records

/// What can be said against pinning threads to certain CPUs of this machine.
struct PinningRule: Sendable {
  /// Stable, as in `--allow W-cpu0`.
  let id: String
  let severity: Severity
  /// When it speaks up and why there, in a sentence.
  let threshold: String
  /// What to do about it.
  let fix: String
  /// What is wrong with these CPUs, in a sentence; nil where nothing is.
  let look: @Sendable (Machine, [Int]) -> String?

  /// Every rule, the worst first.
  static let all = [outside, siblings, mixedCores, firstCPU]

  private static let outside = PinningRule(
    id: "W-outside-cpuset", severity: .veto,
    threshold: "A CPU of the cell that is offline, or that the cpuset or affinity of the process does not allow.",
    fix: "widen the control group's cpuset.cpus, or choose other CPUs"
  ) { machine, cpus in
    let missing = Set(cpus).subtracting(machine.cpusUsable).sorted()
    guard !missing.isEmpty else { return nil }
    return "CPUs \(CPUList.format(missing)) may not be used; those that may are \(CPUList.format(machine.cpusUsable))"
  }

  private static let siblings = PinningRule(
    id: "W-smt-siblings", severity: .warn,
    threshold: "Two CPUs of the cell are one core, while another usable core has none.",
    fix: "pin one thread per core"
  ) { machine, cpus in
    let chosen = Set(cpus)
    let shared = machine.topology.usable.filter { chosen.contains($0.id) }
    let cores = Dictionary(grouping: shared, by: \.core)
    guard let pair = cores.values.filter({ $0.count > 1 }).min(by: { $0[0].id < $1[0].id }),
      cores.count < machine.coresPhysical
    else { return nil }
    return "CPUs \(CPUList.format(pair.map(\.id))) are one core, and \(machine.coresPhysical - cores.count) cores idle"
  }

  private static let mixedCores = PinningRule(
    id: "W-mixed-cores", severity: .warn,
    threshold: "The cell's CPUs differ in speed: the slowest sets the pace.", fix: "pin to cores of one kind"
  ) { machine, cpus in
    let chosen = machine.topology.usable.filter { Set(cpus).contains($0.id) }
    let kinds = Dictionary(grouping: chosen, by: \.capacity).sorted { $0.key > $1.key }
    guard kinds.count > 1, let slow = kinds.last?.value.map(\.id) else { return nil }
    return "CPUs \(CPUList.format(slow)) are slower than the others of the cell"
  }

  private static let firstCPU = PinningRule(
    id: "W-cpu0", severity: .note,
    threshold: "CPU 0 is used while another usable core is not: interrupts and housekeeping prefer it.",
    fix: "leave CPU 0 free: use fewer threads than cores, or tern's own order of pinning"
  ) { machine, cpus in
    let chosen = Set(cpus)
    let cores = Set(machine.topology.usable.filter { chosen.contains($0.id) }.map(\.core))
    guard chosen.contains(0), cores.count < machine.coresPhysical else { return nil }
    return "CPU 0 is used although \(machine.coresPhysical - cores.count) other cores are free"
  }
}

extension Machine {
  /// What a reader must know about a cell whose threads are pinned to these CPUs.
  public func warnings(pinningTo cpus: [Int]) -> [WarningRecord] {
    PinningRule.all.compactMap { rule in
      rule.look(self, cpus).map {
        WarningRecord(id: rule.id, message: $0, fix: rule.fix, severity: rule.severity)
      }
    }
  }
}
