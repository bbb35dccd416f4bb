import CLinux
import Foundation
import Machine
import Records
import Testing

@testable import Meters

/// A processor of two kinds of cores, as sysfs shows it.
@Suite("Counters of hybrid processors")
struct CounterHybridTests {
  /// A root with the two PMUs that Linux makes on such a processor.
  private final class Root {
    let path = FileManager.default.temporaryDirectory.appending(path: "tern-hybrid-\(UUID().uuidString)").path

    init() throws {
      for (name, type, cpus) in [("cpu_core", "4", "0-3"), ("cpu_atom", "10", "4-7")] {
        let folder = "\(path)/sys/bus/event_source/devices/\(name)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try "\(type)\n".write(toFile: "\(folder)/type", atomically: false, encoding: .utf8)
        try "\(cpus)\n".write(toFile: "\(folder)/cpus", atomically: false, encoding: .utf8)
      }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  private let root: Root
  private let machine: Machine

  init() throws {
    root = try Root()
    machine = CounterExamples.machine(root: root.path)
  }

  /// The trial's thread stays on a fast core; the run's spends a quarter of its time on a slow one.
  private let kernel = ScriptedKernel(
    .init(step: { event in
      let isAtom = event.attribute.type == 10 || event.attribute.config >> 32 == 10
      let share: UInt64 = event.thread == 0 ? (isAtom ? 0 : 4) : (isAtom ? 1 : 3)
      let full = CounterExamples.honest(event).count
      return .init(count: full * share / 4, enabledNs: 1_000_000, runningNs: 250_000 * share)
    }))

  @Test("Each kind has its own table, is told apart in the record, and nothing is scaled")
  func tables() throws {
    let group = try CounterExamples.group(models: ["glc", "grt"])
    let meter = Counters.scripted(
      kernel, groups: [group], tables: ScriptedTables.of(["glc": 4, "grt": 10]), machine: machine)
    #expect(meter.availability() == .available)
    let readings = try meter.window()
    #expect(readings.value("counter_instructions") == Double(2 * CounterPlausibility.iterations))
    #expect(readings.count("instructions", on: "cpu_core")?.count == Int(CounterPlausibility.iterations * 3 / 2))
    #expect(readings.count("instructions", on: "cpu_atom")?.count == Int(CounterPlausibility.iterations / 2))
    #expect(readings.value("frequency_hz") == Double(CounterPlausibility.iterations) * 1e3)
    var record = MeterRecord(id: "counters", source: "", available: true)
    meter.describe(in: &record)
    #expect(record.counterGroups?[0].events.map(\.coreType) == ["cpu_atom", "cpu_atom", "cpu_core", "cpu_core"])
    #expect(record.notes?.contains { $0.contains("cpu_atom (grt) and cpu_core (glc), and never scaled") } == true)
  }

  @Test("A libpfm4 that does not know the processor asks each PMU for the kernel's own events")
  func generic() throws {
    let group = try CounterExamples.group(models: ["perf"])
    let meter = Counters.scripted(
      kernel, groups: [group], tables: ScriptedTables.of(["ix86arch": 4]), machine: machine)
    let readings = try meter.window()
    #expect(readings.value("instructions_per_cycle") == 2)
    let configs = Set(kernel.ofTheRun.map(\.attribute.config))
    // config |= type << 32, one event per PMU (perf_event_open(2), PERF_TYPE_HARDWARE).
    #expect(configs == [0xA_0000_00C0, 0xA_0000_003C, 0x4_0000_00C0, 0x4_0000_003C])
    #expect(kernel.ofTheRun.allSatisfy { $0.attribute.type == PERF_TYPE_HARDWARE.rawValue })
  }

  @Test("A table of one kind alone leaves time on the other kind uncounted, and that is found")
  func half() throws {
    var group = try CounterExamples.group(models: ["glc"])
    group.entries["grt"] = .unavailable("it cannot")
    let meter = Counters.scripted(
      kernel, groups: [group], tables: ScriptedTables.of(["glc": 4, "grt": 10]), machine: machine)
    #expect(meter.availability() == .available)
    let readings = try meter.window()
    #expect(readings.values.isEmpty && readings.counters.isEmpty)
    #expect(readings.problems.first?.reason.contains("counted on cpu_core; pin the threads there") == true)
  }
}
