import Charts
import Records

/// Pairs of kernels over model size, three panels in a row, each with its ratio over the second bar; below them the
/// pairs of arXiv 2502.11880, figure 7, where it has the models.
enum KernelsByModelSize {
  static func group(of run: RunView) -> Figures.Group {
    let cells = run.measured.filter { $0.cell.phase.kind == .model && $0.cell.kernel != nil }
    let phases = RunView.distinct(cells.filter(\.cell.phase.isDecode).map(\.cell.phase.label))
    let figures = phases.compactMap { phase in
      figure(of: run, phase: phase, cells: cells.filter { $0.cell.phase.label == phase })
    }
    return Figures.Group(
      id: "kernels", title: "Kernels by model size",
      introduction: """
        Each panel holds one kernel against another, over model size, each at its fastest number of threads; the \
        number over the second bar is how many times as fast it is.
        """,
      figures: figures,
      missing: figures.isEmpty
        ? [
          Figures.Missing(
            figure: "Kernels by model size",
            reason: "it takes two kernels that generated tokens on two models")
        ] : [])
  }

  /// One kernel against another.
  struct Pair {
    let title: String
    /// The model's size, the first speed, the second, their ratio, and what a pointer shows.
    let points: [(model: String, first: Double?, second: Double?, ratio: Estimate?, hint: String)]
    let styles: [SeriesStyle]
    let names: [String]
    let origin: String?
    var reference: String?
  }

  static func figure(of run: RunView, phase: String, cells: [CellView]) -> Figure? {
    let models = RunView.models(of: cells)
    let kernels = run.kernels.ids.filter { id in cells.contains { run.kernels.id(of: $0) == id } }
    guard models.count > 1, let reference = kernels.first, kernels.count > 1 else { return nil }
    let byModel = RunView.byModel(cells)
    let own = kernels.dropFirst().compactMap { kernel in
      measured(run, kernel, over: reference, models: models, cells: byModel)
    }
    let published = published(run, models: models)
    let first = own.compactMap(panel)
    let second = published.compactMap(panel)
    guard !first.isEmpty else { return nil }
    let columns = min(3, max(first.count, second.count))
    // What is published begins a row of its own.
    let gaps = second.isEmpty ? 0 : (columns - first.count % columns) % columns
    let panels = first + Array(repeating: .blank, count: gaps) + second
    let rows = (panels.count + columns - 1) / columns
    let chart = Chart(
      id: "kernels-by-model-size-\(phase)", title: "Kernels by model size, \(phase)",
      description: "Panels of grouped bars. " + own.map(sentence).joined(separator: " "),
      size: Size(width: Double(columns) * 320, height: Double(rows) * 240), panels: panels, columns: columns,
      table: table(own + published))
    return Figure(
      chart: chart, caption: "\(phase), tokens per second. Every panel has its own axis: compare ratios across panels.",
      sources: RunView.distinct(published.compactMap(\.origin)))
  }

  // MARK: Which pairs

  private static func measured(
    _ run: RunView, _ kernel: String, over reference: String, models: [ModelIdentity],
    cells: [String: [CellView]]
  ) -> Pair? {
    let points = models.compactMap {
      model -> (model: String, first: Double?, second: Double?, ratio: Estimate?, hint: String)? in
      let own = cells[model.name] ?? []
      guard let second = RunView.fastest(own.filter { run.kernels.id(of: $0) == kernel }) else { return nil }
      let first = RunView.fastest(own.filter { run.kernels.id(of: $0) == reference })
      return (
        shortName(model), first?.speed?.value, second.speed?.value,
        first.flatMap { second.ratio(to: $0) }, "\(model.name), measured"
      )
    }
    guard points.contains(where: { $0.ratio != nil }) else { return nil }
    return Pair(
      title: "\(kernel) over \(reference)", points: points,
      styles: [run.kernels.style(of: reference), run.kernels.style(of: kernel)], names: [reference, kernel],
      origin: nil)
  }

  /// The comparisons of the paper's figure: its kernel, and what it is held against.
  private static let comparisons = [
    (kernel: "I2_S", over: "Float16"), (kernel: "TL2_0", over: "T-MAC (2-bit)"), (kernel: "TL2_0", over: "TQ1_0"),
  ]

  private static func published(_ run: RunView, models: [ModelIdentity]) -> [Pair] {
    let table = run.published.values(
      of: .speed, source: "arXiv:2502.11880", place: "Table 7", architecture: run.record.machine.architecture
    ).filter { value in models.contains { $0.name == value.zooModel } }
    return comparisons.compactMap { kernel, over -> Pair? in
      let points = models.compactMap {
        model -> (model: String, first: Double?, second: Double?, ratio: Estimate?, hint: String)? in
        let own = table.filter { $0.zooModel == model.name }
        guard let second = own.first(where: { $0.kernel == kernel }) else { return nil }
        let first = own.first { $0.kernel == over }
        let ratio = second.value.flatMap { value in first?.value.map { value / $0 } }
        return (
          shortName(model), first?.value, second.value, ratio.map(Estimate.init(single:)),
          "\(second.model), \(second.origin)"
        )
      }
      guard points.count > 1 else { return nil }
      let isBaseline = over == "Float16"
      return Pair(
        title: "\(kernel) over \(over), published", points: points,
        styles: [
          (isBaseline ? .baseline : SeriesStyle(colour: 5)).published,
          KernelStyles.style(ofFamily: kernel == "I2_S" ? "simd" : "lut").published,
        ], names: [over, kernel], origin: table.first?.origin, reference: table.first?.reference)
    }
  }

  /// "700m" of "paper-700m"; of others the size: panels are narrow.
  private static func shortName(_ model: ModelIdentity) -> String {
    let prefix = "paper-"
    return model.name.hasPrefix(prefix)
      ? String(model.name.dropFirst(prefix.count)) : Format.parameters(model.parameters).filter { $0 != " " }
  }

  // MARK: Drawing

  private static func panel(_ pair: Pair) -> Panel? {
    let values = pair.points.flatMap { [$0.first, $0.second] }.compactMap(\.self)
    guard let y = GroupedBars.axis("tokens per second", bars: values) else { return nil }
    let marks = pair.points.enumerated().flatMap { place, point -> [Mark] in
      [point.first, point.second].enumerated().map { slot, speed in
        let x = GroupedBars.edges(place: place, slot: slot, of: 2)
        guard let speed else { return .absent(Mark.Absent(x: x, hint: "\(point.hint): \(pair.names[slot])")) }
        let labels = slot == 1 ? point.ratio.map { [Format.ratio($0.value)] } ?? [] : []
        return .bar(
          Mark.Bar(
            x: x, y: speed, series: pair.styles[slot], labels: labels,
            hint: "\(pair.names[slot]), \(point.hint): \(Format.significant(speed)) tokens/s"))
      }
    }
    return Panel(title: pair.title, x: .bands(pair.points.map(\.model)), y: y, marks: marks)
  }

  // MARK: Words and numbers

  private static func sentence(_ pair: Pair) -> String {
    let ratios = pair.points.compactMap { $0.ratio?.value }
    guard let least = ratios.min(), let most = ratios.max() else { return "" }
    return "\(pair.title): \(Format.ratio(least)) to \(Format.ratio(most))."
  }

  private static func table(_ pairs: [Pair]) -> ChartTable {
    ChartTable(
      columns: [
        .init("Pair"), .init("Model"), .init("First, t/s", isNumeric: true),
        .init("Second, t/s", isNumeric: true), .init("Ratio", isNumeric: true), .init("95 %", isNumeric: true),
        .init("Origin"),
      ],
      rows: pairs.flatMap { pair in
        pair.points.map { point in
          [
            pair.title, point.model, point.first.map { Format.significant($0) } ?? "",
            point.second.map { Format.significant($0) } ?? "", point.ratio.map { Format.ratio($0.value) } ?? "",
            point.ratio?.intervalText ?? "", pair.reference ?? "measured",
          ]
        }
      })
  }
}
