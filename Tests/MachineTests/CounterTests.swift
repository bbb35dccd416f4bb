import Testing

@testable import Machine

@Suite("What counters need")
struct CounterTests {
  @Test(
    "Counts of a known loop are believed within a hundredth, and between 0.05 and 12 instructions per cycle",
    arguments: [
      (1_000_000, 500_000, 1_000_000, true), (1_009_000, 500_000, 1_000_000, true),
      (1_011_000, 500_000, 1_000_000, false), (989_000, 500_000, 1_000_000, false), (0, 500_000, 1_000_000, false),
      (1_000_000, 0, 1_000_000, false), (1_000_000, 20_000_000, 1_000_000, true),
      (1_000_000, 21_000_000, 1_000_000, false), (1_200_000, 100_000, 0, true), (1_300_000, 100_000, 0, false),
      (777, 500, 0, true),
    ] as [(UInt64, UInt64, UInt64, Bool)])
  func plausibility(instructions: UInt64, cycles: UInt64, expected: UInt64, isFine: Bool) {
    let problem = CounterPlausibility.problem(instructions: instructions, cycles: cycles, expected: expected)
    #expect((problem == nil) == isFine)
  }

  @Test("Counters that do not tell the truth are no counters")
  func implausible() {
    let capability = FakeRoot.bareGuest().machine(cycles: .implausible("a loop of 8 was counted as 9"))
      .hardwareCounters()
    guard case .unusable(let reason, let fix) = capability else {
      Issue.record("usable")
      return
    }
    #expect(reason.contains("a loop of 8 was counted as 9") && fix.contains("bare metal"))
  }

  private func hybrid() -> FakeRoot {
    let folder = "/sys/bus/event_source/devices"
    return FakeRoot().write("\(folder)/cpu_core/type", "4").write("\(folder)/cpu_core/cpus", "0-3")
      .write("\(folder)/cpu_atom/type", "10").write("\(folder)/cpu_atom/cpus", "4-7")
      .write("\(folder)/software/type", "1").write("\(folder)/power/type", "12")
  }

  @Test("The kinds of cores are the kernel's PMUs for them")
  func units() {
    let units = hybrid().machine().counterUnits
    #expect(units.map(\.name) == ["cpu_atom", "cpu_core"] && units.map(\.type) == [10, 4])
    #expect(units[1].cpus == [0, 1, 2, 3])
  }

  @Test(
    "One kind is no hybrid, and what is no number or has no CPU is no kind", arguments: ["", "x", "-1", "99999999999"])
  func oneKind(type: String) {
    let folder = "/sys/bus/event_source/devices"
    #expect(FakeRoot().write("\(folder)/cpu/type", "4").machine().counterUnits.isEmpty)
    #expect(hybrid().write("\(folder)/cpu_atom/type", type).machine().counterUnits.isEmpty)
    #expect(hybrid().write("\(folder)/cpu_atom/cpus", type == "x" ? "" : "a-b").machine().counterUnits.isEmpty)
    #expect(FakeRoot().machine().counterUnits.isEmpty)
  }

  @Test("The kinds of cores of an ARM board are named after them")
  func board() {
    let folder = "/sys/bus/event_source/devices"
    let root = FakeRoot().write("\(folder)/armv8_cortex_a55/type", "8").write("\(folder)/armv8_cortex_a55/cpus", "0-3")
      .write("\(folder)/armv8_cortex_a76/type", "9").write("\(folder)/armv8_cortex_a76/cpus", "4-7")
    #expect(root.machine().counterUnits.map(\.name) == ["armv8_cortex_a55", "armv8_cortex_a76"])
  }

  @Test("The watchdog's counter is noted, with what frees it")
  func watchdog() {
    #expect(FakeRoot.intelLaptop().machine().counterNotes.first?.contains("kernel.nmi_watchdog=0") == true)
    #expect(FakeRoot.amdServer().machine().counterNotes.isEmpty)
    #expect(FakeRoot.amdServer().machine().perfEventParanoid == 1)
  }
}
