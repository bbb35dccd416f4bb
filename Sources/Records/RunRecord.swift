/// Everything one run measured and everything needed to understand it: the root of a record file.
///
/// Raw samples are stored; statistics are computed by readers. What is unknown is absent: never NaN, −1 or 0.
/// Times inside are integer nanoseconds or ISO-8601 UTC; units stand last in every key.
public struct RunRecord: Codable, Sendable, Equatable {
  /// The schema version that this build writes.
  public static let currentSchema = 2

  /// The schema version of this record.
  public var schema: Int
  /// A unique name: UTC start time, suite and short commit, as in the file's name.
  public var id: String
  /// When the run started, ISO-8601 UTC.
  public var startedAt: String
  /// When the last cell finished, ISO-8601 UTC; absent while the run is going on.
  public var finishedAt: String?
  /// Whether the run is complete.
  public var status: RunStatus
  /// The program that measured.
  public var tool: ToolIdentity
  /// The command line, program name first.
  public var command: [String]
  /// The suite, with its whole text.
  public var suite: SuiteIdentity
  /// The machine as it was at the start.
  public var machine: MachineRecord
  /// Every meter that was asked for, with its reason when it could not be read.
  public var meters: [MeterRecord]
  /// The power of the idle machine before and after the cells; absent where energy is not measured.
  public var idlePower: [IdlePowerRecord]?
  /// The order in which the cells were run.
  public var schedule: ScheduleRecord
  /// What the harness spent outside the measured windows.
  public var overhead: OverheadRecord?
  /// The runs that a merged record was put together from; absent where one run wrote it.
  public var parts: [PartRecord]?
  /// Warnings about the run as a whole; a cell names those that concern it by id.
  public var warnings: [WarningRecord]
  /// One element per cell of the plan, in the plan's order.
  public var cells: [CellRecord]

  enum CodingKeys: String, CodingKey {
    case schema, id, status, tool, command, suite, machine, meters, schedule, overhead, parts, warnings, cells
    case startedAt = "started_at"
    case finishedAt = "finished_at"
    case idlePower = "idle_power"
  }

  /// Makes a record that has run nothing yet.
  public init(
    id: String, startedAt: String, tool: ToolIdentity, command: [String], suite: SuiteIdentity,
    machine: MachineRecord, meters: [MeterRecord], schedule: ScheduleRecord, warnings: [WarningRecord] = [],
    cells: [CellRecord] = []
  ) {
    self.schema = Self.currentSchema
    self.id = id
    self.startedAt = startedAt
    self.status = .running
    self.tool = tool
    self.command = command
    self.suite = suite
    self.machine = machine
    self.meters = meters
    self.schedule = schedule
    self.warnings = warnings
    self.cells = cells
  }
}

/// How far a run has come.
public enum RunStatus: String, Codable, Sendable {
  /// Cells are still being run, or the process ended without a word; `tern run --resume` continues it.
  case running
  /// Every cell has an outcome.
  case complete
  /// The user interrupted the run; the finished cells are valid.
  case interrupted
}

extension RunRecord {
  /// The warning with that id, where the run has one.
  public func warning(_ id: String) -> WarningRecord? {
    warnings.first { $0.id == id }
  }
}
