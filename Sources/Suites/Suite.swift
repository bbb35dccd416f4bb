/// A declarative plan of measurements: what to run, how often, in which order.
///
/// `SuiteDecoder` reads one from TOML; `tern bench` builds one from flags.
public struct Suite: Sendable, Equatable {
  /// The suite format that this build reads.
  public static let currentSchema = 1

  /// The suite's name, which becomes part of record names: letters, digits and hyphens.
  public var name: String
  /// The question it answers, in a sentence.
  public var question: String?
  /// Prose that the report prints above the results.
  public var analysis: String?
  /// The order of the schedule.
  public var order: Order
  /// The seed of the schedule's shuffles.
  public var seed: UInt64
  /// Meters to start around every window: globs over their ids, resolved by `meterIDs(in:)`.
  public var meters: [String]
  /// Groups of hardware events that the "counters" meter counts, one after the other: names of `tern list counters`.
  public var counters: [String]
  /// How long the idle machine's power is measured before the first cell and after the last; 0 for not at all.
  public var baselineSeconds: Double
  /// How keys and values are kept in every cell: "f32", "f16" or "int8".
  public var cacheFormat: String
  /// Other programs that cases may name.
  public var programs: [SuiteProgram]
  /// The cases; each expands to a product of cells.
  public var cases: [SuiteCase]
  /// The file it was read from, for messages; nil for a suite that was built in code.
  public var path: String?
  /// The text it was read from; for a suite that was built in code, the equivalent text.
  public var text: String

  /// How repetitions of the cells follow one another.
  public enum Order: String, Sendable, CaseIterable {
    /// One repetition of every cell, then the next of every cell, in a new random order each round: drift hits all alike.
    case interleaved
    /// All repetitions of a cell, then the next cell.
    case sequential
    /// All repetitions of all cells in one random order.
    case shuffled
  }

  /// Makes a suite in code; `text` becomes the TOML that decodes to an equal suite.
  public init(
    name: String, question: String? = nil, analysis: String? = nil, order: Order = SuiteDefaults.order,
    seed: UInt64 = SuiteDefaults.seed, meters: [String] = SuiteDefaults.meters,
    counters: [String] = SuiteDefaults.counters, baselineSeconds: Double = SuiteDefaults.baselineSeconds,
    cacheFormat: String = SuiteDefaults.cacheFormat, programs: [SuiteProgram] = [], cases: [SuiteCase]
  ) {
    self.init(
      name: name, question: question, analysis: analysis, order: order, seed: seed, meters: meters,
      counters: counters, baselineSeconds: baselineSeconds, cacheFormat: cacheFormat, cases: cases, path: nil,
      text: "", programs: programs)
    text = toml
  }

  /// Makes a suite that was read from a file.
  init(
    name: String, question: String?, analysis: String?, order: Order, seed: UInt64, meters: [String],
    counters: [String], baselineSeconds: Double, cacheFormat: String, cases: [SuiteCase], path: String?, text: String,
    programs: [SuiteProgram]
  ) {
    self.name = name
    self.question = question
    self.analysis = analysis
    self.order = order
    self.seed = seed
    self.meters = meters
    self.counters = counters
    self.baselineSeconds = baselineSeconds
    self.cacheFormat = cacheFormat
    self.programs = programs
    self.cases = cases
    self.path = path
    self.text = text
  }
}
