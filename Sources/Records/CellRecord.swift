import Foundation

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

  enum CodingKeys: String, CodingKey {
    case id, model, kernel, threads, placement, cpus, phase, outcome, check, warnings, estimates, facts, samples
    case caseName = "case"
  }

  /// Makes a cell without samples.
  public init(
    id: String, caseName: String, model: ModelIdentity?, kernel: KernelIdentity?, threads: Int, placement: String,
    cpus: [Int]? = nil, phase: PhaseRecord, outcome: Outcome, check: CheckRecord? = nil, warnings: [String] = [],
    estimates: [String: Double]? = nil, facts: [String: Double] = [:], samples: [SampleRecord] = []
  ) {
    self.id = id
    self.caseName = caseName
    self.model = model
    self.kernel = kernel
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

/// Which weights, exactly.
public struct ModelIdentity: Codable, Sendable, Equatable {
  /// The zoo's name, or the path as given.
  public var name: String
  /// "synthetic", "safetensors".
  public var format: String
  /// SHA-256 of the file, for models from files.
  public var sha256: String?
  /// The seed of synthetic weights.
  public var seed: UInt64?
  /// All weights, embeddings and norms included.
  public var parameters: Int
  /// The weights of the ternary matrices alone.
  public var ternaryParameters: Int
  /// How the output head is stored: "f16", "bf16", "f32".
  public var head: String

  enum CodingKeys: String, CodingKey {
    case name, format, sha256, seed, parameters, head
    case ternaryParameters = "ternary_parameters"
  }

  /// Makes an identity.
  public init(
    name: String, format: String, sha256: String? = nil, seed: UInt64? = nil, parameters: Int, ternaryParameters: Int,
    head: String
  ) {
    self.name = name
    self.format = format
    self.sha256 = sha256
    self.seed = seed
    self.parameters = parameters
    self.ternaryParameters = ternaryParameters
    self.head = head
  }
}

/// Which kernel, exactly.
public struct KernelIdentity: Codable, Sendable, Equatable {
  /// The family: "naive", "simd", "f16".
  public var name: String
  /// The instruction set: "avx2", "portable". Absent when the kernel was never resolved.
  public var isa: String?
  /// The packing of the weights.
  public var packing: String?
  /// Bits per ternary weight in that packing.
  public var bitsPerWeight: Double?

  enum CodingKeys: String, CodingKey {
    case name, isa, packing
    case bitsPerWeight = "bits_per_weight"
  }

  /// Makes an identity.
  public init(name: String, isa: String? = nil, packing: String? = nil, bitsPerWeight: Double? = nil) {
    self.name = name
    self.isa = isa
    self.packing = packing
    self.bitsPerWeight = bitsPerWeight
  }

  /// The spelling that a command line takes: "simd@avx2".
  public var id: String { isa.map { "\(name)@\($0)" } ?? name }
}

/// What a cell runs: a phase of a model, its matrices alone, its head alone, or a probe of the machine.
public struct PhaseRecord: Codable, Sendable, Equatable {
  /// What is run.
  public enum Kind: String, Codable, Sendable {
    /// Prompt processing, token generation, or both.
    case model
    /// All ternary matrices of one forward pass, nothing between them.
    case matrices
    /// The output head alone.
    case head
    /// A ceiling of the machine: read bandwidth or int8 products.
    case probe
  }

  /// The spelling in suites and tables: "pp512", "tg128", "pp512+tg128", "tg128@d1024", "gemv", "gemm128", "head",
  /// "probe:read", "probe:int8".
  public var label: String
  /// What is run.
  public var kind: Kind
  /// Prompt tokens processed.
  public var prompt: Int?
  /// Tokens generated.
  public var generate: Int?
  /// Tokens already in the cache before the window opens.
  public var depth: Int?
  /// Vectors per matrix product, for matrices and head.
  public var batch: Int?

  /// Makes a phase.
  public init(
    label: String, kind: Kind, prompt: Int? = nil, generate: Int? = nil, depth: Int? = nil, batch: Int? = nil
  ) {
    self.label = label
    self.kind = kind
    self.prompt = prompt
    self.generate = generate
    self.depth = depth
    self.batch = batch
  }
}

/// What became of a cell.
public enum Outcome: Codable, Sendable, Equatable {
  /// Not run yet; a partial record holds these.
  case pending
  /// Ran.
  case ok
  /// Could not be run here, and this is why: too large, an instruction set that is missing.
  case skipped(reason: String)
  /// Was run and went wrong.
  case failed(reason: String)

  enum CodingKeys: String, CodingKey { case state, reason }

  /// Reads `{"state": "skipped", "reason": "…"}`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let state = try container.decode(String.self, forKey: .state)
    switch state {
    case "pending": self = .pending
    case "ok": self = .ok
    case "skipped": self = .skipped(reason: try container.decode(String.self, forKey: .reason))
    case "failed": self = .failed(reason: try container.decode(String.self, forKey: .reason))
    default:
      throw DecodingError.dataCorruptedError(
        forKey: .state, in: container, debugDescription: "unknown outcome \"\(state)\"")
    }
  }

  /// Writes `{"state": "ok"}`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(state, forKey: .state)
    try container.encodeIfPresent(reason, forKey: .reason)
  }

  /// "pending", "ok", "skipped" or "failed".
  public var state: String {
    switch self {
    case .pending: "pending"
    case .ok: "ok"
    case .skipped: "skipped"
    case .failed: "failed"
    }
  }

  /// Why a cell was skipped or failed.
  public var reason: String? {
    switch self {
    case .pending, .ok: nil
    case .skipped(let reason), .failed(let reason): reason
    }
  }
}

/// Whether the output of a cell was the right one.
public struct CheckRecord: Codable, Sendable, Equatable {
  /// SHA-256 over the generated ids, little-endian Int32, as the suite states it.
  public var expected: String?
  /// What the run gave.
  public var got: String
  /// Whether they agree; absent where the suite states nothing.
  public var passed: Bool?

  /// Makes a check.
  public init(expected: String?, got: String) {
    self.expected = expected
    self.got = got
    self.passed = expected.map { $0 == got }
  }
}

/// One repetition of one cell.
public struct SampleRecord: Codable, Sendable, Equatable {
  /// 0 for the cell's first repetition.
  public var repetition: Int
  /// The place of this repetition among all of the run: drift and neighbours can be seen.
  public var positionInRun: Int
  /// When the window opened, ISO-8601 UTC.
  public var startedAt: String
  /// How often the work was done inside the window; more than 1 where it is short.
  public var iterations: Int
  /// Metric name (see `Metric.all`) to value, over the whole window.
  public var metrics: [String: Double]
  /// Time of each generated token of the window, nanoseconds, in order; absent for other phases.
  public var tokenTimesNs: [Int]?

  enum CodingKeys: String, CodingKey {
    case repetition, iterations, metrics
    case positionInRun = "position_in_run"
    case startedAt = "started_at"
    case tokenTimesNs = "token_times_ns"
  }

  /// Makes a sample.
  public init(
    repetition: Int, positionInRun: Int, startedAt: String, iterations: Int, metrics: [String: Double],
    tokenTimesNs: [Int]? = nil
  ) {
    self.repetition = repetition
    self.positionInRun = positionInRun
    self.startedAt = startedAt
    self.iterations = iterations
    self.metrics = metrics
    self.tokenTimesNs = tokenTimesNs
  }
}
