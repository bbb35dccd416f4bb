/// Energy from samples of power: the area under the straight lines between them.
struct PowerIntegrator: Sendable {
  /// Joules from the first sample to the last.
  private(set) var energyJ = 0.0
  /// How many samples there were.
  private(set) var samples = 0
  private(set) var highestW = 0.0
  /// The largest power of ten, up to a million, of which every sample is a multiple: a sensor's files are in microwatts
  /// whatever its own step is, and it shows in the zeros.
  private(set) var stepCounts: UInt64 = 1_000_000

  private var firstNs: UInt64 = 0
  private var lastNs: UInt64 = 0
  private var lastW = 0.0
  private var lowestW = Double.infinity
  /// Σ (ΔP·Δt)²/12: between two samples, the mean may lie anywhere between them.
  private var interpolation = 0.0

  /// Takes a sample, in counts of `unitW`.
  mutating func add(_ counts: UInt64, unitW: Double, atNs: UInt64) {
    let powerW = Double(counts) * unitW
    while counts % stepCounts != 0 { stepCounts /= 10 }
    if samples == 0 {
      firstNs = atNs
    } else {
      let seconds = Double(atNs &- lastNs) * 1e-9
      energyJ += (powerW + lastW) / 2 * seconds
      let square = (powerW - lastW) * seconds
      interpolation += square * square / 12
    }
    samples += 1
    (lastW, lastNs) = (powerW, atNs)
    highestW = max(highestW, powerW)
    lowestW = min(lowestW, powerW)
  }

  /// The time between the first sample and the last.
  var windowNs: UInt64 { samples == 0 ? 0 : lastNs - firstNs }

  /// What samples, steps and an averaging source leave open.
  ///
  /// - Parameters:
  ///   - quantumW: the step of the power, which may be off in one direction throughout.
  ///   - intervalNs: over how long the source averages: at both ends, the power of up to that long ago is seen.
  ///   - relativeError: what the source states of its own error.
  func uncertainty(quantumW: Double, intervalNs: Int, relativeError: Double) -> Uncertainty {
    guard samples > 1 else { return Uncertainty() }
    return .normal(variance: interpolation)
      + .uniform(quantumW / 2 * Double(windowNs) * 1e-9)
      + .triangular((highestW - lowestW) * Double(intervalNs) * 1e-9)
      + .uniform(relativeError * energyJ)
  }
}
