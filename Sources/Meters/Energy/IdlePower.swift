/// The mean power of an idle machine from the parts of one window, and how sure it is.
///
/// Idle power is not white noise: daemons wake up in bursts that last longer than a part. Where neighbouring parts are
/// alike, they count for fewer than they are.
public struct IdlePower: Sendable, Equatable {
  /// One part of the window.
  public struct Part: Sendable, Equatable {
    /// Joules of the part.
    public let energyJ: Double
    /// Its length.
    public let seconds: Double
    /// Half of the 95 % interval that the source gives the part.
    public let halfWidthJ: Double

    /// Makes a part.
    public init(energyJ: Double, seconds: Double, halfWidthJ: Double) {
      self.energyJ = energyJ
      self.seconds = seconds
      self.halfWidthJ = halfWidthJ
    }
  }

  /// Joules of all parts over their time.
  public let meanW: Double
  /// Half of the 95 % interval of that mean.
  public let halfWidthW: Double

  /// A variance from fewer parts says next to nothing.
  static let fewestParts = 5

  /// Estimates; nil with fewer than five parts, or parts without length.
  public init?(parts: [Part]) {
    let seconds = parts.reduce(0) { $0 + $1.seconds }
    guard parts.count >= Self.fewestParts, parts.allSatisfy({ $0.seconds > 0 }) else { return nil }
    let mean = parts.reduce(0) { $0 + $1.energyJ } / seconds
    let deviations = parts.map { $0.energyJ / $0.seconds - mean }
    let count = Double(parts.count)
    let squares = deviations.reduce(0) { $0 + $1 * $1 }
    let effective = Self.effectiveCount(deviations, squares: squares)
    let deviation = (squares / (count - 1) / effective).squareRoot()
    let spread = Self.student95(degrees: effective - 1) * deviation
    // Where one part ends the next begins: the source's late updates remain at the two ends of the whole alone.
    let source = (parts.map(\.halfWidthJ).max() ?? 0) / seconds
    meanW = mean
    halfWidthW = (spread * spread + source * source).squareRoot()
    guard meanW.isFinite, halfWidthW.isFinite else { return nil }
  }

  /// n·(1-ρ)/(1+ρ) with the correlation ρ of neighbours, freed of its bias of -(1+3ρ)/n (Kendall 1954).
  ///
  /// A correlation below its own standard error, 1/√n, is that of white noise.
  private static func effectiveCount(_ deviations: [Double], squares: Double) -> Double {
    let count = Double(deviations.count)
    guard squares > 0 else { return count }
    let products = zip(deviations, deviations.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
    let raw = products / squares
    let correlation = min(0.9, raw + (1 + 3 * raw) / count)
    guard correlation > 1 / count.squareRoot() else { return count }
    return max(Double(fewestParts), count * (1 - correlation) / (1 + correlation))
  }

  /// Two-sided 95 % of Student's t, by the expansion in 1/ν (Abramowitz and Stegun 26.7.5): two decimals from ν = 4.
  static func student95(degrees: Double) -> Double {
    let z = Uncertainty.z95
    let (z3, z5, z7) = (z * z * z, z * z * z * z * z, z * z * z * z * z * z * z)
    let terms = [
      (z3 + z) / 4, (5 * z5 + 16 * z3 + 3 * z) / 96, (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / 384,
    ]
    return z + terms[0] / degrees + terms[1] / (degrees * degrees) + terms[2] / (degrees * degrees * degrees)
  }
}
