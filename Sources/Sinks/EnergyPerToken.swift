import Records
import Statistics

/// The energy of one token of a cell, from its repetitions: what a table shows beside the rate.
public struct EnergyPerToken: Sendable, Equatable {
  /// What the joules cover.
  public let domain: EnergyMetric
  /// Gross joules per token, the mean of the repetitions.
  public let joules: Double
  /// Half of the 95 % interval: how the repetitions scatter and how far each single one can be off, in quadrature.
  ///
  /// The second is not divided by the root of the repetitions, because much of it (the idle power, a meter's own
  /// scale) is the same error in all of them.
  public let halfWidth: Double?

  /// The energy of a cell's tokens in the first domain that all of its repetitions have; nil where there is none.
  public init?(_ cell: CellRecord) {
    guard cell.outcome.reason == nil, !cell.samples.isEmpty,
      let domain = EnergyMetric.headlines.first(where: { domain in
        cell.samples.allSatisfy { $0.metrics[domain.perToken] != nil }
      })
    else { return nil }
    self.init(cell, metric: domain.perToken, domain: domain)
  }

  /// The same for one metric, such as net energy; nil where a repetition lacks it.
  public init?(_ cell: CellRecord, metric: String, domain: EnergyMetric) {
    let values = cell.values(of: metric)
    guard values.count == cell.samples.count, let summary = Summary(values) else { return nil }
    self.domain = domain
    joules = summary.mean
    let single = cell.samples.compactMap { $0.halfWidths?[metric] }.max()
    let scatter = summary.meanInterval?.halfWidth
    halfWidth =
      single == nil && scatter == nil
      ? nil : ((single ?? 0) * (single ?? 0) + (scatter ?? 0) * (scatter ?? 0)).squareRoot()
  }

  /// What stands below a table that shows energy: what the joules cover and where they come from; nil without any.
  public static func explanation(of record: RunRecord) -> String? {
    let domains = EnergyMetric.headlines.filter { domain in
      record.cells.contains { EnergyPerToken($0)?.domain == domain }
    }
    guard !domains.isEmpty else { return nil }
    let source = record.meters.first { $0.id == "energy" }?.source ?? "an unnamed source"
    return "J/token: gross energy of the \(domains.map(\.title).joined(separator: " or the ")), by \(source); ± holds "
      + "the repetitions' scatter and the meter's own uncertainty."
  }
}
