import Machine
import Meters
import Records
import Suites

/// Runs the cells of other programs, and leaves the rest to Tern's own engine.
public final class ProgramContender: Contender {
  private let own: any Contender
  private let plan: Plan
  private let machine: Machine
  private let interrupt: Interrupt
  private let meters: (Int32?) -> ProgramMeters
  private var workloads: [String: ProgramWorkload] = [:]
  private var dialects: [String: any ProgramDialect] = [:]
  private var files: [String: ProgramModel] = [:]

  /// Makes a contender beside Tern's own.
  ///
  /// - Parameters:
  ///   - own: runs all cells that name no program.
  ///   - meters: makes the meters of a process, or of a window around one that is still to come.
  public init(
    beside own: any Contender, plan: Plan, machine: Machine, interrupt: Interrupt,
    meters: @escaping (_ pid: Int32?) -> ProgramMeters
  ) {
    self.own = own
    self.plan = plan
    self.machine = machine
    self.interrupt = interrupt
    self.meters = meters
  }

  /// Finds the program and its model, once for all of their cells.
  public func prepare(_ cell: Cell) throws -> any Workload {
    guard let program = cell.program else { return try own.prepare(cell) }
    if let workload = workloads[cell.id] { return workload }
    let workload = ProgramWorkload(
      cell: cell, program: program, dialect: try dialect(of: program), model: try program.model.map(file),
      twin: cell.model.flatMap { plan.models[$0] }, cacheFormat: plan.cacheFormat, cpus: cpus(of: cell),
      meters: meters, interrupt: interrupt)
    workloads[cell.id] = workload
    return workload
  }

  private func dialect(of program: SuiteProgram) throws -> any ProgramDialect {
    if let dialect = dialects[program.name] { return dialect }
    let dialect: any ProgramDialect =
      switch program.kind {
      case .llamaBench: try LlamaBench(program, cpus: machine.cpusUsable, interrupt: interrupt)
      case .command: try CommandDialect(program)
      }
    dialects[program.name] = dialect
    return dialect
  }

  private func file(_ path: String) throws -> ProgramModel {
    if let file = files[path] { return file }
    let file = try ProgramModel(path: path)
    files[path] = file
    return file
  }

  /// The CPUs that the threads of Tern's pinned cells of as many threads have; all of them where they are free.
  private func cpus(of cell: Cell) -> [Int] {
    let order = machine.cpusForPinning()
    guard cell.placement == "pinned", !order.isEmpty else { return machine.cpusUsable }
    return Array(order.prefix(cell.threads))
  }
}
