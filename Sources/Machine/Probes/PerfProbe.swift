import CLinux
import Glibc

/// Tries a perf event out: opens it for the calling thread, lets it count a known loop, closes it.
///
/// A value with a closure, so that a test can stand any kernel's answer in place of this one's.
struct PerfProbe: Sendable {
  /// Which kind of event is tried.
  enum Event: Sendable {
    /// CPU cycles in user mode: needs performance counters in the hardware.
    case cycles
    /// Context switches, which happen in the kernel: needs the right to count kernel events, and no hardware.
    case contextSwitches
  }

  /// What the kernel answered.
  enum Answer: Sendable, Equatable {
    /// The event opened and advanced.
    case counts
    /// The event opened and stayed at zero over a loop that takes cycles: some hypervisors do that.
    case staysZero
    /// The events opened and counted what cannot be; in words.
    case implausible(String)
    /// perf_event_open(2) failed with this errno.
    case refused(Int32)
  }

  let ask: @Sendable (Event) -> Answer

  /// This kernel's own answer.
  static let live = PerfProbe { event in
    var attribute = attribute(of: event)
    let descriptor = clinux_perf_event_open(&attribute, 0, -1, -1, UInt(PERF_FLAG_FD_CLOEXEC))
    guard descriptor >= 0 else { return .refused(errno) }
    defer { close(descriptor) }
    // A thread may well not be switched during a short loop: opening the event is proof enough.
    if event == .contextSwitches { return .counts }
    return count(beside: descriptor)
  }

  /// Counts instructions beside the cycles that are open, over the loop of known length.
  private static func count(beside cycles: Int32) -> Answer {
    var attribute = attribute(of: .cycles)
    attribute.config = UInt64(PERF_COUNT_HW_INSTRUCTIONS.rawValue)
    attribute.disabled = 0
    let instructions = clinux_perf_event_open(&attribute, 0, -1, cycles, UInt(PERF_FLAG_FD_CLOEXEC))
    // A core that counts one event at a time is still one that counts.
    defer { if instructions >= 0 { close(instructions) } }
    _ = clinux_perf_enable(cycles)
    let expected = clinux_counted_loop(CounterPlausibility.iterations)
    if expected == 0 { for _ in 0..<1000 { clinux_cpu_relax() } }
    _ = clinux_perf_disable(cycles)
    guard let cycles = value(cycles), cycles > 0 else { return .staysZero }
    guard instructions >= 0, let instructions = value(instructions) else { return .counts }
    let problem = CounterPlausibility.problem(instructions: instructions, cycles: cycles, expected: expected)
    return problem.map(Answer.implausible) ?? .counts
  }

  private static func value(_ descriptor: Int32) -> UInt64? {
    var count: UInt64 = 0
    let size = MemoryLayout<UInt64>.size
    return read(descriptor, &count, size) == size ? count : nil
  }

  private static func attribute(of event: Event) -> perf_event_attr {
    var attribute = perf_event_attr()
    attribute.size = UInt32(MemoryLayout<perf_event_attr>.size)
    attribute.disabled = 1
    attribute.exclude_hv = 1
    switch event {
    case .cycles:
      attribute.type = PERF_TYPE_HARDWARE.rawValue
      attribute.config = UInt64(PERF_COUNT_HW_CPU_CYCLES.rawValue)
      attribute.exclude_kernel = 1
    case .contextSwitches:
      attribute.type = PERF_TYPE_SOFTWARE.rawValue
      attribute.config = UInt64(PERF_COUNT_SW_CONTEXT_SWITCHES.rawValue)
    }
    return attribute
  }
}
