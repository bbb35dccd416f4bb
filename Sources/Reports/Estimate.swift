import Statistics

/// Holds a typical value and its 95 % interval, as figures and tables show them.
struct Estimate: Equatable {
  /// The median of repetitions, or the typical ratio of pairs.
  let median: Double
  /// The 95 % interval; absent where there are too few values for one.
  let interval: ClosedRange<Double>?
  /// How many values stand behind it.
  let count: Int

  /// Summarises repetitions of one quantity; `nil` for none.
  init?(_ values: [Double]) {
    let finite = values.filter(\.isFinite)
    guard let median = finite.median else { return nil }
    self.median = median
    // Fewer than six values have no distribution-free interval at this level.
    interval = (Interval.ofMedian(finite) ?? Interval.ofMean(finite)).map { $0.lower...$0.upper }
    count = finite.count
  }

  /// Summarises ratios of values that were measured in the same round; `nil` for none.
  init?(pairs: [(Double, Double)]) {
    guard let ratio = PairedRatio(pairs.map(\.0), over: pairs.map(\.1)) else { return nil }
    median = ratio.ratio
    interval = ratio.interval.map { $0.lower...$0.upper }
    count = ratio.pairs
  }

  /// The number behind "±".
  var halfWidth: Double? { interval.map { ($0.upperBound - $0.lowerBound) / 2 } }

  /// "40.9–41.4", or `nil` where there is no interval.
  var intervalText: String? {
    interval.map { "\(Format.significant($0.lowerBound))–\(Format.significant($0.upperBound))" }
  }
}
