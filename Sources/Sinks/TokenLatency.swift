import Statistics

/// How long single tokens take.
public struct TokenLatency: Sendable, Equatable {
  /// How many tokens.
  public let count: Int
  /// Half of the tokens take no longer, in milliseconds.
  public let p50Ms: Double
  /// Nine of ten take no longer.
  public let p90Ms: Double
  /// 99 of 100 take no longer; with fewer than 100 tokens this lies near the slowest one.
  public let p99Ms: Double
  /// The slowest token.
  public let maximumMs: Double

  /// Takes percentiles (type 7) of times in nanoseconds; nil for none.
  public init?(_ timesNs: [Int]) {
    guard let quantiles = timesNs.map({ Double($0) * 1e-6 }).quantiles([0.5, 0.9, 0.99, 1]) else { return nil }
    count = timesNs.count
    p50Ms = quantiles[0]
    p90Ms = quantiles[1]
    p99Ms = quantiles[2]
    maximumMs = quantiles[3]
  }
}
