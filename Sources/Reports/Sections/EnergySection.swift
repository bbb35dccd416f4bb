import Records

/// Energy: why it was not measured, and what the papers' arithmetic model estimates, clearly apart.
struct EnergySection {
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
    if absence == nil, estimates == nil { return nil }
  }

  /// One row per model, kernel and phase: the estimate knows nothing of threads.
  private static func table(of run: RunView) -> Table? {
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
