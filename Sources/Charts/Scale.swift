import Foundation

/// Maps values to a fraction of an axis: 0 at its start, 1 at its end.
public struct Scale: Sendable, Equatable {
  /// How the distance between two values is measured.
  public enum Kind: Sendable, Equatable {
    /// By their difference.
    case linear
    /// By their ratio; values must be positive.
    case logarithmic
  }

  /// How distance is measured.
  public let kind: Kind
  /// The value at fraction 0.
  public let lower: Double
  /// The value at fraction 1.
  public let upper: Double
  /// Whether fraction 0 lies at the other end: the first row of a table-like axis is at the top.
  public let isReversed: Bool

  /// Makes a linear scale; `nil` for ends that are not finite or not in order.
  public static func linear(_ lower: Double, _ upper: Double) -> Scale? {
    guard lower.isFinite, upper.isFinite, lower < upper, (upper - lower).isFinite else { return nil }
    return Scale(kind: .linear, lower: lower, upper: upper, isReversed: false)
  }

  /// Makes a logarithmic scale; `nil` for ends that are not finite, not positive, or not in order.
  public static func logarithmic(_ lower: Double, _ upper: Double) -> Scale? {
    guard lower.isFinite, upper.isFinite, lower > 0, lower < upper, (upper / lower).isFinite else { return nil }
    return Scale(kind: .logarithmic, lower: lower, upper: upper, isReversed: false)
  }

  /// Makes a scale of `count` equal bands; band `i` is centred on the value `Double(i)` and one wide.
  public static func band(_ count: Int, isReversed: Bool = false) -> Scale {
    Scale(kind: .linear, lower: -0.5, upper: Double(max(count, 1)) - 0.5, isReversed: isReversed)
  }

  /// The fraction at which a value lies, outside 0…1 where it is outside the axis; `nil` where it has no place.
  public func fraction(_ value: Double) -> Double? {
    guard let fraction = unreversed(value), fraction.isFinite else { return nil }
    return isReversed ? 1 - fraction : fraction
  }

  private func unreversed(_ value: Double) -> Double? {
    switch kind {
    case .linear:
      guard value.isFinite else { return nil }
      return (value - lower) / (upper - lower)
    case .logarithmic:
      guard value.isFinite, value > 0 else { return nil }
      return log(value / lower) / log(upper / lower)
    }
  }
}
