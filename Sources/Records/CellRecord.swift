/// One point of the sweep: model × kernel × threads × placement × phase, with its raw samples.
public struct CellRecord: Codable, Sendable, Equatable {
  /// Unique within the record and stable between runs of the same plan: every parameter, joined by "/".
  public var id: String
  /// The suite's case that the cell came from.
  public var caseName: String
  /// The model that was run, or whose matrices were; absent for probes of the machine.
  public var model: ModelIdentity?
  /// The kernel; absent where none ran, and the name as asked for when the cell was skipped.
  public var kernel: KernelIdentity?
  /// The other program that ran it, whose name then stands for the kernel's; absent for Tern's own cells.
  public var program: ProgramIdentity?
  /// Worker threads.
  public var threads: Int
  /// "free" or "pinned".
  public var placement: String
  /// The CPUs that the threads were pinned to, in thread order; absent for `free`.
  public var cpus: [Int]?
  /// What was run.
  public var phase: PhaseRecord
  /// What became of it.
  public var outcome: Outcome
  /// Whether the output was right, where the suite says what is right.
  public var check: CheckRecord?
  /// Ids of the run's warnings that concern this cell.
  public var warnings: [String]
  /// Estimated figures, apart from everything measured: metric name (each begins with `estimated_`) to value.
  public var estimates: [String: Double]?
  /// Facts about the cell that do not change between repetitions: bytes read per token, MACs per token, peak RSS.
  public var facts: [String: Double]
  /// One element per repetition, in the order in which they ran.
  public var samples: [SampleRecord]
  /// Vetoed repetitions that were run again, in the order in which they ran; what replaced each stands in `samples`.
  public var replacedSamples: [SampleRecord]?

  enum CodingKeys: String, CodingKey {
    case id, model, kernel, program, threads, placement, cpus, phase, outcome, check, warnings, estimates, facts,
      samples
    case caseName = "case"
    case replacedSamples = "replaced_samples"
  }

  /// Makes a cell without samples.
  public init(
    id: String, caseName: String, model: ModelIdentity?, kernel: KernelIdentity?, program: ProgramIdentity? = nil,
    threads: Int, placement: String, cpus: [Int]? = nil, phase: PhaseRecord, outcome: Outcome,
    check: CheckRecord? = nil, warnings: [String] = [],
    estimates: [String: Double]? = nil, facts: [String: Double] = [:], samples: [SampleRecord] = []
  ) {
    self.id = id
    self.caseName = caseName
    self.model = model
    self.kernel = kernel
    self.program = program
    self.threads = threads
    self.placement = placement
    self.cpus = cpus
    self.phase = phase
    self.outcome = outcome
    self.check = check
    self.warnings = warnings
    self.estimates = estimates
    self.facts = facts
    self.samples = samples
  }
}
