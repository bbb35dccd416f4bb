import Foundation
import Records
import Statistics

/// Two lists of counts that should repeat: instructions, memory accesses, allocations, bytes.
///
/// Where both sides repeat exactly, their ratio is known exactly. Where they do not, the range that the extremes allow is
/// widened by a multiple of the wider side's spread; a change that is out of reach of that is decided, the rest is left
/// to blocks and ranks.
struct CountComparison: Sendable, Equatable {
  /// What the counts show.
  enum Finding: Sendable, Equatable {
    /// Worse by more than the margin.
    case worse
    /// Better by more than the margin.
    case better
    /// Not worse by more than the margin.
    case within
    /// Too much spread for so small a difference.
    case unclear
  }

  /// What the counts show.
  let finding: Finding
  /// Whether every value of a side is the same.
  let isExact: Bool
  /// The effect as a logarithm of head over base; nil where a side is 0.
  let effect: Double?
  /// The range of the effect, widened; a point where the counts are exact.
  let interval: Interval?
  /// The relative change head over base − 1, where 0 has no logarithm; −1 where nothing is left of something.
  let change: Double?

  /// Compares counts, at least one on each side, none of them negative.
  init(base: [Double], head: [Double], better: Metric.Direction, margin: Double, spreadFactor: Double) {
    let (baseLeast, baseMost) = (base.min() ?? 0, base.max() ?? 0)
    let (headLeast, headMost) = (head.min() ?? 0, head.max() ?? 0)
    isExact = baseLeast == baseMost && headLeast == headMost
    let sign = better == .higher ? -1.0 : 1
    let limit = log1p(margin)
    guard baseLeast > 0, headLeast > 0, let baseMedian = base.median, let headMedian = head.median else {
      (effect, interval) = (nil, nil)
      if isExact, baseMost == 0, headMost == 0 {
        (finding, change) = (.within, 0)
      } else if isExact {
        // From nothing to something, or the other way, is beyond every margin.
        finding = (headMost > baseMost) == (sign > 0) ? .worse : .better
        change = headMost == 0 ? -1 : nil
      } else {
        (finding, change) = (.unclear, nil)
      }
      return
    }
    let spread = max(log(baseMost / baseLeast), log(headMost / headLeast)) * spreadFactor
    let range = Interval(log(headLeast / baseMost) - spread, log(headMost / baseLeast) + spread)
    let centre = log(headMedian / baseMedian)
    effect = centre
    interval = range
    // The difference first, so that a whole number of thousandths stays one.
    change = (headMedian - baseMedian) / baseMedian
    let (least, most) = sign > 0 ? (range?.lower, range?.upper) : (range.map { -$0.upper }, range.map { -$0.lower })
    if let least, least > limit {
      finding = .worse
    } else if let most, most < -limit {
      finding = .better
    } else if let most, most <= limit {
      finding = .within
    } else {
      finding = .unclear
    }
  }
}
