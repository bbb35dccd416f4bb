import Foundation
import Records
import Statistics

/// What the contrasts of blocks say about one metric: the effect, its interval, and both tests against the margin.
///
/// A contrast is ln head − ln base. "Worse" is up for metrics of which less is better, and down for the others.
struct BlockTest: Sendable, Equatable {
  /// The effect as a logarithm of head over base.
  let effect: Double
  /// The interval of the effect, a logarithm too; nil where there are too few blocks.
  let interval: Interval?
  /// The p-value of "not worse than the margin".
  let pWorse: Double
  /// The p-value of "not better than the margin".
  let pBetter: Double
  /// The share of the contrasts on the effect's side of 0.
  let agreement: Double
  /// How many contrasts there are.
  let count: Int

  /// Tests contrasts; nil for none.
  init?(_ contrasts: [Double], better: Metric.Direction, margin: Double, level: Double) {
    let limit = log1p(margin)
    let sign = better == .higher ? -1.0 : 1
    // At a difference of exactly the margin neither hypothesis is helped, so zeros are ranked.
    guard let centre = HodgesLehmann(contrasts, level: level),
      let worse = SignedRankTest(contrasts.map { sign * $0 - limit }),
      let better = SignedRankTest(contrasts.map { -sign * $0 - limit })
    else { return nil }
    effect = centre.estimate
    interval = centre.interval
    pWorse = worse.pGreater
    pBetter = better.pGreater
    count = contrasts.count
    agreement = Self.agreement(contrasts, effect: centre.estimate)
  }

  /// The worse end of the interval, positive where worse.
  func worstCase(better: Metric.Direction) -> Double? {
    interval.map { better == .higher ? -$0.lower : $0.upper }
  }

  /// The smallest worsening, as a logarithm, that a test at `alpha` with these blocks flags with probability `power`.
  ///
  /// The rank test is nearly as powerful as that of the mean on normal noise, and the interval tells its standard error:
  /// margin + (z(1 − α) + z(power)) · half-width / z((1 + level)/2). A simulation holds it.
  func smallestVisible(margin: Double, alpha: Double, power: Double, level: Double) -> Double? {
    guard let interval, let flag = Normal.quantile(1 - alpha), let see = Normal.quantile(power),
      let wide = Normal.quantile((1 + level) / 2)
    else { return nil }
    return log1p(margin) + (flag + see) * interval.halfWidth / wide
  }

  private static func agreement(_ contrasts: [Double], effect: Double) -> Double {
    let agreeing = contrasts.count { effect > 0 ? $0 > 0 : effect < 0 ? $0 < 0 : $0 == 0 }
    return Double(agreeing) / Double(contrasts.count)
  }
}
