import Glibc
import Records

/// What a window took above what the idle machine takes, with all that makes it unsure.
///
///     E_net = E − P_idle·T        σ² = σ²_E + T²·σ²(P_idle)
///
/// and a part that other programs may have caused: of the energy above idle at most their share of the CPU time.
public struct NetEnergy: Sendable, Equatable {
  /// Joules above idle; below zero where the difference is within its interval.
  public let valueJ: Double
  /// Half of the 95 % interval.
  public let halfWidthJ: Double
  /// Joules, within the value, that other programs may have caused.
  public let foreignJ: Double

  /// Net energy, or why there is none: gross energy stands in any case.
  public enum Outcome: Sendable, Equatable {
    /// It is known.
    case known(NetEnergy)
    /// It is not, for this reason.
    case unknown(reason: String)
  }

  /// A mean power with half of its 95 % interval.
  public struct Idle: Sendable, Equatable {
    /// Watts.
    public let powerW: Double
    /// Half of the 95 % interval, watts.
    public let halfWidthW: Double

    /// Makes a power.
    public init(powerW: Double, halfWidthW: Double) {
      self.powerW = powerW
      self.halfWidthW = halfWidthW
    }

    /// The power of one energy metric in a baseline; nil where it has none.
    public init?(_ record: IdlePowerRecord?, metric: String) {
      guard let powerW = record?.powerW[metric], let halfWidthW = record?.halfWidthW[metric] else { return nil }
      self.init(powerW: powerW, halfWidthW: halfWidthW)
    }

    fileprivate var deviationW: Double { halfWidthW / Uncertainty.z95 }
  }

  /// How far two baselines of one machine may lie apart, whatever their own spread.
  private static let steadyFraction = 0.02
  /// The share of the machine's CPU time above which other programs' energy is no longer a correction.
  private static let mostForeign = 0.05

  /// Computes net energy.
  ///
  /// - Parameters:
  ///   - grossJ: joules of the window, with half of their 95 % interval.
  ///   - windowNs: the window of the energy meter.
  ///   - before: idle power before the cells.
  ///   - after: idle power after the cells.
  ///   - ownFraction: CPU time of this process over that of all CPUs in the window.
  ///   - foreignFraction: CPU time of other programs over that of all CPUs; nil where it is not known.
  public static func compute(
    grossJ: Double, halfWidthJ: Double, windowNs: Int, before: Idle?, after: Idle?, ownFraction: Double,
    foreignFraction: Double?
  ) -> Outcome {
    guard let before, let after else {
      return .unknown(reason: "idle power was not measured both before and after the cells")
    }
    guard let foreignFraction else {
      return .unknown(reason: "how much CPU time other programs used in the window is not known")
    }
    if foreignFraction > mostForeign {
      return .unknown(reason: "other programs used \(percent(foreignFraction)) of the machine's CPU time")
    }
    if let reason = unsteady(before, after) { return .unknown(reason: reason) }

    let seconds = Double(windowNs) * 1e-9
    let valueJ = grossJ - (before.powerW + after.powerW) / 2 * seconds
    let grossVariance = square(halfWidthJ / Uncertainty.z95)
    let variance = grossVariance + square(seconds) * idleVariance(before, after)
    let busy = max(0, ownFraction) + foreignFraction
    let foreignJ = busy > 0 ? max(0, valueJ) * foreignFraction / busy : 0
    let halfWidth = halfWidth95(deviation: variance.squareRoot(), bound: foreignJ)
    guard valueJ.isFinite, halfWidth.isFinite else { return .unknown(reason: "the energies are out of all bounds") }
    return .known(NetEnergy(valueJ: valueJ, halfWidthJ: halfWidth, foreignJ: foreignJ))
  }

  /// More than 2 % apart, and more than three standard deviations of the difference.
  private static func unsteady(_ before: Idle, _ after: Idle) -> String? {
    let difference = abs(before.powerW - after.powerW)
    let deviation = (square(before.deviationW) + square(after.deviationW)).squareRoot()
    let mean = (before.powerW + after.powerW) / 2
    guard difference > max(steadyFraction * mean, 3 * deviation) else { return nil }
    return "idle power moved from \(watts(before.powerW)) before to \(watts(after.powerW)) after:"
      + " there is no one baseline"
  }

  /// The variance of the mean of the two; where they differ by more than their own 95 %, idle power has moved, and at
  /// the time of the window it was anywhere between them.
  private static func idleVariance(_ before: Idle, _ after: Idle) -> Double {
    let sum = square(before.deviationW) + square(after.deviationW)
    let apart = square(before.powerW - after.powerW)
    return sum / 4 + (apart > square(Uncertainty.z95) * sum ? apart / 12 : 0)
  }

  private static func square(_ value: Double) -> Double { value * value }

  private static func percent(_ fraction: Double) -> String { "\((fraction * 1000).rounded() / 10) %" }

  private static func watts(_ power: Double) -> String { "\((power * 100).rounded() / 100) W" }
}

// MARK: - Intervals

extension NetEnergy {
  /// Half of the 95 % interval of a normal error plus one that is anywhere between nothing and `bound`.
  ///
  /// Such an error lies as far from zero as one between -bound and bound; the probability is an integral of the normal
  /// distribution in closed form, and is solved for by halving.
  static func halfWidth95(deviation: Double, bound: Double) -> Double {
    if bound <= deviation * 1e-6 { return Uncertainty.z95 * deviation }
    if deviation <= bound * 1e-6 { return 0.95 * bound }
    var low = 0.0, high = Uncertainty.z95 * deviation + bound
    // Forty halvings are twelve decimals.
    for _ in 0..<40 {
      let middle = (low + high) / 2
      if probability(within: middle, deviation: deviation, bound: bound) < 0.95 { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// P(|N + U| ≤ h) = (1/2b)·∫ Φ((h−u)/σ) − Φ((−h−u)/σ) du over u from −b to b.
  private static func probability(within width: Double, deviation: Double, bound: Double) -> Double {
    // ∫Φ(x)dx = x·Φ(x) + φ(x)
    func integral(_ x: Double) -> Double {
      x * 0.5 * (1 + erf(x / 2.0.squareRoot())) + exp(-x * x / 2) / (2 * Double.pi).squareRoot()
    }
    func between(_ centre: Double) -> Double {
      integral((centre + bound) / deviation) - integral((centre - bound) / deviation)
    }
    return deviation / (2 * bound) * (between(width) - between(-width))
  }
}
