import CLinux
import Glibc

/// Tries energy events out: opens them all, lets a little time pass, reads them, closes them.
///
/// A value with a closure, so that a test can stand any kernel's answer in place of this one's.
struct EnergyEventProbe: Sendable {
  /// One answer per event; nil where it was not tried.
  let ask: @Sendable ([EnergyEvent]) -> [PerfProbe.Answer?]

  /// The events of a made-up machine must not be opened on the real one: there, their numbers mean something else.
  static let untried = EnergyEventProbe { $0.map { _ in nil } }

  /// This kernel's own answers.
  static let live = EnergyEventProbe { events in
    var descriptors: [Int32] = [], refusals: [Int32] = []
    for event in events {
      let descriptor = open(event)
      descriptors.append(descriptor)
      refusals.append(descriptor < 0 ? errno : 0)
    }
    defer { for descriptor in descriptors where descriptor >= 0 { close(descriptor) } }
    var answers: [PerfProbe.Answer?] = refusals.map { $0 == 0 ? .staysZero : .refused($0) }
    let startNs = clinux_monotonic_raw_ns()
    repeat {
      for index in events.indices where answers[index] == .staysZero {
        var count: UInt64 = 0
        let size = MemoryLayout<UInt64>.size
        if read(descriptors[index], &count, size) == size && count > 0 { answers[index] = .counts }
      }
    } while answers.contains(.staysZero) && clinux_monotonic_raw_ns() - startNs < patienceNs
    return answers
  }

  /// Half a watt is 160 steps of the coarsest package counter (61 µJ) in 20 ms; the unit of 1 J that some servers'
  /// platform counter has takes 50 W to move in it, which those servers never fall below.
  private static let patienceNs: UInt64 = 20_000_000

  /// Opens an event for whatever runs on its CPU; -1 and errno where the kernel refuses.
  private static func open(_ event: EnergyEvent) -> Int32 {
    var attribute = perf_event_attr()
    attribute.size = UInt32(MemoryLayout<perf_event_attr>.size)
    attribute.type = event.type
    attribute.config = event.config
    return clinux_perf_event_open(&attribute, -1, Int32(event.cpu), -1, UInt(PERF_FLAG_FD_CLOEXEC))
  }
}
