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
  /// Metric name to half of the 95 % interval that its meter gives this one value; absent where the meter states none.
  ///
  /// It says how far the value can be from the truth, and nothing of how repetitions scatter.
  public var halfWidths: [String: Double]?
  /// The zones behind the energies, each on its own.
  public var energyZones: [EnergyZoneRecord]?
  /// The counts behind the metrics that are computed from hardware events.
  public var counters: [CounterRecord]?
  /// What was not measured in this window, and why.
  public var problems: [ProblemRecord]?
  /// Ids of the warnings of severity veto that were met before or in this window and not allowed; absent without any.
  public var vetoes: [String]?
  /// Meter id to the nanoseconds that it looked: the clock's window is the tightest, the others enclose it.
  public var windowsNs: [String: Int]?
  /// Time of each generated token of the window, nanoseconds, in order; absent for other phases.
  public var tokenTimesNs: [Int]?

  enum CodingKeys: String, CodingKey {
    case repetition, iterations, metrics, counters, problems, vetoes
    case halfWidths = "half_widths"
    case energyZones = "energy_zones"
    case positionInRun = "position_in_run"
    case startedAt = "started_at"
    case windowsNs = "windows_ns"
    case tokenTimesNs = "token_times_ns"
  }

  /// Makes a sample.
  public init(
    repetition: Int, positionInRun: Int, startedAt: String, iterations: Int, metrics: [String: Double],
    halfWidths: [String: Double]? = nil, energyZones: [EnergyZoneRecord]? = nil, counters: [CounterRecord]? = nil,
    problems: [ProblemRecord]? = nil, vetoes: [String]? = nil, windowsNs: [String: Int]? = nil,
    tokenTimesNs: [Int]? = nil
  ) {
    self.repetition = repetition
    self.positionInRun = positionInRun
    self.startedAt = startedAt
    self.iterations = iterations
    self.metrics = metrics
    self.halfWidths = halfWidths
    self.energyZones = energyZones
    self.counters = counters
    self.problems = problems
    self.vetoes = vetoes
    self.windowsNs = windowsNs
    self.tokenTimesNs = tokenTimesNs
  }
}
