import Charts
import Records
import Sinks
import Statistics

/// Where the joules of a token go: cores, what stands beside them in the package, and memory.
enum EnergyByDomain {
  static func draw(_ run: RunView) -> [Figures.Drawing] {
    if let figure = figure(of: run) { return [.figure(figure)] }
    let hasEnergy = run.measured.contains { EnergyPerToken($0.cell) != nil }
    return [
      .missing(
        "Energy by domain",
        because: hasEnergy ? "the meter gives one domain only" : "no energy was measured")
    ]
  }

  /// A part of a token's joules.
  private struct Part {
    let name: String
    let style: SeriesStyle
    let joules: Double
  }

  /// More rows than these are read better in the results table.
  private static let mostRows = 24

  static func figure(of run: RunView) -> Figure? {
    let cells = fastest(of: run)
    let rows = cells.prefix(mostRows).compactMap { view -> (name: String, parts: [Part])? in
      guard let parts = parts(of: view), parts.count > 1, let model = view.cell.model,
        let kernel = run.kernels.id(of: view)
      else { return nil }
      return ("\(model.name) · \(kernel) · \(view.cell.phase.label)", parts)
    }
    guard !rows.isEmpty, let scale = Scale.linear(0, 118) else { return nil }
    let ticks = [0, 20, 40, 60, 80, 100].map { Axis.Tick($0, String(Int($0))) }
    let x = Axis(
      title: "per cent of a token's joules; their sum stands at the end", scale: scale, ticks: ticks, isNumeric: true)
    let names = RunView.distinct(rows.flatMap { $0.parts.map(\.name) })
    let chart = Chart(
      id: "energy-by-domain", title: "Energy per token by domain",
      description: "Stacked bars. "
        + rows.map { row in
          "\(row.name): " + row.parts.map { "\($0.name) \(Format.joules($0.joules))" }.joined(separator: ", ")
        }.joined(separator: "; ") + ".",
      size: Size(width: 720, height: Double(rows.count) * 28 + 90),
      panels: [
        Panel(
          x: x, y: .bands(rows.map(\.name), isReversed: true),
          marks: rows.enumerated().flatMap { marks(of: $0.element.parts, row: $0.offset) })
      ],
      legend: names.compactMap { name in
        rows.lazy.flatMap(\.parts).first { $0.name == name }.map {
          LegendEntry(label: name, series: $0.style, swatch: .bar)
        }
      },
      table: ChartTable(
        columns: [.init("Cell")] + names.map { .init("\($0), J", isNumeric: true) },
        rows: rows.map { row in
          [row.name]
            + names.map { name in
              row.parts.first { $0.name == name }.map { Format.significant($0.joules) } ?? ""
            }
        }))
    return Figure(
      chart: chart,
      caption: "Gross joules per token of each domain that the processor meters; the parts of the package add up to it."
    )
  }

  /// One cell per model, kernel and phase, the fastest.
  private static func fastest(of run: RunView) -> [CellView] {
    let decoding = run.measured.filter(\.cell.phase.isDecode)
    let models = Set(RunView.representative(RunView.models(of: decoding), most: 6).map(\.name))
    let groups = Dictionary(grouping: decoding.filter { models.contains($0.cell.model?.name ?? "") }) { view in
      [view.cell.model?.name ?? "", view.cell.kernel?.id ?? "", view.cell.phase.label]
    }
    let best = Set(groups.values.compactMap { RunView.fastest($0)?.cell.id })
    return run.inOrder(run.measured.filter { best.contains($0.cell.id) })
  }

  private static func parts(of view: CellView) -> [Part]? {
    func joules(_ metric: String) -> Double? { view.summary.perToken(metric)?.mean }
    guard let package = joules("energy_package_j"), package > 0 else { return nil }
    let core = joules("energy_core_j")
    let uncore = joules("energy_uncore_j")
    let rest = package - (core ?? 0) - (uncore ?? 0)
    // Domains are read one after the other, so that parts can exceed their package by a little, and then mean nothing.
    guard rest >= 0 else { return nil }
    let isWhole = core == nil && uncore == nil
    let parts: [Part?] = [
      core.map { Part(name: "cores", style: SeriesStyle(colour: 1), joules: $0) },
      uncore.map { Part(name: "beside the cores", style: SeriesStyle(colour: 6, texture: .lines), joules: $0) },
      Part(
        name: isWhole ? "package" : "rest of the package",
        style: isWhole ? SeriesStyle(colour: 1) : SeriesStyle(colour: 0, texture: .dots), joules: rest),
      joules("energy_dram_j").map {
        Part(name: "memory", style: SeriesStyle(colour: 2, texture: .crosses), joules: $0)
      },
    ]
    return parts.compactMap(\.self)
  }

  private static func marks(of parts: [Part], row: Int) -> [Mark] {
    let y = Double(row)
    var start = 0.0
    let total = parts.map(\.joules).reduce(0, +)
    let spans = parts.map { part -> Mark in
      let end = start + part.joules / total * 100
      defer { start = end }
      return .span(
        Mark.Span(
          x: start...end, y: y - 0.32...y + 0.32, series: part.style,
          hint: "\(part.name): \(Format.joules(part.joules))"))
    }
    return spans + [.label(Mark.Label(x: start, y: y, text: Format.joules(total)))]
  }
}
