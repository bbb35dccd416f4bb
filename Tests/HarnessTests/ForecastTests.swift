import Records
import Suites
import Testing

@testable import Harness

@Suite struct ForecastTests {
  /// Two cells of three repetitions, one predicted to take 3 s in all and one 30 s.
  private func forecast(samples: [Int]) throws -> (forecast: Forecast, record: RunRecord) {
    let rig = try Rig()
    let plan = try rig.plan()
    var record = rig.record(plan)
    for (cell, count) in samples.enumerated() {
      record.cells[cell].samples = (0..<count).map(sample)
      record.cells[cell].outcome = count > 0 ? .ok : .pending
    }
    let slow = plan.cells[1].id
    return (Forecast(record, plan: plan) { $0.id == slow ? 30 : 3 }, record)
  }

  private func sample(_ repetition: Int) -> SampleRecord {
    SampleRecord(repetition: repetition, positionInRun: 0, startedAt: "", iterations: 1, metrics: [:])
  }

  @Test("a resumed run counts what is missing of cells that were begun")
  func begunCellsCount() throws {
    var (forecast, record) = try forecast(samples: [3, 1])
    #expect(forecast.secondsLeft(after: 1) == nil, "nothing has run yet")
    record.cells[1].samples.append(sample(1))
    forecast.turnDidEnd(record.cells[1])
    #expect(forecast.secondsLeft(after: 7) == 7, "one repetition done, one like it left")
    record.cells[1].samples.append(sample(2))
    forecast.turnDidEnd(record.cells[1])
    #expect(forecast.secondsLeft(after: 14) == nil, "nothing is left")
  }

  @Test("a cell that fails takes its repetitions with it")
  func failedCellsAreNotWaitedFor() throws {
    var (forecast, record) = try forecast(samples: [0, 0])
    record.cells[0].samples = [sample(0)]
    record.cells[0].outcome = .ok
    forecast.turnDidEnd(record.cells[0])
    #expect(forecast.secondsLeft(after: 2) == 64)
    record.cells[1].outcome = .failed(reason: "it broke")
    forecast.turnDidEnd(record.cells[1])
    #expect(forecast.secondsLeft(after: 2) == 4)
  }
}
