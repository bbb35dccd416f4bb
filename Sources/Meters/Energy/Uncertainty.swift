/// How far a sum of independent errors can lie from zero: their variances and fourth cumulants, which add up.
///
/// Errors of a counter are bounded and flatter than a normal distribution, so that 1.96 standard deviations would claim
/// too much of an interval; the fourth cumulant corrects it (Cornish and Fisher 1938, the symmetric terms).
struct Uncertainty: Sendable, Equatable {
  private(set) var variance = 0.0
  private var fourthCumulant = 0.0
  /// What the error cannot exceed; infinite as soon as one part has no bound.
  private var bound = 0.0

  /// Two-sided 95 % of the normal distribution.
  static let z95 = 1.959963984540054

  /// No error.
  init() {}

  private init(variance: Double, fourthCumulant: Double, bound: Double) {
    self.variance = variance
    self.fourthCumulant = fourthCumulant
    self.bound = bound
  }

  /// An error anywhere between -`bound` and `bound`.
  static func uniform(_ bound: Double) -> Uncertainty {
    let square = bound * bound
    return Uncertainty(variance: square / 3, fourthCumulant: -2 * square * square / 15, bound: bound)
  }

  /// The difference of two errors that are both anywhere in an interval of length `bound`: standard deviation bound/√6.
  static func triangular(_ bound: Double) -> Uncertainty {
    let square = bound * bound
    return Uncertainty(variance: square / 6, fourthCumulant: -square * square / 60, bound: bound)
  }

  /// An error of a normal distribution.
  static func normal(variance: Double) -> Uncertainty {
    Uncertainty(variance: variance, fourthCumulant: 0, bound: variance > 0 ? .infinity : 0)
  }

  static func + (first: Uncertainty, second: Uncertainty) -> Uncertainty {
    Uncertainty(
      variance: first.variance + second.variance, fourthCumulant: first.fourthCumulant + second.fourthCumulant,
      bound: first.bound + second.bound)
  }

  /// Half of the 95 % interval.
  var halfWidth: Double {
    guard variance > 0 else { return 0 }
    let z = Self.z95
    let excess = fourthCumulant / (variance * variance)
    return min(bound, variance.squareRoot() * (z + excess * (z * z * z - 3 * z) / 24))
  }
}
