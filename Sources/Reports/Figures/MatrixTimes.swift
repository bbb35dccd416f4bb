import Charts
import Records
import Statistics

/// Times of single matrix products, shape by shape, beside bitnet.cpp's table of January 2026.
enum MatrixTimes {
  static func group(of run: RunView) -> Figures.Group {
    let figure = figure(of: run)
    return Figures.Group(
      id: "matrices", title: "Single matrix products",
      introduction: """
        What one product of a batch of int8 vectors with a ternary matrix takes, one thread: the shapes of the table \
        that bitnet.cpp publishes. It is all that a kernel does, without the model around it.
        """,
      figures: [figure].compactMap(\.self),
      missing: figure == nil
        ? [
          Figures.Missing(
            figure: "Times of single matrix products",
            reason: "no cell of this run is of a single matrix; the suite kernels has them")
        ] : [])
  }

  /// A batch of vectors and a matrix.
  struct Shape: Hashable {
    let batch: Int
    let matrix: MatrixShape

    /// "[128, 2048] x [2048, 8192]", as in the published table.
    var name: String { "[\(batch), \(matrix.inputs)] x [\(matrix.inputs), \(matrix.outputs)]" }
    var macs: Double { Double(batch) * Double(matrix.weights) }
  }

  /// A time with where it comes from.
  struct Row {
    let shape: Shape
    let series: String
    let style: SeriesStyle
    let milliseconds: Double
    let halfWidth: Double?
    let threads: Int
    let origin: String?
  }

  /// `nil` where no cell is of a single matrix.
  static func figure(of run: RunView) -> Figure? {
    let threads = run.measured.filter { shape(of: $0.cell) != nil }.map(\.cell.threads).min()
    guard let threads else { return nil }
    let own = run.measured.filter { $0.cell.threads == threads }.compactMap { row(of: $0, in: run) }
    let shapes = RunView.distinct(own.map(\.shape)).sorted {
      ($0.matrix.weights, $0.matrix.inputs, $0.batch) < ($1.matrix.weights, $1.matrix.inputs, $1.batch)
    }
    let published = threads == 1 ? published(run, shapes: shapes) : []
    let rows = own + published
    let series =
      RunView.distinct(own.sorted { order($0, in: run) < order($1, in: run) }.map(\.series))
      + RunView.distinct(published.map(\.series))
    guard let x = Axis.logarithmic(title: "milliseconds, logarithmic", covering: rows.map(\.milliseconds)) else {
      return nil
    }
    let chart = Chart(
      id: "matrix-products", title: "Times of single matrix products, \(Format.count(threads, "thread"))",
      description: description(own, shapes: shapes),
      size: Size(width: 720, height: Double(shapes.count) * max(26, Double(series.count) * 9 + 8) + 100),
      panels: [
        Panel(
          x: x, y: .bands(shapes.map(\.name), isReversed: true),
          marks: rows.compactMap { mark(of: $0, shapes: shapes, series: series, axis: x) })
      ],
      legend: series.compactMap { name in
        rows.first { $0.series == name }.map { LegendEntry(label: name, series: $0.style, swatch: .bar) }
      }, table: table(rows, shapes: shapes, series: series))
    return Figure(
      chart: chart,
      caption: "Mean milliseconds per product; shorter is better. The axis is logarithmic. ± of a published time is as "
        + "published.",
      sources: RunView.distinct(published.compactMap(\.origin)), showsTable: true, data: data(rows, shapes: shapes))
  }

  // MARK: Rows

  private static func shape(of cell: CellRecord) -> Shape? {
    guard cell.phase.kind == .matrices, let name = cell.model?.name, let matrix = try? MatrixShape(label: name) else {
      return nil
    }
    return Shape(batch: cell.phase.batch ?? 1, matrix: matrix)
  }

  private static func row(of view: CellView, in run: RunView) -> Row? {
    guard let shape = shape(of: view.cell), let kernel = run.kernels.id(of: view) else { return nil }
    let times = view.cell.samples.compactMap { sample -> Double? in
      guard let wall = sample.metrics["time_wall_ns"], sample.iterations > 0, wall > 0 else { return nil }
      return wall / Double(sample.iterations) / 1e6
    }
    guard let summary = Summary(times) else { return nil }
    return Row(
      shape: shape, series: kernel, style: run.kernels.style(of: kernel), milliseconds: summary.mean,
      halfWidth: summary.meanInterval?.halfWidth, threads: view.cell.threads, origin: nil)
  }

  private static func published(_ run: RunView, shapes: [Shape]) -> [Row] {
    let table = run.published.values(
      of: .kernelTime, source: "microsoft/BitNet", architecture: run.record.machine.architecture)
    let kernels = RunView.distinct(table.map(\.kernel))
    return table.compactMap { value in
      guard let shape = shapes.first(where: { $0.name == value.test }), let time = value.value else { return nil }
      let slot = kernels.firstIndex(of: value.kernel) ?? 0
      return Row(
        shape: shape, series: "\(value.kernel), published", style: SeriesStyle(colour: [0, 5, 1][slot % 3]).published,
        milliseconds: time, halfWidth: value.halfWidth, threads: 1, origin: value.origin)
    }
  }

  private static func order(_ row: Row, in run: RunView) -> Int {
    run.kernels.ids.firstIndex(of: row.series) ?? run.kernels.ids.count
  }

  private static func mark(of row: Row, shapes: [Shape], series: [String], axis: Axis) -> Mark? {
    guard let place = shapes.firstIndex(of: row.shape), let slot = series.firstIndex(of: row.series) else { return nil }
    let half = row.halfWidth.map { " ± \(Format.significant($0, digits: 2))" } ?? ""
    return .span(
      Mark.Span(
        x: axis.scale.lower...max(row.milliseconds, axis.scale.lower),
        y: GroupedRows.edges(row: place, slot: slot, of: series.count), series: row.style,
        hint: "\(row.shape.name), \(row.series): \(Format.significant(row.milliseconds))\(half) ms, "
          + (row.origin ?? "measured")))
  }

  // MARK: Words and numbers

  private static func description(_ rows: [Row], shapes: [Shape]) -> String {
    let fastest = shapes.compactMap { shape -> String? in
      guard let best = rows.filter({ $0.shape == shape }).min(by: { $0.milliseconds < $1.milliseconds }) else {
        return nil
      }
      return "\(shape.name): \(best.series) takes \(Format.significant(best.milliseconds)) ms"
    }
    return "Bars of the time of one product. " + fastest.joined(separator: "; ") + "."
  }

  private static func table(_ rows: [Row], shapes: [Shape], series: [String]) -> ChartTable {
    ChartTable(
      columns: [.init("Product")] + series.map { .init("\($0), ms", isNumeric: true) },
      rows: shapes.map { shape in
        [shape.name]
          + series.map { name in
            guard let row = rows.first(where: { $0.shape == shape && $0.series == name }) else { return "" }
            let half = row.halfWidth.map { " ± \(Format.significant($0, digits: 2))" } ?? ""
            return Format.significant(row.milliseconds) + half
          }
      })
  }

  /// One time per row, for files.
  private static func data(_ rows: [Row], shapes: [Shape]) -> ChartTable {
    ChartTable(
      columns: [
        .init("Product"), .init("Kernel"), .init("Threads", isNumeric: true), .init("ms", isNumeric: true),
        .init("±, ms", isNumeric: true), .init("Origin"),
      ],
      rows: shapes.flatMap { shape in
        rows.filter { $0.shape == shape }.map { row in
          [
            shape.name, row.series, String(row.threads), Format.significant(row.milliseconds, digits: 4),
            row.halfWidth.map { Format.significant($0, digits: 2) } ?? "", row.origin ?? "measured",
          ]
        }
      })
  }
}
