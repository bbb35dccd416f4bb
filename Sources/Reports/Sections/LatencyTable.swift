import Records
import Sinks
import Statistics

/// How long a single token takes: percentiles over every token of every repetition.
enum LatencyTable {
  /// `nil` where no cell stored token times or a time to the first token.
  static func table(of run: RunView) -> Table? {
    let rows = fastest(of: run).compactMap(row)
    guard !rows.isEmpty else { return nil }
    let table = Table(
      id: "\(run.prefix)-latency", caption: "Latency of single tokens",
      columns: [
        Table.Column("model", "Model", "The zoo's name or the path.", isNumeric: false),
        Table.Column("kernel", "Kernel", "Family and instruction set.", isNumeric: false),
        Table.Column("threads", "Threads", "Worker threads."),
        Table.Column("phase", "Phase", "What was run.", isNumeric: false),
        Table.Column(
          "time_to_first_token_ms", "First token", "From the start of the prompt to the first token, median."),
        Table.Column("time_token_p50_ms", "p50", "Half of the tokens took at most this long."),
        Table.Column("time_token_p90_ms", "p90", "Nine in ten tokens took at most this long."),
        Table.Column("time_token_p99_ms", "p99", "Ninety-nine in a hundred tokens took at most this long."),
        Table.Column("time_token_max_ms", "Slowest", "The token that took longest."),
        Table.Column("tokens", "Tokens", "Tokens that were timed, all repetitions together."),
      ], rows: rows)
    return table.withoutEmptyColumns()
  }

  /// One cell per model, kernel and phase: the one at the fastest number of threads.
  private static func fastest(of run: RunView) -> [CellView] {
    let groups = Dictionary(grouping: run.measured.filter { $0.cell.phase.kind == .model }) { view in
      [view.cell.model?.name ?? "", view.cell.kernel?.id ?? "", view.cell.phase.label]
    }
    let best = Set(groups.values.compactMap { RunView.fastest($0)?.cell.id })
    return run.inOrder(run.measured.filter { best.contains($0.cell.id) })
  }

  private static func row(of view: CellView) -> [Table.Cell]? {
    let latency = view.summary.tokenLatency
    let first = view.summary.timeToFirstTokenMs?.median
    guard latency != nil || first != nil else { return nil }
    func time(_ ms: Double?) -> Table.Cell { .number(ms) { Format.duration(ns: $0 * 1e6) } }
    return [
      .text(view.cell.model?.name ?? ""), .text(view.cell.kernel?.id ?? ""),
      .number(Double(view.cell.threads)) { String(Int($0)) }, .text(view.cell.phase.label), time(first),
      time(latency?.p50Ms), time(latency?.p90Ms), time(latency?.p99Ms), time(latency?.maximumMs),
      .number(latency.map { Double($0.count) }) { String(Int($0)) },
    ]
  }
}
