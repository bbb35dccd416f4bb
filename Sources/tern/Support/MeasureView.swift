import Foundation
import Machine
import Meters
import Records
import Sinks
import Statistics

/// What a program took, as text for people and as one object for programs.
struct MeasureView {
  /// One run of the program.
  struct Window {
    let startedAt: String
    var seen: CommandWindow

    /// Ids of what forbids a verdict on this run.
    var vetoes: [String] { Set(seen.warnings.filter(\.isVeto).map(\.id)).sorted() }
  }

  /// One metric over the runs.
  struct Row {
    let metric: Metric
    /// The mean of the runs.
    let value: Double
    /// Half of a 95 % interval: of the mean over the runs, or for one run what its meter states.
    let halfWidth: Double?
  }

  let command: [String]
  let machine: Machine
  let meters: [MeterRecord]
  let windows: [Window]
  /// Idle power before and after; empty where none was asked for.
  let idlePower: [IdlePowerRecord]

  /// Every metric that all runs have, in the order of the schema: a mean over some of them would be of other work.
  var rows: [Row] {
    let names = Set(windows.flatMap(\.seen.readings.metrics.keys))
    let known = Metric.all.filter { names.contains($0.name) }
    return known.compactMap { metric in
      let values = windows.compactMap { $0.seen.readings.metrics[metric.name] }
      guard values.count == windows.count, let mean = values.mean else { return nil }
      let half =
        values.count == 1
        ? windows[0].seen.readings.halfWidths[metric.name] : Interval.ofMean(values).map(\.halfWidth)
      return Row(metric: metric, value: mean, halfWidth: half)
    }
  }

  // MARK: - Text

  func render(width: Int, style: Style) -> String {
    let rows = rows
    let quantities = rows.map { MeasureQuantity($0) }
    let numbers = quantities.map(\.number.count).max() ?? 0
    let units = quantities.map(\.unit.count).max() ?? 0
    let table = zip(rows, quantities).map { row, quantity in
      let number = String(repeating: " ", count: numbers - quantity.number.count) + quantity.number
      let unit = quantity.unit + String(repeating: " ", count: units - quantity.unit.count)
      return "  \(number) \(unit)  \(MeasureQuantity.words(for: row.metric))" + derived(row, rows)
    }
    let runs = windows.count == 1 ? "" : " (\(windows.count) runs)"
    var lines = ["", style.bold("tern measure: \(commandText)\(runs)"), ""] + table + [""]
    lines += notes(width: width).map(style.dim) + warnings(width: width).map(style.warning)
    return lines.map { $0 + "\n" }.joined()
  }

  /// The command as a shell takes it.
  private var commandText: String {
    command.map { word in
      let isPlain = !word.isEmpty && word.unicodeScalars.allSatisfy { Self.plain.contains($0) }
      return isPlain ? word : "'\(word.replacingOccurrences(of: "'", with: "'\\''"))'"
    }.joined(separator: " ")
  }

  /// Characters that mean nothing to a shell.
  private static let plain = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-_./=:,+@%"))

  /// What perf stat puts behind "#": processors used.
  private func derived(_ row: Row, _ rows: [Row]) -> String {
    func value(_ name: String) -> Double? { rows.first { $0.metric.name == name }?.value }
    guard let wallNs = value("time_wall_ns"), wallNs > 0 else { return "" }
    if row.metric.name == "time_cpu_system_ns", let user = value("time_cpu_user_ns") {
      return "  # \(Number.threeDigits((user + row.value) / wallNs)) CPUs used"
    }
    return ""
  }

  private func notes(width: Int) -> [String] {
    var notes: [String] = []
    if let last = windows.last?.seen.end, last.exitStatus != 0 {
      switch last {
      case .exited(let status): notes.append("The program ended with status \(status).")
      case .killed(let signal): notes.append("The program was ended by signal \(signal).")
      }
    }
    notes.append(
      windows.count == 1
        ? "± is half of the 95 % interval that a meter states for its reading."
        : "Mean of \(windows.count) runs ± half of its 95 % interval (Student's t).")
    for idle in idlePower {
      let powers = idle.powerW.sorted { $0.key < $1.key }.map { metric, watts in
        "\(metric) \(Number.withInterval(watts, halfWidth: idle.halfWidthW[metric])) W"
      }
      notes.append("idle power \(idle.moment.rawValue): \(powers.joined(separator: ", "))")
    }
    for meter in meters where meter.available {
      notes.append("\(meter.id): \(meter.source)\(meter.scope.map { "; \($0)" } ?? "")")
      notes += meter.notes ?? []
    }
    for meter in meters where !meter.available {
      notes.append("not measured: \(meter.id): \(meter.reason ?? "").\(meter.fix.map { " Fix: \($0)" } ?? "")")
    }
    let vetoed = windows.count { !$0.vetoes.isEmpty }
    if vetoed > 0 { notes.append("vetoed: \(vetoed) of \(windows.count) runs were disturbed too much for a verdict") }
    for problem in problems {
      notes.append("not measured: \(problem.what ?? problem.meter): \(problem.reason)")
    }
    return notes.flatMap { Prose.wrapped($0, width: width) }
  }

  /// Each once, however many runs had it.
  private var problems: [ProblemRecord] {
    windows.flatMap(\.seen.readings.problems).reduce(into: []) { known, problem in
      if !known.contains(problem) { known.append(problem) }
    }
  }

  private func warnings(width: Int) -> [String] {
    warningRecords.flatMap { warning in
      Prose.wrapped("\(warning.id)  \(warning.message).\(warning.fix.map { " Fix: \($0)" } ?? "")", width: width)
    }
  }

  /// What disturbed the runs, each id once, in the words of the first.
  private var warningRecords: [WarningRecord] {
    windows.flatMap(\.seen.warnings).reduce(into: []) { known, warning in
      if !known.contains(where: { $0.id == warning.id }) { known.append(warning) }
    }
  }

  // MARK: - JSON

  var object: Object {
    let rows = rows
    let halfWidths = Dictionary(
      rows.compactMap { row in row.halfWidth.map { (row.metric.name, $0) } }, uniquingKeysWith: { first, _ in first })
    return Object(
      schema: 1, tool: BuildIdentity.tool, machine: machine.name, command: command,
      exitStatus: windows.last?.seen.end.exitStatus ?? 0,
      metrics: Dictionary(rows.map { ($0.metric.name, $0.value) }, uniquingKeysWith: { first, _ in first }),
      halfWidths: halfWidths.isEmpty ? nil : halfWidths,
      zones: windows.count == 1 ? windows[0].seen.readings.zones : nil,
      meters: meters, idlePower: idlePower.isEmpty ? nil : idlePower, problems: problems, warnings: warningRecords,
      runs: windows.enumerated().map { index, window in
        let readings = window.seen.readings
        return SampleRecord(
          repetition: index, positionInRun: index, startedAt: window.startedAt, iterations: 1,
          metrics: readings.metrics.merging(Self.neighbourhood(window.seen.change)) { own, _ in own },
          halfWidths: readings.halfWidths.isEmpty ? nil : readings.halfWidths,
          energyZones: readings.zones.isEmpty ? nil : readings.zones,
          counters: readings.counters.isEmpty ? nil : readings.counters,
          problems: readings.problems.isEmpty ? nil : readings.problems,
          vetoes: window.vetoes.isEmpty ? nil : window.vetoes, windowsNs: readings.windowsNs)
      })
  }

  private static func neighbourhood(_ change: EnvironmentChange) -> [String: Double] {
    ["cpu_foreign_fraction": change.foreignFraction, "cpu_steal_fraction": change.stealFraction].compactMapValues { $0 }
  }

  /// `--json`: means and half-widths by metric, whose names end in their unit, and every run with all that it gave.
  struct Object: Encodable {
    let schema: Int
    let tool: ToolIdentity
    let machine: String
    let command: [String]
    let exitStatus: Int32
    let metrics: [String: Double]
    let halfWidths: [String: Double]?
    let zones: [EnergyZoneRecord]?
    let meters: [MeterRecord]
    let idlePower: [IdlePowerRecord]?
    let problems: [ProblemRecord]
    let warnings: [WarningRecord]
    let runs: [SampleRecord]

    enum CodingKeys: String, CodingKey {
      case schema, tool, machine, command, metrics, zones, meters, problems, warnings, runs
      case exitStatus = "exit_status"
      case idlePower = "idle_power"
      case halfWidths = "half_widths"
    }
  }
}

/// A value as a terminal shows it: number, unit, words.
struct MeasureQuantity {
  /// The value with its half-width: "2.0013 ± 0.0004".
  let number: String
  let unit: String

  init(_ row: MeasureView.Row) {
    let (scale, unit) = Self.scale(row.value, of: row.metric)
    self.unit = unit
    if row.metric.unit == "count", row.halfWidth == nil {
      number = "\(Int(row.value))"
    } else {
      number = Number.withInterval(row.value * scale, halfWidth: row.halfWidth.map { $0 * scale })
    }
  }

  /// Units that a person reads: seconds of the right size, bytes in powers of 1024.
  private static func scale(_ value: Double, of metric: Metric) -> (Double, String) {
    switch metric.unit {
    case "ns":
      if value >= 1e9 { return (1e-9, "s") }
      return value >= 1e6 ? (1e-6, "ms") : value >= 1e3 ? (1e-3, "µs") : (1, "ns")
    case "B":
      if value >= 0x1p30 { return (0x1p-30, "GiB") }
      return value >= 0x1p20 ? (0x1p-20, "MiB") : value >= 0x1p10 ? (0x1p-10, "KiB") : (1, "B")
    case "1": return (100, "%")
    case "count": return (1, "")
    default: return (1, metric.unit)
    }
  }

  /// The metric in words; its own name where there are none.
  static func words(for metric: Metric) -> String {
    for domain in EnergyMetric.allCases {
      switch metric.name {
      case domain.energy: return "\(domain.title) energy"
      case domain.net: return "\(domain.title) energy above idle"
      case domain.power: return "\(domain.title) power"
      default: continue
      }
    }
    return words[metric.name] ?? metric.name
  }

  private static let words = [
    "time_wall_ns": "wall time", "time_cpu_user_ns": "CPU time in user mode",
    "time_cpu_system_ns": "CPU time in the kernel", "memory_peak_rss_bytes": "peak resident set",
    "page_faults_minor": "page faults, minor", "page_faults_major": "page faults, major",
    "context_switches_voluntary": "context switches, voluntary",
    "context_switches_involuntary": "context switches, involuntary", "event_task_clock_ns": "task-clock",
    "event_context_switches": "context-switches", "event_cpu_migrations": "cpu-migrations",
    "event_page_faults": "page-faults", "energy_core_j": "energy of the cores, part of the package's",
    "energy_uncore_j": "energy beside the cores, part of the package's",
  ]
}
