import Meters

/// Runs work until its time has settled, and from that time chooses how often a window repeats it.
struct Warmup {
  /// Iterations that make a window at least as long as asked.
  let iterations: Int
  /// Whether the last two runs agreed.
  let isStable: Bool

  /// Two runs within 5 % count as settled: frequency ramps and first-touch faults move a run by tens of percent,
  /// shared machines by a few.
  private static let tolerance = 0.05

  /// At most `limit` runs; none, and one iteration, when neither warm-up nor a minimal time is asked for.
  static func run(_ workload: any Workload, limit: Int, minTimeSeconds: Double) throws -> Warmup {
    guard limit > 0 || minTimeSeconds > 0 else { return Warmup(iterations: 1, isStable: true) }
    var previous = try seconds(workload)
    var best = previous
    var isStable = limit <= 1
    for _ in 1..<max(1, limit) where !isStable {
      let now = try seconds(workload)
      isStable = abs(now - previous) <= tolerance * previous
      best = min(best, now)
      previous = now
    }
    return Warmup(iterations: iterations(for: minTimeSeconds, of: best), isStable: isStable)
  }

  /// What a window is longer than asked for: runs in a row are faster than the warm-up's first ones, by a tenth here.
  private static let headroom = 1.25

  /// Enough for the fastest run seen, with room for faster ones.
  private static func iterations(for minTimeSeconds: Double, of seconds: Double) -> Int {
    guard seconds > 0 else { return 1 }
    return max(1, Int((Self.headroom * minTimeSeconds / seconds).rounded(.up)))
  }

  private static func seconds(_ workload: any Workload) throws -> Double {
    let start = WallClock.nowNs()
    _ = try workload.run(iterations: 1)
    return Double(WallClock.nowNs() - start) * 1e-9
  }
}
