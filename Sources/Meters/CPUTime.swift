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

  /// Opens a window; stop it on the same thread, or the thread's time is left out.
  public func start() throws -> any RunningMeter {
    guard let usage = ResourceUsage.now() else { throw MeterError("getrusage failed with errno \(errno)") }
    return Running(usage: usage, thread: clinux_gettid(), threadNs: clinux_thread_cpu_ns())
  }

  private struct Running: RunningMeter {
    let usage: ResourceUsage
    let thread: pid_t
    let threadNs: UInt64

    func stop() -> [Reading] {
      let endNs = clinux_thread_cpu_ns()
      guard let end = ResourceUsage.now() else { return [] }
      let used = end - usage
      let isSameThread = clinux_gettid() == thread
      return [
        Reading("time_cpu_user_ns", Double(used.userNs)),
        Reading("time_cpu_system_ns", Double(used.systemNs)),
        isSameThread ? Reading("time_cpu_thread_ns", Double(endNs &- threadNs)) : nil,
      ].compactMap { $0 }
    }
  }
}
