import Engine
import Foundation
import Kernels
import Machine
import Meters
import ModelFiles
import Records
import Suites

extension RunRecord {
  /// The record of a plan that has run nothing: every cell is there, pending or skipped.
  public init(
    plan: Plan, machine: MachineRecord, warnings: [WarningRecord], tool: ToolIdentity, command: [String],
    meters: [MeterRecord]
  ) {
    let startedAt = Timestamp.now()
    self.init(
      id: RecordFile.id(startedAt: startedAt, suite: plan.suite.name, commit: tool.commit), startedAt: startedAt,
      tool: tool, command: command, suite: SuiteIdentity(plan.suite), machine: machine, meters: meters,
      schedule: ScheduleRecord(order: plan.suite.order.rawValue, seed: plan.suite.seed), warnings: warnings,
      cells: plan.cells.map { Self.cell($0, in: plan) })
  }

  private static func cell(_ cell: Cell, in plan: Plan) -> CellRecord {
    CellRecord(
      id: cell.id, caseName: cell.caseName,
      model: cell.matrix.map(ModelIdentity.init) ?? cell.model.flatMap { plan.models[$0] }.map(identity),
      kernel: cell.kernel.map(kernel) ?? cell.program.map { KernelIdentity(name: $0.name) },
      program: cell.program.map { ProgramIdentity(name: $0.name, kind: $0.kind.rawValue) },
      threads: cell.threads, placement: cell.placement, phase: cell.phase,
      outcome: cell.skipReason.map { .skipped(reason: $0) } ?? .pending)
  }

  /// What is known of a model before it is loaded: enough to place a skipped cell in a figure.
  private static func identity(of reference: ModelReference) -> ModelIdentity {
    ModelIdentity(
      name: reference.name, format: reference.container?.format ?? "synthetic",
      seed: reference.isFile ? nil : ModelReference.syntheticSeed, parameters: reference.shape.parameters,
      ternaryParameters: reference.shape.ternaryParameters, head: reference.head.rawValue)
  }

  private static func kernel(of id: String) -> KernelIdentity {
    guard let kernel = KernelRegistry.kernels.first(where: { $0.id == id }) else { return KernelIdentity(name: id) }
    return KernelIdentity(kernel)
  }
}

extension ModelIdentity {
  /// A single matrix under its own name; it has no head.
  init(_ matrix: MatrixShape) {
    self.init(
      name: matrix.description, format: "synthetic", seed: ModelReference.syntheticSeed, parameters: matrix.weights,
      ternaryParameters: matrix.weights, head: "none")
  }
}

extension SuiteIdentity {
  /// What a record keeps of a suite.
  fileprivate init(_ suite: Suite) {
    self.init(
      name: suite.name, sha256: SHA256.hex(of: suite.text.utf8), text: suite.text, question: suite.question,
      analysis: suite.analysis)
  }
}
