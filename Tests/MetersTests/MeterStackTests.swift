import Machine
import Records
import Synchronization
import Testing

@testable import Meters

/// Writes down when it is started and stopped.
private struct TracingMeter: Meter {
  final class Log: Sendable {
    let lines = Mutex<[String]>([])
    func add(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
  }

  let id: String
  let log: Log
  var fails = false
  let source = "a log"
  let scope: String? = nil
  let resolutionNs: Int? = nil

  func availability() -> Availability {
    log.add("ask \(id)")
    return .available
  }

  func open(pass: Int) throws -> any OpenMeter { Window(id: id, log: log, fails: fails) }

  private final class Window: OpenMeter {
    let id: String
    let log: Log
    let fails: Bool

    init(id: String, log: Log, fails: Bool) {
      self.id = id
      self.log = log
      self.fails = fails
    }

    func begin() throws {
      if fails { throw MeterError("\(id) fails") }
      log.add("start \(id)")
    }

    func end() { log.add("stop \(id)") }

    func readings() -> MeterReadings { MeterReadings() }
  }
}

@Suite("Meter stack")
struct MeterStackTests {
  @Test("Windows nest: started in order, stopped in reverse, the clock innermost wherever it was named")
  func nesting() throws {
    let log = TracingMeter.Log()
    let stack = MeterStack(["time", "energy", "cpu"].map { TracingMeter(id: $0, log: log) }, overheadWindows: 0)
    #expect(log.all == ["ask energy", "ask cpu", "ask time"])
    _ = try stack.start().stop()
    #expect(
      log.all.dropFirst(3) == ["start energy", "start cpu", "start time", "stop time", "stop cpu", "stop energy"])
  }

  @Test("Every meter's window is recorded, and the clock's lies inside all others")
  func windows() throws {
    let readings = try MeterStack(["cpu", "time"].map { ScriptedMeter(id: $0, script: [[:]]) }).start().stop()
    let clock = try #require(readings.windowsNs["time"])
    let cpu = try #require(readings.windowsNs["cpu"])
    #expect(clock > 0 && clock < cpu)
  }

  @Test("Availability is asked once, however many windows are opened")
  func askedOnce() throws {
    let log = TracingMeter.Log()
    let stack = MeterStack([TracingMeter(id: "cpu", log: log)])
    for _ in 0..<3 { _ = try stack.start().stop() }
    #expect(log.all.filter { $0.hasPrefix("ask") }.count == 1)
  }

  @Test("A meter that fails closes the windows that are open and is heard")
  func failure() {
    let log = TracingMeter.Log()
    let failing = TracingMeter(id: "cpu", log: log, fails: true)
    let stack = MeterStack([TracingMeter(id: "energy", log: log), failing], overheadWindows: 0)
    #expect(throws: MeterError.self) { _ = try stack.start() }
    #expect(log.all.suffix(2) == ["start energy", "stop energy"])
  }

  @Test("A meter that fails at the empty window is unavailable, with the reason")
  func failsEmpty() throws {
    let meter = ScriptedMeter(id: "cpu", script: [], failure: MeterError("the clock is broken"))
    let stack = MeterStack([meter, ScriptedMeter(script: [["time_wall_ns": 5]])])
    #expect(stack.records[0].available == false)
    #expect(stack.records[0].reason == "it could not be started: the clock is broken")
    #expect(stack.records[0].fix != nil)
    #expect(try stack.start().stop().metrics == ["time_wall_ns": 5])
  }

  @Test("An unavailable meter is in the records with reason and fix, and its quantities are absent")
  func unavailable() throws {
    let energy = ScriptedMeter(
      id: "energy", script: [["energy_package_j": 1]], availability: .unavailable(reason: "no RAPL", fix: "bare metal"))
    let stack = MeterStack([energy, ScriptedMeter(script: [["time_wall_ns": 7]])])
    #expect(stack.records.map(\.id) == ["energy", "time"])
    #expect((stack.records[0].reason, stack.records[0].fix) == ("no RAPL", "bare metal"))
    #expect(stack.records[0].overheadNs == nil)
    #expect(try stack.start().stop().metrics == ["time_wall_ns": 7])
    #expect(energy.windowsOpened == 0)
  }

  @Test("A value that is not finite never leaves a window", arguments: [Double.nan, .infinity, -.infinity])
  func notFinite(value: Double) throws {
    let stack = MeterStack(
      [ScriptedMeter(script: [["time_wall_ns": value, "page_faults_minor": 3]])], overheadWindows: 0)
    #expect(try stack.start().stop().metrics == ["page_faults_minor": 3])
  }

  @Test("The script runs window after window and begins again; empty windows for the overhead use it up")
  func script() throws {
    let meter = ScriptedMeter(script: [["time_wall_ns": 1], ["time_wall_ns": 2]])
    let stack = MeterStack([meter], overheadWindows: 0)
    let seen = try (0..<3).map { _ in try stack.start().stop().metrics["time_wall_ns"] }
    #expect(seen == [1, 2, 1])
    _ = MeterStack([meter], overheadWindows: 4)
    #expect(meter.windowsOpened == 7)
  }

  @Test("The overhead of every available meter is recorded")
  func overhead() {
    let stack = MeterStack(MeterCatalog.all(threadIDs: { [] }, machine: Machine()))
    for record in stack.records {
      #expect((record.overheadNs != nil) == record.available)
      #expect((record.reason == nil) == record.available)
      #expect((record.fix == nil) == record.available)
    }
  }

  @Test("An id is taken once")
  func duplicates() {
    let meters = (0..<2).map { _ in ScriptedMeter(id: "cpu", script: []) }
    #expect(MeterStack(meters, overheadWindows: 0).records.count == 1)
  }

  @Test("An empty stack measures nothing")
  func empty() throws { #expect(try MeterStack([]).start().stop().metrics == [:]) }
}
