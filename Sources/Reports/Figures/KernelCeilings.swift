import Charts
import Records
import Sinks

/// Kernels against what the machine can do at all: the fraction of its read bandwidth, or of its int8 ceiling, that a
/// kernel reaches, both probed in the same run.
enum KernelCeilings {
  static func group(of run: RunView) -> Figures.Group {
    Figures.Group(
      id: "ceilings", title: "Kernels against the machine's ceilings",
      introduction: """
        One vector at a time is bound by reading weights, many at a time by int8 products. Both ceilings are probed in \
        this run; each bar is the typical ratio within one round of the schedule, so that a slow moment of the \
        machine counts on both sides.
        """,
      figures: Ceiling.all.compactMap { figure(of: run, ceiling: $0) })
  }

  /// A probe and the cells that it bounds.
  struct Ceiling {
    let id: String
    let title: String
    let kind: Ceilings.Kind

    /// The parts of a model alone, and single matrices: a whole model also does what no ceiling is of.
    func bounds(_ cell: CellRecord) -> Bool {
      guard cell.phase.kind == .matrices || cell.phase.kind == .head else { return false }
      // The baseline multiplies in floating point: the int8 ceiling says nothing about it.
      return Ceilings.Kind(bounding: cell.phase) == kind
        && (kind == .read || cell.kernel?.name != KernelStyles.baseline)
    }

    static let all = [
      Ceiling(id: "read", title: "read bandwidth", kind: .read),
      Ceiling(id: "int8", title: "int8 products", kind: .int8),
    ]
  }

  /// One cell as a fraction of its ceiling.
  struct Row {
    let view: CellView
    let kernel: String
    let style: SeriesStyle
    let fraction: Estimate
    let rate: Estimate

    var name: String {
      let model = view.cell.model.map { "\($0.name) · " } ?? ""
      return "\(model)\(view.cell.phase.label) · \(kernel)"
    }
  }

  static func figure(of run: RunView, ceiling: Ceiling) -> Figure? {
    let probes = run.measured.filter { $0.cell.phase.label == ceiling.kind.rawValue }
    let bounded = run.measured.filter { ceiling.bounds($0.cell) }
    // At fewer threads neither side is at its ceiling; those cells stand in the results table.
    let shared = Set(probes.map(\.cell.threads)).intersection(bounded.map(\.cell.threads))
    guard let threads = shared.max() else { return nil }
    let rows = rows(of: run, bounded.filter { $0.cell.threads == threads }, ceiling: ceiling)
    guard !rows.isEmpty, let x = axis(covering: rows.map { $0.fraction.interval?.upperBound ?? $0.fraction.value })
    else { return nil }
    let chart = Chart(
      id: "kernel-ceilings-\(ceiling.id)", title: "Fraction of \(ceiling.title), \(Format.count(threads, "thread"))",
      description: description(rows, ceiling), size: Size(width: 720, height: Double(rows.count) * 28 + 70),
      panels: [
        Panel(
          x: x, y: .bands(rows.map(\.name), isReversed: true),
          marks: [.rule(Mark.Rule(along: .x, value: 1, label: ceiling.kind.rawValue, isDashed: true))]
            + rows.enumerated().flatMap { marks(of: $0.element, row: $0.offset) })
      ],
      table: table(rows, ceiling))
    return Figure(
      chart: chart,
      caption:
        "Fraction of \(ceiling.title) reached with \(Format.count(threads, "thread")); 1 is what the probe reads in the same round. Lines are 95 % intervals."
    )
  }

  private static func rows(of run: RunView, _ cells: [CellView], ceiling: Ceiling) -> [Row] {
    let order = RunView.models(of: cells).map(\.name)
    let rows = cells.compactMap { view -> Row? in
      guard let kernel = run.kernels.id(of: view),
        let rate = Estimate(view.summary.summary(of: ceiling.kind.metric)),
        let fraction = Estimate(run.ceilings.fraction(of: view.cell))
      else { return nil }
      return Row(view: view, kernel: kernel, style: run.kernels.style(of: kernel), fraction: fraction, rate: rate)
    }
    return rows.sorted { first, second in
      let a = order.firstIndex { $0 == first.view.cell.model?.name } ?? 0
      let b = order.firstIndex { $0 == second.view.cell.model?.name } ?? 0
      return (a, first.view.cell.phase.label, first.kernel) < (b, second.view.cell.phase.label, second.kernel)
    }
  }

  private static func axis(covering fractions: [Double]) -> Axis? {
    Axis.linear(title: "fraction of the probe", covering: fractions + [1], ticks: 5)
  }

  private static func marks(of row: Row, row index: Int) -> [Mark] {
    let y = Double(index)
    let edge = row.fraction.interval?.upperBound ?? row.fraction.value
    return [
      .span(
        Mark.Span(
          x: 0...row.fraction.value, y: y - 0.28...y + 0.28, interval: row.fraction.interval, series: row.style)),
      .label(Mark.Label(x: edge, y: y, text: Format.significant(row.fraction.value, digits: 2))),
    ]
  }

  private static func description(_ rows: [Row], _ ceiling: Ceiling) -> String {
    let fractions = rows.map { "\($0.name): \(Format.significant($0.fraction.value, digits: 2))" }
    return "Bars of the fraction of \(ceiling.title) that each kernel reaches. " + fractions.joined(separator: "; ")
      + "."
  }

  private static func table(_ rows: [Row], _ ceiling: Ceiling) -> ChartTable {
    let unit = ceiling.kind == .read ? "GB/s" : "GMAC/s"
    return ChartTable(
      columns: [
        .init("Model"), .init("Phase"), .init("Kernel"), .init("Threads", isNumeric: true),
        .init(unit, isNumeric: true), .init("Fraction", isNumeric: true), .init("95 %", isNumeric: true),
      ],
      rows: rows.map { row in
        [
          row.view.cell.model?.name ?? "", row.view.cell.phase.label, row.kernel, String(row.view.cell.threads),
          Format.significant(row.rate.value / 1e9), Format.significant(row.fraction.value),
          row.fraction.intervalText ?? "",
        ]
      })
  }
}
