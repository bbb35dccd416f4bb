import Glibc
import Records

/// CPU time, page faults and memory of another process while it runs, or after its end until it is reaped.
///
/// The kernel knows the sum of user and system time to the nanosecond, and its parts to a hundredth of a second: the
/// sum is divided as they are.
public struct ProcessUse: Meter {
  /// The meter's name in suites and records.
  public let id = "cpu"
  /// What is read.
  public let source = "clock_getcpuclockid(3), /proc/PID/stat"
  /// What the numbers cover.
  public let scope: String? = "the program"
  /// The ticks of /proc/PID/stat.
  public let resolutionNs: Int? = 10_000_000

  private let pid: pid_t

  /// Makes the meter of a process.
  public init(pid: pid_t) { self.pid = pid }

  /// Available while the process is there.
  public func availability() -> Availability {
    Use(pid) == nil
      ? .unavailable(reason: "process \(pid) is not there", fix: "measure it while it runs") : .available
  }

  /// Makes a window ready.
  public func open(pass: Int) -> any OpenMeter { Window(pid) }

  /// What a process has used since it began; nothing of one that is not there.
  public static func total(of pid: pid_t) -> MeterReadings {
    let window = Window(pid)
    window.before = Use()
    window.end()
    return window.readings()
  }

  /// What a process has used since it began.
  private struct Use {
    var cpuNs = 0
    var userTicks = 0
    var systemTicks = 0
    var minorFaults = 0
    var majorFaults = 0

    init() {}

    init?(_ pid: pid_t) {
      var clock = clockid_t()
      var time = timespec()
      guard clock_getcpuclockid(pid, &clock) == 0, clock_gettime(clock, &time) == 0,
        // Fields 10, 12, 14 and 15 of proc_pid_stat(5), counted from the third, which follows the name.
        let fields = ProcessFile.statistics(of: pid), fields.count > 12
      else { return nil }
      cpuNs = time.tv_sec * 1_000_000_000 + time.tv_nsec
      (minorFaults, majorFaults, userTicks, systemTicks) = (fields[7], fields[9], fields[11], fields[12])
    }
  }

  private final class Window: OpenMeter {
    let pid: pid_t
    var before: Use?, after: Use?
    var peakKiB: Int?

    init(_ pid: pid_t) { self.pid = pid }

    func begin() throws {
      before = Use(pid)
      if before == nil { throw MeterError("the program ended before its window could be opened") }
    }

    func end() {
      after = Use(pid)
      peakKiB = ProcessFile.status(of: pid)["VmHWM"]
    }

    func readings() -> MeterReadings {
      guard let before, let after else {
        return MeterReadings(problems: [ProblemRecord(meter: "cpu", reason: "the program was gone at the end")])
      }
      let used = Double(max(0, after.cpuNs - before.cpuNs))
      let user = Double(max(0, after.userTicks - before.userTicks))
      let system = Double(max(0, after.systemTicks - before.systemTicks))
      let fraction = user + system > 0 ? user / (user + system) : 1
      let peak = peakKiB.flatMap { Reading("memory_peak_rss_bytes", Double($0) * 1024) }
      let problems = [
        ProblemRecord(
          meter: "memory", what: "memory_peak_rss_bytes", reason: "the program had ended before it could be asked")
      ]
      let values = [
        Reading("time_cpu_user_ns", (used * fraction).rounded()),
        Reading("time_cpu_system_ns", (used * (1 - fraction)).rounded()),
        Reading("page_faults_minor", Double(max(0, after.minorFaults - before.minorFaults))),
        Reading("page_faults_major", Double(max(0, after.majorFaults - before.majorFaults))),
        peak,
      ]
      return MeterReadings(values, problems: peak == nil ? problems : [])
    }
  }
}
