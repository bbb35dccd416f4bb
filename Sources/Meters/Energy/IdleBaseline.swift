import CLinux
import Glibc
import Records

/// Measures the power of the idle machine, before the cells of a run and after them.
public enum IdleBaseline {
  /// Thirty parts give a spread that is known to 13 %.
  static let parts = 30
  /// In between, the caller's wish to stop is asked for.
  private static let slowestAnswerNs = 200_000_000

  /// Lets the machine rest and measures what it takes meanwhile, in thirty parts.
  ///
  /// Set frequency governor, affinity and memory up as for the cells before: idle power depends on them. A metric that
  /// is missing in more than a tenth of the parts has no baseline; sensors that are sampled once a second need a
  /// baseline of 300 s.
  ///
  /// - Parameters:
  ///   - stack: has the meters "energy" and "time"; others only disturb.
  ///   - seconds: 30 or more; shorter baselines have wider intervals.
  ///   - startedAt: now, ISO-8601 UTC.
  ///   - isInterrupted: asked five times a second.
  /// - Returns: nil where it was interrupted, or where no energy can be read.
  ///
  /// Throws `MeterError` when a meter of the stack fails.
  public static func measure(
    stack: MeterStack, seconds: Double, moment: IdlePowerRecord.Moment, startedAt: String,
    isInterrupted: () -> Bool = { false }
  ) throws -> IdlePowerRecord? {
    let partNs = Int(max(0.1, seconds / Double(parts)) * 1e9)
    var windows: [WindowReadings] = []
    for _ in 0..<parts {
      let running = try stack.start()
      let isDone = rest(partNs, isInterrupted)
      windows.append(running.stop())
      if !isDone { return nil }
    }
    return record(windows, moment: moment, startedAt: startedAt)
  }

  /// The baseline from the parts' readings; nil without any energy.
  static func record(
    _ windows: [WindowReadings], moment: IdlePowerRecord.Moment, startedAt: String
  ) -> IdlePowerRecord? {
    var record = IdlePowerRecord(
      moment: moment, startedAt: startedAt, windowNs: windows.compactMap { $0.windowsNs["energy"] }.reduce(0, +),
      powerW: [:], halfWidthW: [:])
    let metrics = Set(windows.flatMap(\.metrics.keys)).filter { $0.contains("energy_") && $0.hasSuffix("_j") }
    for metric in metrics {
      let parts = windows.compactMap { window -> IdlePower.Part? in
        guard let energyJ = window.metrics[metric], let ns = window.windowsNs["energy"], ns > 0 else { return nil }
        return IdlePower.Part(
          energyJ: energyJ, seconds: Double(ns) * 1e-9, halfWidthJ: window.halfWidths[metric] ?? 0)
      }
      guard parts.count * 10 >= windows.count * 9, let power = IdlePower(parts: parts) else { continue }
      record.powerW[metric] = power.meanW
      record.halfWidthW[metric] = power.halfWidthW
    }
    return record.powerW.isEmpty ? nil : record
  }

  /// Sleeps, and says whether it was let to.
  private static func rest(_ ns: Int, _ isInterrupted: () -> Bool) -> Bool {
    var left = ns
    while left > 0 {
      if isInterrupted() { return false }
      let slice = min(left, slowestAnswerNs)
      var time = timespec(tv_sec: slice / 1_000_000_000, tv_nsec: slice % 1_000_000_000)
      _ = nanosleep(&time, nil)
      left -= slice
    }
    return true
  }
}
