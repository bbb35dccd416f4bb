extension Collection where Element == Double {
  /// Each value's distance from the median in robust standard deviations: 0.6745 (x − median) / MAD.
  ///
  /// Iglewicz and Hoaglin, "How to detect and handle outliers" (ASQC Basic References in Quality Control 16, 1993).
  /// Where more than half of the values are equal the MAD is 0 and 1.2533 times the mean absolute deviation takes the
  /// place of MAD / 0.6745, as the same authors propose; where all are equal every score is 0. Nil for nothing, or when
  /// a value is not finite.
  public var modifiedZScores: [Double]? {
    guard let median, let mad = medianAbsoluteDeviation,
      let meanDeviation = map({ abs($0 - median) }).mean
    else { return nil }
    let scale = mad > 0 ? mad / 0.6745 : meanDeviation * 1.253314
    return map { scale > 0 ? ($0 - median) / scale : 0 }
  }

  /// The positions of values whose modified z-score is above 3.5 on either side, the authors' recommendation.
  ///
  /// They are pointed out, never dropped: a slow repetition happened.
  public var outlierPositions: [Int] {
    guard let scores = modifiedZScores else { return [] }
    return scores.indices.filter { abs(scores[$0]) > 3.5 }
  }
}
