import Foundation
import Records
import Sinks
import Statistics

/// Energy: what was measured and how, or why it was not, and what the papers' arithmetic model estimates, clearly apart.
struct EnergySection {
  /// The measured energies as HTML; absent where none were.
  let measured: String?
  /// How they were measured: source, scope, idle power; absent with them.
  let method: [String]
  /// Why there is no measured energy; absent where the meter could be read.
  let absence: Absence?
  /// The estimates as HTML; absent where the record holds none.
  let estimates: String?

  /// A reason and its cure.
  struct Absence {
    let reason: String
    let fix: String?
  }

  /// `nil` where the record has nothing to say about energy.
  init?(_ run: RunView) {
    let meter = run.record.meters.first { $0.id == "energy" && !$0.available }
    absence = meter.map { Absence(reason: $0.reason ?? "no reason was recorded", fix: $0.fix) }
    estimates = Self.table(of: run)?.html
    measured = Self.measuredTable(of: run)?.html
    method = measured == nil ? [] : Self.method(of: run.record)
    if absence == nil, estimates == nil, measured == nil { return nil }
  }

  // MARK: Measured

  /// One row per cell that has tokens and energy.
  private static func measuredTable(of run: RunView) -> Table? {
    let rows = run.inOrder(run.cells).compactMap { view -> [Table.Cell]? in
      let cell = view.cell
      guard let gross = EnergyPerToken(cell), let model = cell.model, let kernel = cell.kernel else { return nil }
      func mean(_ metric: String) -> Double? { view.summary.summary(of: metric)?.mean }
      let net = EnergyPerToken(cell, metric: gross.domain.netPerToken, domain: gross.domain)
      return [
        .text(model.name), .text(kernel.id), .number(Double(cell.threads)) { String(Int($0)) },
        .text(cell.phase.label), .text(gross.domain.title), gross.tableCell, net?.tableCell ?? .absent,
        .significant(mean(gross.domain.power)), .number(mean("rate_tokens_per_kwh"), Format.groupedEnergy),
        .number(mean("energy_delay_package_js")) { Format.joules($0) + "·s" },
      ]
    }
    guard !rows.isEmpty else { return nil }
    return Table(
      id: "\(run.prefix)-energy-measured", caption: "Measured energy",
      columns: [
        Table.Column("model", "Model", "The zoo's name or the path.", isNumeric: false),
        Table.Column("kernel", "Kernel", "Family and instruction set.", isNumeric: false),
        Table.Column("threads", "Threads", "Worker threads."),
        Table.Column("phase", "Phase", "What was run.", isNumeric: false),
        Table.Column("domain", "Domain", "What the joules cover.", isNumeric: false),
        Table.Column("energy_j_per_token", "Gross per token", "All joules of the window, per token."),
        Table.Column("energy_net_j_per_token", "Net per token", "Joules above the idle machine's, per token."),
        Table.Column("power_w", "W", "Mean power over the window."),
        column("rate_tokens_per_kwh", "Tokens per kWh"),
        column("energy_delay_package_js", "Energy × delay"),
      ], rows: rows
    ).withoutEmptyColumns()
  }

  /// Where the joules come from, and what stands beside them.
  private static func method(of record: RunRecord) -> [String] {
    let meter = record.meters.first { $0.id == "energy" }
    var lines: [String] = []
    if let meter {
      let interval = meter.updateIntervalNs.map { ", a new value every \(Format.duration(ns: Double($0)))" } ?? ""
      lines.append("Read from \(meter.source), which covers \(meter.scope ?? "the machine")\(interval).")
      lines += meter.notes ?? []
    }
    for idle in record.idlePower ?? [] {
      let powers = idle.powerW.sorted { $0.key < $1.key }.map { metric, watts in
        let half = idle.halfWidthW[metric].map { " " + Format.plusMinus($0) } ?? ""
        return "\(domain(of: metric)) \(Format.significant(watts))\(half) W"
      }
      let window = Format.duration(ns: Double(idle.windowNs))
      lines.append("Idle \(idle.moment.rawValue) the cells, over \(window): \(powers.joined(separator: ", ")).")
    }
    return lines
  }

  /// "package" of "energy_package_j".
  private static func domain(of metric: String) -> String {
    EnergyMetric.allCases.first { $0.energy == metric }?.title
      ?? metric.replacingOccurrences(of: "energy_", with: "").replacingOccurrences(of: "_j", with: "")
  }

  // MARK: Estimated

  /// One row per model, kernel and phase: the estimate knows nothing of threads.
  static func table(of run: RunView) -> Table? {
    var seen: Set<String> = []
    let rows = run.inOrder(run.cells).compactMap { view -> [Table.Cell]? in
      guard let estimates = view.cell.estimates, !estimates.isEmpty, let model = view.cell.model,
        let kernel = view.cell.kernel, seen.insert("\(model.name)\n\(kernel.id)\n\(view.cell.phase.label)").inserted
      else { return nil }
      func energy(_ key: String) -> Table.Cell { .number(estimates[key]) { Format.joules($0) } }
      return [
        .text(model.name), .text(kernel.id), .text(view.cell.phase.label),
        energy("estimated_energy_arithmetic_j_per_token"), energy("estimated_energy_arithmetic_j"),
      ]
    }
    guard !rows.isEmpty else { return nil }
    let table = Table(
      id: "\(run.prefix)-energy", caption: "Estimated arithmetic energy",
      columns: [
        Table.Column("model", "Model", "The zoo's name or the path.", isNumeric: false),
        Table.Column("kernel", "Kernel", "Family and instruction set.", isNumeric: false),
        Table.Column("phase", "Phase", "What was run.", isNumeric: false),
        column("estimated_energy_arithmetic_j_per_token", "Estimated per token"),
        column("estimated_energy_arithmetic_j", "Estimated per phase"),
      ], rows: rows)
    return table.withoutEmptyColumns()
  }

  private static func column(_ metric: String, _ title: String) -> Table.Column {
    Table.Column(metric, title, Metric.named(metric)?.summary ?? title)
  }
}
