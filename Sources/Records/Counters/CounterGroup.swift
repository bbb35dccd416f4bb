/// A question that a few hardware events answer together: which events on which processor, and what is computed.
///
/// A group is data, written as a TOML file; every processor spells its events in its own way, and the formulas are
/// written once over the names that the group gives them.
public struct CounterGroup: Sendable, Equatable {
  /// One event of the group on one processor.
  public struct Event: Sendable, Equatable {
    /// Its name in the group's formulas: "instructions".
    public var name: String
    /// The event as libpfm4 spells it, without the PMU before it: "INST_RETIRED:ANY_P".
    public var spelling: String
    /// Where the spelling stands, for messages: "Suites/counters/ipc.toml:14".
    public var place: String?

    /// Makes an event.
    public init(name: String, spelling: String, place: String? = nil) {
      self.name = name
      self.spelling = spelling
      self.place = place
    }
  }

  /// What the group is on one processor.
  public enum Entry: Sendable, Equatable {
    /// These events, in the order in which they are opened, and what is computed from them.
    case counted([Event], [Formula])
    /// Nothing that could be counted, and why.
    case unavailable(String)
  }

  /// One metric of the group.
  public struct Formula: Sendable, Equatable {
    /// The metric, which the schema knows: its unit and its sentence stand there.
    public var metric: Metric
    /// How it is computed from the events, `time` and `cpu_time`.
    public var formula: CounterFormula

    /// Makes a formula.
    public init(metric: Metric, formula: CounterFormula) {
      self.metric = metric
      self.formula = formula
    }
  }

  /// Names that formulas may use besides the events'.
  ///
  /// `time`: seconds of the window's wall time. `cpu_time`: seconds that the run's threads were on a CPU while the
  /// events were enabled, summed over the threads.
  public static let quantities = ["time", "cpu_time"]

  /// How the names of metrics that groups compute begin; the schema's other metrics belong to other meters.
  public static let metricPrefixes = [
    "branch_", "cache_", "counter_", "frequency_", "instructions_per_", "memory_bandwidth_", "simd_", "tlb_",
  ]

  /// The PMU of libpfm4 that stands for what every kernel maps by itself: cycles, instructions, branches.
  public static let genericModel = "perf"

  /// A short name: "ipc".
  public var name: String
  /// What it tells, in a sentence.
  public var summary: String
  /// How to read it, and what it does not see.
  public var reading: String?
  /// libpfm4's name of a PMU to what is counted there: "skl", "amd64_fam19h_zen4", "arm_n1", "perf".
  public var entries: [String: Entry]

  /// Makes a group.
  public init(name: String, summary: String, reading: String? = nil, entries: [String: Entry]) {
    self.name = name
    self.summary = summary
    self.reading = reading
    self.entries = entries
  }
}
