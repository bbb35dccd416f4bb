import Records
import Sinks
import Statistics

/// Every cell of the record, whatever became of it.
enum ResultsTable {
  static func table(of run: RunView) -> Table {
    let baselines = Baselines(run)
    let table = Table(
      id: "\(run.prefix)-results", caption: "All cells", columns: columns,
      rows: run.cells.map { row(of: $0, in: run, baselines: baselines) }, isInteractive: true, runOnColumn: "outcome")
    return table.withoutEmptyColumns()
  }

  private static let columns = [
    Table.Column("model", "Model", "The zoo's name or the path; \"machine\" for a probe.", isNumeric: false),
    Table.Column("kernel", "Kernel", "Family and instruction set.", isNumeric: false),
    Table.Column("bits_per_weight", "bpw", "Bits per ternary weight in the kernel's packing."),
    Table.Column("threads", "Threads", "Worker threads."),
    Table.Column("placement", "Placement", "Whether threads were pinned to CPUs.", isNumeric: false),
    Table.Column("phase", "Phase", "What was run.", isNumeric: false),
    Table.Column("outcome", "Outcome", "What became of the cell, and why.", isNumeric: false),
    Table.Column("rate_tokens_per_s", "t/s", "Tokens per second, mean of the repetitions. Higher is better."),
    Table.Column(
      "interval_95_half_tokens_per_s", "± 95 %", "Half of the 95 % interval of the mean, tokens per second."),
    Table.Column("ratio_to_baseline", "vs f16", "Over the f16 kernel at the same threads, placement and phase."),
    Table.Column("rate_gbytes_per_s", "GB/s", "Weight bytes read per second, each counted once per pass."),
    Table.Column("rate_gmacs_per_s", "GMAC/s", "Multiply-accumulates of the weight matrices per second."),
    Table.Column(
      "fraction_of_ceiling", "Of ceiling",
      "Bytes over probe:read for one vector, ternary products over probe:int8 for many; same threads and placement."),
    Table.Column("variation_percent", "CV %", "Standard deviation over mean of the repetitions. Lower is better."),
    Table.Column("repetitions", "n", "Repetitions."),
    Table.Column("memory_peak_rss_bytes", "Peak RSS", "Peak resident set of the process so far."),
    Table.Column("check", "Output", "Whether the generated ids are the ones that the suite states.", isNumeric: false),
  ]

  private static func row(of view: CellView, in run: RunView, baselines: Baselines) -> [Table.Cell] {
    let cell = view.cell
    let tokens = Estimate(view.summary.summary(of: "rate_tokens_per_s"))
    return [
      .text(cell.model?.name ?? "machine"), cell.kernel.map { .text($0.id) } ?? .absent,
      .significant(cell.kernel?.bitsPerWeight), .number(Double(cell.threads)) { String(Int($0)) },
      .text(cell.placement), .text(cell.phase.label), .text(outcome(cell.outcome)), .significant(tokens?.value),
      .number(tokens?.halfWidth) { Format.significant($0, digits: 2) },
      .number(baselines.ratio(of: view), Format.ratio), rate(view, "rate_bytes_per_s"),
      rate(view, "rate_macs_per_s"), .significant(run.ceilings.fraction(of: cell)?.ratio),
      .number(view.variation.map { $0 * 100 }) { Format.significant($0, digits: 2) },
      cell.samples.isEmpty ? .absent : .number(Double(cell.samples.count)) { String(Int($0)) },
      .number(cell.values(of: "memory_peak_rss_bytes").max()) { ByteCount($0).description },
      cell.check?.passed.map { .text($0 ? "right" : "wrong") } ?? .absent,
    ]
  }

  private static func rate(_ view: CellView, _ metric: String) -> Table.Cell {
    .significant(view.summary.summary(of: metric).map { $0.mean / 1e9 })
  }

  private static func outcome(_ outcome: Outcome) -> String {
    outcome.reason.map { "\(outcome.state): \($0)" } ?? outcome.state
  }

  /// Finds the baseline of a cell without searching all cells for each.
  private struct Baselines {
    private var byParameters: [String: CellView] = [:]

    init(_ run: RunView) {
      for view in run.measured where view.cell.kernel?.name == KernelStyles.baseline {
        byParameters[Self.key(view.cell)] = view
      }
    }

    func ratio(of view: CellView) -> Double? {
      guard view.speed != nil, view.cell.phase.kind == .model, view.cell.kernel?.name != KernelStyles.baseline else {
        return nil
      }
      return byParameters[Self.key(view.cell)].flatMap { view.ratio(to: $0)?.value }
    }

    private static func key(_ cell: CellRecord) -> String {
      [cell.model?.name ?? "", String(cell.threads), cell.placement, cell.phase.label].joined(separator: "\n")
    }
  }
}
