import Records

/// What follows from a window's joules and tokens: joules per token, tokens per kilowatt-hour, energy-delay product.
///
/// A quotient of a measured energy and an exact count has the energy's relative uncertainty; time is known a thousand
/// times better than energy and adds nothing to it.
public struct EnergyFigures {
  /// Metric name to value: what was given, and what follows from it.
  public private(set) var metrics: [String: Double]
  /// Metric name to half of its 95 % interval.
  public private(set) var halfWidths: [String: Double]

  /// Joules in a kilowatt-hour.
  private static let joulesPerKWh = 3.6e6

  /// Adds the figures of a window that processed `tokens`; adds none without tokens or without energy.
  public init(metrics: [String: Double], halfWidths: [String: Double], tokens: Int?) {
    self.metrics = metrics
    self.halfWidths = halfWidths
    guard let tokens, tokens > 0 else { return }
    for domain in EnergyMetric.allCases {
      divide(domain.energy, by: Double(tokens), into: domain.perToken)
      divide(domain.net, by: Double(tokens), into: domain.netPerToken)
    }
    addYield(tokens: Double(tokens))
  }

  private mutating func divide(_ energy: String, by tokens: Double, into name: String) {
    guard let joules = metrics[energy] else { return }
    metrics[name] = joules / tokens
    halfWidths[name] = halfWidths[energy].map { $0 / tokens }
  }

  private mutating func addYield(tokens: Double) {
    guard let joules = metrics[EnergyMetric.package.energy], joules > 0 else { return }
    let relative = halfWidths[EnergyMetric.package.energy].map { $0 / joules }
    set("rate_tokens_per_kwh", tokens / joules * Self.joulesPerKWh, relative: relative)
    guard let wallNs = metrics["time_wall_ns"], wallNs > 0 else { return }
    set("energy_delay_package_js", (joules / tokens) * (wallNs * 1e-9 / tokens), relative: relative)
  }

  private mutating func set(_ name: String, _ value: Double, relative: Double?) {
    metrics[name] = value
    halfWidths[name] = relative.map { $0 * value }
  }
}
