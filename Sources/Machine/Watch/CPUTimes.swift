/// The CPU lines of /proc/stat (proc_stat(5)), in ticks.
struct CPUTimes: Sendable, Equatable {
  /// What one CPU did since boot.
  struct Ticks: Sendable, Equatable {
    /// user, nice, system, irq and softirq.
    var busy = 0
    var steal = 0
    /// Everything, idle and iowait included.
    var all = 0

    /// Stolen time as a part of everything; nil where nothing has passed.
    var stealFraction: Double? { all > 0 ? Double(steal) / Double(all) : nil }

    static func - (after: Ticks, before: Ticks) -> Ticks {
      Ticks(busy: after.busy - before.busy, steal: after.steal - before.steal, all: after.all - before.all)
    }

    static func + (first: Ticks, second: Ticks) -> Ticks {
      Ticks(busy: first.busy + second.busy, steal: first.steal + second.steal, all: first.all + second.all)
    }
  }

  /// CPU number to its ticks.
  let cpus: [Int: Ticks]

  /// All CPUs together.
  var total: Ticks { cpus.values.reduce(Ticks(), +) }

  /// Reads /proc/stat; nil when it names no CPU.
  ///
  /// Lines that are not well formed are left out.
  static func read(files: SystemFiles) -> CPUTimes? {
    guard let text = files.text("/proc/stat") else { return nil }
    var cpus: [Int: Ticks] = [:]
    for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix("cpu") {
      let fields = line.split(separator: " ")
      guard let id = Fields.integer(fields[0].dropFirst(3)), (0..<CPUList.limit).contains(id) else { continue }
      if let ticks = ticks(fields.dropFirst()) { cpus[id] = ticks }
    }
    return cpus.isEmpty ? nil : CPUTimes(cpus: cpus)
  }

  /// user nice system idle iowait irq softirq steal; guest time follows and is already inside user.
  private static func ticks(_ fields: ArraySlice<Substring>) -> Ticks? {
    let values = fields.prefix(8).map { Fields.integer($0) }
    guard values.count == 8 else { return nil }
    let known = values.compactMap { $0 }
    // 2^53 ticks are three million years: the sum of a believable line cannot overflow.
    guard known.count == 8, known.allSatisfy({ $0 >= 0 }) else { return nil }
    return Ticks(busy: known[0] + known[1] + known[2] + known[5] + known[6], steal: known[7], all: known.reduce(0, +))
  }
}
