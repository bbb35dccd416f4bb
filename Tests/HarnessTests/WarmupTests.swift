import Testing

@testable import Harness

@Suite struct WarmupTests {
  /// Work that takes the scripted times, by spinning that long.
  private final class TimedWork: Workload {
    let facts = WorkloadFacts()
    private var microseconds: [UInt32]
    private(set) var runs = 0

    init(microseconds: [UInt32]) { self.microseconds = microseconds }

    func prime() throws {}
    func digest() -> String? { nil }
    func run(iterations: Int) throws -> WorkloadOutput {
      Pause.milliseconds(Int(microseconds[min(runs, microseconds.count - 1)]) / 1000)
      runs += 1
      return WorkloadOutput()
    }
  }

  @Test("no warm-up and no minimal time run nothing before the first window")
  func nothingIsNothing() throws {
    let work = TimedWork(microseconds: [1000])
    let warmup = try Warmup.run(work, limit: 0, minTimeSeconds: 0)
    #expect(work.runs == 0)
    #expect(warmup.iterations == 1)
  }

  @Test("a minimal time is met by iterations")
  func minimalTime() throws {
    let warmup = try Warmup.run(TimedWork(microseconds: [10_000]), limit: 1, minTimeSeconds: 0.1)
    // A sleep may last longer than asked, never shorter.
    #expect((1...13).contains(warmup.iterations))
  }

  @Test("work that keeps changing uses up its warm-ups and says so")
  func unstable() throws {
    let work = TimedWork(microseconds: [20_000, 2_000, 20_000, 2_000])
    let warmup = try Warmup.run(work, limit: 4, minTimeSeconds: 0)
    #expect(work.runs == 4)
    #expect(!warmup.isStable)
  }
}
