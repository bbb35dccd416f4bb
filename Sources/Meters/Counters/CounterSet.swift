import CLinux
import Glibc
import Records

/// The events of one group on one kind of core, open for one thread or command: scheduled together, read together.
///
/// Closed when the last owner lets go.
final class CounterSet: Sendable {
  /// How the events are opened.
  enum Opening: Sendable {
    /// For one thread: on the hardware whenever the thread runs, or not at all.
    case pinnedGroup
    /// For one thread: takes turns with other groups.
    case group
    /// For a command that has not begun and all that it starts: counts from its exec on.
    ///
    /// Not pinned: of a child whose events do not fit, the kernel would tell neither count nor time.
    case command

    var isGroupRead: Bool { if case .command = self { false } else { true } }
  }

  /// What an event has counted since it was opened, and for how long.
  struct Value: Sendable, Equatable {
    var count: UInt64
    var enabledNs: UInt64
    var runningNs: UInt64
  }

  /// Why there are no values.
  enum Failure: Error, Sendable, Equatable {
    /// A read of 0 bytes: the pinned group did not get the hardware (perf_event_open(2)).
    case notScheduled
    /// read(2) failed with this errno.
    case errno(Int32)
    /// The kernel gave something else than was asked for.
    case malformed

    var words: String {
      switch self {
      case .notScheduled: "the counters were taken by something else, or are too few for the group"
      case .errno(let number): "reading failed: \(String(cString: strerror(number))) (errno \(number))"
      case .malformed: "the kernel gave other values than were asked for"
      }
    }
  }

  /// perf_event_open(2) refused an event.
  struct OpenError: Error {
    let number: Int32
    let event: String
  }

  private let descriptors: [Int32]
  private let ids: [UInt64]
  private let isGroupRead: Bool
  private let kernel: PerfKernel

  /// The descriptor that starts and stops the whole set.
  var leader: Int32 { descriptors[0] }

  /// Opens the events for a thread, or a command's process, not yet counting.
  init(_ unit: CounterPlan.Unit, of thread: pid_t, opening: Opening, kernel: PerfKernel) throws(OpenError) {
    var descriptors: [Int32] = []
    var ids: [UInt64] = []
    for event in unit.events {
      let attribute = Self.attribute(event, opening: opening, isLeader: descriptors.isEmpty)
      let answer = kernel.open(attribute, thread, descriptors.first ?? -1)
      guard answer >= 0 else {
        for descriptor in descriptors.reversed() { kernel.close(descriptor) }
        throw OpenError(number: -answer, event: event.encoding)
      }
      descriptors.append(answer)
      // 0 is no id: the kernel counts them from 1, so that a missing one is found in no read.
      ids.append(kernel.id(answer) ?? 0)
    }
    self.descriptors = descriptors
    self.ids = ids
    self.isGroupRead = opening.isGroupRead
    self.kernel = kernel
  }

  deinit { for descriptor in descriptors.reversed() { kernel.close(descriptor) } }

  private static func attribute(_ event: CounterPlan.Event, opening: Opening, isLeader: Bool) -> perf_event_attr {
    var attribute = event.attribute
    // Members follow their leader.
    attribute.disabled = isLeader ? 1 : 0
    var format = PERF_FORMAT_ID.rawValue | PERF_FORMAT_TOTAL_TIME_ENABLED.rawValue
    format |= PERF_FORMAT_TOTAL_TIME_RUNNING.rawValue
    switch opening {
    case .pinnedGroup:
      attribute.pinned = isLeader ? 1 : 0
      format |= PERF_FORMAT_GROUP.rawValue
    case .group: format |= PERF_FORMAT_GROUP.rawValue
    case .command:
      // Before Linux 6.12, events that children inherit cannot be read as a group: each is read by itself.
      attribute.inherit = 1
      attribute.enable_on_exec = isLeader ? 1 : 0
    }
    attribute.read_format = UInt64(format)
    return attribute
  }

  /// What the events have counted, in their order.
  func values() -> Result<[Value], Failure> { isGroupRead ? groupValues() : singleValues() }

  /// One read of the leader: the number of events, the times, and a value and an id for each (perf_event_open(2)).
  private func groupValues() -> Result<[Value], Failure> {
    var words = [UInt64](repeating: 0, count: 3 + 2 * descriptors.count)
    if let failure = read(leader, &words) { return .failure(failure) }
    guard words[0] == UInt64(descriptors.count) else { return .failure(.malformed) }
    var values: [Value] = []
    for id in ids {
      guard let place = stride(from: 3, to: words.count, by: 2).first(where: { words[$0 + 1] == id }) else {
        return .failure(.malformed)
      }
      values.append(Value(count: words[place], enabledNs: words[1], runningNs: words[2]))
    }
    return .success(values)
  }

  /// One read for each event: its value, the times, its id.
  private func singleValues() -> Result<[Value], Failure> {
    var values: [Value] = []
    for descriptor in descriptors {
      var words = [UInt64](repeating: 0, count: 4)
      if let failure = read(descriptor, &words) { return .failure(failure) }
      values.append(Value(count: words[0], enabledNs: words[1], runningNs: words[2]))
    }
    return .success(values)
  }

  private func read(_ descriptor: Int32, _ words: inout [UInt64]) -> Failure? {
    let wanted = words.count * MemoryLayout<UInt64>.size
    let count = words.withUnsafeMutableBytes { kernel.read(descriptor, $0) }
    if count == wanted { return nil }
    if count == 0 { return .notScheduled }
    return count < 0 ? .errno(Int32(clamping: -count)) : .malformed
  }
}
