import Records
import Testing

@testable import Machine

@Suite("Rules about a cell")
struct RuleTests {
  private func warnings(_ make: (inout EnvironmentChange) -> Void) -> [WarningRecord] {
    var change = EnvironmentChange()
    make(&change)
    return change.warnings
  }

  private func told(_ make: (inout EnvironmentChange) -> Void) -> [String] {
    warnings(make).map { "\($0.id) \($0.severity?.rawValue ?? "")" }
  }

  @Test(
    "Stolen time is a note above 0.1 % and a veto above 1 %",
    arguments: [(0.001, []), (0.0011, ["W-steal note"]), (0.01, ["W-steal note"]), (0.011, ["W-steal veto"])]
      as [(Double, [String])])
  func steal(fraction: Double, expected: [String]) {
    #expect(told { $0.stealFraction = fraction } == expected)
  }

  @Test(
    "Foreign load is a warning above 1 % and a veto above 5 %",
    arguments: [(0.01, []), (0.011, ["W-foreign-load warn"]), (0.05, ["W-foreign-load warn"])]
      + [(0.051, ["W-foreign-load veto"])] as [(Double, [String])])
  func foreign(fraction: Double, expected: [String]) {
    #expect(told { $0.foreignFraction = fraction } == expected)
  }

  @Test(
    "Power at 98 % of the limit is a warning",
    arguments: [(97.9, []), (98, ["W-power-limit warn"])] as [(Double, [String])])
  func power(watts: Double, expected: [String]) {
    #expect(
      told {
        $0.powerLimitW = 100
        $0.include(metrics: ["power_package_w": watts])
      } == expected)
  }

  @Test("Without a limit, or without a power, nothing is said of power")
  func powerUnknown() {
    #expect(told { $0.include(metrics: ["power_package_w": 500]) } == [])
    #expect(told { $0.powerLimitW = 100 } == [])
  }

  @Test("Migrations count where threads are pinned")
  func migrations() {
    #expect(told { $0.include(metrics: ["event_cpu_migrations": 3]) } == [])
    let pinned = warnings {
      $0.isPinned = true
      $0.include(metrics: ["event_cpu_migrations": 3, "event_page_faults": 7])
    }
    #expect(pinned.map(\.message) == ["pinned threads moved to another CPU 3 times during the cell"])
  }

  @Test("One misplaced page of a hundred thousand is a veto")
  func pages() {
    #expect(told { $0.include(misplacedPages: 0, of: 100_000) } == [])
    let warning = warnings { $0.include(misplacedPages: 1, of: 100_000) }.first
    #expect(warning?.id == "W-numa-misplaced" && warning?.isVeto == true)
    #expect(warning?.message.hasPrefix("1 of 100000 pages") == true)
  }

  @Test("Faults and stalls have their thresholds")
  func memory() {
    #expect(told { $0.majorFaults = 0 } == [])
    #expect(told { $0.majorFaults = 1 } == ["W-major-faults warn"])
    #expect(told { $0.memoryStallFraction = 0.01 } == [])
    #expect(told { $0.memoryStallFraction = 0.02 } == ["W-pressure-memory warn"])
    #expect(told { $0.ioStallFraction = 0.1 } == [])
    #expect(told { $0.ioStallFraction = 0.2 } == ["W-pressure-io note"])
  }

  @Test("Threads that are elsewhere and settings that changed are vetoes, with the first in words")
  func lists() {
    let stray = warnings { $0.strayThreads = ["thread 7 may run on CPUs 0-7", "thread 8 last ran on CPU 0"] }
    #expect(stray.map(\.isVeto) == [true])
    #expect(stray.first?.message.hasSuffix("thread 7 may run on CPUs 0-7, and 1 more") == true)
    let changed = warnings { $0.changedSettings = ["turbo went from off to on"] }
    #expect(changed.map(\.message) == ["turbo went from off to on during the cell"])
    #expect(changed.map(\.isVeto) == [true])
  }

  @Test("Stall time is a part of the wall time, and a short window says nothing")
  func stalls() {
    var before = EnvironmentSnapshot(), after = EnvironmentSnapshot()
    (before.memoryStallUs, after.memoryStallUs) = (1000, 51_000)
    (before.takenNs, after.takenNs) = (5, 1_000_000_005)
    #expect(EnvironmentChange(from: before, to: after, cpus: []).memoryStallFraction == 0.05)
    #expect(EnvironmentChange(from: before, to: after, cpus: []).ioStallFraction == nil)
    after.takenNs = 90_000_000
    #expect(EnvironmentChange(from: before, to: after, cpus: []).memoryStallFraction == nil)
    after.takenNs = nil
    #expect(EnvironmentChange(from: before, to: after, cpus: []).memoryStallFraction == nil)
  }

  @Test("Every rule has a threshold and a fix, and speaks of nothing when nothing is known")
  func silent() {
    for rule in EnvironmentRule.all {
      #expect(rule.id.hasPrefix("W-") && rule.threshold.hasSuffix(".") && !rule.fix.isEmpty)
      #expect(rule.look(EnvironmentChange()) == nil)
    }
  }

  @Test("Clocks more than 1 % apart are a warning; a fall on a hot processor is a veto")
  func spread() {
    #expect(FrequencySpread.warning(frequenciesHz: [], endedHot: true) == nil)
    #expect(FrequencySpread.warning(frequenciesHz: [3e9], endedHot: true) == nil)
    #expect(FrequencySpread.warning(frequenciesHz: [3e9, 2.97e9], endedHot: true) == nil)
    #expect(FrequencySpread.warning(frequenciesHz: [3e9, .nan, 0, -1], endedHot: true) == nil)
    let moved = FrequencySpread.warning(frequenciesHz: [3e9, 2.9e9, 3e9], endedHot: true)
    #expect(moved?.id == "W-frequency-spread" && moved?.severity == .warn)
    let fell = FrequencySpread.warning(frequenciesHz: [3e9, 2.9e9, 2.7e9], endedHot: true)
    #expect(fell?.id == "W-thermal" && fell?.isVeto == true)
    #expect(fell?.message == "the clock fell by 10 % on a hot processor (2.7 to 3 GHz)")
    #expect(FrequencySpread.warning(frequenciesHz: [3e9, 2.7e9], endedHot: false)?.id == "W-frequency-spread")
  }
}
