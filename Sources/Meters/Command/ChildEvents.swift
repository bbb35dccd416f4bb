import CLinux
import Glibc
import Machine
import Records

/// The kernel's own perf events of a program, its threads and its children.
///
/// Events are inherited, and enabled by exec. Each has a descriptor of its own: the kernel does not read inherited
/// events as a group.
public struct ChildEvents: ChildMeter {
  /// The meter's name in suites and records.
  public let id = "software-events"
  /// What is read.
  public let source = "perf_event_open(PERF_TYPE_SOFTWARE), inherited"
  /// What the numbers cover.
  public let scope: String? = "the program and all of its children that ended before it"

  private let machine: Machine

  /// Makes the meter.
  public init(machine: Machine) { self.machine = machine }

  /// Available where kernel events may be counted: context switches and migrations happen in the kernel.
  public func availability() -> Availability { Availability(machine.softwareEvents()) }

  /// Opens every event on the process.
  ///
  /// Throws `MeterError` when the kernel refuses one.
  public func attach(to pid: pid_t) throws -> any OpenMeter { try Attached(pid: pid) }

  private final class Attached: OpenMeter {
    private var descriptors: [Int32] = []

    init(pid: pid_t) throws {
      for event in SoftwareEventGroup.events {
        var attribute = ChildEvents.attribute(event.config)
        let descriptor = clinux_perf_event_open(&attribute, pid, -1, -1, UInt(PERF_FLAG_FD_CLOEXEC))
        guard descriptor >= 0 else {
          let number = errno
          throw MeterError(
            "\(event.metric) of the program could not be opened: \(String(cString: strerror(number))) (errno \(number))"
          )
        }
        descriptors.append(descriptor)
      }
    }

    deinit { for descriptor in descriptors { close(descriptor) } }

    /// The exec of the program enables the events.
    func begin() {}

    /// They end with the program.
    func end() {}

    func readings() -> MeterReadings {
      var readings = MeterReadings()
      for (event, descriptor) in zip(SoftwareEventGroup.events, descriptors) {
        var count: UInt64 = 0
        let size = MemoryLayout<UInt64>.size
        if read(descriptor, &count, size) == size, let reading = Reading(event.metric, Double(count)) {
          readings.values.append(reading)
        } else {
          readings.problems.append(
            ProblemRecord(meter: "software-events", what: event.metric, reason: "the event could not be read back"))
        }
      }
      return readings
    }
  }

  private static func attribute(_ config: perf_sw_ids) -> perf_event_attr {
    var attribute = perf_event_attr()
    attribute.size = UInt32(MemoryLayout<perf_event_attr>.size)
    attribute.type = PERF_TYPE_SOFTWARE.rawValue
    attribute.config = UInt64(config.rawValue)
    attribute.disabled = 1
    attribute.inherit = 1
    attribute.enable_on_exec = 1
    return attribute
  }
}
