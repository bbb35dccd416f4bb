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
  /// Every model that the cells name, looked up once: a checkpoint's headers are read here and nowhere else.
  let models: [String: ModelReference]
  /// How keys and values are kept, in every cell.
  let cacheFormat: CacheFormat
  /// Which part of the suite this is; nil for all of it.
  public let shard: ShardRecord?

  /// Expands a suite for this build and machine and compares what each cell needs with the memory that there is.
  ///
  /// - Throws: `SuiteError` for what the suite gets wrong; the models' errors for paths that cannot be read.
  public init(suite: Suite, machine: Machine) throws {
    let context = SuiteContext.current(machine: machine)
    let available = machine.memoryAvailableBytes()
    let expanded = try suite.cells(in: context)
    // The expansion has refused every other name.
    let cacheFormat = CacheFormat(rawValue: suite.cacheFormat) ?? .f32
    let models = try Self.references(of: expanded)
    self.init(
      suite: suite, meters: try suite.meterIDs(in: context),
      cells: try expanded.map { cell in
        var cell = cell
        cell.skipReason =
          try cell.skipReason ?? Self.refusal(of: cell, models: models)
          ?? Self.shortfall(of: cell, models: models, cacheFormat: cacheFormat, available: available)
        return cell
      }, models: models, cacheFormat: cacheFormat)
  }

  /// Makes a plan of cells that are known already.
  init(
    suite: Suite, meters: [String], cells: [Cell], models: [String: ModelReference] = [:],
    cacheFormat: CacheFormat = .f32, shard: ShardRecord? = nil
  ) {
    self.suite = suite
    self.meters = meters
    self.cells = cells
    self.models = models
    self.cacheFormat = cacheFormat
    self.shard = shard
  }

  /// The cells of one shard alone, in the plan's order; there may be none.
  public func only(_ shard: Shard) -> Plan {
    let positions = cells.indices.filter { shard.holds(cells[$0].id) }
    let record = ShardRecord(
      count: shard.count, indices: [shard.index], cellsTotal: cells.count, positions: positions)
    return Plan(
      suite: suite, meters: meters, cells: positions.map { cells[$0] }, models: models, cacheFormat: cacheFormat,
      shard: record)
  }

  private static func references(of cells: [Cell]) throws -> [String: ModelReference] {
    try Set(cells.compactMap(\.model)).reduce(into: [:]) { $0[$1] = try ModelReference($1) }
  }

  /// Why a cell's kernel does not multiply its model's weights; nil when it does.
  private static func refusal(of cell: Cell, models: [String: ModelReference]) -> String? {
    guard let kernel = cell.kernel, let model = cell.model.flatMap({ models[$0] }) else { return nil }
    return KernelSelector.refusal(of: kernel, for: model.shape)?.reason
  }

  /// Why a cell would not fit even in an otherwise empty process; nil when it does.
  private static func shortfall(
    of cell: Cell, models: [String: ModelReference], cacheFormat: CacheFormat, available: Int?
  ) throws -> String? {
    guard let kernelName = cell.kernel else { return nil }
    if let matrix = cell.matrix {
      let kernel = try KernelSelector.estimate(kernelName).kernels[0]
      let bytes = MemoryBudget.need(of: matrix, kernel: kernel, vectors: cell.phase.batch ?? 1)
      return MemoryBudget.shortfall(of: bytes, available: available)
    }
    guard let model = cell.model.flatMap({ models[$0] }) else { return nil }
    let need = MemoryBudget.need(
      of: model, kernels: try KernelSelector.estimate(kernelName), threads: cell.threads, context: cell.phase.context,
      logitsRows: cell.phase.logitsRows, cacheFormat: cacheFormat)
    return MemoryBudget.shortfall(of: need.totalBytes, available: available)
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
