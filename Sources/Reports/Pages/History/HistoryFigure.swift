import Charts
import Records
import Statistics

/// Lines by commit, a panel per kernel, with a rule where the level changed.
struct HistoryFigure {
  let runs: HistoryOfMachine
  let series: [HistorySeries]
  let subject: String
  /// Begins the ids of the section that it stands in.
  let prefix: String

  /// Commits named under a panel; more would cover one another.
  private static let mostTicks = 8

  /// `nil` where nothing can be drawn.
  var figure: Figure? {
    let panels = series.compactMap(panel)
    guard !panels.isEmpty, let metric = series.first?.metric else { return nil }
    let columns = panels.count > 1 ? 2 : 1
    let rows = (panels.count + columns - 1) / columns
    let id = "\(prefix)-history-\(subject)-\(metric.name)"
    let chart = Chart(
      id: id, title: "\(subject) over commits, \(runs.runs.last?.record.machine.name ?? "")",
      description: description, size: Size(width: columns == 2 ? 960 : 720, height: Double(rows) * 230),
      panels: panels, columns: columns, table: table)
    return Figure(
      chart: chart,
      caption: "\(subject): \(metric.summary) Medians of each run's repetitions with their 95 % intervals, in the "
        + "order of time; a star marks a tree with uncommitted changes. The scale does not begin at zero. Dashed: the level "
        + "changes, with p below one in a thousand and by more than 1 %.")
  }

  private func panel(_ series: HistorySeries) -> Panel? {
    let scale = Self.factor(series.metric.unit)
    let values = series.points.flatMap { point in
      [point.value] + (point.interval.map { [$0.lowerBound, $0.upperBound] } ?? [])
    }
    guard let y = axis(covering: values.map { $0 * scale.factor }, title: scale.unit),
      let x = Scale.linear(-0.5, Double(max(runs.runs.count, 2)) - 0.5)
    else { return nil }
    let vertices = series.points.map { point in
      Mark.Vertex(
        x: Double(point.run), y: point.value * scale.factor,
        interval: point.interval.map { $0.lowerBound * scale.factor...$0.upperBound * scale.factor },
        hint: "\(runs.commit(point.run)), \(runs.date(point.run)): "
          + HistoryOfMachine.amount(point.value, unit: series.metric.unit))
    }
    let rules = (series.changes ?? []).map { change -> Mark in
      let run = series.points[change.position].run
      return .rule(Mark.Rule(along: .x, value: Double(run) - 0.5, label: Format.change(change.ratio - 1)))
    }
    return Panel(
      title: series.name, x: Axis(title: nil, scale: x, ticks: ticks, isNumeric: false), y: y,
      marks: [.line(Mark.Line(vertices: vertices, series: .numbered(0)))] + rules)
  }

  /// The commits, each where it first occurs, thinned until they have room.
  private var ticks: [Axis.Tick] {
    let firsts = runs.runs.indices.filter { $0 == 0 || runs.commit($0) != runs.commit($0 - 1) }
    let step = max(1, (firsts.count + Self.mostTicks - 1) / Self.mostTicks)
    return stride(from: 0, to: firsts.count, by: step).map { Axis.Tick(Double(firsts[$0]), runs.commit(firsts[$0])) }
  }

  /// A change of three per cent is to be seen, so the axis covers the values and at least a tenth of them.
  private func axis(covering values: [Double], title: String) -> Axis? {
    guard let smallest = values.min(), let largest = values.max(), smallest > 0, largest.isFinite else { return nil }
    let middle = (smallest + largest) / 2
    let half = max((largest - smallest) * 0.6, middle * 0.05)
    let ticks = Ticks.covering(max(middle - half, 0), middle + half, count: 4)
    guard let first = ticks.first, let last = ticks.last, let scale = Scale.linear(first, last) else { return nil }
    return Axis(title: title, scale: scale, ticks: ticks.map { Axis.Tick($0, Ticks.label($0)) }, isNumeric: true)
  }

  private static func factor(_ unit: String) -> (factor: Double, unit: String) {
    switch unit {
    case "B/s": (1e-9, "GB/s")
    case "MAC/s": (1e-9, "GMAC/s")
    case "ns": (1e-6, "ms")
    default: (1, unit)
    }
  }

  private var description: String {
    let lines = series.map { one -> String in
      let first = one.points.first.map { HistoryOfMachine.amount($0.value, unit: one.metric.unit) } ?? ""
      let last = one.points.last.map { HistoryOfMachine.amount($0.value, unit: one.metric.unit) } ?? ""
      let changes = (one.changes ?? []).map { change in
        "\(Format.change(change.ratio - 1)) at \(runs.commit(one.points[change.position].run))"
      }
      let told = changes.isEmpty ? "no change of level" : changes.joined(separator: ", ")
      return "\(one.name): from \(first) to \(last) over \(Format.count(one.points.count, "run")), \(told)"
    }
    return "Lines over commits. \(lines.joined(separator: "; "))."
  }

  private var table: ChartTable {
    ChartTable(
      columns: [
        .init("Kernel"), .init("Commit"), .init("Date"), .init("Median", isNumeric: true),
        .init("95 %", isNumeric: true), .init("Change", isNumeric: true),
      ],
      rows: series.flatMap { one in
        one.points.enumerated().map { index, point in
          let scale = Self.factor(one.metric.unit).factor
          let change = one.changes?.first { $0.position == index }
          let interval = point.interval.map {
            "\(Format.significant($0.lowerBound * scale))–\(Format.significant($0.upperBound * scale))"
          }
          return [
            one.name, runs.commit(point.run), runs.date(point.run), Format.significant(point.value * scale),
            interval ?? "", change.map { Format.change($0.ratio - 1) } ?? "",
          ]
        }
      })
  }
}
