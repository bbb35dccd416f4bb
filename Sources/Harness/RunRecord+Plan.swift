import Foundation
import Kernels
import Machine
import Meters
import Records

extension RunRecord {
  /// The record of a plan that has run nothing: every cell is there, pending or skipped.
  public init(plan: Plan, machine: MachineRecord, warnings: [WarningRecord], tool: ToolIdentity, command: [String],
    meters: [MeterRecord]
  ) {
    let startedAt = Timestamp.now()
    let suite = plan.suite
    self.init(
      id: Self.id(startedAt: startedAt, suite: suite.name, commit: tool.commit), startedAt: startedAt, tool: tool,
      command: command,
      suite: SuiteIdentity(
        name: suite.name, sha256: suite.sha256, text: suite.text, question: suite.question, analysis: suite.analysis),
      machine: machine, meters: meters,
      schedule: ScheduleRecord(order: suite.order.rawValue, seed: suite.seed), warnings: warnings,
      cells: plan.cells.map { cell in
        CellRecord(
          id: cell.id, caseName: cell.caseName, model: cell.model.flatMap(Self.identity), kernel: cell.kernel.map(Self.kernel),
          threads: cell.threads, placement: cell.placement, phase: cell.phase,
          outcome: cell.skipReason.map { .skipped(reason: $0) } ?? .pending)
      })
  }

  /// "2026-11-20T23-20-08Z-decode-scaling-1a2b3c4": sorts by time, names its suite, is a file name everywhere.
  private static func id(startedAt: String, suite: String, commit: String?) -> String {
    let time = startedAt.replacingOccurrences(of: ":", with: "-")
    return [time, suite, commit.map { String($0.prefix(7)) }].compactMap { $0 }.joined(separator: "-")
  }

  /// What is known of a model before it is loaded: enough to place a skipped cell in a figure.
  private static func identity(of model: String) -> ModelIdentity? {
    guard let reference = try? ModelReference(model) else { return nil }
    return ModelIdentity(
      name: model, format: reference.isFile ? "safetensors" : "synthetic",
      seed: reference.isFile ? nil : ModelReference.syntheticSeed, parameters: reference.shape.parameters,
      ternaryParameters: reference.shape.ternaryParameters, head: reference.head.rawValue)
  }

  private static func kernel(of id: String) -> KernelIdentity {
    guard let kernel = KernelRegistry.kernels.first(where: { $0.id == id }) else { return KernelIdentity(name: id) }
    return KernelIdentity(
      name: kernel.name, isa: kernel.isa, packing: kernel.packing.name, bitsPerWeight: kernel.packing.bitsPerWeight)
  }
}
