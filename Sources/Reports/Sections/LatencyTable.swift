import Records

/// How long a single token takes: percentiles over every token of every repetition.
enum LatencyTable {
  /// `nil` where no cell stored token times or a time to the first token.
  static func table(of run: RunView) -> Table? {
    let rows = run.finished.compactMap(row)
    guard !rows.isEmpty else { return nil }
    let table = Table(
      id: "\(run.prefix)-latency", caption: "Latency of single tokens",
      columns: [
        Table.Column("model", "Model", "The zoo's name or the path.", isNumeric: false),
        Table.Column("kernel", "Kernel", "Family and instruction set.", isNumeric: false),
        Table.Column("threads", "Threads", "Worker threads."),
        Table.Column("phase", "Phase", "What was run.", isNumeric: false),
        Table.Column(
          "time_to_first_token_ns", "First token", "From the start of the prompt to the first token, median."),
        Table.Column("time_token_p50_ns", "p50", "Half of the tokens took at most this long."),
        Table.Column("time_token_p90_ns", "p90", "Nine in ten tokens took at most this long."),
        Table.Column("time_token_p99_ns", "p99", "Ninety-nine in a hundred tokens took at most this long."),
        Table.Column("tokens", "Tokens", "Tokens that were timed, all repetitions together."),
      ], rows: rows)
    return table.withoutEmptyColumns()
  }

  private static func row(of view: CellView) -> [Table.Cell]? {
    let latency = view.latency
    let first = Estimate(view.cell.values(of: "time_to_first_token_ns"))?.median
    guard latency != nil || first != nil else { return nil }
    func time(_ ns: Double?) -> Table.Cell { .number(ns) { Format.duration(ns: $0) } }
    return [
      .text(view.cell.model?.name ?? ""), .text(view.cell.kernel?.id ?? ""),
      .number(Double(view.cell.threads)) { String(Int($0)) }, .text(view.cell.phase.label), time(first),
      time(latency?.p50), time(latency?.p90), time(latency?.p99),
      .number(latency.map { Double($0.count) }) { String(Int($0)) },
    ]
  }
}
