import Kernels
import Machine
import ModelFiles
import Records
import Statistics
import Suites
import Testing

@testable import Harness

@Suite struct MatrixWorkloadTests {
  private func plan(
    kernels: [String], threads: [String] = ["1", "3"], shapes: [String] = ["67x131"],
    phases: [String] = ["gemv", "gemm5"]
  ) throws -> Plan {
    try Plan(
      suite: Suite(
        name: "s", meters: ["time"],
        cases: [
          SuiteCase(
            name: "c", shapes: shapes, kernels: kernels, threads: threads, placements: ["free"], phases: phases,
            minTimeSeconds: 0, warmup: 0)
        ]), machine: Machine())
  }

  private func workloads(_ plan: Plan) throws -> [any Workload] {
    let contender = TernContender(
      machine: Machine(), plan: plan, selector: .unkept, interrupt: Interrupt(), roster: ThreadRoster())
    return try plan.cells.filter { $0.skipReason == nil }.map { cell in
      let workload = try contender.prepare(cell)
      try workload.prime()
      _ = try workload.run(iterations: 2)
      return workload
    }
  }

  @Test("every kernel and thread count gives the same sums, and other work gives others")
  func sumsAreCompared() throws {
    let plan = try plan(kernels: ["*@*"])
    let digests = Dictionary(
      grouping: zip(plan.cells.filter { $0.skipReason == nil }, try workloads(plan)), by: \.0.phase.label
    ).mapValues { Set($0.compactMap { $1.digest() }) }
    #expect(digests["gemv"]?.count == 1)
    #expect(digests["gemm5"]?.count == 1)
    #expect(digests["gemv"] != digests["gemm5"])
    let wider = try workloads(try self.plan(kernels: ["naive"], threads: ["1"], shapes: ["68x131"], phases: ["gemv"]))
    #expect(wider[0].digest() != digests["gemv"]?.first)
  }

  @Test("the digest is that of the sums that the definition gives")
  func sumsAreRight() throws {
    let naive = try workloads(try plan(kernels: ["naive"], threads: ["1"], shapes: ["3x2"], phases: ["gemv"]))
    // Two rows of three weights from seed 158, times the first three bytes of the activations' generator.
    var weights = [Int8](repeating: 0, count: 6)
    weights.withUnsafeMutableBufferPointer { rows in
      for row in 0..<2 { SyntheticWeights.row(row, seed: 158, columns: 3, into: rows.baseAddress! + 3 * row) }
    }
    var random = SplitMix64(seed: 3)
    let activations = (0..<3).map { _ in Int32(Int8(truncatingIfNeeded: random.next())) }
    let sums = (0..<2).map { row in (0..<3).reduce(Int32(0)) { $0 + Int32(weights[3 * row + $1]) * activations[$1] } }
    #expect(naive[0].digest() == sums.withUnsafeBytes { SHA256.hex(of: $0) })
  }

  @Test("a matrix says what it is, what it reads and how much it multiplies")
  func facts() throws {
    let plan = try plan(kernels: ["naive"], threads: ["1"], shapes: ["2048x16"])
    let facts = try workloads(plan).map(\.facts)
    #expect(facts[0].model?.name == "2048x16" && facts[0].model?.seed == 158 && facts[0].model?.parameters == 32768)
    #expect(facts.map(\.macsPerIteration) == [32768, 5 * 32768])
    #expect(facts.map(\.tokensPerIteration) == [1, 5])
    #expect(facts[0].bytesPerIteration == 32768, "the reference keeps one byte per weight")
    #expect(facts[0].constants["matrix_inputs"] == 2048 && facts[0].constants["matrix_outputs"] == 16)
  }

  @Test("a matrix beyond the memory is a skipped cell")
  func tooLarge() throws {
    let plan = try plan(kernels: ["f16"], threads: ["1"], shapes: ["16777215x16777215"], phases: ["gemm16777216"])
    #expect(plan.cells[0].skipReason?.hasPrefix("needs ") == true)
    let record = RunRecord(
      plan: plan, machine: Machine().record(isa: []), warnings: [], tool: Rig.tool, command: ["tern"], meters: [])
    #expect(record.cells[0].model?.name == "16777215x16777215" && record.cells[0].outcome.state == "skipped")
  }
}
