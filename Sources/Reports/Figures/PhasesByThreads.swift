import Charts
import Records

/// Prompt processing and token generation by threads, one kernel before another, as in bitnet.cpp's note of January
/// 2026.
enum PhasesByThreads {
  /// One figure per model that was run with at least two numbers of threads.
  static func figures(of run: RunView) -> [Figure] {
    let cells = run.measured.filter { view in
      (view.cell.phase.isPrefill || view.cell.phase.isDecode) && view.cell.phase.depth == nil
    }
    return RunView.representative(RunView.models(of: cells), most: mostModels).compactMap { model in
      let own = cells.filter { $0.cell.model?.name == model.name }
      let series = series(of: run, own)
      return figure(model: model, series: series, id: "phases-by-threads-\(model.name)", isOneRun: true)
    }
  }

  /// As many as are looked at; the lines over threads show all.
  private static let mostModels = 4

  /// The same kernel in two records: what a change of the program did.
  ///
  /// Empty where the records share no model with one kernel at two numbers of threads. `set` keeps the ids apart where a
  /// page has several pairs of records.
  static func figures(before: RunView, after: RunView, set: Int = 1) -> [Figure] {
    let cells = after.measured.filter { $0.cell.phase.isPrefill || $0.cell.phase.isDecode }
    return RunView.models(of: cells).compactMap { model in
      let new = cells.filter { $0.cell.model?.name == model.name }
      let old = before.measured.filter { $0.cell.model == model }
      let shared = Set(old.compactMap { $0.cell.kernel?.id })
      let candidates = new.filter { view in view.cell.kernel.map { shared.contains($0.id) } ?? false }
      guard let kernel = RunView.fastest(candidates)?.cell.kernel?.id else { return nil }
      func own(_ cells: [CellView]) -> [CellView] { cells.filter { $0.cell.kernel?.id == kernel } }
      let names = [before, after].map { "\(kernel), \($0.commit)" }
      guard names[0] != names[1] else { return nil }
      return figure(
        model: model,
        series: [
          Series(name: names[0], style: .baseline, cells: own(old), published: []),
          Series(name: names[1], style: after.kernels.style(of: kernel), cells: own(new), published: []),
        ], id: "before-and-after-\(set)-\(model.name)", isOneRun: false)
    }
  }

  /// One bar of each group.
  struct Series {
    let name: String
    let style: SeriesStyle
    let cells: [CellView]
    let published: [PublishedValue]

    func speed(_ phase: String, threads: Int) -> Estimate? {
      if let value = published.first(where: { $0.test == phase && $0.threads == .count(threads) })?.value {
        return Estimate(single: value)
      }
      return cell(phase, threads: threads)?.speed
    }

    /// How many times as fast this one is as another.
    ///
    /// Cells of one run are paired by repetition, as everywhere on the page; means of two runs, or of others', cannot
    /// be.
    func ratio(to other: Series, _ phase: String, threads: Int, isOneRun: Bool) -> Double? {
      if isOneRun, let own = cell(phase, threads: threads), let before = other.cell(phase, threads: threads) {
        return own.ratio(to: before)?.value
      }
      guard let own = speed(phase, threads: threads), let before = other.speed(phase, threads: threads) else {
        return nil
      }
      return own.value / before.value
    }

    private func cell(_ phase: String, threads: Int) -> CellView? {
      RunView.fastest(cells.filter { $0.cell.phase.label == phase && $0.cell.threads == threads })
    }

    var threads: [Int] {
      cells.map(\.cell.threads)
        + published.compactMap { if case .count(let count) = $0.threads { count } else { nil } }
    }
  }

  // MARK: Which bars

  /// The baseline or the first kernel, the fastest one after it, then what is published for the model.
  private static func series(of run: RunView, _ cells: [CellView]) -> [Series] {
    let kernels = run.kernels.ids.filter { id in cells.contains { run.kernels.id(of: $0) == id } }
    let decoding = cells.filter(\.cell.phase.isDecode)
    guard let fastest = RunView.fastest(decoding.isEmpty ? cells : decoding).flatMap({ run.kernels.id(of: $0) }),
      let first = kernels.first
    else { return [] }
    let own = (first == fastest ? [fastest] : [first, fastest]).map { kernel in
      Series(
        name: kernel, style: run.kernels.style(of: kernel), cells: cells.filter { run.kernels.id(of: $0) == kernel },
        published: [])
    }
    return own + published(run, cells)
  }

  /// bitnet.cpp before and after its change, on the first processor of the record's architecture.
  private static func published(_ run: RunView, _ cells: [CellView]) -> [Series] {
    let model = cells.first?.cell.model?.name
    let phases = Set(cells.map(\.cell.phase.label))
    let table = run.published.values(
      of: .speed, source: "microsoft/BitNet", place: "performance.png",
      architecture: run.record.machine.architecture
    ).filter { $0.zooModel == model && phases.contains($0.test) }
    let own = table.filter { $0.cpu == table.first?.cpu }
    return RunView.distinct(own.map(\.system)).enumerated().map { slot, system in
      Series(
        name: "\(system), published", style: (slot == 0 ? SeriesStyle.baseline : SeriesStyle(colour: 1)).published,
        cells: [], published: own.filter { $0.system == system })
    }
  }

  // MARK: Drawing

  private static func figure(model: ModelIdentity, series: [Series], id: String, isOneRun: Bool) -> Figure? {
    let measured = Set(series.flatMap { $0.cells.map(\.cell.threads) })
    let threads = Set(series.flatMap(\.threads)).sorted()
    let cells = series.flatMap(\.cells)
    let phases = [cells.filter(\.cell.phase.isPrefill), cells.filter(\.cell.phase.isDecode)].compactMap {
      $0.first?.cell.phase.label
    }
    guard measured.count > 1, series.count > 1, !phases.isEmpty else { return nil }
    let panels = phases.compactMap { panel($0, series: series, threads: threads, isOneRun: isOneRun) }
    guard !panels.isEmpty else { return nil }
    let origins = RunView.distinct(series.flatMap(\.published).map(\.origin))
    let width = max(460, Double(threads.count * series.count) * 24 + 90)
    // Beside each other where both fit the page's column.
    let columns = panels.count > 1 && width <= 466 ? 2 : 1
    let chart = Chart(
      id: id, title: "\(model.name) by threads: \(series.map(\.name).joined(separator: ", "))",
      description: "Grouped bars over threads. "
        + phases.compactMap { sentence($0, series, threads) }.joined(separator: " "),
      size: Size(
        width: columns == 2 ? 960 : width, height: Double((panels.count + columns - 1) / columns) * 270 + 30),
      panels: panels, columns: columns,
      legend: series.map { LegendEntry(label: $0.name, series: $0.style, swatch: .bar) },
      table: table(phases, series, threads))
    return Figure(
      chart: chart,
      caption: "\(model.name): tokens per second by threads; the ratio over a bar is to the bar before it.",
      sources: origins)
  }

  private static func panel(_ phase: String, series: [Series], threads: [Int], isOneRun: Bool) -> Panel? {
    let speeds = threads.map { count in series.map { $0.speed(phase, threads: count) } }
    let values = speeds.joined().compactMap(\.self)
    let axis = GroupedBars.axis(
      "tokens per second", bars: values.map(\.value), covering: values.compactMap { $0.interval?.upperBound })
    guard let y = axis else { return nil }
    let marks = speeds.enumerated().flatMap { place, row -> [Mark] in
      row.enumerated().compactMap { slot, speed -> Mark? in
        guard let speed else { return nil }
        // Measured and published pairs each have their own before and after.
        let isAfter = slot > 0 && series[slot].published.isEmpty == series[slot - 1].published.isEmpty
        let ratio =
          isAfter ? series[slot].ratio(to: series[slot - 1], phase, threads: threads[place], isOneRun: isOneRun) : nil
        return .bar(
          Mark.Bar(
            x: GroupedBars.edges(place: place, slot: slot, of: series.count), y: speed.value, interval: speed.interval,
            series: series[slot].style,
            labels: [Format.significant(speed.value)] + (ratio.map { [Format.ratio($0)] } ?? []),
            hint: "\(series[slot].name), \(Format.count(threads[place], "thread")): \(speed.text) tokens/s"
              + (series[slot].published.first.map { ", \($0.origin)" } ?? "")))
      }
    }
    let kind = phase.hasPrefix("pp") ? "Prompt processing" : "Token generation"
    return Panel(title: "\(kind), \(phase)", x: .bands(title: "threads", threads.map(String.init)), y: y, marks: marks)
  }

  // MARK: Words and numbers

  private static func sentence(_ phase: String, _ series: [Series], _ threads: [Int]) -> String? {
    let peaks = series.compactMap { one -> String? in
      threads.compactMap { one.speed(phase, threads: $0)?.value }.max().map { "\(one.name) \(Format.significant($0))" }
    }
    return peaks.isEmpty ? nil : "\(phase), most tokens per second: \(peaks.joined(separator: ", "))."
  }

  private static func table(_ phases: [String], _ series: [Series], _ threads: [Int]) -> ChartTable {
    ChartTable(
      columns: [.init("Phase"), .init("Threads", isNumeric: true)]
        + series.flatMap { [.init("\($0.name), t/s", isNumeric: true), .init("95 %", isNumeric: true)] },
      rows: phases.flatMap { phase in
        threads.map { count in
          [phase, String(count)]
            + series.flatMap { one -> [String] in
              let speed = one.speed(phase, threads: count)
              return [speed.map { Format.significant($0.value) } ?? "", speed?.intervalText ?? ""]
            }
        }
      })
  }
}
