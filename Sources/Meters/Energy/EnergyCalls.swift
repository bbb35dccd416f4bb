import CLinux
import Glibc
import Machine

/// The system calls that an energy meter is made of.
///
/// A value with closures, so that a test can stand any kernel's answer, and any clock, in place of this one's. Where a
/// call fails, the result is the negative errno.
struct EnergyCalls: Sendable {
  /// Opens a file for reading.
  var open: @Sendable (_ path: String) -> Int32
  /// Opens an energy event, counting from now on.
  var openEvent: @Sendable (_ event: EnergyEvent) -> Int32
  /// Reads a file from its start.
  var readFile: @Sendable (_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int
  /// Reads an event.
  var readEvent: @Sendable (_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int
  /// Gives a descriptor back.
  var close: @Sendable (_ descriptor: Int32) -> Void
  /// The clock of the readings.
  var nowNs: @Sendable () -> UInt64
  /// How long the machine has slept since it was started.
  var asleepNs: @Sendable () -> Int

  /// This kernel.
  static let live = EnergyCalls(
    open: { path in
      // Without O_NONBLOCK, a FIFO in the place of a file would wait for a writer forever.
      let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
      return descriptor < 0 ? -errno : descriptor
    },
    openEvent: openEvent,
    // A second read(2) of a sysfs file gives nothing; pread(2) at 0 asks the driver again.
    readFile: { descriptor, buffer, count in
      let size = pread(descriptor, buffer, count, 0)
      return size < 0 ? -Int(errno) : size
    },
    readEvent: { descriptor, buffer, count in
      let size = Glibc.read(descriptor, buffer, count)
      return size < 0 ? -Int(errno) : size
    },
    close: { _ = Glibc.close($0) },
    nowNs: { clinux_monotonic_raw_ns() },
    asleepNs: asleepNs)

  /// On one CPU, for whatever runs there, with the times that tell whether it counted throughout.
  @Sendable private static func openEvent(_ event: EnergyEvent) -> Int32 {
    var attribute = perf_event_attr()
    attribute.size = UInt32(MemoryLayout<perf_event_attr>.size)
    attribute.type = event.type
    attribute.config = event.config
    attribute.read_format = UInt64(PERF_FORMAT_TOTAL_TIME_ENABLED.rawValue | PERF_FORMAT_TOTAL_TIME_RUNNING.rawValue)
    let descriptor = clinux_perf_event_open(&attribute, -1, Int32(event.cpu), -1, UInt(PERF_FLAG_FD_CLOEXEC))
    return descriptor < 0 ? -errno : descriptor
  }

  /// CLOCK_BOOTTIME goes on while the machine sleeps, CLOCK_MONOTONIC does not.
  @Sendable private static func asleepNs() -> Int {
    var boot = timespec(), monotonic = timespec()
    guard clock_gettime(CLOCK_MONOTONIC, &monotonic) == 0, clock_gettime(CLOCK_BOOTTIME, &boot) == 0 else { return 0 }
    return (boot.tv_sec - monotonic.tv_sec) * 1_000_000_000 + boot.tv_nsec - monotonic.tv_nsec
  }
}
