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

  /// The smallest worsening, as a logarithm, that a test at `alpha` with these blocks flags, and fresh ones confirm, with
  /// the probability of the rules.
  ///
  /// The interval tells the standard error. How many of them a worsening must lie beyond the margin follows from the
  /// normal distribution, stretched as Student's t is for so few blocks. A simulation holds it.
  func smallestVisible(margin: Double, alpha: Double, rules: GateRules) -> Double? {
    guard let interval, count >= 2, alpha < 0.5, rules.confirmationAlpha < 0.5, 0..<1 ~= rules.level,
      let flag = Normal.quantile(1 - alpha), let confirm = Normal.quantile(1 - rules.confirmationAlpha)
    else { return nil }
    var (least, most) = (0.0, flag + confirm + 10)
    // 50 halvings of some twenty standard errors are far below what anyone can measure.
    for _ in 0..<50 {
      let middle = (least + most) / 2
      let found = Normal.probability(below: middle - flag) * Normal.probability(below: middle - confirm)
      if found < rules.power { least = middle } else { most = middle }
    }
    let stretch = StudentT.twoSided(level: 1 - 2 * alpha, degrees: count - 1) / flag
    let standardError = interval.halfWidth / StudentT.twoSided(level: rules.level, degrees: count - 1)
    return log1p(margin) + least * stretch * standardError
  }

  private static func agreement(_ contrasts: [Double], effect: Double) -> Double {
    let agreeing = contrasts.count { effect > 0 ? $0 > 0 : effect < 0 ? $0 < 0 : $0 == 0 }
    return Double(agreeing) / Double(contrasts.count)
  }
}
