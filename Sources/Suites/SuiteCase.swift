/// One `[[case]]`: lists whose product is its cells.
public struct SuiteCase: Sendable, Equatable {
  /// Unique in the suite.
  public var name: String
  /// Zoo names, globs over them, or paths of model folders and files; empty for probes alone, and beside `shapes`.
  public var models: [String]
  /// Single ternary matrices in place of models: "2048x8192", inputs × outputs.
  public var shapes: [String]
  /// Globs over kernel names and ids: "*", "simd", "simd@*"; empty for probes and other programs alone.
  public var kernels: [String]
  /// Globs over the suite's other programs, which run the case's phases beside the kernels.
  public var programs: [String]
  /// Thread counts: numbers, llama-bench's ranges "1-8", "1-64*2", "1-8+2", and "all" (one per physical core).
  public var threads: [String]
  /// "free", "pinned".
  public var placements: [String]
  /// "pp512", "tg128", "pp512+tg128", "tg128@d1024", "gemv", "gemm128", "head", "probe:read", "probe:int8".
  public var phases: [String]
  /// Repetitions of each cell, at least 1.
  public var repetitions: Int
  /// A window is at least this long: the work is repeated inside it.
  public var minTimeSeconds: Double
  /// Upper bound of warm-up runs; warm-up ends earlier when two runs agree.
  public var warmup: Int
  /// Pause before each window.
  public var cooldownSeconds: Double
  /// SHA-256 of the ids that greedy decoding must give, where stated.
  public var expectTokensSHA256: String?

  /// Makes a case; what is left out takes the suite format's defaults.
  public init(
    name: String, models: [String] = [], shapes: [String] = [], kernels: [String] = [],
    programs: [String] = [], threads: [String] = SuiteDefaults.threads,
    placements: [String] = SuiteDefaults.placements, phases: [String],
    repetitions: Int = SuiteDefaults.repetitions, minTimeSeconds: Double = SuiteDefaults.minTimeSeconds,
    warmup: Int = SuiteDefaults.warmup, cooldownSeconds: Double = SuiteDefaults.cooldownSeconds,
    expectTokensSHA256: String? = nil
  ) {
    self.name = name
    self.models = models
    self.shapes = shapes
    self.kernels = kernels
    self.programs = programs
    self.threads = threads
    self.placements = placements
    self.phases = phases
    self.repetitions = repetitions
    self.minTimeSeconds = minTimeSeconds
    self.warmup = warmup
    self.cooldownSeconds = cooldownSeconds
    self.expectTokensSHA256 = expectTokensSHA256
  }
}
