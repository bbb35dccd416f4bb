import Charts
import Records
import Sinks
import Statistics

/// What the processor counted for one token: instructions, cycles, misses, bytes from memory.
enum CountersPerToken {
  static func draw(_ run: RunView) -> [Figures.Drawing] {
    let phases = RunView.distinct(run.measured.filter { $0.cell.phase.kind == .model }.map(\.cell.phase.label))
    let figures = phases.compactMap { figure(of: run, phase: $0) }
    if !figures.isEmpty { return figures.map { .figure($0) } }
    let meter = run.record.meters.first { $0.id == "counters" && !$0.available }
    let reason = meter?.reason.map(Figures.withoutStop) ?? "no hardware events were counted in this run"
    return [.missing("Counters per token", because: reason)]
  }

  /// A column of the figure.
  private struct Quantity {
    let title: String
    let value: @Sendable (CellView) -> Double?
  }

  /// More rows than these are read better in a file.
  private static let mostRows = 24
  private static let mostModels = 4

  private static let quantities = [
    Quantity(title: "instructions, millions per token") { perToken("counter_instructions", "instructions", $0, 1e-6) },
    Quantity(title: "cycles, millions per token") { perToken("counter_cycles", "cycles", $0, 1e-6) },
    Quantity(title: "instructions per cycle") { mean("instructions_per_cycle", $0) },
    Quantity(title: "read from memory, MB per token") { perToken("memory_bandwidth_read_bytes", nil, $0, 1e-6) },
    Quantity(title: "last-level misses per 1000 instr.") { mean("cache_last_level_misses_per_kilo_instruction", $0) },
    Quantity(title: "L1d fills per 1000 instr.") { mean("cache_l1d_fills_per_kilo_instruction", $0) },
    Quantity(title: "data TLB walks per 1000 instr.") { mean("tlb_data_walks_per_kilo_instruction", $0) },
    Quantity(title: "branch misses per 1000 instr.") { mean("branch_misses_per_kilo_instruction", $0) },
    Quantity(title: "clock, GHz") { mean("frequency_hz", $0).map { $0 * 1e-9 } },
  ]

  static func figure(of run: RunView, phase: String) -> Figure? {
    let own = run.measured.filter { $0.cell.phase.label == phase }
    let models = Set(RunView.representative(RunView.models(of: own), most: mostModels).map(\.name))
    let groups = Dictionary(grouping: own.filter { models.contains($0.cell.model?.name ?? "") }) { view in
      [view.cell.model?.name ?? "", run.kernels.id(of: view) ?? ""]
    }
    let best = Set(groups.values.compactMap { RunView.fastest($0)?.cell.id })
    let cells = Array(
      run.inOrder(run.measured.filter { best.contains($0.cell.id) }).filter { view in
        quantities.contains { $0.value(view) != nil }
      }.prefix(mostRows))
    let known = quantities.filter { quantity in cells.contains { quantity.value($0) != nil } }
    guard !cells.isEmpty, !known.isEmpty else { return nil }
    let names = cells.map { "\($0.cell.model?.name ?? "") · \(run.kernels.id(of: $0) ?? "")" }
    let columns = min(3, known.count)
    let rows = (known.count + columns - 1) / columns
    let panels = known.enumerated().compactMap { place, quantity in
      panel(quantity, cells: cells, names: place % columns == 0 ? names : names.map { _ in "" }, run: run)
    }
    guard panels.count == known.count else { return nil }
    let chart = Chart(
      id: "counters-per-token-\(phase)", title: "Counters per token, \(phase)",
      description: "Bars in \(Format.count(known.count, "panel")): " + known.map(\.title).joined(separator: "; ") + ".",
      size: Size(width: columns == 1 ? 480 : 960, height: Double(rows) * (Double(cells.count) * 22 + 84)),
      panels: panels, columns: columns,
      table: ChartTable(
        columns: [.init("Cell")] + known.map { .init($0.title, isNumeric: true) },
        rows: zip(names, cells).map { name, view in
          [name] + known.map { quantity in quantity.value(view).map { Format.significant($0) } ?? "" }
        }))
    return Figure(
      chart: chart,
      caption: "\(phase), each model and kernel at its fastest number of threads; means of the repetitions. What an "
        + "event counts on this processor is said in the record's meters.")
  }

  private static func panel(_ quantity: Quantity, cells: [CellView], names: [String], run: RunView) -> Panel? {
    let values = cells.map(quantity.value)
    guard let x = Axis.linear(title: quantity.title, covering: values.compactMap(\.self).map { $0 * 1.22 }, ticks: 3)
    else { return nil }
    let marks = zip(cells, values).enumerated().flatMap { place, pair -> [Mark] in
      guard let value = pair.1, let kernel = run.kernels.id(of: pair.0) else { return [] }
      let y = Double(place)
      return [
        .span(Mark.Span(x: 0...max(value, 0), y: y - 0.32...y + 0.32, series: run.kernels.style(of: kernel))),
        .label(Mark.Label(x: max(value, 0), y: y, text: Format.significant(value))),
      ]
    }
    return Panel(x: x, y: .bands(names, isReversed: true), marks: marks)
  }

  private static func mean(_ metric: String, _ view: CellView) -> Double? {
    view.summary.summary(of: metric)?.mean
  }

  /// The metric per token; without it the raw counts of the event, where they were counted in the sample's own window
  /// and all of the time.
  private static func perToken(_ metric: String, _ event: String?, _ view: CellView, _ scale: Double) -> Double? {
    if let summary = view.summary.perToken(metric) { return summary.mean * scale }
    guard let event, let tokens = view.cell.tokensPerIteration, tokens > 0 else { return nil }
    let counts = view.cell.samples.compactMap { sample -> Double? in
      let own = (sample.counters ?? []).filter { counter in
        counter.event == event && counter.windowNs == nil && counter.runningRatio == 1
      }
      // An event may stand in several groups; one of them is enough, but each kind of core counts for itself.
      guard sample.iterations > 0, let group = own.first?.group else { return nil }
      let count = own.filter { $0.group == group }.map { Double($0.count) }.reduce(0, +)
      return count / (Double(tokens) * Double(sample.iterations))
    }
    return counts.mean.map { $0 * scale }
  }
}
