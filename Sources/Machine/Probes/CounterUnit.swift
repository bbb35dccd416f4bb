/// One kind of core of a hybrid processor, as the kernel counts on it.
public struct CounterUnit: Sendable, Equatable {
  /// The kernel's name for its PMU: "cpu_core", "cpu_atom", "armv8_cortex_a72".
  public let name: String
  /// The dynamic type that `perf_event_attr.type` takes.
  public let type: UInt32
  /// The CPUs that have it.
  public let cpus: [Int]
}

extension Machine {
  /// The kinds of cores of a hybrid processor; empty where all cores are of one kind.
  ///
  /// Source: /sys/bus/event_source/devices/NAME/{type,cpus}. On x86 the kernel splits its PMU `cpu` into `cpu_core` and
  /// `cpu_atom`; on ARM every kind of core has a PMU of its own, named after it.
  public var counterUnits: [CounterUnit] {
    let folder = "/sys/bus/event_source/devices"
    let names = files.names(in: folder).filter { name in
      name == "cpu_core" || name == "cpu_atom" || name == "cpu_lowpower" || name.hasPrefix("armv8_")
        || name.hasPrefix("armv9_")
    }
    let units = names.compactMap { name -> CounterUnit? in
      guard let type = files.integer("\(folder)/\(name)/type"), let type = UInt32(exactly: type),
        let cpus = files.cpus("\(folder)/\(name)/cpus"), !cpus.isEmpty
      else { return nil }
      return CounterUnit(name: name, type: type, cpus: cpus)
    }
    return units.count > 1 ? units : []
  }
}
