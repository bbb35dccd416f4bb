import Records

extension NetEnergy {
  /// Adds the net energy of every gross one to a window's metrics, with half of its 95 % interval.
  ///
  /// What is there already stays. The other parameters are those of `compute`.
  ///
  /// - Returns: the net energies that cannot be told, with their reasons.
  public static func add(
    to metrics: inout [String: Double], halfWidths: inout [String: Double], windowNs: Int, before: IdlePowerRecord?,
    after: IdlePowerRecord?, ownFraction: Double, foreignFraction: Double?
  ) -> [ProblemRecord] {
    var unknown: [ProblemRecord] = []
    for metric in EnergyMetric.allCases where metrics[metric.net] == nil {
      guard let grossJ = metrics[metric.energy] else { continue }
      let outcome = compute(
        grossJ: grossJ, halfWidthJ: halfWidths[metric.energy] ?? 0, windowNs: windowNs,
        before: Idle(before, metric: metric.energy), after: Idle(after, metric: metric.energy),
        ownFraction: ownFraction, foreignFraction: foreignFraction)
      switch outcome {
      case .known(let net): (metrics[metric.net], halfWidths[metric.net]) = (net.valueJ, net.halfWidthJ)
      case .unknown(let reason): unknown.append(ProblemRecord(meter: "energy", what: metric.net, reason: reason))
      }
    }
    return unknown
  }
}
