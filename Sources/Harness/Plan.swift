import Engine
import Kernels
import Machine
import Meters
import Records
import Suites

/// What will be run, before anything is: the suite's cells on this machine, each with the reason if it cannot run.
public struct Plan: Sendable {
  /// The suite that was expanded.
  public let suite: Suite
  /// Ids of the meters around every window.
  public let meters: [String]
  /// Its cells; those with a `skipReason` stay in the record as skipped.
  public let cells: [Cell]

  /// Expands a suite for this build and machine and compares what each cell needs with the memory that there is.
  ///
  /// - Throws: `SuiteError` for what the suite gets wrong; the models' errors for paths that cannot be read.
  public init(suite: Suite, machine: Machine) throws {
    self.suite = suite
    let context = SuiteContext.current(machine: machine)
    let available = machine.memoryAvailableBytes()
    meters = try suite.meterIDs(in: context)
    cells = try suite.cells(in: context).map { cell in
      var cell = cell
      cell.skipReason = try cell.skipReason ?? Self.memoryReason(for: cell, available: available)
      return cell
    }
  }

  /// Makes a plan of cells that are known already.
  init(suite: Suite, meters: [String], cells: [Cell]) {
    self.suite = suite
    self.meters = meters
    self.cells = cells
  }

  /// "needs 26.1 GiB, 21.7 GiB available", or nil when the cell fits in an otherwise empty process.
  private static func memoryReason(for cell: Cell, available: Int?) throws -> String? {
    guard let available, let model = cell.model, let kernel = cell.kernel else { return nil }
    let reference = try ModelReference(model)
    let need = MemoryNeed.of(
      reference.shape, packing: try KernelRegistry.resolve(kernel).packing, head: reference.head,
      context: cell.phase.context, batch: max(cell.phase.batch ?? 0, min(512, cell.phase.prompt ?? 1)))
    let usable = available - available / 10
    guard need.totalBytes > usable else { return nil }
    return "needs \(ByteCount(need.totalBytes)), \(ByteCount(usable)) available"
  }

  /// The warnings that the plan itself gives cause for.
  public func warnings(machine: Machine) -> [WarningRecord] {
    let usable = machine.cpusForPinning().count
    let most = cells.map(\.threads).max() ?? 0
    guard most > usable else { return [] }
    return [
      WarningRecord(
        id: "W-oversubscribed",
        message: "\(most) threads are asked for and \(usable) CPUs may be used: threads will share CPUs",
        fix: "use at most \(usable) threads, or threads = \"all\" for one per physical core")
    ]
  }
}

extension SuiteContext {
  /// What this build and machine offer.
  public static func current(machine: Machine) -> SuiteContext {
    SuiteContext(
      models: Zoo.shapes.map(\.name),
      kernels: KernelRegistry.kernels.map { kernel in
        KernelChoice(
          id: kernel.id, name: kernel.name,
          isBest: (try? KernelRegistry.resolve(kernel.name)) == kernel,
          unavailableReason: kernel.availability.reason)
      },
      coresPhysical: machine.coresPhysical,
      meters: MeterCatalog.ids,
      placements: Placement.allCases.map(\.rawValue))
  }
}
