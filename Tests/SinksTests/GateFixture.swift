import Foundation
import Records

@testable import Sinks

/// A gate with every verdict, an advisory metric, a cell that one side lacks, and words that formats trip over.
func gateFixture() throws -> GateRecord {
  let run = try fixture()
  var gate = GateRecord(
    id: "2026-11-20T23-20-05Z-regression-fedcba9", startedAt: "2026-11-20T23:20:05Z", tool: run.tool,
    command: ["tern", "gate", "--base", "origin/main", "--head", "HEAD", "regression"],
    suite: SuiteIdentity(name: "regression", sha256: "00", text: "", question: nil, analysis: nil),
    machine: run.machine,
    base: GateSide(name: "origin/main", commit: "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d", dirty: false),
    head: GateSide(name: "HEAD", commit: "fedcba9876543210fedcba9876543210fedcba98", dirty: true),
    rules: GateRules(
      marginTime: 0.01, marginEnergy: 0.02, marginDeterministic: 0.001, alpha: 0.005, falseDiscoveryRate: 0.05,
      confirmationAlpha: 0.05, looks: [20, 40, 80], blocksLeast: 8, droppedFractionMost: 0.2, level: 0.95,
      spreadFactor: 10, power: 0.9),
    seed: 1)
  gate.finishedAt = "2026-11-20T23:50:05Z"
  gate.status = .complete
  let shared = "time on a virtual machine moves with its neighbours"
  gate.verdicts = [
    GateVerdict(
      cell: "paper-125m/simd@avx2/t1/pinned/tg8", metric: "counter_instructions", unit: "count", better: .lower,
      verdict: .pass, effect: 0.00012, effectLower: 0.00012, effectUpper: 0.00012, margin: 0.001,
      smallestVisible: 0.001, agreement: 1, blocksUsed: 1, looks: 1, deterministic: true, baseMedian: 1_000_000,
      headMedian: 1_000_120),
    GateVerdict(
      cell: "paper-125m/simd@avx2/t1/pinned/tg8", metric: "time_wall_ns", unit: "ns", better: .lower,
      verdict: .regressed, advisory: shared, effect: 0.0312, effectLower: 0.0271, effectUpper: 0.0355, margin: 0.01,
      smallestVisible: 0.0182, p: 0.0001, confirmationP: 0.002, agreement: 1, blocksUsed: 4, blocksDropped: 2,
      looks: 1, baseMedian: 1_000_000, headMedian: 1_031_200),
    GateVerdict(
      cell: "paper-125m/lut@avx2/t1/pinned/tg8", metric: "counter_instructions", unit: "count", better: .lower,
      verdict: .regressed, effect: 0.0305, effectLower: 0.0305, effectUpper: 0.0305, margin: 0.001,
      smallestVisible: 0.001, agreement: 1, blocksUsed: 1, looks: 1, deterministic: true, baseMedian: 2_000_000,
      headMedian: 2_061_000),
    GateVerdict(
      cell: "a|b: 100 %, <c>", metric: "rate_tokens_per_s", unit: "t/s", better: .higher, verdict: .inconclusive,
      reason: "8 blocks do not decide it", effect: -0.004, effectLower: -0.021, effectUpper: 0.013, margin: 0.01,
      smallestVisible: 0.028, p: 0.2, agreement: 0.6, blocksUsed: 8, looks: 3, baseMedian: 40, headMedian: 39.84),
    GateVerdict(
      cell: "paper-125m/naive@portable/t1/pinned/tg8", metric: "rate_tokens_per_s", unit: "t/s", better: .higher,
      verdict: .improved, effect: 0.12, effectLower: 0.11, effectUpper: 0.13, margin: 0.01, smallestVisible: 0.02,
      p: 0.0001, confirmationP: 0.001, agreement: 1, blocksUsed: 4, looks: 1, baseMedian: 40, headMedian: 44.8),
    GateVerdict(
      cell: "paper-125m/naive@portable/t1/pinned/tg8", metric: "energy_package_j_per_token", unit: "J/token",
      better: .lower, verdict: .invalid, reason: "3 of 5 blocks were dropped: W-steal\nand more", margin: 0.02,
      blocksUsed: 2, blocksDropped: 3, looks: 1),
  ]
  for index in gate.verdicts.indices {
    let verdict = gate.verdicts[index]
    let (base, head) = (verdict.baseMedian ?? 1, verdict.headMedian ?? 1)
    gate.verdicts[index].blocks = (0..<(verdict.blocksUsed + verdict.blocksDropped)).map { number in
      GateBlockRecord(
        stage: .look(1), order: number % 2 == 0 ? .abba : .baab, base: [base, base], head: [head, head],
        dropped: number < verdict.blocksUsed ? nil : ["W-steal"])
    }
  }
  gate.leftOut = [
    GateOmission(cell: "paper-125m/new@avx2/t1/pinned/tg8", reason: "the base does not know the kernel new"),
    GateOmission(metric: "energy_dram_j_per_token", reason: "no meter reads it"),
  ]
  gate.warnings = [
    WarningRecord(id: "W-vm", message: "this is a virtual machine", fix: nil),
    WarningRecord(id: "W-turbo", message: "turbo is on", fix: nil, severity: .note),
  ]
  return gate
}
