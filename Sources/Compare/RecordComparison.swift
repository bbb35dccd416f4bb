import Foundation
import Records
import Statistics

/// Two records of one suite side by side, cell by cell: how many times more or less, and how surely.
///
/// Both were measured in runs of their own, one after the other, so that everything which changed on the machine in
/// between is in the ratios. A gate, which runs both programs in turn, says more; no verdict follows from this.
public struct RecordComparison: Sendable {
  /// One metric of one cell.
  public struct Row: Sendable, Equatable {
    /// The id of the cell.
    public let cell: String
    /// What is compared.
    public let metric: Metric
    /// The typical ratio, head over base.
    public let ratio: Double
    /// Its 95 % interval; nil where there are too few repetitions for one.
    public let interval: Interval?
    /// The median of the base's repetitions, per iteration where the metric covers the window.
    public let baseMedian: Double
    /// The median of the head's.
    public let headMedian: Double
    /// How many repetitions of the base count.
    public let baseCount: Int
    /// How many of the head count.
    public let headCount: Int

    /// Whether the interval leaves out 1.
    public var isDifference: Bool { interval.map { !$0.contains(1) } ?? false }
    /// Whether a difference is one for the better; nil for a metric that does not judge.
    public var isBetter: Bool? {
      switch metric.better {
      case .higher: ratio > 1
      case .lower: ratio < 1
      case .neutral: nil
      }
    }
    /// How far the ratio can lie from 1 where no difference was seen, as a share.
    public var visibleShare: Double? {
      interval.map { max(abs($0.lower - 1), abs($0.upper - 1)) }
    }
  }

  /// A cell, or one metric of it, that is not among the rows.
  public struct Omission: Sendable, Equatable {
    /// The id of the cell.
    public let cell: String
    /// Why, in words.
    public let reason: String
  }

  /// Rows without a difference, in the order of the base; those without an interval stand at the end.
  public let same: [Row]
  /// Rows with a difference, the largest first.
  public let different: [Row]
  /// What could not be compared.
  public let omissions: [Omission]
  /// What a reader must know before believing a ratio, in sentences.
  public let warnings: [String]

  /// Compares two records.
  ///
  /// `metrics` says of a cell what to compare. With `crossMachine` the machines may differ, which is then the first
  /// warning. Throws `RecordComparisonError` where the records have not measured the same.
  public init(
    base: RunRecord, head: RunRecord, crossMachine: Bool = false, metrics: (CellRecord) -> [Metric]
  ) throws {
    try Self.requireComparable(base, head, crossMachine: crossMachine)
    warnings = Self.warnings(base, head)
    // Validated records hold every id once.
    let heads = Dictionary(head.cells.map { ($0.id, $0) }) { first, _ in first }
    let bases = Set(base.cells.map(\.id))
    var rows: [Row] = []
    var omissions: [Omission] = []
    for cell in base.cells {
      guard let other = heads[cell.id] else {
        omissions.append(Omission(cell: cell.id, reason: "only in the base"))
        continue
      }
      try Self.requireSameWork(cell, other)
      if let reason = Self.outcomeProblem(cell, other) {
        omissions.append(Omission(cell: cell.id, reason: reason))
        continue
      }
      for metric in metrics(cell) {
        switch Self.row(metric, cell, other) {
        case .success(let row): rows.append(row)
        case .failure(let problem): omissions.append(Omission(cell: cell.id, reason: problem.reason))
        }
      }
    }
    omissions += head.cells.filter { !bases.contains($0.id) }.map { Omission(cell: $0.id, reason: "only in the head") }
    self.omissions = omissions
    same = rows.filter { !$0.isDifference && $0.interval != nil } + rows.filter { $0.interval == nil }
    different = rows.filter(\.isDifference).sorted { abs(log($0.ratio)) > abs(log($1.ratio)) }
  }

  private struct Problem: Error { let reason: String }

  private static func row(_ metric: Metric, _ base: CellRecord, _ head: CellRecord) -> Result<Row, Problem> {
    let (a, b) = (base.trustedValues(of: metric), head.trustedValues(of: metric))
    for (side, cell, values) in [("base", base, a), ("head", head, b)] where values.isEmpty {
      let isThere = !cell.values(of: metric.name).isEmpty
      return .failure(
        Problem(
          reason: isThere
            ? "every repetition of the \(side) with \(metric.name) was vetoed (\(cell.vetoes.joined(separator: ", ")))"
            : "the \(side) has no \(metric.name)"))
    }
    guard let ratio = IndependentRatio(b, over: a), let baseMedian = a.median, let headMedian = b.median else {
      return .failure(Problem(reason: "\(metric.name) has values that are not above 0, which have no ratio"))
    }
    return .success(
      Row(
        cell: base.id, metric: metric, ratio: ratio.ratio, interval: ratio.interval, baseMedian: baseMedian,
        headMedian: headMedian, baseCount: a.count, headCount: b.count))
  }

  private static func outcomeProblem(_ base: CellRecord, _ head: CellRecord) -> String? {
    for (side, cell) in [("base", base), ("head", head)] where cell.outcome != .ok {
      return "\(cell.outcome.state) in the \(side)" + (cell.outcome.reason.map { ": \($0)" } ?? "")
    }
    return nil
  }
}

extension CellRecord {
  /// The values of repetitions that no veto met, per iteration where the metric covers the whole window.
  ///
  /// Two runs calibrate their windows apart, so totals of windows cannot be compared.
  func trustedValues(of metric: Metric) -> [Double] {
    samples.filter { !$0.isVetoed }.compactMap { sample in
      sample.metrics[metric.name].map { metric.coversWindow ? $0 / Double(sample.iterations) : $0 }
    }
  }
}

extension Metric {
  /// Whether the value grows with the iterations of a window: times, counts, bytes and joules that are no peak, no
  /// latency and no quotient.
  var coversWindow: Bool {
    let areNot = ["memory_peak_rss_bytes", "time_to_first_token_ns", "time_load_ns"]
    return ["ns", "count", "B", "J"].contains(unit) && !areNot.contains(name)
  }
}
