import Statistics

/// Holds a number and its 95 % interval, as figures and tables show them.
struct Estimate: Equatable {
  /// The mean of repetitions, or the typical ratio of pairs.
  let value: Double
  /// The 95 % interval; absent where there are too few values for one.
  let interval: ClosedRange<Double>?
  /// How many values stand behind it.
  let count: Int

  /// Takes the mean of repetitions, the number that the terminal's table shows; `nil` for none.
  init?(_ summary: Summary?) {
    guard let summary else { return nil }
    value = summary.mean
    interval = summary.meanInterval.map { $0.lower...$0.upper }
    count = summary.count
  }

  /// Takes the typical ratio of values that were measured in the same round; `nil` for none.
  init?(pairs: [(Double, Double)]) {
    self.init(PairedRatio(pairs.map(\.0), over: pairs.map(\.1)))
  }

  /// Takes a typical ratio; `nil` for none.
  init?(_ ratio: PairedRatio?) {
    guard let ratio else { return nil }
    value = ratio.ratio
    interval = ratio.interval.map { $0.lower...$0.upper }
    count = ratio.pairs
  }

  /// Takes a number that was computed from another estimate.
  init(value: Double, interval: ClosedRange<Double>?, count: Int = 1) {
    self.value = value
    self.interval = interval
    self.count = count
  }

  /// Takes a number that stands alone, without an interval.
  init(single value: Double) { self.init(value: value, interval: nil) }

  /// The number behind "±".
  var halfWidth: Double? { interval.map { ($0.upperBound - $0.lowerBound) / 2 } }

  /// "40.9–41.4", or `nil` where there is no interval.
  var intervalText: String? {
    interval.map { "\(Format.significant($0.lowerBound))–\(Format.significant($0.upperBound))" }
  }

  /// "41.2 ± 0.18".
  var text: String {
    Format.significant(value) + (halfWidth.map { " " + Format.plusMinus($0) } ?? "")
  }
}
