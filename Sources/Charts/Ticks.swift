import Foundation

/// Chooses round numbers for axes, in steps of 1, 2 or 5 times a power of ten.
public enum Ticks {
  /// The round step that cuts `lower…upper` into about `count` pieces.
  public static func step(_ lower: Double, _ upper: Double, count: Int) -> Double? {
    let rough = (upper - lower) / Double(max(count, 1))
    guard rough.isFinite, rough > 0 else { return nil }
    let magnitude = pow(10, floor(log10(rough)))
    guard magnitude.isFinite, magnitude > 0 else { return nil }
    // The boundaries are the geometric means of neighbouring factors, so that the count is missed equally either way.
    switch rough / magnitude {
    case ..<1.414: return magnitude
    case ..<3.162: return 2 * magnitude
    case ..<7.071: return 5 * magnitude
    default: return 10 * magnitude
    }
  }

  /// Round values from the last one at or below `lower` to the first one at or above `upper`.
  public static func covering(_ lower: Double, _ upper: Double, count: Int = 5) -> [Double] {
    guard let step = step(lower, upper, count: count) else { return [] }
    // A value that is a multiple of the step up to rounding counts as one.
    let first = floor(lower / step + 1e-9)
    let last = ceil(upper / step - 1e-9)
    guard first.isFinite, last.isFinite, last - first < 1000 else { return [] }
    return stride(from: first, through: last, by: 1).map { value($0, times: step) }
  }

  /// Powers of ten, and 2 and 5 times them where they are few, inside `lower…upper`.
  public static func logarithmic(_ lower: Double, _ upper: Double) -> [Double] {
    guard lower > 0, lower < upper, upper.isFinite else { return [] }
    let decades = Int(floor(log10(lower)))...Int(ceil(log10(upper)))
    // Beyond three decades 1-2-5 crowds an axis of usual height.
    let factors: [Double] = log10(upper / lower) > 3.1 ? [1] : [1, 2, 5]
    let candidates = decades.flatMap { decade -> [Double] in
      let power = pow(10, Double(decade))
      return factors.map { value($0, times: power) }
    }
    return candidates.filter { $0 >= lower * (1 - 1e-9) && $0 <= upper * (1 + 1e-9) }
  }

  /// The shortest text of a tick: no trailing zeros, thousands set apart, "k" and "M" for large values.
  public static func label(_ value: Double) -> String {
    guard value.isFinite else { return "" }
    switch abs(value) {
    case 1e6...: return trimmed(value / 1e6) + " M"
    case 1e4...: return trimmed(value / 1e3) + " k"
    default: return trimmed(value)
    }
  }

  /// Product that does not show binary fractions: 3 × 0.1 is 0.3.
  private static func value(_ factor: Double, times step: Double) -> Double {
    step < 1 ? factor / (1 / step).rounded() : factor * step
  }

  private static func trimmed(_ value: Double) -> String {
    let text = String(format: "%.6g", value)
    return text == "-0" ? "0" : text
  }
}
