import Foundation
import Meters
import Records
import Suites
import Testing

@testable import Harness

@Suite struct RunnerTests {
  @Test("a run measures every repetition of every cell and derives rates from the wall time")
  func measuresEverything() throws {
    let record = try Rig().run()
    #expect(record.status == .complete)
    #expect(record.finishedAt != nil)
    for cell in record.cells {
      #expect(cell.outcome == .ok)
      #expect(cell.samples.count == 3)
      #expect(cell.samples[0].metrics["rate_tokens_per_s"] == 10)
      #expect(cell.samples[0].metrics["rate_bytes_per_s"] == 1000)
      #expect(cell.samples[0].metrics["rate_macs_per_s"] == 5000)
      #expect(cell.samples[0].tokenTimesNs == [1, 2, 3])
    }
    let positions = record.cells.flatMap { $0.samples.map(\.positionInRun) }
    #expect(positions.sorted() == Array(0..<6))
  }

  @Test("a meter of several passes has the work run once for each, and the first window's numbers stay")
  func furtherPasses() throws {
    let rig = try Rig(phases: ["probe:read"], repetitions: 2)
    let meter = ScriptedMeter(
      id: "counters",
      script: [["instructions_per_cycle": 2], ["instructions_per_cycle": 9, "branch_miss_fraction": 0.5]], passes: 2)
    let record = try rig.run(beside: [meter])
    let id = record.cells[0].id
    #expect(rig.contender.runs(of: id) == 4)
    for sample in record.cells[0].samples {
      #expect(sample.metrics["instructions_per_cycle"] == 2)
      #expect(sample.metrics["branch_miss_fraction"] == 0.5)
      #expect(sample.metrics["time_wall_ns"] == 1e9)
    }
  }

  @Test("a window is at least as long as the slowest meter needs")
  func windowIsLongEnough() throws {
    let rig = try Rig(phases: ["probe:read"], repetitions: 1)
    let record = try rig.run(beside: [ScriptedMeter(id: "energy", script: [[:]], minimumWindowNs: 20_000_000)])
    // The scripted work takes microseconds, and the harness timed it.
    #expect(record.cells[0].samples[0].iterations > 10)
  }

  @Test("energy per token follows from the window's energy")
  func energyPerToken() throws {
    let rig = try Rig(phases: ["probe:read"], repetitions: 1)
    let record = try rig.run(beside: [ScriptedMeter(id: "energy", script: [["energy_package_j": 5]])])
    #expect(record.cells[0].samples[0].metrics["energy_package_j_per_token"] == 0.5)
  }

  @Test("the record on disk is whole and equals what was returned")
  func recordIsOnDisk() throws {
    let rig = try Rig()
    let record = try rig.run()
    #expect(try rig.saved() == record)
  }

  @Test("a cell that fails or must be skipped keeps its reason, is not tried again, and stops nobody else")
  func failuresStayApart() throws {
    let ids = try Rig().plan().cells.map(\.id)
    let rig = try Rig(behaviours: [ids[0]: .fails("the sky fell"), ids[1]: .works(digest: "d")])
    let record = try rig.run()
    #expect(record.cells[0].outcome == .failed(reason: "the sky fell"))
    #expect(record.cells[1].outcome == .ok)
    #expect(rig.contender.runs(of: ids[0]) == 1)

    let skipping = try Rig(behaviours: [ids[0]: .skips("needs 26.1 GiB, 21.7 GiB available")])
    let skipped = try skipping.run()
    #expect(skipped.cells[0].outcome == .skipped(reason: "needs 26.1 GiB, 21.7 GiB available"))
    #expect(skipping.contender.runs(of: ids[0]) == 0)
  }

  @Test("an output that differs from another cell's of the same phase fails the cell")
  func outputsAreCompared() throws {
    let rig = try Rig(phases: ["probe:read"], behaviours: [:])
    let id = try rig.plan().cells[0].id
    rig.contender.behaviours[id] = .works(digest: "aaaaaaaaaaaaaaaa")
    #expect(try rig.run().cells[0].check?.passed == true)

    let expecting = try Rig(
      phases: ["probe:read"], expect: String(repeating: "b", count: 64),
      behaviours: [id: .works(digest: "aaaaaaaaaaaaaaaa")])
    let record = try expecting.run()
    #expect(record.cells[0].check?.passed == false)
    #expect(record.cells[0].outcome.reason?.contains("the suite expects") == true)
  }

  @Test("an interrupted run keeps what was finished, drops the window under way, and can be resumed")
  func interruptionAndResume() throws {
    let interrupt = Interrupt()
    let ids = try Rig().plan().cells.map(\.id)
    var rig = try Rig(
      order: .sequential, behaviours: [ids[1]: .interrupts(interrupt, atRun: 2)], interrupt: interrupt)
    let partial = try rig.run()
    #expect(partial.status == .interrupted)
    #expect(partial.cells.map(\.samples.count).reduce(0, +) < 6)
    #expect(try rig.saved() == partial)

    rig = try Rig(order: .sequential)
    let continued = try Resume.prepare(
      partial, plan: rig.plan(), machine: partial.machine, tool: Rig.tool)
    let whole = try rig.run(continuing: continued)
    #expect(whole.status == .complete)
    #expect(whole.cells.allSatisfy { $0.samples.map(\.repetition) == [0, 1, 2] })
    #expect(rig.contender.runs(of: ids[0]) + partial.cells[0].samples.count == 3)
    #expect(whole.overhead?.timeMeasuredNs == 6_000_000_000, "both parts of the run are accounted for")
  }

  @Test("the second part of a resumed run is compared with the outputs of the first")
  func resumedOutputsAreCompared() throws {
    let interrupt = Interrupt()
    let threads = ["1", "2"]
    var rig = try Rig(phases: ["probe:read"], order: .sequential, threads: threads, interrupt: interrupt)
    let ids = try rig.plan().cells.map(\.id)
    rig.contender.behaviours = [ids[0]: .works(digest: "aaaa"), ids[1]: .interrupts(interrupt, atRun: 1)]
    let partial = try rig.run()
    #expect(partial.cells.map(\.samples.count) == [3, 0])

    rig = try Rig(phases: ["probe:read"], order: .sequential, threads: threads)
    rig.contender.behaviours = [ids[1]: .works(digest: "bbbb")]
    let continued = try Resume.prepare(partial, plan: rig.plan(), machine: partial.machine, tool: Rig.tool)
    let whole = try rig.run(continuing: continued)
    #expect(whole.cells[0].outcome == .ok)
    #expect(whole.cells[1].outcome == .failed(reason: "output bbbb differs from the one of \(ids[0])"))
    #expect(whole.cells.flatMap(\.samples).map(\.positionInRun) == [0, 1, 2, 3])
  }

  @Test("a record is not continued on another machine, by another build, or when it is complete")
  func resumeRefuses() throws {
    let rig = try Rig()
    let plan = try rig.plan()
    var record = rig.record(plan)
    record.status = .interrupted
    var other = record.machine
    other.name = "elsewhere-0000"
    #expect(throws: ResumeError.self) {
      try Resume.prepare(record, plan: plan, machine: other, tool: Rig.tool)
    }
    var tool = Rig.tool
    tool.commit = "def"
    #expect(throws: ResumeError.self) {
      try Resume.prepare(record, plan: plan, machine: record.machine, tool: tool)
    }
    record.status = .complete
    #expect(throws: ResumeError.self) {
      try Resume.prepare(record, plan: plan, machine: record.machine, tool: Rig.tool)
    }
  }

  @Test("a folder that cannot be written is found before anything runs")
  func unwritableIsFoundFirst() throws {
    let rig = try Rig()
    let plan = try rig.plan()
    try Data().write(to: rig.folder.appendingPathComponent("file"))
    #expect(throws: (any Error).self) {
      // A file where a folder is needed stops root too, which permissions do not.
      _ = try Journal(path: rig.folder.path + "/file/run.json", record: rig.record(plan))
    }
    #expect(rig.contender.log.isEmpty)
  }

  @Test("a disk that fills up costs a warning, and the record is rescued at the end")
  func fullDiskLosesNothing() throws {
    let rig = try Rig()
    defer { withExtendedLifetime(rig) {} }
    let record = rig.record(try rig.plan())
    let folder = rig.folder.appendingPathComponent("sub")
    let journal = try Journal(path: folder.path + "/run.json", record: record)
    // The folder turns into a file: every later write fails, as on a full disk.
    try FileManager.default.removeItem(at: folder)
    try Data().write(to: folder)
    #expect(journal.save(record)?.contains("kept in memory") == true)
    #expect(journal.save(record) == nil, "the same news is not told twice")
    let rescued = try #require(try journal.close(record))
    #expect(rescued != journal.path)
    #expect(try RecordFile.read(rescued) == record)
    try FileManager.default.removeItem(atPath: rescued)
  }

  @Test("a suite's iterations are done exactly, after exactly the warm-up runs, whatever a clock says")
  func exactIterations() throws {
    var rig = try Rig(phases: ["probe:read"], warmup: 4)
    rig.suite.cases[0].iterations = 7
    let record = try rig.run()
    #expect(record.cells[0].samples.map(\.iterations) == [7, 7, 7])
    let runs = rig.contender.log.filter { $0.hasPrefix("run ") }.compactMap { $0.split(separator: " ").last }
    #expect(runs == ["1", "1", "1", "1", "7", "7", "7"])
    #expect(record.warnings.allSatisfy { $0.id != "W-warmup" })
  }

  @Test("the time of a run is accounted for")
  func overheadAddsUp() throws {
    let overhead = try #require(try Rig(warmup: 3).run().overhead)
    #expect(overhead.timeTotalNs > 0)
    #expect(overhead.timeWarmupNs > 0)
    #expect(overhead.timeMeasuredNs == 6_000_000_000, "six windows of one scripted second")
  }
}
