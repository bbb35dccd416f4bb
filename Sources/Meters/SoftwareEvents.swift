import CLinux
import Glibc
import Machine
import Records

/// The kernel's own perf events, counted for each thread of the run and summed.
///
/// One group of events per thread, so that a thread's events cover the same time; no inheritance, which would count
/// threads that are none of the run's. Opening and closing the events happens outside the window of the clock.
public struct SoftwareEvents: Meter {
  /// The meter's name in suites and records.
  public let id = "software-events"
  /// What is read.
  public let source = "perf_event_open(PERF_TYPE_SOFTWARE)"
  /// What the numbers cover.
  public let scope: String? = "threads of the run"
  /// Counts and sizes have no smallest step of time.
  public let resolutionNs: Int? = nil

  private let machine: Machine
  private let threadIDs: @Sendable () -> [pid_t]
  private let countsOpener: Bool

  /// Makes the meter.
  ///
  /// - Parameters:
  ///   - threadIDs: the kernel's ids of the run's threads, asked for whenever a window opens.
  ///   - countsOpener: whether the thread that opens the window is counted too, as is right where it works.
  public init(machine: Machine, threadIDs: @escaping @Sendable () -> [pid_t], countsOpener: Bool = true) {
    self.countsOpener = countsOpener
    self.machine = machine
    self.threadIDs = threadIDs
  }

  /// Available where kernel events may be counted: context switches and migrations happen in the kernel.
  public func availability() -> Availability { Availability(machine.softwareEvents()) }

  /// Opens the events of every thread, not yet counting.
  ///
  /// Throws when a thread has ended or the process runs out of file descriptors.
  public func open(pass: Int) throws -> any OpenMeter {
    let threads = Set(threadIDs() + (countsOpener ? [clinux_gettid()] : []))
    // A server's threads times four events pass the usual soft limit of 1024.
    DescriptorLimit.raise(toHold: threads.count * SoftwareEventGroup.events.count)
    var groups: [SoftwareEventGroup] = []
    do {
      for thread in threads.sorted() { groups.append(try SoftwareEventGroup(thread: thread)) }
    } catch {
      for group in groups { group.close() }
      throw error
    }
    return Window(groups: groups)
  }

  private final class Window: OpenMeter {
    let groups: [SoftwareEventGroup]

    init(groups: [SoftwareEventGroup]) { self.groups = groups }

    deinit { for group in groups { group.close() } }

    func begin() throws { for group in groups { try group.enable() } }

    func end() { for group in groups { group.disable() } }

    func readings() -> MeterReadings {
      let counts = groups.map { $0.read() }
      // A sum that lacks a thread would be too small and look like a sum.
      let known = counts.compactMap { $0 }
      guard known.count == counts.count else {
        return MeterReadings(
          problems: [ProblemRecord(meter: "software-events", reason: "a thread's events could not be read back")])
      }
      return MeterReadings(
        SoftwareEventGroup.events.indices.map { event in
          Reading(SoftwareEventGroup.events[event].metric, known.reduce(0) { $0 + Double($1[event]) })
        })
    }
  }
}
