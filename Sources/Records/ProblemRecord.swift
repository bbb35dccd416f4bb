/// Something that a meter did not measure in one window, and why: the metrics it concerns are absent.
public struct ProblemRecord: Codable, Sendable, Equatable {
  /// The meter: "energy", "counters".
  public var meter: String
  /// What is missing: a metric, a zone, an event; absent where all of the meter's are.
  public var what: String?
  /// Why, in a sentence.
  public var reason: String

  /// Makes a problem.
  public init(meter: String, what: String? = nil, reason: String) {
    self.meter = meter
    self.what = what
    self.reason = reason
  }
}
