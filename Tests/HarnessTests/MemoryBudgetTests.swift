import Engine
import Kernels
import Machine
import Records
import Suites
import Testing

@testable import Harness

@Suite struct MemoryBudgetTests {
  private func need(threads: Int = 1, context: Int = 1, logitsRows: Int = 1) throws -> MemoryNeed {
    MemoryBudget.need(
      of: try ModelReference("paper-125m"), kernels: KernelPlan(try KernelRegistry.resolve("naive@portable")),
      threads: threads,
      context: context, logitsRows: logitsRows)
  }

  @Test("threads, context and rows of logits are all counted")
  func everythingCounts() throws {
    let least = try need()
    #expect(try need(threads: 8).scratchBytes > least.scratchBytes)
    #expect(try need(context: 4096).cacheBytes > least.cacheBytes)
    let vocabulary = try ModelReference("paper-125m").shape.vocabulary
    #expect(try need(logitsRows: 33).scratchBytes - least.scratchBytes == 32 * vocabulary * 4)
    #expect(try need(context: .max, logitsRows: .max).totalBytes == .max, "absurd sizes do not trap")
  }

  @Test("a tenth of what is free stays free, and what nobody knows refuses nothing")
  func headroom() {
    #expect(MemoryBudget.shortfall(of: 900, available: 1000) == nil)
    #expect(MemoryBudget.shortfall(of: 901, available: 1000) == "needs 901 B, 900 B available")
    #expect(MemoryBudget.shortfall(of: .max, available: nil) == nil)
  }

  @Test("a head of many vectors keeps a row of logits for each, up to a batch; other phases keep one")
  func rowsOfLogits() throws {
    let rows = try ["head32", "head1000", "head", "tg8", "gemm64", "pp512"].map {
      try PhaseRecord(label: $0).logitsRows
    }
    #expect(rows == [32, 512, 1, 1, 1, 1])
  }

  @Test("a plan looks every model up once and a cell that is too large leaves the others' sessions as they are")
  func plansKnowTheirModels() throws {
    let suite = Suite(
      name: "s", meters: ["time"],
      cases: [
        SuiteCase(
          name: "c", models: ["paper-125m"], kernels: ["naive"], threads: ["1"],
          phases: ["tg1", "tg1@d16777216"])
      ])
    let plan = try Plan(suite: suite, machine: Machine())
    #expect(Array(plan.models.keys) == ["paper-125m"])
    #expect(plan.cells.map { $0.skipReason == nil } == [true, false], "16 M positions are a terabyte of cache")
    let contender = TernContender(
      machine: Machine(), plan: plan, selector: .unkept, interrupt: Interrupt(), roster: ThreadRoster())
    let workload = try contender.prepare(plan.cells[0])
    #expect((workload.facts.constants["memory_need_bytes"] ?? .infinity) < 1e9)
  }
}
