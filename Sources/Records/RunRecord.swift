import Foundation

/// Everything one run measured and everything needed to understand it: the root of a record file.
///
/// Raw samples are stored; statistics are computed by readers. What is unknown is absent: never NaN, −1 or 0.
/// Times inside are integer nanoseconds or ISO-8601 UTC; units stand last in every key.
public struct RunRecord: Codable, Sendable, Equatable {
  /// The schema version that this build writes.
  public static let currentSchema = 1

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
  /// The order in which the cells were run.
  public var schedule: ScheduleRecord
  /// What the harness spent outside the measured windows.
  public var overhead: OverheadRecord?
  /// Warnings about the run as a whole; a cell names those that concern it by id.
  public var warnings: [WarningRecord]
  /// One element per cell of the plan, in the plan's order.
  public var cells: [CellRecord]

  enum CodingKeys: String, CodingKey {
    case schema, id, status, tool, command, suite, machine, meters, schedule, overhead, warnings, cells
    case startedAt = "started_at"
    case finishedAt = "finished_at"
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

/// The program that measured, exactly.
public struct ToolIdentity: Codable, Sendable, Equatable {
  /// "tern".
  public var name: String
  /// The released version.
  public var version: String
  /// The git commit of the build, when it was known.
  public var commit: String?
  /// Whether the work tree had uncommitted changes when it was built.
  public var dirty: Bool?
  /// The Swift compiler's version.
  public var swift: String?
  /// The C compiler's version.
  public var clang: String?
  /// "release" or "debug".
  public var configuration: String

  /// Makes an identity.
  public init(
    name: String, version: String, commit: String?, dirty: Bool?, swift: String?, clang: String?, configuration: String
  ) {
    self.name = name
    self.version = version
    self.commit = commit
    self.dirty = dirty
    self.swift = swift
    self.clang = clang
    self.configuration = configuration
  }
}

/// The suite that was run; its text is embedded so that a record explains itself.
public struct SuiteIdentity: Codable, Sendable, Equatable {
  /// The suite's name.
  public var name: String
  /// SHA-256 of the text, in hexadecimal.
  public var sha256: String
  /// The TOML text as it was read; for `tern bench`, the equivalent suite.
  public var text: String
  /// The question that the suite asks.
  public var question: String?
  /// The prose that is printed above the results.
  public var analysis: String?

  /// Makes an identity.
  public init(name: String, sha256: String, text: String, question: String?, analysis: String?) {
    self.name = name
    self.sha256 = sha256
    self.text = text
    self.question = question
    self.analysis = analysis
  }
}

/// The order in which repetitions of the cells were run.
public struct ScheduleRecord: Codable, Sendable, Equatable {
  /// "interleaved", "sequential" or "shuffled".
  public var order: String
  /// The seed of the shuffles.
  public var seed: UInt64

  /// Makes a schedule.
  public init(order: String, seed: UInt64) {
    self.order = order
    self.seed = seed
  }
}

/// Where the wall time of a run went, in nanoseconds.
public struct OverheadRecord: Codable, Sendable, Equatable {
  /// From the start of the first cell to the end of the last.
  public var timeTotalNs: Int
  /// Inside measured windows.
  public var timeMeasuredNs: Int
  /// Generating or loading, and packing, weights.
  public var timeLoadNs: Int
  /// Warm-up runs.
  public var timeWarmupNs: Int
  /// Asked for by the suite: cool-down, delay.
  public var timeCooldownNs: Int

  enum CodingKeys: String, CodingKey {
    case timeTotalNs = "time_total_ns"
    case timeMeasuredNs = "time_measured_ns"
    case timeLoadNs = "time_load_ns"
    case timeWarmupNs = "time_warmup_ns"
    case timeCooldownNs = "time_cooldown_ns"
  }

  /// What is left: the harness itself.
  public var timeHarnessNs: Int { timeTotalNs - timeMeasuredNs - timeLoadNs - timeWarmupNs - timeCooldownNs }

  /// Makes a breakdown.
  public init(timeTotalNs: Int, timeMeasuredNs: Int, timeLoadNs: Int, timeWarmupNs: Int, timeCooldownNs: Int) {
    self.timeTotalNs = timeTotalNs
    self.timeMeasuredNs = timeMeasuredNs
    self.timeLoadNs = timeLoadNs
    self.timeWarmupNs = timeWarmupNs
    self.timeCooldownNs = timeCooldownNs
  }
}

/// Something a reader must know before trusting a number: short, with a stable id and the fix.
public struct WarningRecord: Codable, Sendable, Equatable {
  /// Stable, as in `--allow W-governor`.
  public var id: String
  /// What was seen, in a sentence.
  public var message: String
  /// What to do about it, where something can be done.
  public var fix: String?

  /// Makes a warning.
  public init(id: String, message: String, fix: String?) {
    self.id = id
    self.message = message
    self.fix = fix
  }
}

/// One meter of the run: what it read, or why it could not.
public struct MeterRecord: Codable, Sendable, Equatable {
  /// "time", "cpu", "memory", "software-events", "counters", "energy", …
  public var id: String
  /// What is read, in words: "CLOCK_MONOTONIC_RAW", "powercap intel-rapl".
  public var source: String
  /// What the numbers cover: "process", "thread", "package".
  public var scope: String?
  /// Whether it could be read.
  public var available: Bool
  /// Why not.
  public var reason: String?
  /// How to allow it.
  public var fix: String?
  /// The smallest step of the source, in nanoseconds for clocks.
  public var resolutionNs: Int?
  /// The median cost of starting and stopping this meter around nothing.
  public var overheadNs: Int?

  enum CodingKeys: String, CodingKey {
    case id, source, scope, available, reason, fix
    case resolutionNs = "resolution_ns"
    case overheadNs = "overhead_ns"
  }

  /// Makes an entry.
  public init(
    id: String, source: String, scope: String? = nil, available: Bool, reason: String? = nil, fix: String? = nil,
    resolutionNs: Int? = nil, overheadNs: Int? = nil
  ) {
    self.id = id
    self.source = source
    self.scope = scope
    self.available = available
    self.reason = reason
    self.fix = fix
    self.resolutionNs = resolutionNs
    self.overheadNs = overheadNs
  }
}
