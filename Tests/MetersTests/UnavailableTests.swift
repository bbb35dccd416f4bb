import Glibc
import Testing

@testable import Machine
@testable import Meters

@Suite("Meters that cannot read")
struct UnavailableTests {
  /// A machine with nothing in its files, whose kernel gives this answer about every perf event.
  private func machine(_ answer: PerfProbe.Answer, root: String = "/nonexistent") -> Machine {
    Machine(files: SystemFiles(root: root), perf: PerfProbe { _ in answer })
  }

  private func obstacle(_ meter: some Meter) -> (reason: String, fix: String)? {
    guard case .unavailable(let reason, let fix) = meter.availability() else { return nil }
    return (reason, fix)
  }

  @Test(
    "Counters and software events give the kernel's reason and the command that changes it",
    arguments: [(EACCES, "security module", "setcap"), (EPERM, "seccomp", "docker run --cap-add PERFMON")])
  func refused(number: Int32, reason: String, fix: String) throws {
    let counters = try #require(obstacle(Counters(machine: machine(.refused(number)))))
    #expect(counters.reason.contains(reason) && counters.fix.contains(fix))
    let events = try #require(obstacle(SoftwareEvents(machine: machine(.refused(number)), threadIDs: { [] })))
    #expect(events.reason.contains(reason) && events.fix.contains(fix))
  }

  @Test("Where the hardware would allow it, counters without a group say that nothing was asked for")
  func nothingAsked() throws {
    let found = try #require(obstacle(Counters(machine: machine(.counts))))
    #expect(found.reason.contains("no groups of hardware events are asked for"))
    #expect(found.fix.contains("counters = [\"ipc\"]"))
    #expect(throws: MeterError.self) { _ = try Counters(machine: machine(.counts)).start() }
  }

  @Test("Energy without a powercap tree gives the machine's reason")
  func noPowercap() throws {
    let found = try #require(obstacle(Energy(machine: machine(.counts))))
    #expect(found.reason.contains("RAPL"))
    #expect(throws: MeterError.self) { _ = try Energy(machine: machine(.counts)).start() }
  }

  @Test("No meter that cannot read gives a reading")
  func absent() throws {
    let meters = MeterCatalog.all(threadIDs: { [] }, machine: machine(.refused(EPERM)))
    let metrics = try MeterStack(meters, overheadWindows: 0).start().stop().metrics
    #expect(!metrics.keys.contains { $0.hasPrefix("event_") || $0.hasPrefix("energy_") })
    #expect(metrics["time_wall_ns"] != nil)
  }
}
