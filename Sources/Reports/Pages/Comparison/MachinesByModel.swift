import Charts
import Records
import Sinks

/// Machines side by side: speed by model, and the same per core, per GB/s of memory and per watt.
enum MachinesByModel {
  /// A figure, and the panels that it lacks.
  struct Drawing {
    let figure: Figure?
    let remarks: [String]
  }

  /// `set` is the number of the comparison on the page.
  static func draw(_ runs: [ComparedRun], models: [ModelIdentity], phase: String, set: Int) -> Drawing {
    let domain = commonDomain(runs, phase: phase)
    let cells = models.map { model in
      runs.map { ComparedCell(model: model, phase: phase, compared: $0, domain: domain) }
    }.filter { $0.contains { $0.view != nil } }
    guard !cells.isEmpty else { return Drawing(figure: nil, remarks: []) }
    let measures = ComparedCell.Measure.allCases.filter { measure in
      cells.contains { $0.contains { $0.estimate(measure) != nil } }
    }
    let width = GroupedBars.width(groups: cells.count, bars: runs.count, least: 460)
    // A bar of 30 pixels has room for its label: then two panels stand beside each other in the page's 960.
    let columns = Double(cells.count * runs.count) * 30 / 0.8 + 60 <= 466 ? 2 : 1
    let rows = (measures.count + columns - 1) / columns
    let chart = Chart(
      id: "machines-\(set)-\(phase)", title: "Machines side by side, \(phase)",
      description: description(cells, phase: phase),
      size: Size(width: columns == 2 && measures.count > 1 ? 960 : max(width, 460), height: Double(rows) * 300 + 30),
      panels: measures.compactMap { panel($0, cells: cells, slots: runs.count) }, columns: columns,
      legend: runs.map { LegendEntry(label: $0.label, series: .numbered($0.style), swatch: .bar) },
      table: table(cells, measures: measures))
    return Drawing(
      figure: Figure(chart: chart, caption: caption(phase, domain: domain, measures: measures)),
      remarks: remarks(cells, measures: measures))
  }

  /// Joules of a package and of a battery are different things: the kind that most runs have is compared.
  private static func commonDomain(_ runs: [ComparedRun], phase: String) -> EnergyMetric? {
    let domains = runs.compactMap { run in
      run.run.measured.lazy.filter { $0.cell.phase.label == phase }.compactMap { EnergyPerToken($0.cell)?.domain }.first
    }
    return EnergyMetric.headlines.max { first, second in
      domains.filter { $0 == first }.count < domains.filter { $0 == second }.count
    }.flatMap { domains.contains($0) ? $0 : domains.first }
  }

  // MARK: Drawing

  private static func panel(_ measure: ComparedCell.Measure, cells: [[ComparedCell]], slots: Int) -> Panel? {
    let estimates = cells.flatMap { $0.compactMap { $0.estimate(measure) } }
    guard
      var y = GroupedBars.axis(
        measure.title, bars: estimates.map(\.value), covering: estimates.compactMap { $0.interval?.upperBound })
    else { return nil }
    let marks = cells.enumerated().flatMap { place, row in
      row.enumerated().map { slot, cell in
        mark(cell, measure, x: GroupedBars.edges(place: place, slot: slot, of: slots))
      }
    }
    let title = y.title
    y.title = nil
    return Panel(title: title, x: .bands(cells.map { $0[0].model.name }), y: y, marks: marks)
  }

  private static func mark(_ cell: ComparedCell, _ measure: ComparedCell.Measure, x: ClosedRange<Double>) -> Mark {
    let label = cell.compared.label
    guard let estimate = cell.estimate(measure) else {
      return .absent(Mark.Absent(x: x, hint: "\(cell.model.name), \(label): \(cell.absence(measure))"))
    }
    let kernel = cell.view?.cell.kernel?.id ?? ""
    let threads = Format.count(cell.view?.cell.threads ?? 0, "thread")
    return .bar(
      Mark.Bar(
        x: x, y: estimate.value, interval: estimate.interval, series: .numbered(cell.compared.style),
        labels: [Format.significant(estimate.value)],
        hint: "\(cell.model.name), \(label), \(kernel), \(threads): \(estimate.text) \(measure.title)"))
  }

  // MARK: Words

  private static func description(_ cells: [[ComparedCell]], phase: String) -> String {
    let sentences = cells.compactMap { row -> String? in
      let ranked = row.compactMap { cell in cell.view?.speed.map { (cell, $0.value) } }.sorted { $0.1 > $1.1 }
      guard let best = ranked.first else { return nil }
      return "\(best.0.model.name): \(best.0.compared.label) is fastest with \(Format.significant(best.1)) tokens/s"
    }
    return "Bars of throughput in \(phase) by model and machine. " + sentences.joined(separator: "; ") + "."
  }

  private static func caption(_ phase: String, domain: EnergyMetric?, measures: [ComparedCell.Measure]) -> String {
    var text =
      "\(phase). Every bar is a machine at the kernel and number of threads that are fastest there, with the 95 % "
      + "interval of the mean. Per core: over the physical cores that the run could use."
    if measures.contains(.perBandwidth) {
      text += " Per GB/s: over the highest rate at which probe:read read memory on that machine."
    }
    if measures.contains(.perWatt), let domain {
      text +=
        " Tokens per joule is tokens per second and watt: gross energy of the \(domain.title), each repetition's own."
    }
    return text
  }

  /// A panel that nobody has a number for, and machines without one in a panel that others have.
  private static func remarks(_ cells: [[ComparedCell]], measures: [ComparedCell.Measure]) -> [String] {
    ComparedCell.Measure.allCases.flatMap { measure -> [String] in
      let missing = cells.flatMap { $0.filter { $0.view != nil && $0.estimate(measure) == nil } }
      let reasons = RunView.distinct(
        missing.map { "\($0.compared.label): \(Figures.withoutStop($0.absence(measure)))" })
      guard !reasons.isEmpty else { return [] }
      let whole = measures.contains(measure) ? "" : "No machine has \(measure.title). "
      return ["\(whole)\(measure.column) is missing for \(reasons.joined(separator: "; "))."]
    }
  }

  private static func table(_ cells: [[ComparedCell]], measures: [ComparedCell.Measure]) -> ChartTable {
    let numbers = measures.flatMap { measure in
      [ChartTable.Column(measure.column, isNumeric: true)]
        + (measure == .plain ? [ChartTable.Column("95 %", isNumeric: true)] : [])
    }
    let rows = cells.flatMap { row in
      row.map { cell -> [String] in
        let head = [
          cell.model.name, cell.compared.label, cell.view?.cell.kernel?.id ?? "",
          cell.view.map { String($0.cell.threads) } ?? "",
        ]
        let values = measures.flatMap { measure -> [String] in
          let estimate = cell.estimate(measure)
          let value = [estimate.map { Format.significant($0.value) } ?? ""]
          return measure == .plain ? value + [estimate?.intervalText ?? ""] : value
        }
        return head + values + [cell.view == nil ? cell.absence : ""]
      }
    }
    return ChartTable(
      columns: [.init("Model"), .init("Machine"), .init("Kernel"), .init("Threads", isNumeric: true)] + numbers
        + [.init("Why there is none")],
      rows: rows)
  }
}
