import Charts
import Foundation
import Records
import Sinks

/// Multiply-accumulates per second over multiply-accumulates per byte: the roofs of the machine, and where each kernel
/// stands below them.
///
/// Left of the ridge reading weights is the limit, right of it arithmetic. The model is that of Williams, Waterman and
/// Patterson ("Roofline", 2009) with MACs for operations and weight bytes for traffic.
enum Roofline {
  static func draw(_ run: RunView) -> [Figures.Drawing] {
    let points = points(of: run)
    guard !points.isEmpty else {
      return [.missing("Roofline", because: "no cell holds both the bytes and the products of its work")]
    }
    let shared = Set(points.map(\.threads)).filter { run.roofs.rate("read", threads: $0) != nil }
    guard let threads = shared.max() else {
      let reason = "neither this run nor a tern probe of this machine measured its bandwidth with as many threads"
      return [.missing("Roofline", because: reason)]
    }
    return figure(of: run, points.filter { $0.threads == threads }, threads: threads).map { [.figure($0)] } ?? []
  }

  /// A cell below the roofs.
  private struct Entry {
    let name: String
    let model: String
    let parameters: Int
    let kernel: String
    let phase: String
    let threads: Int
    let style: SeriesStyle
    let isBatch: Bool
    /// Multiply-accumulates per byte of weights.
    let intensity: Double
    /// Multiply-accumulates per second.
    let rate: Estimate
  }

  /// More names than these cover one another.
  private static let mostNames = 26

  private static func points(of run: RunView) -> [Entry] {
    run.measured.compactMap { view in
      let cell = view.cell
      guard let macs = cell.facts["macs_per_iteration"], let bytes = cell.facts["bytes_per_iteration"], macs > 0,
        bytes > 0, let rate = Estimate(view.summary.summary(of: "rate_macs_per_s")), rate.value > 0,
        let kernel = run.kernels.id(of: view)
      else { return nil }
      let isBatch = cell.phase.isPrefill || (cell.phase.batch ?? 1) > 1
      // With a depth or both phases in a window, traffic is not the weights' alone.
      let isOne = cell.phase.isPrefill || cell.phase.isDecode
      guard cell.phase.kind != .model || (isOne && cell.phase.depth == nil) else { return nil }
      return Entry(
        name: "\(KernelStyles.family(of: kernel)) \(cell.phase.label)", model: cell.model?.name ?? "",
        parameters: cell.model?.parameters ?? 0, kernel: kernel,
        phase: cell.phase.label, threads: cell.threads, style: run.kernels.style(of: kernel), isBatch: isBatch,
        intensity: macs / bytes, rate: rate)
    }
  }

  /// A roof as a line.
  private struct Roof {
    let name: String
    let style: SeriesStyle
    /// Bytes per second where it leans, multiply-accumulates per second where it is level.
    let bandwidth: Double?
    let ceiling: Double
  }

  private static func figure(of run: RunView, _ entries: [Entry], threads: Int) -> Figure? {
    let entries = ofLargestModel(entries)
    guard let bandwidth = run.roofs.rate("read", threads: threads) else { return nil }
    let int8 = run.roofs.rate("int8", threads: threads)
    let float = run.roofs.rate("fma", threads: threads)
    let top = max(int8 ?? 0, float ?? 0, entries.map(\.rate.value).max() ?? 0)
    let ridge = top / bandwidth
    let intensities = entries.map(\.intensity) + [ridge]
    guard let least = intensities.min(), let most = intensities.max(),
      let x = Axis.logarithmic(title: "multiply-accumulates per byte of weights", covering: [least / 1.6, most * 1.6])
    else { return nil }
    let roofs = roofs(of: run, threads: threads, int8: int8, float: float, top: top)
    let rates = entries.map { $0.rate.value / 1e9 } + [top / 1e9]
    guard let lowest = rates.min(), let highest = rates.max(),
      let y = Axis.logarithmic(title: "GMAC per second", covering: [lowest / 1.5, highest * 1.5])
    else { return nil }
    let named = entries.count <= mostNames
    let kernels = RunView.distinct(entries.map(\.kernel))
    let models = RunView.distinct(entries.map(\.model))
    let chart = Chart(
      id: "roofline", title: "Roofline, \(Format.count(threads, "thread"))",
      description: "Points of products per second below the machine's roofs. "
        + entries.map { "\($0.name): \(Format.significant($0.rate.value / 1e9)) GMAC/s" }.joined(separator: "; ") + ".",
      size: Size(width: 760, height: 440),
      panels: [
        Panel(
          x: x, y: y,
          marks: roofs.flatMap { marks(of: $0, x: x, y: y) }
            + entries.map { entry in
              .point(
                Mark.Point(
                  x: entry.intensity, y: entry.rate.value / 1e9,
                  yInterval: entry.rate.interval.map { $0.lowerBound / 1e9...$0.upperBound / 1e9 }, series: entry.style,
                  isHollow: !entry.isBatch, label: named ? entry.name : nil,
                  hint: "\(entry.model), \(entry.name): \(Format.significant(entry.rate.value / 1e9)) GMAC/s"))
            })
      ],
      legend: kernels.map { LegendEntry(label: $0, series: run.kernels.style(of: $0), swatch: .point) },
      table: table(entries, roofs: roofs))
    return Figure(chart: chart, caption: caption(run, models: models, hasInt8: int8 != nil, named: named))
  }

  /// Models cover one another, because a kernel works alike on all: the largest stands for them.
  private static func ofLargestModel(_ entries: [Entry]) -> [Entry] {
    let largest = entries.max { ($0.parameters, $0.model) < ($1.parameters, $1.model) }
    return entries.filter { $0.model == largest?.model }
  }

  private static func roofs(of run: RunView, threads: Int, int8: Double?, float: Double?, top: Double) -> [Roof] {
    // Between nodes other roofs hold, which no kernel of one process stands below.
    let reads = run.roofs.all.filter { roof in
      roof.probe == "read" && roof.threads == threads && roof.place?.hasPrefix("node") != true
    }
    let places = RunView.distinct(reads.map(\.place))
    let leaning = places.compactMap { place -> Roof? in
      guard let rate = run.roofs.rate("read", at: place, threads: threads) else { return nil }
      let style = SeriesStyle(colour: 0, dash: place == nil ? .solid : .dotted)
      return Roof(
        name: "\(place ?? "memory") \(Format.significant(rate / 1e9)) GB/s", style: style, bandwidth: rate, ceiling: top
      )
    }
    let level = [("int8", int8), ("float", float)].compactMap { name, rate -> Roof? in
      rate.map {
        Roof(
          name: "\(name) \(Format.significant($0 / 1e9)) GMAC/s", style: SeriesStyle(colour: 0, dash: .dashed),
          bandwidth: nil, ceiling: $0)
      }
    }
    return leaning + level
  }

  /// A leaning roof ends at the highest level one, and bears its name below its foot.
  private static func marks(of roof: Roof, x: Axis, y: Axis) -> [Mark] {
    guard let bandwidth = roof.bandwidth else {
      let height = roof.ceiling / 1e9
      return [
        .line(
          Mark.Line(
            vertices: [Mark.Vertex(x: x.scale.lower, y: height), Mark.Vertex(x: x.scale.upper, y: height)],
            series: roof.style, label: roof.name, hasMarkers: false))
      ]
    }
    let start = max(x.scale.lower, y.scale.lower * 1e9 / bandwidth)
    let end = min(x.scale.upper, roof.ceiling / bandwidth)
    guard start < end else { return [] }
    // A twentieth of the way up the line, so that the name clears the axis.
    let foot = start * pow(end / start, 0.06)
    return [
      .line(
        Mark.Line(
          vertices: [
            Mark.Vertex(x: start, y: start * bandwidth / 1e9), Mark.Vertex(x: end, y: end * bandwidth / 1e9),
          ], series: roof.style, hasMarkers: false)),
      .label(Mark.Label(x: foot, y: foot * bandwidth / 1e9, text: roof.name)),
    ]
  }

  // MARK: Words and numbers

  private static func caption(_ run: RunView, models: [String], hasInt8: Bool, named: Bool) -> String {
    var sentences = [
      "Filled: many vectors at once; open: one. Traffic is weight bytes, each counted once per pass; points above a "
        + "roof of memory read from a cache."
    ]
    if let other = run.roofs.otherRecord {
      sentences.append("The roofs are of the record \(other), a probe of the same machine at another time.")
    } else {
      sentences.append("The roofs were probed in this run.")
    }
    let hasPrompts = run.measured.contains { $0.cell.phase.isPrefill && $0.cell.facts["bytes_per_iteration"] == nil }
    if hasPrompts {
      sentences.append("Prompts of whole models are left out: how often they read a weight is not recorded.")
    }
    if !hasInt8 { sentences.append("There is no roof of arithmetic, because no int8 probe was run.") }
    if models.count == 1, !models[0].isEmpty { sentences.append("Model: \(models[0]).") }
    if !named { sentences.append("Rest on a point for its name.") }
    return sentences.joined(separator: " ")
  }

  private static func table(_ entries: [Entry], roofs: [Roof]) -> ChartTable {
    ChartTable(
      columns: [
        .init("Model or roof"), .init("Kernel"), .init("Phase"), .init("MAC per byte", isNumeric: true),
        .init("GMAC/s", isNumeric: true), .init("95 %", isNumeric: true),
      ],
      rows: entries.map { entry in
        [
          entry.model, entry.kernel, entry.phase, Format.significant(entry.intensity),
          Format.significant(entry.rate.value / 1e9),
          entry.rate.interval.map {
            "\(Format.significant($0.lowerBound / 1e9))–\(Format.significant($0.upperBound / 1e9))"
          } ?? "",
        ]
      } + roofs.map { [$0.name, "", "", "", "", ""] })
  }
}
