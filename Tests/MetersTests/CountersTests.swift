import CLinux
import Glibc
import Records
import Testing

@testable import Machine
@testable import Meters

/// The meter before kernels that the tests write.
@Suite("Hardware counters")
struct CountersTests {
  private let ipc: CounterGroup, branches: CounterGroup

  init() throws {
    ipc = try CounterExamples.group()
    branches = try CounterExamples.branches()
  }

  private func obstacle(_ meter: Counters) -> (reason: String, fix: String)? {
    guard case .unavailable(let reason, let fix) = meter.availability() else { return nil }
    return (reason, fix)
  }

  @Test("Counts of all threads are summed and told apart by their ids")
  func sum() throws {
    let kernel = ScriptedKernel(.init(step: CounterExamples.honest))
    let meter = Counters.scripted(kernel, groups: [ipc], threads: [7, 8])
    #expect(meter.availability() == .available && meter.passes == 1)
    let readings = try meter.window()
    // Two threads and the one that opens the window.
    #expect(readings.value("counter_instructions") == Double(3 * 2 * CounterPlausibility.iterations))
    #expect(readings.value("instructions_per_cycle") == 2)
    #expect(readings.value("frequency_hz") == Double(CounterPlausibility.iterations) * 1e3)
    #expect(readings.problems.isEmpty)
    #expect(readings.count("cycles")?.timeRunningNs == 3_000_000)
    #expect(Set(kernel.ofTheRun.map(\.thread)) == [7, 8, clinux_gettid()])
  }

  @Test("Events are opened as groups: one leader, pinned in the strict mode, without inheritance, with their times")
  func attributes() throws {
    for mode in CounterMode.allCases {
      let kernel = ScriptedKernel(.init(step: CounterExamples.honest))
      _ = try Counters.scripted(kernel, groups: [ipc], threads: [7], mode: mode).window()
      for event in kernel.ofTheRun {
        let isLeader = event.leader == -1
        #expect(event.attribute.size == UInt32(MemoryLayout<perf_event_attr>.size))
        #expect(event.attribute.disabled == (isLeader ? 1 : 0) && event.attribute.inherit == 0)
        #expect(event.attribute.pinned == (isLeader && mode == .strict ? 1 : 0))
        #expect(event.attribute.exclude_hv == 1 && event.attribute.exclude_kernel == 0)
        // GROUP | ID | TOTAL_TIME_ENABLED | TOTAL_TIME_RUNNING of perf_event_open(2).
        #expect(event.attribute.read_format == 0b1111)
      }
      #expect(kernel.ofTheRun.filter { $0.leader == -1 }.count == 2)
    }
  }

  @Test("In the strict mode every pass counts one group, and a stack gathers them with their windows")
  func passes() throws {
    let kernel = ScriptedKernel(.init(step: CounterExamples.honest))
    let meter = Counters.scripted(kernel, groups: [ipc, branches])
    #expect(meter.passes == 2)
    let stack = MeterStack([meter, WallClock()], overheadWindows: 0)
    #expect(stack.passes == 2)
    var all = try stack.start(pass: 0).stop()
    #expect(Set(all.counters.map(\.group)) == ["ipc"])
    all.add(pass: try stack.start(pass: 1).stop())
    #expect(all.metrics["instructions_per_cycle"] == 2)
    #expect(all.metrics["branch_miss_fraction"] == Double(0xC5) / Double(0xC4))
    #expect(all.counters.map(\.group) == ["ipc", "ipc", "branches", "branches"])
    #expect(all.counters.allSatisfy { ($0.windowNs != nil) == ($0.group == "branches") })
    // One group at a time was open for the run.
    #expect(kernel.ofTheRun.filter { $0.leader == -1 }.count == 2)
  }

  @Test("In the multiplexed mode all groups are open in one pass, and values are scaled")
  func multiplexed() throws {
    var script = ScriptedKernel.Script(step: CounterExamples.honest)
    script.step = { event in
      var step = CounterExamples.honest(event)
      if event.thread != 0 { step.runningNs /= 2 }
      return step
    }
    let kernel = ScriptedKernel(script)
    let meter = Counters.scripted(kernel, groups: [ipc, branches], mode: .multiplexed)
    #expect(meter.passes == 1)
    let readings = try meter.window()
    #expect(readings.value("counter_instructions") == Double(4 * CounterPlausibility.iterations))
    #expect(readings.count("instructions")?.count == Int(2 * CounterPlausibility.iterations))
    #expect(readings.counters.allSatisfy { $0.runningRatio == 0.5 })
    #expect(readings.value("branch_miss_fraction") != nil)
    // The same kernel in the strict mode leaves nothing to store.
    let strict = try Counters.scripted(ScriptedKernel(script), groups: [ipc]).window()
    #expect(strict.values.isEmpty && strict.counters.isEmpty && strict.problems.map(\.what) == ["ipc"])
  }

  @Test("A group that lost the hardware, a failed read and a garbled one are problems with their reason")
  func reads() throws {
    let answers: [(@Sendable (ScriptedKernel.Opened) -> Int?, String)] = [
      ({ $0.thread != 0 && $0.count > 0 ? 0 : nil }, "taken by something else"),
      ({ $0.thread != 0 && $0.count > 0 ? -Int(EIO) : nil }, "errno 5"),
      ({ $0.thread != 0 && $0.count > 0 ? 8 : nil }, "other values than were asked for"),
    ]
    for (answer, words) in answers {
      var script = ScriptedKernel.Script(step: CounterExamples.honest)
      script.answer = answer
      let readings = try Counters.scripted(ScriptedKernel(script), groups: [ipc]).window()
      #expect(readings.values.isEmpty && readings.counters.isEmpty)
      #expect(readings.problems.first?.reason.contains(words) == true, "\(words)")
    }
  }

  @Test("Counts that run backwards, and ids and numbers that nobody asked for, are refused")
  func garbled() throws {
    let tampers: [@Sendable (inout [UInt64]) -> Void] = [
      { $0[0] = 9 }, { $0[4] = 1 }, { if $0[1] > 0 { $0[2] = $0[1] + 1 } },
    ]
    for tamper in tampers {
      var script = ScriptedKernel.Script(step: CounterExamples.honest)
      script.tamper = tamper
      // The branches have no instructions, so that the trial does not look at them.
      let readings = try Counters.scripted(ScriptedKernel(script), groups: [branches]).window()
      #expect(readings.values.isEmpty && readings.counters.isEmpty && readings.problems.count == 1)
    }
  }

  @Test("A group that cannot be enabled is an error of the window")
  func enable() throws {
    var script = ScriptedKernel.Script(step: CounterExamples.honest)
    script.enables = false
    let meter = Counters.scripted(ScriptedKernel(script), groups: [branches])
    let window = try meter.open(pass: 0)
    #expect(throws: MeterError.self) { try window.begin() }
  }

  @Test(
    "Each errno of perf_event_open is told with its cause and its cure",
    arguments: [
      (ENOENT, "no hardware performance counters", "pmu=on"), (EPERM, "seccomp", "--cap-add PERFMON"),
      (EACCES, "security module", "setcap"), (EBUSY, "somebody else", "nmi_watchdog=0"),
      (EINVAL, "too few counters", "fewer events"), (EMFILE, "file descriptors", "ulimit"),
      (EOPNOTSUPP, "no hardware performance counters", "pmu=on"), (ENOSYS, "does not exist", "CONFIG_PERF_EVENTS"),
      (EIO, "errno 5", "perf stat"),
    ])
  func refused(number: Int32, reason: String, fix: String) throws {
    var script = ScriptedKernel.Script(step: CounterExamples.honest)
    script.refuse = { _, _ in number }
    let kernel = ScriptedKernel(script)
    let meter = Counters.scripted(
      kernel, groups: [ipc, branches], machine: CounterExamples.machine(.refused(number)))
    let found = try #require(obstacle(meter))
    #expect(found.reason.contains(reason) && found.fix.contains(fix))
    #expect(throws: MeterError.self) { _ = try meter.open(pass: 0) }
  }

  @Test("Where other events count, ENOENT is about the event and names it")
  func unknownEvent() throws {
    var script = ScriptedKernel.Script(step: CounterExamples.honest)
    script.refuse = { attribute, _ in attribute.config == 0xC5 ? ENOENT : nil }
    let kernel = ScriptedKernel(script)
    let meter = Counters.scripted(kernel, groups: [branches, ipc])
    #expect(meter.availability() == .available && meter.passes == 1)
    var record = MeterRecord(id: "counters", source: "", available: true)
    meter.describe(in: &record)
    #expect(record.counterGroups?.map(\.name) == ["ipc"])
    #expect(record.notes?.first?.contains("fake::MISS:u=1") == true)
    #expect(try meter.window().value("instructions_per_cycle") == 2)
    // What was open when the refusal came is closed again.
    #expect(kernel.all.filter { $0.thread == 0 }.allSatisfy { $0.isClosed })
  }

  @Test("Where the kernel's own work may not be counted, user mode is, and the record says so")
  func userMode() throws {
    var script = ScriptedKernel.Script(step: CounterExamples.honest)
    script.refuse = { attribute, _ in attribute.exclude_kernel == 0 ? EACCES : nil }
    let kernel = ScriptedKernel(script)
    let meter = Counters.scripted(kernel, groups: [ipc])
    #expect(meter.availability() == .available)
    _ = try meter.window()
    #expect(kernel.ofTheRun.allSatisfy { $0.attribute.exclude_kernel == 1 })
    var record = MeterRecord(id: "counters", source: "", available: true)
    meter.describe(in: &record)
    #expect(record.notes?.contains { $0.hasPrefix("counted in user mode alone") } == true)
  }

  @Test(
    "Counters that do not tell the truth about a known loop are no counters",
    arguments: [
      (0, 4_000_000, "stay at zero"), (8_000_000, 0, "cycles stay at zero"),
      (9_000_000, 4_000_000, "was counted as 9000000"),
      (7_900_000, 4_000_000, "was counted as 7900000"), (8_000_000, 200_000_000, "impossible"),
      (8_000_000, 400_000, "impossible"),
    ] as [(UInt64, UInt64, String)])
  func implausible(instructions: UInt64, cycles: UInt64, words: String) throws {
    let kernel = ScriptedKernel(.init(step: { .init(count: $0.attribute.config == 0xC0 ? instructions : cycles) }))
    let found = try #require(obstacle(Counters.scripted(kernel, groups: [ipc])))
    #expect(found.reason.contains(words) && found.fix.contains("bare metal"))
  }

  @Test("Within a hundredth they are believed")
  func plausible() {
    let kernel = ScriptedKernel(.init(step: { .init(count: $0.attribute.config == 0xC0 ? 8_050_000 : 4_000_000) }))
    #expect(Counters.scripted(kernel, groups: [ipc]).availability() == .available)
  }

  @Test("A processor without an entry leaves the group out, with the way to add one")
  func noEntry() throws {
    let group = try CounterExamples.group(models: ["other"])
    let kernel = ScriptedKernel(.init(step: CounterExamples.honest))
    let found = try #require(obstacle(Counters.scripted(kernel, groups: [group])))
    #expect(found.reason == "the group ipc has no events for fake" && found.fix.contains("[pmu.fake]"))
    var absent = group
    absent.entries["fake"] = .unavailable("it has none")
    #expect(obstacle(Counters.scripted(kernel, groups: [absent]))?.reason == "it has none")
    #expect(kernel.all.isEmpty)
  }

  @Test("Several groups that cannot be counted say each reason once")
  func reasons() throws {
    var script = ScriptedKernel.Script(step: CounterExamples.honest)
    script.refuse = { _, _ in ENOENT }
    let other = try CounterExamples.group("other", models: ["other"])
    let meter = Counters.scripted(
      ScriptedKernel(script), groups: [ipc, other, branches], machine: CounterExamples.machine(.refused(ENOENT)))
    let found = try #require(obstacle(meter))
    #expect(found.reason.hasPrefix("ipc, branches: there are no hardware performance counters here"))
    #expect(found.reason.hasSuffix("; other: the group other has no events for fake"))
    #expect(found.fix.hasPrefix("ipc, branches: ") && found.fix.contains("; other: add [pmu.fake]"))
  }

  @Test("A processor without an entry is counted by what the kernel maps, where the group has that")
  func generic() throws {
    let group = try CounterExamples.group(models: ["perf"])
    let kernel = ScriptedKernel(.init(step: CounterExamples.honest))
    let meter = Counters.scripted(kernel, groups: [group])
    #expect(try meter.window().value("instructions_per_cycle") == 2)
    #expect(kernel.ofTheRun.allSatisfy { $0.attribute.type == PERF_TYPE_HARDWARE.rawValue })
  }

  @Test("An event that libpfm4 does not have is named with the line that asks for it")
  func misspelt() throws {
    let group = try CounterExamples.group(events: [("instructions", "INSTRR"), ("cycles", "CYC")])
    let kernel = ScriptedKernel(.init(step: CounterExamples.honest))
    let found = try #require(obstacle(Counters.scripted(kernel, groups: [group])))
    #expect(found.reason == "x.toml:7: libpfm4 has no event \"INSTRR\" for fake")
  }

  @Test("A thread that has ended is an error that names it, and leaves nothing open")
  func ended() throws {
    var script = ScriptedKernel.Script(step: CounterExamples.honest)
    script.refuse = { attribute, thread in thread == 8 && attribute.config == 0x3C ? ESRCH : nil }
    let kernel = ScriptedKernel(script)
    let meter = Counters.scripted(kernel, groups: [ipc], threads: [7, 8])
    #expect {
      _ = try meter.open(pass: 0)
    } throws: {
      "\($0)".contains("thread 8 has ended")
    }
    #expect(!kernel.all.isEmpty && kernel.all.allSatisfy { $0.isClosed })
  }

  @Test("A window gives its descriptors back, members before their leader")
  func closed() throws {
    let kernel = ScriptedKernel(.init(step: CounterExamples.honest))
    _ = try Counters.scripted(kernel, groups: [ipc], threads: [7]).window()
    #expect(kernel.all.allSatisfy { $0.isClosed })
  }

  @Test("The record has the group as it was encoded")
  func record() throws {
    let meter = Counters.scripted(ScriptedKernel(.init(step: CounterExamples.honest)), groups: [ipc])
    var record = MeterRecord(id: "counters", source: meter.source, scope: meter.scope, available: true)
    meter.describe(in: &record)
    let group = try #require(record.counterGroups?.first)
    #expect(group.events.map(\.config) == ["0xc0", "0x3c"] && group.events.map(\.type) == [4, 4])
    #expect(group.events[0].asked == "fake::INSTR" && group.events[0].encoding == "fake::INSTR:u=1")
    #expect(group.formulas.map(\.metric).contains("frequency_hz") && group.formulas.map(\.unit).contains("Hz"))
    #expect(record.notes == nil)
  }

  @Test("A listing shows the encodings even where the kernel refuses them")
  func listing() throws {
    var script = ScriptedKernel.Script(step: CounterExamples.honest)
    script.refuse = { _, _ in ENOENT }
    let machine = CounterExamples.machine(.refused(ENOENT))
    let rows = CounterGroupListing.all(
      [ipc, try CounterExamples.group("none", models: ["other"])], machine: machine, tables: ScriptedTables.plain,
      kernel: ScriptedKernel(script).calls)
    #expect(rows.map(\.name) == ["ipc", "none"])
    #expect(rows[0].events.map(\.name) == ["instructions", "cycles"] && rows[0].metrics.count == 3)
    #expect(rows[0].reason?.contains("no hardware performance counters") == true && rows[0].fix != nil)
    #expect(rows[1].events.isEmpty && rows[1].reason?.contains("no events for fake") == true)
    let fine = CounterGroupListing.all(
      [ipc], machine: machine, tables: ScriptedTables.plain,
      kernel: ScriptedKernel(.init(step: CounterExamples.honest)).calls)
    #expect(fine[0].reason == nil)
  }
}
