import CLinux
import Glibc

/// CPU time: of the whole process in user mode and in the kernel, and of the thread that drives the run.
///
/// The kernel knows the sum of user and system time to the nanosecond and, on most configurations, splits it by
/// sampling at the timer's tick: over a few milliseconds the split is coarse and the sum is not.
public struct CPUTime: Meter {
  /// The meter's name in suites and records.
  public let id = "cpu"
  /// What is read.
  public let source = "getrusage(RUSAGE_SELF), CLOCK_THREAD_CPUTIME_ID"
  /// What the numbers cover.
  public let scope: String? = "process"
  /// getrusage(2) counts in microseconds.
  public let resolutionNs: Int? = 1000

  /// Makes the meter.
  public init() {}

  /// Always available.
  public func availability() -> Availability { .available }

  /// Makes a window ready; end it on the thread that began it, or the thread's time is left out.
  public func open(pass: Int) -> any OpenMeter { Window() }

  private final class Window: OpenMeter {
    var before: ResourceUsage?, after: ResourceUsage?
    var threads: (pid_t, pid_t) = (0, 0)
    var threadNs: (UInt64, UInt64) = (0, 0)

    func begin() throws {
      before = ResourceUsage.now()
      if before == nil { throw MeterError("getrusage failed with errno \(errno)") }
      (threads.0, threadNs.0) = (clinux_gettid(), clinux_thread_cpu_ns())
    }

    func end() {
      (threads.1, threadNs.1) = (clinux_gettid(), clinux_thread_cpu_ns())
      after = ResourceUsage.now()
    }

    func readings() -> MeterReadings {
      guard let before, let after else { return MeterReadings() }
      let used = after - before
      return MeterReadings([
        Reading("time_cpu_user_ns", Double(used.userNs)),
        Reading("time_cpu_system_ns", Double(used.systemNs)),
        threads.0 == threads.1 ? Reading("time_cpu_thread_ns", Double(threadNs.1 &- threadNs.0)) : nil,
      ])
    }
  }
}
