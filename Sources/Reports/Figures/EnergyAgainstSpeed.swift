import Charts
import Records
import Sinks

/// Joules per token against tokens per second: no point of the front is beaten in both.
enum EnergyAgainstSpeed {
  static func draw(_ run: RunView) -> [Figures.Drawing] {
    let cells = run.measured.filter(\.cell.phase.isDecode)
    let models = RunView.models(of: cells.filter { EnergyPerToken($0.cell) != nil })
    let shown = RunView.representative(models, most: mostModels)
    let figures = shown.flatMap { model in
      RunView.distinct(cells.map(\.cell.phase.label)).compactMap { phase in
        figure(
          of: run, model: model, phase: phase,
          cells: cells.filter { $0.cell.model?.name == model.name && $0.cell.phase.label == phase })
      }
    }
    let reason = "it takes two cells of one model with measured energy"
    guard !figures.isEmpty else { return [.missing("Energy against speed", because: reason)] }
    let left = models.count - shown.count
    let rest = Figures.Drawing.missing(
      "Energy against speed of \(Format.count(left, "other model"))",
      because: "\(mostModels) models stand for all; every number is in the table of all results")
    return figures.map { .figure($0) } + (left > 0 ? [rest] : [])
  }

  /// As many as are looked at.
  private static let mostModels = 4

  /// A cell with both numbers.
  private struct Entry {
    let view: CellView
    let name: String
    let speed: Estimate
    let energy: EnergyPerToken
    let style: SeriesStyle
    var isOnFront = false
  }

  static func figure(of run: RunView, model: ModelIdentity, phase: String, cells: [CellView]) -> Figure? {
    var entries = cells.compactMap { view -> Entry? in
      guard let speed = view.speed, let energy = EnergyPerToken(view.cell), energy.joules > 0,
        let kernel = run.kernels.id(of: view)
      else { return nil }
      let placement = view.cell.placement == "pinned" ? "" : " \(view.cell.placement)"
      return Entry(
        view: view, name: "\(KernelStyles.family(of: kernel)) ×\(view.cell.threads)\(placement)", speed: speed,
        energy: energy, style: run.kernels.style(of: kernel))
    }.sorted { ($0.speed.value, $0.name) < ($1.speed.value, $1.name) }
    guard entries.count > 1 else { return nil }
    var least = Double.infinity
    for index in entries.indices.reversed() where entries[index].energy.joules < least {
      least = entries[index].energy.joules
      entries[index].isOnFront = true
    }
    guard let x = axis("tokens per second", entries.map(\.speed.value)),
      let y = axis("joules per token, gross", entries.map(\.energy.joules))
    else { return nil }
    let front = entries.filter(\.isOnFront)
    let line = Mark.line(
      Mark.Line(
        vertices: front.map { Mark.Vertex(x: $0.speed.value, y: $0.energy.joules) }, series: .baseline,
        hasMarkers: false))
    let chart = Chart(
      id: "energy-against-speed-\(model.name)-\(phase)", title: "Energy against speed, \(model.name), \(phase)",
      description: "Points of joules per token over tokens per second. On the front: "
        + front.map { text($0) }.joined(separator: "; ") + ".",
      size: Size(width: 560, height: 360),
      panels: [
        Panel(
          title: "\(model.name) · \(phase)", x: x, y: y, marks: [line] + entries.map { point($0, of: entries.count) })
      ], table: table(entries))
    let best =
      front.count > 1
      ? "The dashed line joins the cells that no other beats in both" : "Filled: the cell that beats all others in both"
    return Figure(
      chart: chart,
      caption: "\(model.name), \(phase): right and down is better. ×n is the number of threads. \(best); lines through "
        + "points are 95 % intervals.")
  }

  private static func axis(_ title: String, _ values: [Double]) -> Axis? {
    guard let smallest = values.min(), let largest = values.max() else { return nil }
    return largest > 4 * smallest
      ? .logarithmic(title: "\(title), logarithmic", covering: values.flatMap { [$0 / 1.15, $0 * 1.15] })
      : .linear(title: title, covering: [largest * 1.1])
  }

  /// All names where they are few; else those of the front.
  private static func point(_ entry: Entry, of count: Int) -> Mark {
    let joules = entry.energy.joules
    return .point(
      Mark.Point(
        x: entry.speed.value, y: joules, interval: entry.speed.interval,
        yInterval: entry.energy.halfWidth.map { max(joules - $0, 0)...joules + $0 }, series: entry.style,
        isHollow: !entry.isOnFront, label: count <= 16 || entry.isOnFront ? entry.name : nil, hint: text(entry)))
  }

  private static func text(_ entry: Entry) -> String {
    "\(entry.name): \(Format.significant(entry.speed.value)) tokens/s at \(Format.joules(entry.energy.joules)) per token"
  }

  private static func table(_ entries: [Entry]) -> ChartTable {
    ChartTable(
      columns: [
        .init("Kernel"), .init("Threads", isNumeric: true), .init("Placement"), .init("t/s", isNumeric: true),
        .init("95 %", isNumeric: true), .init("J per token", isNumeric: true), .init("±", isNumeric: true),
        .init("On the front"),
      ],
      rows: entries.map { entry in
        [
          entry.view.cell.kernel?.id ?? "", String(entry.view.cell.threads), entry.view.cell.placement,
          Format.significant(entry.speed.value), entry.speed.intervalText ?? "",
          Format.significant(entry.energy.joules),
          entry.energy.halfWidth.map { Format.significant($0, digits: 2) } ?? "",
          entry.isOnFront ? "yes" : "no",
        ]
      })
  }
}
