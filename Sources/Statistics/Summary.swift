/// What a list of repetitions comes to.
public struct Summary: Sendable, Equatable {
  /// How many values.
  public let count: Int
  /// The least value.
  public let minimum: Double
  /// The greatest value.
  public let maximum: Double
  /// The arithmetic mean.
  public let mean: Double
  /// The middle value.
  public let median: Double
  /// The sample standard deviation; nil for one value.
  public let standardDeviation: Double?
  /// The median distance from the median.
  public let medianAbsoluteDeviation: Double
  /// Standard deviation over mean; nil for one value, or where the mean is not positive.
  public let coefficientOfVariation: Double?
  /// The 95 % interval of the mean, by Student's t; nil for one value.
  public let meanInterval: Interval?
  /// The 95 % interval of the median, from order statistics; nil for fewer than 6 values.
  public let medianInterval: Interval?
  /// How many values are outliers by their modified z-score.
  public let outliers: Int

  /// Summarises a list; nil for an empty one, or when a value is not finite.
  public init?(_ values: [Double]) {
    guard let sorted = values.sortedFinite(), let mean = values.mean, let median = values.median,
      let deviation = values.medianAbsoluteDeviation
    else { return nil }
    self.count = values.count
    self.minimum = sorted[0]
    self.maximum = sorted[sorted.count - 1]
    self.mean = mean
    self.median = median
    self.standardDeviation = values.standardDeviation
    self.medianAbsoluteDeviation = deviation
    self.coefficientOfVariation = values.coefficientOfVariation
    self.meanInterval = Interval.ofMean(values)
    self.medianInterval = Interval.ofMedian(values)
    self.outliers = values.outlierPositions.count
  }
}
