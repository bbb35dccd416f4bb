import CLinux
import Glibc

/// The software events of one thread as one perf group: enabled, disabled and read together.
struct SoftwareEventGroup {
  /// The events in the group's order; the first is its leader.
  static let events: [(metric: String, config: perf_sw_ids)] = [
    ("event_task_clock_ns", PERF_COUNT_SW_TASK_CLOCK),
    ("event_context_switches", PERF_COUNT_SW_CONTEXT_SWITCHES),
    ("event_cpu_migrations", PERF_COUNT_SW_CPU_MIGRATIONS),
    ("event_page_faults", PERF_COUNT_SW_PAGE_FAULTS),
  ]

  private let descriptors: [Int32]

  /// Opens the events of a thread, not yet counting.
  init(thread: pid_t) throws {
    var opened: [Int32] = []
    for event in Self.events {
      var attribute = Self.attribute(event.config, isLeader: opened.isEmpty)
      let descriptor = clinux_perf_event_open(
        &attribute, thread, -1, opened.first ?? -1, UInt(PERF_FLAG_FD_CLOEXEC))
      guard descriptor >= 0 else {
        let number = errno
        for descriptor in opened { Glibc.close(descriptor) }
        throw Self.error(number, thread: thread)
      }
      opened.append(descriptor)
    }
    descriptors = opened
  }

  /// Starts counting: a group runs when its leader is enabled.
  func enable() throws {
    guard clinux_perf_enable(descriptors[0]) == 0 else { throw MeterError("a perf group could not be enabled") }
  }

  /// Stops counting.
  func disable() { _ = clinux_perf_disable(descriptors[0]) }

  /// The counts in the order of `events`; nil when the kernel gave fewer.
  func read() -> [UInt64]? {
    // PERF_FORMAT_GROUP: the number of events, then one value for each (perf_event_open(2)).
    var words = [UInt64](repeating: 0, count: 1 + Self.events.count)
    let size = words.count * MemoryLayout<UInt64>.size
    guard Glibc.read(descriptors[0], &words, size) == size, words[0] == UInt64(Self.events.count) else { return nil }
    return Array(words[1...])
  }

  /// Gives the file descriptors back, members before their leader.
  func close() {
    for descriptor in descriptors.reversed() { Glibc.close(descriptor) }
  }

  private static func attribute(_ config: perf_sw_ids, isLeader: Bool) -> perf_event_attr {
    var attribute = perf_event_attr()
    attribute.size = UInt32(MemoryLayout<perf_event_attr>.size)
    attribute.type = PERF_TYPE_SOFTWARE.rawValue
    attribute.config = UInt64(config.rawValue)
    attribute.read_format = UInt64(PERF_FORMAT_GROUP.rawValue)
    attribute.disabled = isLeader ? 1 : 0
    return attribute
  }

  private static func error(_ number: Int32, thread: pid_t) -> MeterError {
    switch number {
    case ESRCH: MeterError("thread \(thread) has ended before its software events could be opened")
    case EMFILE: MeterError("no file descriptors are left for software events: ulimit -n 4096")
    default:
      MeterError(
        "software events of thread \(thread) could not be opened: \(String(cString: strerror(number)))"
          + " (errno \(number)); `tern doctor` names the cause")
    }
  }
}
