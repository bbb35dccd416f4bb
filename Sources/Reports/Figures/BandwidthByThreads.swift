import Charts
import Records
import Sinks

/// The bandwidth that generating tokens takes, by threads, beside what a probe reads with as many (arXiv 2502.11880,
/// figure 10).
struct BandwidthByThreads {
  /// The axis title and the table's heading.
  let title: String
  /// What stands in the figure's caption.
  let caption: String
  private let metric: String
  private let lines: [Mark.Line]

  /// Takes what the processor counted, or without counters the weight bytes, which are known exactly; nil without either.
  init?(of run: RunView, _ cells: [CellView], threads: [Int]) {
    let counted = "memory_bandwidth_read_bytes_per_s"
    let isCounted = cells.contains { $0.summary.summary(of: counted) != nil }
    metric = isCounted ? counted : "rate_bytes_per_s"
    title = isCounted ? "GB/s read from memory, counted" : "GB/s of weights read"
    let metric = self.metric
    let own = ThroughputByThreads.series(of: run, cells, unit: "GB/s") { Self.rate(of: $0, metric) }
      .filter { !$0.vertices.isEmpty }
    guard !own.isEmpty else { return nil }
    let roof = threads.compactMap { count in
      run.roofs.rate("read", threads: count).map {
        Mark.Vertex(
          x: Double(count), y: $0 / 1e9, hint: "probe:read, \(count) threads: \(Format.significant($0 / 1e9)) GB/s")
      }
    }
    let probe = Mark.Line(vertices: roof, series: .baseline, label: "probe:read")
    lines = own + (roof.isEmpty ? [] : [probe])
    let what =
      isCounted
      ? "what the processor counted from memory"
      : "weight bytes, each counted once per pass, because no counter of memory traffic was read"
    let other = run.roofs.otherRecord.map { " (of the record \($0))" } ?? ""
    caption = "Right: \(what)" + (roof.isEmpty ? "." : "; probe:read is what memory gives\(other).")
  }

  /// Bytes per second of a cell, in billions.
  func rate(of view: CellView) -> Estimate? { Self.rate(of: view, metric) }

  private static func rate(of view: CellView, _ metric: String) -> Estimate? {
    guard let rate = Estimate(view.summary.summary(of: metric)), rate.value > 0 else { return nil }
    return Estimate(
      value: rate.value / 1e9, interval: rate.interval.map { $0.lowerBound / 1e9...$0.upperBound / 1e9 },
      count: rate.count)
  }

  /// The panel beside the speeds, on the same threads.
  func panel(x: Axis) -> Panel? {
    let highest = lines.flatMap(\.vertices).map { $0.interval?.upperBound ?? $0.y }
    guard let y = Axis.linear(title: title, covering: highest, ticks: 4) else { return nil }
    return Panel(title: "Bandwidth", x: x, y: y, marks: lines.map { .line($0) })
  }
}
