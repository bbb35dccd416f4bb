import Glibc

/// The peak of the resident set, and page faults.
///
/// Where the kernel lets the high-water mark be reset (`echo 5 > /proc/self/clear_refs`, proc_pid_clear_refs(5)), the
/// peak is that of the window. Where it does not, the peak is that of the process since it started; `scope` says which.
public struct MemoryUse: Meter {
  /// The meter's name in suites and records.
  public let id = "memory"
  /// What is read.
  public let source = "VmHWM of /proc/self/status, getrusage(RUSAGE_SELF)"
  /// What the numbers cover.
  public let scope: String?
  /// Counts and sizes have no smallest step of time.
  public let resolutionNs: Int? = nil

  private let resetsPeak: Bool

  /// Makes the meter, and finds out whether the high-water mark can be reset.
  public init() {
    resetsPeak = PeakResidentSet.reset()
    scope = resetsPeak ? "process, peak of the window" : "process, peak since it started"
  }

  /// Available where /proc is mounted.
  public func availability() -> Availability {
    if PeakResidentSet.bytes() != nil { return .available }
    return .unavailable(
      reason: "/proc/self/status does not give VmHWM", fix: "sudo mount -t proc proc /proc, or leave the sandbox")
  }

  /// Makes a window ready.
  public func open(pass: Int) -> any OpenMeter { Window(resetsPeak: resetsPeak) }

  private final class Window: OpenMeter {
    let resetsPeak: Bool
    var before: ResourceUsage?, after: ResourceUsage?

    init(resetsPeak: Bool) { self.resetsPeak = resetsPeak }

    /// Resets the peak first, then reads the fault counters, so that the reset's faults are not counted.
    func begin() throws {
      if resetsPeak && !PeakResidentSet.reset() {
        throw MeterError("/proc/self/clear_refs could be written before and cannot be now (errno \(errno))")
      }
      before = ResourceUsage.now()
      if before == nil { throw MeterError("getrusage failed with errno \(errno)") }
    }

    func end() { after = ResourceUsage.now() }

    /// The peak is read last, after the window: what the other meters allocate to be read is too small to matter.
    func readings() -> MeterReadings {
      let faults = before.flatMap { before in after.map { $0 - before } }
      return MeterReadings([
        faults.flatMap { Reading("page_faults_minor", Double($0.minorFaults)) },
        faults.flatMap { Reading("page_faults_major", Double($0.majorFaults)) },
        PeakResidentSet.bytes().flatMap { Reading("memory_peak_rss_bytes", Double($0)) },
      ])
    }
  }
}
