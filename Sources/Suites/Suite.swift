import Records

/// A declarative plan of measurements: what to run, how often, in which order. Decoded from TOML by `SuiteDecoder`.
public struct Suite: Sendable, Equatable {
  /// The suite format that this build reads.
  public static let currentSchema = 1

  /// The suite's name, which becomes part of record names: letters, digits and hyphens.
  public var name: String
  /// The question it answers, in a sentence.
  public var question: String?
  /// Prose printed above the results.
  public var analysis: String?
  /// The order of the schedule.
  public var order: Order
  /// The seed of the schedule's shuffles.
  public var seed: UInt64
  /// Meters to start around every window, by id.
  public var meters: [String]
  /// The cases; each expands to a product of cells.
  public var cases: [SuiteCase]
  /// The text it was read from, and that text's SHA-256.
  public var text: String
  public var sha256: String

  /// How repetitions of the cells follow one another.
  public enum Order: String, Sendable, CaseIterable {
    /// One repetition of every cell, then the next of every cell, in a new random order each round: drift hits all alike.
    case interleaved
    /// All repetitions of a cell, then the next cell.
    case sequential
    /// All repetitions of all cells in one random order.
    case shuffled
  }
}

/// One `[[case]]`: lists whose product is its cells.
public struct SuiteCase: Sendable, Equatable {
  /// Unique in the suite.
  public var name: String
  /// Zoo names or paths of model folders; empty for probes alone.
  public var models: [String]
  /// Globs over kernel names and ids: "*", "simd", "simd@*".
  public var kernels: [String]
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
}
