import Glibc
import Records
import Testing

@testable import Machine
@testable import Meters

/// Arithmetic on counts, without a kernel.
@Suite("Sums of counts")
struct CounterTallyTests {
  private func planned(cores: [CounterUnit?] = [nil], metrics: [(String, String)] = [("counter_cycles", "cycles")])
    throws -> CounterPlan.Group
  {
    let group = try CounterExamples.group(events: [("cycles", "CYC")], metrics: metrics)
    guard case .counted(let events, let formulas)? = group.entries["fake"] else { throw EventError(description: "") }
    let units = try cores.map { core in
      CounterPlan.Unit(
        core: core, model: "fake",
        events: try events.map {
          let encoding = try ScriptedTables.plain.encode("fake", $0.spelling, true)
          return CounterPlan.Event(asked: $0, attribute: encoding.attribute, encoding: encoding.name)
        })
    }
    return CounterPlan.Group(group: group, units: units, formulas: formulas)
  }

  private func tally(
    _ values: [(UInt64, UInt64, UInt64)], mode: CounterMode, cores: [CounterUnit?] = [nil],
    metrics: [(String, String)] = [("counter_cycles", "cycles")]
  ) throws -> MeterReadings {
    let parts = values.enumerated().map { index, value in
      CounterTally.Part(
        unit: index % cores.count, thread: index / cores.count,
        counts: .success([CounterSet.Value(count: value.0, enabledNs: value.1, runningNs: value.2)]))
    }
    return CounterTally(group: try planned(cores: cores, metrics: metrics), mode: mode, seconds: 2).readings(parts)
  }

  /// `count · enabled / running` in 128 bits, rounded once.
  private func exact(_ count: UInt64, _ enabled: UInt64, _ running: UInt64) -> Double {
    let product = count.multipliedFullWidth(by: enabled)
    let (quotient, remainder) = running.dividingFullWidth(product)
    return Double(quotient) + Double(remainder) / Double(running)
  }

  @Test(
    "A scaled value is within a millionth of exact arithmetic, and flagged", arguments: 1...16 as ClosedRange<UInt64>)
  func scaled(seed: UInt64) throws {
    var state = seed
    func next(_ bound: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 11) % bound
    }
    for _ in 0..<500 {
      let enabled = 1 + next(1 << 45)
      let running = 1 + next(enabled)
      let count = next(1 << 52)
      // What exceeds 64 bits cannot be a count: no window lasts that long.
      guard count.multipliedFullWidth(by: enabled).high < running else { continue }
      let readings = try tally([(count, enabled, running)], mode: .multiplexed)
      let value = try #require(readings.value("counter_cycles"))
      let truth = exact(count, enabled, running)
      #expect(abs(value - truth) <= 1e-6 * truth)
      let record = try #require(readings.count("cycles"))
      #expect(
        record.count == Int(count) && record.timeEnabledNs == Int(enabled) && record.timeRunningNs == Int(running))
      #expect((record.timeRunningNs < record.timeEnabledNs) == (running < enabled))
    }
  }

  @Test("Each thread is scaled by its own times before they are added")
  func perThread() throws {
    let readings = try tally([(100, 10, 5), (100, 10, 10), (0, 0, 0)], mode: .multiplexed)
    #expect(readings.value("counter_cycles") == 300)
    #expect(readings.count("cycles")?.count == 200)
    #expect(readings.count("cycles")?.runningRatio == 0.75)
  }

  @Test("In the strict mode one thread that took turns takes everything away", arguments: [9, 5, 1] as [UInt64])
  func strict(running: UInt64) throws {
    let readings = try tally([(100, 10, 10), (100, 10, running)], mode: .strict)
    #expect(readings.values.isEmpty && readings.counters.isEmpty)
    #expect(readings.problems.count == 1 && readings.problems[0].reason.contains("\(running) ns of 10"))
  }

  @Test("What was never on the hardware is not zero", arguments: CounterMode.allCases)
  func never(mode: CounterMode) throws {
    for values: [(UInt64, UInt64, UInt64)] in [
      [(0, 10, 0)], [(100, 10, 10), (0, 10, 0)], [(0, 0, 0)], [(0, 0, 0), (0, 5, 0)],
    ] {
      let readings = try tally(values, mode: mode)
      #expect(readings.values.isEmpty && readings.counters.isEmpty && readings.problems.count == 1)
    }
  }

  @Test("A thread that slept through the window adds nothing and spoils nothing", arguments: CounterMode.allCases)
  func asleep(mode: CounterMode) throws {
    #expect(try tally([(100, 10, 10), (0, 0, 0)], mode: mode).value("counter_cycles") == 100)
  }

  @Test("Times and counts that cannot be are refused")
  func impossible() throws {
    #expect(try tally([(1, 5, 10)], mode: .multiplexed).values.isEmpty)
    let most = UInt64.max
    for values: [(UInt64, UInt64, UInt64)] in [[(most, 5, 5)], [(most / 2, 5, 5), (most / 2, 5, 5), (9, 5, 5)]] {
      let readings = try tally(values, mode: .strict)
      #expect(readings.values.isEmpty && readings.problems.first?.reason.contains("63 bits") == true)
    }
  }

  @Test("A derived value below zero is a problem, and neither a value nor zero")
  func negative() throws {
    let metrics = [("counter_cycles", "cycles"), ("counter_instructions", "cycles - 500")]
    let readings = try tally([(100, 10, 10)], mode: .strict, metrics: metrics)
    #expect(readings.value("counter_cycles") == 100 && readings.value("counter_instructions") == nil)
    #expect(readings.problems.map(\.what) == ["counter_instructions"])
    #expect(readings.problems[0].reason.contains("-400"))
  }

  @Test("A division by zero leaves the metric out")
  func division() throws {
    let metrics = [("instructions_per_cycle", "1 / (cycles - 100)"), ("counter_cycles", "cycles")]
    let readings = try tally([(100, 10, 10)], mode: .strict, metrics: metrics)
    #expect(readings.values.map(\.metric) == ["counter_cycles"])
    #expect(readings.problems.first?.reason.contains("divides by zero") == true)
  }

  @Test("time is the window's, and cpu_time that of the threads on a CPU")
  func quantities() throws {
    let metrics = [("counter_cycles", "cycles / time"), ("frequency_hz", "cycles / cpu_time")]
    let readings = try tally([(6_000_000, 1_000_000, 1_000_000), (0, 0, 0)], mode: .strict, metrics: metrics)
    #expect(readings.value("counter_cycles") == 3_000_000)
    #expect(readings.value("frequency_hz") == 6e9)
    // Scaled counts stand for the whole time that they were enabled.
    let scaled = try tally([(3_000_000, 1_000_000, 500_000)], mode: .multiplexed, metrics: metrics)
    #expect(scaled.value("frequency_hz") == 6e9)
  }

  private static let cores: [CounterUnit?] = [
    CounterUnit(name: "cpu_atom", type: 10, cpus: [2]), CounterUnit(name: "cpu_core", type: 4, cpus: [0, 1]),
  ]

  @Test(
    "On a hybrid processor the kinds of cores are told apart, added and never scaled", arguments: CounterMode.allCases)
  func hybrid(mode: CounterMode) throws {
    // The thread was a quarter of its time on an efficiency core.
    let readings = try tally(
      [(100, 1000, 250), (900, 1000, 750)], mode: mode, cores: Self.cores,
      metrics: [("counter_cycles", "cycles"), ("frequency_hz", "cycles / cpu_time")])
    #expect(readings.value("counter_cycles") == 1000)
    #expect(readings.value("frequency_hz") == 1e9)
    #expect(readings.count("cycles", on: "cpu_atom")?.count == 100)
    #expect(readings.count("cycles", on: "cpu_core")?.timeRunningNs == 750)
  }

  @Test("A kind of core on which no thread was is not recorded as zero")
  func hybridPinned() throws {
    let readings = try tally([(0, 1000, 0), (900, 1000, 1000)], mode: .strict, cores: Self.cores)
    #expect(readings.counters.map(\.coreType) == ["cpu_core"])
    #expect(readings.value("counter_cycles") == 900)
  }

  @Test("Time on a kind of core that is not counted is found", arguments: CounterMode.allCases)
  func uncovered(mode: CounterMode) throws {
    for values: [(UInt64, UInt64, UInt64)] in [
      [(100, 1000, 200), (900, 1000, 700)], [(5, 1000, 1000), (0, 1000, 0), (1, 1000, 0), (1, 1000, 900)],
    ] {
      let readings = try tally(values, mode: mode, cores: Self.cores)
      #expect(readings.values.isEmpty && readings.counters.isEmpty)
      #expect(readings.problems.first?.reason.contains("cpu_atom and cpu_core") == true)
    }
  }
}
