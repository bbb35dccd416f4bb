/// What a training run is and how far it has come: the `training.json` of its folder.
///
/// It is written at the start, with every checkpoint and at the end; the losses stand in `metrics.csv` beside it. What
/// is unknown is absent.
public struct TrainingRecord: Codable, Sendable, Equatable {
  /// How far a run has come.
  public enum Status: String, Codable, Sendable {
    /// Steps are still being done, or the process ended without a word; `tern train --resume` goes on.
    case running
    /// After the last step.
    case complete
    /// The held-out text did not become likelier for as many evaluations as the configuration's patience.
    case stoppedEarly = "stopped_early"
    /// The user interrupted the run; the state is saved.
    case interrupted
    /// It ended with an error, which `reason` holds.
    case failed
  }

  /// The schema version that this build writes.
  public static let currentSchema = 1
  /// What tells a training run from the other records.
  public static let kind = "training"

  /// The schema version of this record.
  public var schema: Int
  /// "training".
  public var kind: String
  /// The model's name, as the configuration says.
  public var name: String
  /// When the first step was done, ISO-8601 UTC; absent where a run goes on that was begun without a record.
  public var startedAt: String?
  /// When this was written, ISO-8601 UTC.
  public var updatedAt: String
  /// How far the run has come.
  public var status: Status
  /// Why the run failed.
  public var reason: String?
  /// The program that trained last.
  public var tool: ToolIdentity
  /// The command line, program name first.
  public var command: [String]
  /// The machine that trained last.
  public var machine: MachineRecord
  /// Worker threads.
  public var threads: Int
  /// The TOML text of the configuration.
  public var configuration: String
  /// What is trained.
  public var model: Model
  /// What it learns from.
  public var text: Text
  /// Rates, sizes and seeds, as they were used: defaults are filled in.
  public var settings: Settings
  /// Steps done.
  public var step: Int
  /// The time of all steps, evaluations and saves up to here, over all resumptions; absent where a part is unknown.
  public var timeTrainNs: Int?
  /// The weights of the newest checkpoint; absent before the first.
  public var weights: TrainingWeights?

  enum CodingKeys: String, CodingKey {
    case schema, kind, name, status, reason, tool, command, machine, threads, configuration, model, text, settings, step
    case weights
    case startedAt = "started_at"
    case updatedAt = "updated_at"
    case timeTrainNs = "time_train_ns"
  }

  /// Makes a record of a run that has done `step` steps.
  public init(
    name: String, startedAt: String?, updatedAt: String, status: Status, reason: String? = nil, tool: ToolIdentity,
    command: [String], machine: MachineRecord, threads: Int, configuration: String, model: Model, text: Text,
    settings: Settings, step: Int, timeTrainNs: Int?, weights: TrainingWeights? = nil
  ) {
    schema = Self.currentSchema
    kind = Self.kind
    self.name = name
    self.startedAt = startedAt
    self.updatedAt = updatedAt
    self.status = status
    self.reason = reason
    self.tool = tool
    self.command = command
    self.machine = machine
    self.threads = threads
    self.configuration = configuration
    self.model = model
    self.text = text
    self.settings = settings
    self.step = step
    self.timeTrainNs = timeTrainNs
    self.weights = weights
  }
}
