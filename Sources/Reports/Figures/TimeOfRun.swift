import Charts
import Records

/// Where the wall time of a run went, as one bar.
enum TimeOfRun {
  /// `nil` where the record does not say, or nothing ran.
  static func figure(of run: RunView) -> Figure? {
    guard let overhead = run.record.overhead, overhead.timeTotalNs > 0 else { return nil }
    let parts = parts(of: overhead)
    guard let scale = Scale.linear(0, Double(overhead.timeTotalNs)) else { return nil }
    let total = Format.duration(ns: Double(overhead.timeTotalNs))
    let chart = Chart(
      id: "time-of-run", title: "Where \(total) went",
      description: "One bar: " + parts.map { "\($0.name) \(Format.percent($0.share))" }.joined(separator: ", ") + ".",
      size: Size(width: 440, height: 84),
      panels: [
        Panel(
          x: Axis(title: nil, scale: scale, ticks: [], isNumeric: false),
          y: Axis(title: nil, scale: .band(1), ticks: [], isNumeric: false),
          marks: parts.map { .span(Mark.Span(x: $0.range, y: -0.5...0.5, series: $0.style, hint: $0.text)) })
      ],
      legend: parts.map { LegendEntry(label: $0.text, series: $0.style, swatch: .bar) },
      table: ChartTable(
        columns: [.init("Part of the run"), .init("Time", isNumeric: true), .init("Share", isNumeric: true)],
        rows: parts.map { [$0.name, Format.duration(ns: $0.ns), Format.percent($0.share)] }))
    return Figure(
      chart: chart, caption: "Where the \(total) of the run went; “harness” is what is left outside measured windows.")
  }

  /// A share of the run.
  private struct Part {
    let name: String
    let ns: Double
    let share: Double
    let range: ClosedRange<Double>
    let style: SeriesStyle
    var text: String { "\(name) \(Format.percent(share))" }
  }

  private static func parts(of overhead: OverheadRecord) -> [Part] {
    let times: [(String, Int, Int)] = [
      ("measured", overhead.timeMeasuredNs, 1), ("loading", overhead.timeLoadNs, 6),
      ("warm-up", overhead.timeWarmupNs, 5), ("cool-down", overhead.timeCooldownNs, 0),
      ("profile", overhead.timeProfileNs ?? 0, 4), ("harness", overhead.timeHarnessNs, 2),
    ]
    var start = 0.0
    return times.filter { $0.1 > 0 }.map { name, ns, style in
      let end = start + Double(ns)
      defer { start = end }
      return Part(
        name: name, ns: Double(ns), share: Double(ns) / Double(overhead.timeTotalNs), range: start...end,
        style: SeriesStyle(colour: style))
    }
  }
}
