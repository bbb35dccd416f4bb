/// What one gate found, and everything needed to check it: the root of a gate's result file.
///
/// Raw values of all blocks are stored. What is unknown is absent: never NaN, −1 or 0.
public struct GateRecord: Codable, Sendable, Equatable {
  /// The schema version that this build writes.
  public static let currentSchema = 1
  /// What tells a gate's result from a run's record.
  public static let kind = "gate"

  /// The schema version of this result.
  public var schema: Int
  /// "gate".
  public var kind: String
  /// A unique name: UTC start time, suite and the head's short commit.
  public var id: String
  /// When the gate started, ISO-8601 UTC.
  public var startedAt: String
  /// When the last verdict stood, ISO-8601 UTC; absent while the gate is at work.
  public var finishedAt: String?
  /// Whether every verdict stands.
  public var status: RunStatus
  /// The program that decided.
  public var tool: ToolIdentity
  /// The command line, program name first.
  public var command: [String]
  /// The suite, with its whole text.
  public var suite: SuiteIdentity
  /// The machine on which both sides ran.
  public var machine: MachineRecord
  /// The program that is compared with.
  public var base: GateSide
  /// The program that is judged.
  public var head: GateSide
  /// The rules of the decision.
  public var rules: GateRules
  /// The seed of the blocks' orders.
  public var seed: UInt64
  /// Cell id to the iterations of each of its windows, the same for both sides; absent where none were calibrated.
  public var iterations: [String: Int]?
  /// The meters, as the head's first process found them.
  public var meters: [MeterRecord]
  /// Warnings that the processes gave, each id once.
  public var warnings: [WarningRecord]
  /// Cells and metrics that were not compared, and why: only one side knows them, or this machine cannot run them.
  public var leftOut: [GateOmission]
  /// One element per metric and cell, in the suite's order.
  public var verdicts: [GateVerdict]

  enum CodingKeys: String, CodingKey {
    case schema, kind, id, status, tool, command, suite, machine, base, head, rules, seed, iterations, meters, warnings
    case verdicts
    case startedAt = "started_at"
    case finishedAt = "finished_at"
    case leftOut = "left_out"
  }

  /// Makes a result without verdicts.
  public init(
    id: String, startedAt: String, tool: ToolIdentity, command: [String], suite: SuiteIdentity, machine: MachineRecord,
    base: GateSide, head: GateSide, rules: GateRules, seed: UInt64, iterations: [String: Int]? = nil,
    meters: [MeterRecord] = [], warnings: [WarningRecord] = [], leftOut: [GateOmission] = [],
    verdicts: [GateVerdict] = []
  ) {
    self.schema = Self.currentSchema
    self.kind = Self.kind
    self.id = id
    self.startedAt = startedAt
    self.status = .running
    self.tool = tool
    self.command = command
    self.suite = suite
    self.machine = machine
    self.base = base
    self.head = head
    self.rules = rules
    self.seed = seed
    self.iterations = iterations
    self.meters = meters
    self.warnings = warnings
    self.leftOut = leftOut
    self.verdicts = verdicts
  }
}

/// A cell, or one metric of it, that was not compared.
public struct GateOmission: Codable, Sendable, Equatable {
  /// The id of the cell; absent where the metric is missing everywhere.
  public var cell: String?
  /// The metric; absent where all of the cell's are.
  public var metric: String?
  /// Why, in a sentence.
  public var reason: String

  /// Makes an omission.
  public init(cell: String? = nil, metric: String? = nil, reason: String) {
    self.cell = cell
    self.metric = metric
    self.reason = reason
  }
}

extension GateRecord {
  /// The verdicts that count, with that outcome.
  public func counted(_ outcome: GateVerdict.Outcome) -> [GateVerdict] {
    verdicts.filter { $0.verdict == outcome && $0.advisory == nil }
  }
}
