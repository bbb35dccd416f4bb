import Foundation
import Machine
import Records
import Testing

@testable import Meters

/// Programs that are measured from outside.
///
/// One at a time: signals are passed on for the whole process.
@Suite(.serialized) struct CommandStackTests {
  private static let machine = Machine()
  private static let stack = CommandStack(machine: machine)

  private static func measure(_ arguments: String...) throws -> CommandWindow {
    try stack.measure(try Program(arguments))
  }

  // MARK: - Finding programs

  @Test("a program is found in PATH, in the order of its folders, and by its path")
  func findsPrograms() throws {
    #expect(try Program(["sh", "-c", "true"], searchPath: "/nowhere:/bin:/usr/bin").path == "/bin/sh")
    #expect(try Program(["/bin/sh"], searchPath: "").path == "/bin/sh")
    #expect(try Program(["sh"]).arguments == ["sh"])
  }

  @Test(
    "a program that is not there is 127, one that may not be run 126",
    arguments: [
      ("nothing-of-that-name", 127), ("/nowhere/at/all", 127), ("/etc/passwd", 126), ("/etc", 126), ("", 127),
      ("/etc/passwd/below", 127),
    ])
  func refusesPrograms(name: String, status: Int) {
    #expect {
      try Program([name])
    } throws: { error in
      (error as? ProgramError)?.exitStatus == Int32(status) && "\(error)".hasPrefix(name)
    }
  }

  @Test("a file without an interpreter is refused by the kernel, and is 126")
  func notAProgram() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("tern-text-\(UUID().uuidString)").path
    defer { unlink(path) }
    _ = FileManager.default.createFile(
      atPath: path, contents: Data("echo hello\n".utf8), attributes: [.posixPermissions: 0o755])
    #expect {
      try Self.measure(path)
    } throws: { error in
      (error as? ProgramError)?.exitStatus == 126 && "\(error)".contains("#!")
    }
  }

  // MARK: - What is measured

  @Test("the wall time is the program's, and sleeping takes no CPU time")
  func sleeping() throws {
    let seen = try Self.measure("sleep", "0.2")
    #expect(seen.end == .exited(0))
    let wall = try #require(seen.readings.metrics["time_wall_ns"])
    #expect(wall >= 200e6)
    let cpu =
      try #require(seen.readings.metrics["time_cpu_user_ns"]) + (seen.readings.metrics["time_cpu_system_ns"] ?? 0)
    #expect(cpu < wall)
    #expect(seen.readings.windowsNs["time"] != nil)
    // It gave up its CPU to sleep; its start is not counted as part of it.
    #expect(try #require(seen.readings.metrics["context_switches_voluntary"]) >= 1)
  }

  @Test("CPU time is that of the program and of the children it waited for")
  func computing() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("tern-times-\(UUID().uuidString)").path
    defer { unlink(path) }
    let loop = "sh -c 'i=0; while [ $i -lt 500000 ]; do i=$((i+1)); done'"
    let seen = try Self.measure("sh", "-c", "\(loop); times > \(path)")
    let user = try #require(seen.readings.metrics["time_cpu_user_ns"])
    let system = try #require(seen.readings.metrics["time_cpu_system_ns"])
    // The shell says the same in its own way: user and system time, its own and that of what it waited for.
    let said = try String(contentsOfFile: path, encoding: .utf8).matches(of: /(\d+)m([0-9.]+)s/).map { match in
      60 * (Double(match.1) ?? .nan) + (Double(match.2) ?? .nan)
    }
    try #require(said.count == 4)
    // Half a million turns of a shell's loop take more than 20 ms on the fastest machine.
    #expect(said[2] > 0.02)
    // Four numbers that were cut to ticks of 10 ms, and the end of the shell, which it cannot tell.
    let beyond = (user + system) * 1e-9 - said.reduce(0, +)
    #expect((-0.001..<0.1).contains(beyond), "\(user) + \(system) ns, \(said) s")
    // The clock of perf_event runs on while a hypervisor has the CPU; CPU time does not.
    if let clock = seen.readings.metrics["event_task_clock_ns"] { #expect(user + system < 1.2 * clock) }
  }

  @Test("a peak below what starting a program takes is absent with its reason, a larger one is the program's")
  func peak() throws {
    let small = try Self.measure("true")
    #expect(small.readings.metrics["memory_peak_rss_bytes"] == nil)
    #expect(small.readings.problems.contains { $0.what == "memory_peak_rss_bytes" && $0.reason.contains("MiB") })
    // The test's own process is large, and so is its copy: more than twice that is beyond doubt.
    let bytes = 2 * (PeakResidentSet.bytes() ?? 0) + (64 << 20)
    let large = try Self.measure("sh", "-c", "head -c \(bytes) /dev/zero | tail | wc -c")
    let peak = try #require(large.readings.metrics["memory_peak_rss_bytes"])
    #expect(peak > Double(bytes) / 2)
  }

  @Test(
    "software events are those of the program and what it starts",
    .enabled(
      if: Availability(Machine().softwareEvents()) == .available, "the kernel refuses software events: see tern doctor")
  )
  func events() throws {
    let one = try Self.measure("true").readings.metrics
    let several = try Self.measure("sh", "-c", "for i in 1 2 3 4 5; do /bin/true; done").readings.metrics
    for name in SoftwareEventGroup.events.map(\.metric) { #expect(one[name] != nil, "\(name)") }
    let (few, many) = (try #require(one["event_page_faults"]), try #require(several["event_page_faults"]))
    #expect(few > 10 && many > 3 * few)
    #expect(try #require(one["event_task_clock_ns"]) > 0)
  }

  // MARK: - How programs end

  @Test(
    "statuses and signals are told apart, and made into what a shell says",
    arguments: [
      ("exit 0", ProgramEnd.exited(0), Int32(0)), ("exit 3", .exited(3), 3), ("exit 255", .exited(255), 255),
      // SIGTERM may be ignored by whatever runs the tests, and a shell inherits that.
      ("kill -SEGV $$", .killed(SIGSEGV), 139), ("kill -KILL $$", .killed(SIGKILL), 137),
    ])
  func ends(script: String, end: ProgramEnd, status: Int32) throws {
    let seen = try Self.measure("sh", "-c", script)
    #expect(seen.end == end)
    #expect(seen.end.exitStatus == status)
    #expect(seen.signal == nil)
  }

  @Test("arguments and environment arrive as they are")
  func unchanged() throws {
    let seen = try Self.measure("sh", "-c", #"[ "$1" = "a  b" ] && [ "$2" = "" ] && [ -n "$PATH" ]"#, "sh", "a  b", "")
    #expect(seen.end == .exited(0))
  }

  // MARK: - Meters

  @Test("every meter of the catalog is there, available or with its reason and fix")
  func records() {
    #expect(Self.stack.records.map(\.id) == MeterCatalog.ids)
    for record in Self.stack.records where !record.available {
      #expect(record.reason?.isEmpty == false && record.fix?.isEmpty == false, "\(record.id)")
    }
  }

  @Test("only what is asked for is measured, and the clock")
  func someMeters() throws {
    let stack = CommandStack(machine: Self.machine, ids: ["memory"])
    #expect(stack.records.map(\.id) == ["time", "memory"])
    let metrics = try stack.measure(try Program(["true"])).readings.metrics
    #expect(metrics["time_wall_ns"] != nil && metrics["page_faults_minor"] != nil)
    #expect(metrics["time_cpu_user_ns"] == nil && metrics["event_task_clock_ns"] == nil)
  }

  @Test("meters of the machine see the whole run; one that fails to begin starts no program")
  func aroundTheProgram() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("tern-ran-\(UUID().uuidString)").path
    defer { unlink(path) }
    let failing = CommandStack(machine: Self.machine, ids: ["energy"], around: [FailingMeter(), WallClock()])
    #expect(throws: MeterError.self) { try failing.measure(try Program(["touch", path])) }
    #expect(access(path, F_OK) != 0)
  }

  /// Can be opened, and not begun twice: the stack tries each meter out before it is used.
  private struct FailingMeter: Meter {
    let id = "energy"
    let source = "nothing"
    let scope: String? = nil
    let resolutionNs: Int? = nil
    private let count = Count()

    func availability() -> Availability { .available }
    func open(pass: Int) throws -> any OpenMeter { Window(count: count) }

    private final class Count: @unchecked Sendable { var begun = 0 }

    private final class Window: OpenMeter {
      let count: Count
      init(count: Count) { self.count = count }
      func begin() throws {
        count.begun += 1
        // The stack's own trial takes 31 windows.
        if count.begun > 31 { throw MeterError("out of order") }
      }
      func end() {}
      func readings() -> MeterReadings { MeterReadings() }
    }
  }
}
