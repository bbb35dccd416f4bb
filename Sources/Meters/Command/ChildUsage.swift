import Glibc
import Records

/// What a child used, as wait4(2) gives it: the program and every child that it waited for.
struct ChildUsage: Sendable, Equatable {
  /// User and system time together, as the scheduler keeps it, where that is known alone.
  var cpuNs = 0
  var userNs = 0
  var systemNs = 0
  var peakBytes = 0
  var minorFaults = 0
  var majorFaults = 0
  var voluntarySwitches = 0
  var involuntarySwitches = 0

  init() {}

  init(_ usage: rusage) {
    userNs = usage.ru_utime.tv_sec * 1_000_000_000 + usage.ru_utime.tv_usec * 1000
    systemNs = usage.ru_stime.tv_sec * 1_000_000_000 + usage.ru_stime.tv_usec * 1000
    cpuNs = userNs + systemNs
    // Kibibytes on Linux (getrusage(2)).
    peakBytes = usage.ru_maxrss * 1024
    minorFaults = usage.ru_minflt
    majorFaults = usage.ru_majflt
    voluntarySwitches = usage.ru_nvcsw
    involuntarySwitches = usage.ru_nivcsw
  }

  /// What a forked child has used before it becomes a program; zero where /proc does not say.
  init(copyInProcess pid: pid_t) {
    cpuNs = ProcessFile.cpuNs(of: pid) ?? 0
    if let fields = ProcessFile.statistics(of: pid) {
      // Fields 10 and 12 of proc_pid_stat(5), counted from the third, which follows the name.
      minorFaults = fields.count > 7 ? fields[7] : 0
      majorFaults = fields.count > 9 ? fields[9] : 0
    }
    let status = ProcessFile.status(of: pid)
    peakBytes = (status["VmHWM"] ?? 0) * 1024
    voluntarySwitches = status["voluntary_ctxt_switches"] ?? 0
    involuntarySwitches = status["nonvoluntary_ctxt_switches"] ?? 0
  }

  /// What the program used by itself.
  func readings(of meter: String, since before: ChildUsage) -> MeterReadings {
    switch meter {
    case "cpu":
      // The kernel does not say how the copy's time, half a millisecond, was divided: as the rest, then.
      let own = cpuNs > 0 ? Double(max(0, cpuNs - before.cpuNs)) / Double(cpuNs) : 0
      return MeterReadings([
        Reading("time_cpu_user_ns", (Double(userNs) * own).rounded()),
        Reading("time_cpu_system_ns", (Double(systemNs) * own).rounded()),
      ])
    case "memory":
      var readings = MeterReadings([
        Reading("page_faults_minor", Double(max(0, minorFaults - before.minorFaults))),
        Reading("page_faults_major", Double(max(0, majorFaults - before.majorFaults))),
      ])
      // The kernel counts the copy of this process, which the child was at first, into its peak.
      let floor = before.peakBytes + Self.copyGrowthBytes
      if peakBytes > floor, let peak = Reading("memory_peak_rss_bytes", Double(peakBytes)) {
        readings.values.append(peak)
      } else {
        readings.problems = [
          ProblemRecord(
            meter: meter, what: "memory_peak_rss_bytes",
            reason: "it is not more than \(ByteCount(floor)), which the kernel counts for starting any "
              + "program from here")
        ]
      }
      return readings
    case "scheduling":
      return MeterReadings([
        Reading("context_switches_voluntary", Double(max(0, voluntarySwitches - before.voluntarySwitches))),
        Reading("context_switches_involuntary", Double(max(0, involuntarySwitches - before.involuntarySwitches))),
      ])
    default: return MeterReadings()
    }
  }

  /// More than the copy maps between its last look and the program: it was seen to take 22 faults, and each maps up to
  /// 64 KiB of a file around it (fault_around_bytes).
  private static let copyGrowthBytes = 2 << 20

  /// The meters that are read from it, with what they cover.
  static let meters: [(id: String, scope: String)] = [
    ("cpu", "the program and the children it waited for"),
    ("memory", "the program and the children it waited for; the peak of the largest one"),
    ("scheduling", "the program and the children it waited for"),
  ]
}

/// What /proc says of another process.
enum ProcessFile {
  /// Nanoseconds on a CPU: the first number of /proc/PID/schedstat.
  static func cpuNs(of pid: pid_t) -> Int? {
    text("/proc/\(pid)/schedstat")?.split(separator: " ").first.flatMap { Int($0) }
  }

  /// The whole numbers of /proc/PID/stat from the third field on; what is not a number is 0.
  static func statistics(of pid: pid_t) -> [Int]? {
    // The program's name may hold spaces and parentheses: fields are counted from the last one.
    guard let text = text("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else { return nil }
    return text[text.index(after: end)...].split(separator: " ").map { Int($0) ?? 0 }
  }

  /// The first number of each line of /proc/PID/status.
  static func status(of pid: pid_t) -> [String: Int] {
    let lines = (text("/proc/\(pid)/status") ?? "").split(separator: "\n")
    return lines.reduce(into: [:]) { values, line in
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { return }
      let word = parts[1].split { $0 == " " || $0 == "\t" }.first
      values[String(parts[0])] = word.flatMap { Int($0) }
    }
  }

  private static func text(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    // Both files are under 4 KiB.
    var buffer = [UInt8](repeating: 0, count: 16384)
    let count = read(descriptor, &buffer, buffer.count)
    return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
  }
}
