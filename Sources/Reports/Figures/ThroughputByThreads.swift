import Charts
import Records

/// Throughput over the number of threads, one panel per model and phase, one line per kernel.
enum ThroughputByThreads {
  static func group(of run: RunView) -> Figures.Group {
    let cells = run.measured.filter { $0.cell.phase.kind == .model && $0.cell.kernel != nil }
    let phases = RunView.distinct(cells.map(\.cell.phase.label))
    let models = RunView.models(of: cells)
    let shown = RunView.representative(models, most: mostModels)
    let byModel = RunView.byModel(cells)
    let figures = phases.flatMap { phase in
      shown.compactMap { model in
        let own = (byModel[model.name] ?? []).filter { $0.cell.phase.label == phase }
        return figure(of: run, model: model, phase: phase, cells: own)
      }
    }
    return Figures.Group(
      id: "threads", title: "Throughput by threads",
      introduction: """
        How throughput grows with threads, and where it stops growing. Points are means; the bars and the shaded \
        bands are 95 % intervals of the mean. Beside token generation stands the bandwidth that it takes.
        """,
      figures: figures, missing: missing(figures, leaving: models.count - shown.count))
  }

  /// As many as the papers have sizes, and one that is no size of theirs.
  private static let mostModels = 13

  private static func missing(_ figures: [Figure], leaving others: Int) -> [Figures.Missing] {
    if figures.isEmpty {
      return [Figures.Missing(figure: "Throughput by threads", reason: "no model was run with two numbers of threads")]
    }
    guard others > 0 else { return [] }
    let reason = "\(mostModels) models stand for all; every number is in the table of all results"
    return [Figures.Missing(figure: "Throughput by threads of \(Format.count(others, "other model"))", reason: reason)]
  }

  /// `nil` for fewer than two thread counts: one point is no curve.
  static func figure(of run: RunView, model: ModelIdentity, phase: String, cells: [CellView]) -> Figure? {
    let threads = Set(cells.map(\.cell.threads)).sorted()
    let lines = series(of: run, cells)
    let highest = lines.flatMap(\.vertices).map { $0.interval?.upperBound ?? $0.y }
    guard threads.count > 1, let x = axis(of: threads),
      let y = Axis.linear(title: "tokens per second", covering: highest, ticks: 4)
    else { return nil }
    let isDecode = cells.first?.cell.phase.isDecode == true
    let bandwidth = isDecode ? BandwidthByThreads(of: run, cells, threads: threads) : nil
    let side = bandwidth?.panel(x: x)
    let first = Panel(title: "\(model.name) · \(phase)", x: x, y: y, marks: lines.map { .line($0) })
    let chart = Chart(
      id: "throughput-by-threads-\(model.name)-\(phase)", title: "\(model.name), \(phase): throughput by threads",
      description: description(lines, model: model, phase: phase),
      size: Size(width: side == nil ? 460 : 940, height: 280), panels: [first, side].compactMap(\.self),
      columns: side == nil ? 1 : 2, table: table(of: run, cells, bandwidth: side == nil ? nil : bandwidth))
    let caption = "\(model.name), \(phase)." + (side == nil ? "" : bandwidth.map { " " + $0.caption } ?? "")
    return Figure(chart: chart, caption: caption)
  }

  /// One line per kernel, and per placement where a record holds several.
  static func series(
    of run: RunView, _ cells: [CellView], unit: String = "tokens/s", value: (CellView) -> Estimate? = { $0.speed }
  ) -> [Mark.Line] {
    let placements = RunView.distinct(cells.map(\.cell.placement))
    return run.kernels.ids.flatMap { kernel in
      placements.enumerated().compactMap { index, placement -> Mark.Line? in
        let own = cells.filter { run.kernels.id(of: $0) == kernel && $0.cell.placement == placement }
        guard !own.isEmpty else { return nil }
        var style = run.kernels.style(of: kernel)
        if index > 0 { style.dash = .dotted }
        return Mark.Line(
          vertices: own.sorted { $0.cell.threads < $1.cell.threads }
            .compactMap { vertex(of: $0, value($0), unit: unit) },
          series: style,
          label: placements.count > 1 ? "\(kernel) \(placement)" : kernel)
      }
    }
  }

  private static func vertex(of view: CellView, _ speed: Estimate?, unit: String) -> Mark.Vertex? {
    guard let speed else { return nil }
    return Mark.Vertex(
      x: Double(view.cell.threads), y: speed.value, interval: speed.interval,
      hint: "\(Format.count(view.cell.threads, "thread")): \(speed.text) \(unit)")
  }

  /// Linear from zero; logarithmic where the counts span a factor of sixteen, which doublings then space evenly.
  private static func axis(of threads: [Int]) -> Axis? {
    guard let first = threads.first, let last = threads.last else { return nil }
    let ticks = threads.map { Axis.Tick(Double($0), String($0)) }
    let scale =
      last >= 16 * first
      ? Scale.logarithmic(Double(first) / 1.3, Double(last) * 1.05) : Scale.linear(0, Double(last) * 1.02)
    return scale.map { Axis(title: "threads", scale: $0, ticks: ticks, isNumeric: true) }
  }

  private static func description(_ lines: [Mark.Line], model: ModelIdentity, phase: String) -> String {
    let peaks = lines.compactMap { line -> String? in
      guard let peak = line.vertices.max(by: { $0.y < $1.y }), let name = line.label else { return nil }
      let threads = Format.count(Int(peak.x), "thread")
      return "\(name) peaks at \(Format.significant(peak.y)) tokens per second with \(threads)"
    }
    return "Lines of throughput over threads for \(model.name), \(phase). " + peaks.joined(separator: "; ") + "."
  }

  private static func table(
    of run: RunView, _ cells: [CellView], bandwidth: BandwidthByThreads?
  ) -> ChartTable {
    let rows = cells.sorted { first, second in
      let ids = run.kernels.ids
      let a = (ids.firstIndex { $0 == run.kernels.id(of: first) } ?? 0, first.cell.placement, first.cell.threads)
      let b = (ids.firstIndex { $0 == run.kernels.id(of: second) } ?? 0, second.cell.placement, second.cell.threads)
      return a < b
    }
    return ChartTable(
      columns: [
        .init("Kernel"), .init("Placement"), .init("Threads", isNumeric: true), .init("t/s", isNumeric: true),
        .init("95 %", isNumeric: true), .init("Repetitions", isNumeric: true),
      ] + (bandwidth.map { [.init($0.title, isNumeric: true)] } ?? []),
      rows: rows.map { view in
        [
          run.kernels.id(of: view) ?? "", view.cell.placement, String(view.cell.threads),
          view.speed.map { Format.significant($0.value) } ?? "", view.speed.flatMap(\.intervalText) ?? "",
          view.speed.map { String($0.count) } ?? "",
        ] + (bandwidth.map { [$0.rate(of: view).map { Format.significant($0.value) } ?? ""] } ?? [])
      })
  }
}
