import Records

/// What the machine was: names and values, in the order in which a reader asks.
enum MachineCard {
  /// One line of the card.
  struct Line {
    let name: String
    let value: String
  }

  /// Only what the record knows.
  static func lines(of machine: MachineRecord) -> [Line] {
    let lines: [(String, String?)] = [
      ("Processor", machine.cpu.model), ("Cores", cores(machine.cpu)), ("Caches", caches(machine.caches)),
      ("Memory", memory(machine)), ("NUMA nodes", machine.numaNodes.isEmpty ? nil : String(machine.numaNodes.count)),
      ("Instruction sets", machine.cpu.isa.isEmpty ? nil : machine.cpu.isa.joined(separator: ", ")),
      ("Frequency", machine.frequency.flatMap(frequency)), ("Virtualization", machine.virtualization),
      ("System", system(machine)), ("Load at start", machine.loadAverage1m.map { Format.significant($0, digits: 2) }),
    ]
    return lines.compactMap { name, value in value.map { Line(name: name, value: $0) } }
  }

  /// Kernel settings that change what is measured, by name.
  static func settings(of machine: MachineRecord) -> [Line] {
    machine.settings.sorted { $0.key < $1.key }.map { Line(name: $0.key, value: $0.value) }
  }

  private static func cores(_ cpu: CPURecord) -> String {
    var text = "\(cpu.coresPhysical) physical, \(Format.count(cpu.cpusUsable, "CPU")) usable of \(cpu.cpusOnline)"
    if cpu.sockets > 1 { text += ", \(cpu.sockets) sockets" }
    if let smt = cpu.smt { text += smt ? ", SMT on" : ", SMT off" }
    return text
  }

  private static func caches(_ caches: [CacheRecord]) -> String? {
    let texts = caches.filter { $0.type != "instruction" }.map { cache in
      let shared = cache.sharedByCpus.map { $0 > 1 ? " per \($0) CPUs" : "" } ?? ""
      return "L\(cache.level) \(ByteCount(cache.sizeBytes))\(shared)"
    }
    return texts.isEmpty ? nil : texts.joined(separator: ", ")
  }

  private static func memory(_ machine: MachineRecord) -> String? {
    machine.memoryTotalBytes.map { total in
      let available = machine.memoryAvailableBytes.map { ", \(ByteCount($0)) available at the start" } ?? ""
      return "\(ByteCount(total))" + available
    }
  }

  private static func frequency(_ frequency: FrequencyRecord) -> String? {
    let range = [frequency.minKhz, frequency.maxKhz].compactMap(\.self).map { Format.significant(Double($0) / 1e6) }
    let parts: [String?] = [
      range.isEmpty ? nil : range.joined(separator: "–") + " GHz", frequency.governor.map { "governor \($0)" },
      frequency.driver, frequency.turbo.map { $0 ? "turbo on" : "turbo off" },
      frequency.energyPerformancePreference.map { "preference \($0)" },
    ]
    let known = parts.compactMap(\.self)
    return known.isEmpty ? nil : known.joined(separator: ", ")
  }

  private static func system(_ machine: MachineRecord) -> String {
    [machine.os, machine.kernelRelease, machine.architecture].compactMap(\.self).joined(separator: ", ")
  }
}
