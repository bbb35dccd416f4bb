import Charts
import Testing

/// Charts that use every mark, for goldens and for checks that hold for all charts.
enum Examples {
  static let table = ChartTable(columns: [.init("Model"), .init("t/s", isNumeric: true)], rows: [["tiny", "41.2"]])

  /// Grouped bars with intervals, labels, a region and an absent value.
  static func bars(models: Int, labels: [String] = ["41.2", "3.10×"]) throws -> Chart {
    let y = try #require(Axis.linear(title: "tokens per second", covering: [60, 7]))
    let bars = (0..<models).map { model -> Mark in
      let x = Double(model) - 0.3...Double(model) + 0.3
      if model == 1 { return .absent(Mark.Absent(x: x, hint: "needs 26.1 GiB")) }
      return .bar(
        Mark.Bar(
          x: x, y: 41.2, interval: 38...44, series: .numbered(model), labels: labels, hint: "model \(model)"))
    }
    return Chart(
      id: "bars", title: "Bars & labels", description: "Grouped bars <of> speed.", size: Size(width: 360, height: 240),
      panels: [
        Panel(
          x: .bands((0..<models).map { "model-\($0)\n128 M" }), y: y,
          marks: [.region(Mark.Region(y: 5...7))] + bars + [.rule(Mark.Rule(along: .y, value: 7))])
      ],
      legend: [
        LegendEntry(label: "simd@avx2", series: .numbered(0), swatch: .bar),
        LegendEntry(label: "reading speed", series: .baseline, swatch: .region),
      ], table: table)
  }

  /// Two panels of lines with intervals and names at their ends.
  static func lines() throws -> Chart {
    let x = Axis(
      title: "threads", scale: try #require(Scale.linear(0, 4)), ticks: [1, 2, 4].map { .init($0, String(Int($0))) },
      isNumeric: true)
    let y = try #require(Axis.linear(title: "tokens per second", covering: [88]))
    let marks = (0..<3).map { series in
      Mark.line(
        Mark.Line(
          vertices: [1.0, 2, 4].map { threads in
            let speed = threads * (20 - Double(series))
            return Mark.Vertex(x: threads, y: speed, interval: speed - 4...speed + 4, hint: "\(threads)")
          }, series: .numbered(series), label: "kernel \(series)"))
    }
    return Chart(
      id: "lines", title: "Lines", description: "Throughput by threads.", size: Size(width: 640, height: 220),
      panels: [
        Panel(title: "first", x: x, y: y, marks: marks),
        Panel(title: "second", x: x, y: y, marks: Array(marks.prefix(1))),
      ], columns: 2,
      legend: [LegendEntry(label: "kernel 0", series: .numbered(0), swatch: .line)], table: table)
  }

  /// Spans and points along a logarithmic axis, rows from top to bottom.
  static func rows() throws -> Chart {
    let x = try #require(Axis.logarithmic(title: "tokens per second", covering: [2, 300]))
    let marks: [Mark] = [
      .span(
        Mark.Span(
          x: 1...40, y: -0.25...0.25, interval: 30...50, series: .numbered(1),
          labels: ["a name that is too long for its bar", "span"],
          hint: "span")),
      .point(Mark.Point(x: 12, y: 1, interval: 9...16, series: .baseline, isHollow: true)),
      .point(Mark.Point(x: 120, y: 1, series: .numbered(2), hint: "point")),
      .point(Mark.Point(x: 50, y: 0, series: .numbered(3))),
      .label(Mark.Label(x: 50, y: 0, text: "above", side: .aboveLeft)),
      .label(Mark.Label(x: 50, y: 0, text: "above", side: .aboveRight)), .label(Mark.Label(x: 120, y: 1, text: "120")),
      .label(Mark.Label(x: 12, y: 1, text: "12", side: .left)),
      .rule(Mark.Rule(along: .x, value: 100, label: "probe", isDashed: false)),
    ]
    return Chart(
      id: "rows", title: "Rows", description: "Two rows.", size: Size(width: 420, height: 140),
      panels: [Panel(x: x, y: .bands(["first", "second"], isReversed: true), marks: marks)],
      legend: [
        LegendEntry(label: "open", series: .baseline, swatch: .hollowPoint),
        LegendEntry(label: "filled", series: .numbered(2), swatch: .point),
      ], table: table)
  }

  /// Published bars, an inset with an arrow, an empty place in the grid, and points with names.
  static func company() throws -> Chart {
    let y = try #require(Axis.linear(title: "joules per token", covering: [3]))
    let log = try #require(Axis.logarithmic(title: "t/s", covering: [2, 300]))
    let bars: [Mark] = [
      .bar(Mark.Bar(x: -0.4...0, y: 3, series: .baseline, labels: ["3"])),
      .bar(Mark.Bar(x: 0...0.4, y: 1, series: SeriesStyle.numbered(0).published, labels: ["1"], hint: "published")),
    ]
    let inset = Inset(
      panel: Panel(
        x: .bands(["f16", "simd"]), y: Axis(title: "J", scale: y.scale, ticks: [], isNumeric: true),
        marks: bars + [.gain(Mark.Gain(x: 1, from: 3, to: 1.5, label: "−67 %"))]), x: 0.5...0.9, y: 0.05...0.5)
    let points: [Mark] = (0..<4).map { index in
      .point(
        Mark.Point(
          x: 10 + Double(index), y: 2, yInterval: 1.5...2.5, series: .numbered(index), isSmall: index == 3,
          label: "point \(index)"))
    }
    let line = Mark.Line(
      vertices: [Mark.Vertex(x: 3, y: 1), Mark.Vertex(x: 200, y: 2)], series: SeriesStyle.numbered(1).published,
      label: "published", isHollow: true)
    return Chart(
      id: "company", title: "Company", description: "Published beside measured.", size: Size(width: 640, height: 420),
      panels: [
        Panel(x: .bands(["model"]), y: y, marks: bars), .blank,
        Panel(title: "points", x: log, y: y, marks: points + [.line(line)]),
      ], columns: 2, insets: [inset],
      legend: [LegendEntry(label: "published", series: SeriesStyle.numbered(0).published, swatch: .bar)], table: table,
      provenance: ["tern 0.1.0 · record 1", "published for CPU, 2024-10"])
  }

  static func all() throws -> [Chart] { [try bars(models: 3), try lines(), try rows(), try company()] }
}
