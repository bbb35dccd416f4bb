/// The mean power of the idle machine over one window, before or after the cells: what net energy is taken against.
public struct IdlePowerRecord: Codable, Sendable, Equatable {
  /// Whether the window lay before the first cell or after the last.
  public enum Moment: String, Codable, Sendable {
    case before, after
  }

  /// When it was taken.
  public var moment: Moment
  /// When the window opened, ISO-8601 UTC.
  public var startedAt: String
  /// The length of the window.
  public var windowNs: Int
  /// Energy metric (`energy_package_j`, …) to its mean power in watts.
  public var powerW: [String: Double]
  /// Energy metric to half of the 95 % interval of that mean, watts, from the spread of the window's parts and the
  /// source's own uncertainty.
  public var halfWidthW: [String: Double]

  enum CodingKeys: String, CodingKey {
    case moment
    case startedAt = "started_at"
    case windowNs = "window_ns"
    case powerW = "power_w"
    case halfWidthW = "half_width_w"
  }

  /// Makes a baseline.
  public init(
    moment: Moment, startedAt: String, windowNs: Int, powerW: [String: Double], halfWidthW: [String: Double]
  ) {
    self.moment = moment
    self.startedAt = startedAt
    self.windowNs = windowNs
    self.powerW = powerW
    self.halfWidthW = halfWidthW
  }
}
