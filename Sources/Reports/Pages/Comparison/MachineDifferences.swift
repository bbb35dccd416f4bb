import Records

/// What differs between the machines of a comparison, as `diff` would say it: nothing that is the same is listed.
enum MachineDifferences {
  /// The table, and how many properties are the same; a table without rows where nothing differs.
  static func table(of runs: [ComparedRun], id: String) -> (table: Table, same: [String]) {
    let properties = runs.map { all(of: $0) }
    let names = RunView.distinct(properties.flatMap { $0.map(\.name) })
    let values = properties.map { Dictionary($0.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first }) }
    var same: [String] = []
    let rows = names.compactMap { name -> [Table.Cell]? in
      let row = values.map { $0[name] ?? nil }
      guard Set(row).count > 1 else {
        if row.first != .some(nil) { same.append(name) }
        return nil
      }
      return [.text(name)] + row.map { $0.map(Table.Cell.text) ?? .absent }
    }
    let columns =
      [Table.Column("property", "Property", "What differs.", isNumeric: false)]
      + runs.map { Table.Column($0.label, $0.label, "The value in this run.", isNumeric: false) }
    return (Table(id: id, caption: "What differs between the runs", columns: columns, rows: rows), same)
  }

  /// Every property that can change a speed or an energy, in the order in which a reader asks; nil is unknown.
  private static func all(of compared: ComparedRun) -> [(name: String, value: String?)] {
    let record = compared.run.record
    let machine = record.machine
    return processor(machine.cpu) + memory(machine, roof: compared.readRoof) + system(machine) + program(record)
  }

  private static func processor(_ cpu: CPURecord) -> [(name: String, value: String?)] {
    [
      ("Processor", cpu.model), ("Sockets", String(cpu.sockets)), ("Physical cores", String(cpu.coresPhysical)),
      ("CPUs, usable", String(cpu.cpusUsable)), ("CPUs, online", String(cpu.cpusOnline)),
      ("SMT", cpu.smt.map { $0 ? "on" : "off" }), ("Stepping", cpu.stepping.map { String($0) }),
      ("Microcode", cpu.microcode), ("Instruction sets", cpu.isa.isEmpty ? nil : cpu.isa.joined(separator: ", ")),
    ]
  }

  private static func memory(_ machine: MachineRecord, roof: Double?) -> [(name: String, value: String?)] {
    let caches = machine.caches.filter { $0.type != "instruction" }.map { cache -> (name: String, value: String?) in
      let shared = cache.sharedByCpus.map { $0 > 1 ? " per \($0) CPUs" : "" } ?? ""
      return ("L\(cache.level) cache", "\(ByteCount(cache.sizeBytes))\(shared)")
    }
    return caches + [
      ("Memory", machine.memoryTotalBytes.map { "\(ByteCount($0))" }),
      ("NUMA nodes", machine.numaNodes.isEmpty ? nil : String(machine.numaNodes.count)),
      ("Memory read, measured", roof.map { "\(Format.significant($0)) GB/s" }),
    ]
  }

  private static func system(_ machine: MachineRecord) -> [(name: String, value: String?)] {
    let frequency = machine.frequency
    func gigahertz(_ khz: Int?) -> String? { khz.map { "\(Format.significant(Double($0) / 1e6)) GHz" } }
    let settings = machine.settings.sorted { $0.key < $1.key }.map { (name: $0.key, value: Optional($0.value)) }
    return [
      ("Architecture", machine.architecture), ("Virtualization", machine.virtualization ?? "none"),
      ("Operating system", machine.os), ("Kernel", machine.kernelRelease), ("Frequency driver", frequency?.driver),
      ("Governor", frequency?.governor), ("Lowest frequency", gigahertz(frequency?.minKhz)),
      ("Highest frequency", gigahertz(frequency?.maxKhz)), ("Turbo", frequency?.turbo.map { $0 ? "on" : "off" }),
      ("Energy preference", frequency?.energyPerformancePreference),
    ] + settings
  }

  private static func program(_ record: RunRecord) -> [(name: String, value: String?)] {
    let tool = record.tool
    return [
      ("Version", tool.version), ("Commit", tool.commit.map { tool.dirty == true ? "\($0), changed" : $0 }),
      ("Build", tool.configuration), ("Swift", tool.swift), ("Clang", tool.clang),
      ("Order", record.schedule.order), ("Status", record.status.rawValue),
      ("Energy", record.meters.first { $0.id == "energy" }.map { $0.available ? $0.source : "not measured" }),
    ]
  }
}
