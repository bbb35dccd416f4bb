import Glibc
import Meters
import Records

/// Where the wall time of a run goes, so that the harness can state its own share.
struct Ledger {
  private var startNs: UInt64 = 0
  /// The total of the run that this one continues.
  private let timeBeforeNs: Int
  var timeMeasuredNs: Int
  var timeLoadNs: Int
  var timeWarmupNs: Int
  var timeCooldownNs: Int
  var timeProfileNs: Int

  /// Starts from what an interrupted run had spent, or from nothing.
  init(continuing old: OverheadRecord?) {
    timeBeforeNs = old?.timeTotalNs ?? 0
    timeMeasuredNs = old?.timeMeasuredNs ?? 0
    timeLoadNs = old?.timeLoadNs ?? 0
    timeWarmupNs = old?.timeWarmupNs ?? 0
    timeCooldownNs = old?.timeCooldownNs ?? 0
    timeProfileNs = old?.timeProfileNs ?? 0
  }

  mutating func begin() { startNs = WallClock.nowNs() }

  /// Runs something and books its time.
  mutating func timed<T>(_ account: WritableKeyPath<Ledger, Int>, _ body: () throws -> T) rethrows -> T {
    let start = WallClock.nowNs()
    defer { self[keyPath: account] += Int(WallClock.nowNs() - start) }
    return try body()
  }

  func record() -> OverheadRecord {
    OverheadRecord(
      timeTotalNs: timeBeforeNs + Int(WallClock.nowNs() - startNs), timeMeasuredNs: timeMeasuredNs,
      timeLoadNs: timeLoadNs,
      timeWarmupNs: timeWarmupNs, timeCooldownNs: timeCooldownNs,
      timeProfileNs: timeProfileNs > 0 ? timeProfileNs : nil)
  }
}

/// Sleeping without a run loop.
enum Pause {
  static func milliseconds(_ count: Int) { usleep(UInt32(max(0, count)) * 1000) }
}
