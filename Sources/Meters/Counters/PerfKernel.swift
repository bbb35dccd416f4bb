import CLinux
import Glibc

/// The system calls on perf events.
///
/// A value with closures, so that a test can stand any kernel in place of this one: one that multiplexes, that refuses,
/// that stays silent.
struct PerfKernel: Sendable {
  /// perf_event_open(2) for a thread on whatever CPU it runs; `leader` is the group's first descriptor or -1.
  ///
  /// A descriptor, or the errno as a negative number.
  let open: @Sendable (_ attribute: perf_event_attr, _ thread: pid_t, _ leader: Int32) -> Int32
  /// The id by which a group's read names the event.
  let id: @Sendable (_ descriptor: Int32) -> UInt64?
  /// Starts the group of this leader; false where the kernel refuses.
  let enable: @Sendable (_ descriptor: Int32) -> Bool
  /// Stops it.
  let disable: @Sendable (_ descriptor: Int32) -> Bool
  /// read(2): bytes, or the errno as a negative number.
  let read: @Sendable (_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int
  /// close(2).
  let close: @Sendable (_ descriptor: Int32) -> Void

  /// This kernel.
  static let live = PerfKernel(
    open: { attribute, thread, leader in
      var attribute = attribute
      let descriptor = clinux_perf_event_open(&attribute, thread, -1, leader, UInt(PERF_FLAG_FD_CLOEXEC))
      return descriptor >= 0 ? descriptor : -errno
    },
    id: { descriptor in
      var id: UInt64 = 0
      return clinux_perf_id(descriptor, &id) == 0 ? id : nil
    },
    enable: { clinux_perf_enable($0) == 0 },
    disable: { clinux_perf_disable($0) == 0 },
    read: { descriptor, buffer in
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      return count >= 0 ? count : -Int(errno)
    },
    close: { _ = Glibc.close($0) })
}
