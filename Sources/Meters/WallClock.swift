import CLinux
import Glibc

/// Wall time, by the clock that NTP neither steps nor slews.
///
/// A stack starts it last and stops it first, so that its window is the tightest of all.
public struct WallClock: Meter {
  /// The meter's name in suites and records.
  public let id = "time"
  /// What is read.
  public let source = "CLOCK_MONOTONIC_RAW"
  /// What the numbers cover.
  public let scope: String? = "machine"

  /// Makes the meter.
  public init() {}

  /// The clock now, in nanoseconds since some fixed point of the past.
  public static func nowNs() -> UInt64 { clinux_monotonic_raw_ns() }

  /// The clock's step as clock_getres(2) gives it.
  public var resolutionNs: Int? {
    var step = timespec()
    guard clock_getres(CLOCK_MONOTONIC_RAW, &step) == 0 else { return nil }
    return step.tv_sec * 1_000_000_000 + step.tv_nsec
  }

  /// Always available.
  public func availability() -> Availability { .available }

  /// Makes a window ready.
  public func open(pass: Int) -> any OpenMeter { Window() }

  private final class Window: OpenMeter {
    var startNs: UInt64 = 0
    var endNs: UInt64 = 0

    /// Reads the clock as its last act.
    func begin() { startNs = clinux_monotonic_raw_ns() }

    /// Reads the clock as its first act.
    func end() { endNs = clinux_monotonic_raw_ns() }

    func readings() -> MeterReadings { MeterReadings([Reading("time_wall_ns", Double(endNs &- startNs))]) }
  }
}
