import Machine
import Records
import Suites
import Testing

@testable import Harness

@Suite struct CostModelTests {
  private func plan(_ phases: [String], profile: Bool = false) throws -> Plan {
    try Plan(
      suite: Suite(
        name: "s", meters: ["time"],
        cases: [
          SuiteCase(
            name: "c", models: ["bitnet-2b-4t"], kernels: ["simd"], threads: ["1"], phases: phases, repetitions: 4,
            minTimeSeconds: 0, warmup: 0, profile: profile)
        ]), machine: Machine())
  }

  @Test("the head of a large vocabulary is not free, and a prompt pays for it once")
  func headsCost() throws {
    let plan = try plan(["gemv", "tg1", "head", "pp1", "gemm64", "pp64"])
    let model = CostModel(plan: plan)
    let seconds = Dictionary(uniqueKeysWithValues: plan.cells.map { ($0.phase.label, model.seconds(of: $0)) })
    let head = try #require(seconds["head"])
    #expect(head > 0)
    #expect(abs(try #require(seconds["tg1"]) - (try #require(seconds["gemv"])) - head) < 1e-9)
    #expect(abs(try #require(seconds["pp64"]) - (try #require(seconds["gemm64"])) - head) < 1e-9)
  }

  @Test("timing the operations takes the work of a repetition")
  func profilesCost() throws {
    let plan = try plan(["tg1"], profile: true)
    let model = CostModel(plan: plan)
    var cell = plan.cells[0]
    let profiled = model.seconds(of: cell)
    cell.profile = false
    #expect(abs(profiled / model.seconds(of: cell) - 1.25) < 1e-9)
  }

  @Test("a plan costs its cells and the making of its weights")
  func plansCostTheirCells() throws {
    let plan = try plan(["gemv", "tg1"])
    let model = CostModel(plan: plan)
    #expect(model.secondsOfPlan() > plan.cells.reduce(0) { $0 + model.seconds(of: $1) })
  }
}
