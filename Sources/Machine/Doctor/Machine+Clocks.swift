import CLinux
import Glibc

extension Machine {
  /// The clocks behind `time` and `cpu`, and the high-water mark behind `memory`.
  func clockFindings() -> [Finding] {
    [
      clock("time", "wall clock", CLOCK_MONOTONIC_RAW, name: "CLOCK_MONOTONIC_RAW", read: clinux_monotonic_raw_ns),
      clock(
        "cpu-time", "CPU time", CLOCK_PROCESS_CPUTIME_ID, name: "CLOCK_PROCESS_CPUTIME_ID", read: clinux_process_cpu_ns),
      peakMemory(),
    ]
  }

  private func clock(
    _ id: String, _ title: String, _ clock: clockid_t, name: String, read: () -> UInt64
  ) -> Finding {
    guard asksKernel else { return notAsked(id, title) }
    var step = timespec()
    guard clock_getres(clock, &step) == 0 else {
      return Finding(
        id: id, group: "measuring", title: title, state: .unavailable,
        detail: "\(name): \(String(cString: strerror(errno)))", fix: "run on Linux 2.6.28 or later")
    }
    let resolutionNs = step.tv_sec * 1_000_000_000 + step.tv_nsec
    let costNs = Self.costNs(of: read)
    return Finding(
      id: id, group: "measuring", title: title, state: .ok,
      detail: "\(name), steps of \(resolutionNs) ns, \(Percent.decimal(costNs)) ns a reading",
      measured: ["resolution_ns": Double(resolutionNs), "reading_ns": costNs])
  }

  /// What one reading costs: enough of them that the first and last reading's own cost does not matter.
  private static func costNs(of read: () -> UInt64) -> Double {
    let count = 500
    let start = clinux_monotonic_raw_ns()
    for _ in 0..<count { _ = read() }
    return (Double(clinux_monotonic_raw_ns() &- start) / Double(count)).rounded()
  }

  /// Whether the peak of a window can be told from the peak of the process (proc_pid_clear_refs(5)).
  private func peakMemory() -> Finding {
    let (id, title) = ("memory", "peak memory")
    guard asksKernel else { return notAsked(id, title) }
    let status = files.text("/proc/self/status").map { Fields.pairs($0, separator: ":") } ?? [:]
    guard let peak = status["VmHWM"].flatMap({ Fields.bytes($0) }) else {
      return Finding(
        id: id, group: "measuring", title: title, state: .unavailable, detail: "/proc/self/status gives no VmHWM",
        fix: "sudo mount -t proc proc /proc, or leave the sandbox")
    }
    let canReset = files.absolute("/proc/self/clear_refs").map { access($0, W_OK) == 0 } ?? false
    return Finding(
      id: id, group: "measuring", title: title, state: .ok,
      detail: canReset ? "VmHWM, peak of each window" : "VmHWM, peak since the process started",
      measured: ["memory_peak_rss_bytes": Double(peak)])
  }
}
