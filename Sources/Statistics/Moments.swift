import Foundation

extension Collection where Element == Double {
  /// The arithmetic mean; nil for nothing, or when a value or the result is not finite.
  ///
  /// Distances from the first value are averaged, so that equal values have exactly their own mean.
  public var mean: Double? {
    guard let first, first.isFinite else { return nil }
    let mean = first + reduce(0) { $0 + ($1 - first) } / Double(count)
    return mean.isFinite ? mean : nil
  }

  /// The sample standard deviation, with n − 1 degrees of freedom; nil for fewer than two values, or non-finite ones.
  public var standardDeviation: Double? {
    guard count >= 2, let mean else { return nil }
    let sum = reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = (sum / Double(count - 1)).squareRoot()
    return deviation.isFinite ? deviation : nil
  }

  /// The standard deviation as a share of the mean; nil where the mean is not positive.
  public var coefficientOfVariation: Double? {
    guard let mean, mean > 0, let standardDeviation else { return nil }
    let ratio = standardDeviation / mean
    return ratio.isFinite ? ratio : nil
  }

  /// The n-th root of the product, as the exponential of the mean logarithm; nil where a value is not positive.
  ///
  /// This is the mean for ratios: a gain of 2 and a loss of 2 cancel.
  public var geometricMean: Double? {
    guard allSatisfy({ $0 > 0 }), let mean = map({ log($0) }).mean else { return nil }
    return exp(mean)
  }
}
