import Records
import Sinks
import Statistics

/// What one cell came to in every run of a machine, and where its level changed.
struct HistorySeries {
  /// One run of the series.
  struct Point {
    /// The place of the run among those of the section.
    let run: Int
    /// The median of the repetitions.
    let value: Double
    /// The 95 % interval of the median; absent for fewer than 6 repetitions.
    let interval: ClosedRange<Double>?
  }

  let model: ModelIdentity?
  let phase: PhaseRecord
  /// The kernel with threads and placement: "simd@avx2, 4 threads, pinned".
  let name: String
  let kernel: String
  let metric: Metric
  let points: [Point]
  /// Nil where there are too few runs for a change to be told from chance.
  let changes: [ChangePoint]?

  /// What makes cells of two runs the same measurement.
  struct Key: Hashable {
    let cell: String
    let model: String

    /// Weights are told apart by digest or seed, never by name alone.
    init(_ cell: CellRecord) {
      self.cell = cell.id
      let model = cell.model
      self.model = [
        model?.format, model?.sha256, model?.seed.map { String($0) }, model.map { String($0.parameters) }, model?.head,
      ].map { $0 ?? "" }.joined(separator: "\n")
    }
  }

  /// One number of a history: the median with its interval, over the repetitions of a cell that ran right.
  static func point(_ view: CellView, run: Int, metric: String?) -> Point? {
    guard view.cell.outcome == .ok, view.cell.check?.passed != false,
      let summary = metric.map({ view.summary.summary(of: $0) }) ?? view.summary.rate, summary.median > 0
    else { return nil }
    return Point(
      run: run, value: summary.median, interval: summary.medianInterval.map { $0.lower...$0.upper })
  }
}

extension HistorySeries {
  /// Every series of some runs of one machine and suite, in the order of the newest plan.
  ///
  /// - Parameter metric: The metric to follow; nil is the headline of each phase.
  static func all(_ runs: [RunView], metric: Metric?) -> [HistorySeries] {
    var order: [Key] = []
    var points: [Key: [Point]] = [:]
    var cells: [Key: CellView] = [:]
    for (index, run) in runs.enumerated() {
      for view in run.cells {
        let key = Key(view.cell)
        guard let point = point(view, run: index, metric: metric?.name) else { continue }
        if cells[key] == nil { order.append(key) }
        cells[key] = view
        points[key, default: []].append(point)
      }
    }
    return order.compactMap { key in
      guard let view = cells[key], let points = points[key] else { return nil }
      return HistorySeries(
        model: view.cell.model, phase: view.cell.phase, name: name(of: view.cell),
        kernel: view.cell.kernel?.id ?? "machine", metric: metric ?? view.summary.headline, points: points,
        changes: ChangePoints.of(points.map(\.value)))
    }
  }

  private static func name(of cell: CellRecord) -> String {
    "\(cell.kernel?.id ?? "machine"), \(Format.count(cell.threads, "thread")), \(cell.placement)"
  }

  /// "speed of tg128 on bitnet-2b-4t".
  var subject: String { [model?.name, phase.label].compactMap(\.self).joined(separator: " · ") }

  /// A change for better or worse, by the metric's own direction.
  func verdict(of change: ChangePoint) -> String {
    switch metric.better {
    case .higher: change.ratio > 1 ? "better" : "worse"
    case .lower: change.ratio < 1 ? "better" : "worse"
    case .neutral: change.ratio > 1 ? "higher" : "lower"
    }
  }
}
