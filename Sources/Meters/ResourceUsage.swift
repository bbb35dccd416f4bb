import CLinux
import Glibc

/// getrusage(2) for this process, all threads that live or have ended.
struct ResourceUsage: Sendable, Equatable {
  var userNs = 0
  var systemNs = 0
  var minorFaults = 0
  var majorFaults = 0
  var voluntarySwitches = 0
  var involuntarySwitches = 0

  /// The usage now; nil when the call fails.
  static func now() -> ResourceUsage? {
    var usage = rusage()
    guard getrusage(RUSAGE_SELF.rawValue, &usage) == 0 else { return nil }
    return ResourceUsage(
      userNs: usage.ru_utime.tv_sec * 1_000_000_000 + usage.ru_utime.tv_usec * 1000,
      systemNs: usage.ru_stime.tv_sec * 1_000_000_000 + usage.ru_stime.tv_usec * 1000,
      minorFaults: usage.ru_minflt, majorFaults: usage.ru_majflt,
      voluntarySwitches: usage.ru_nvcsw, involuntarySwitches: usage.ru_nivcsw)
  }

  static func - (after: ResourceUsage, before: ResourceUsage) -> ResourceUsage {
    ResourceUsage(
      userNs: after.userNs - before.userNs, systemNs: after.systemNs - before.systemNs,
      minorFaults: after.minorFaults - before.minorFaults, majorFaults: after.majorFaults - before.majorFaults,
      voluntarySwitches: after.voluntarySwitches - before.voluntarySwitches,
      involuntarySwitches: after.involuntarySwitches - before.involuntarySwitches)
  }
}
