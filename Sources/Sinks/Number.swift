import Foundation

/// Numbers as tables print them; files hold them exactly.
public enum Number {
  /// Parameters in the units of the field: "2.41 B", "729 M".
  public static func parameters(_ count: Int) -> String {
    count >= 1_000_000_000
      ? fixed(Double(count) / 1e9, 2) + " B" : threeDigits(Double(count) / 1e6) + " M"
  }

  /// Bits per weight: "1.67", "16.00".
  public static func bits(_ bits: Double) -> String { fixed(bits, 2) }

  /// Three significant digits without an exponent, and never fewer than the whole part: "0.412", "41.2", "1843".
  public static func threeDigits(_ value: Double) -> String {
    guard value.isFinite else { return Number.unknown }
    let magnitude = abs(value)
    guard magnitude > 0 else { return "0" }
    let whole = Int(log10(magnitude).rounded(.down))
    // Rounding can carry into a new digit: 9.996 is 10.0, not 10.00.
    let decimals = max(0, min(12, 2 - whole))
    let text = fixed(value, decimals)
    let digits = text.filter(\.isNumber).drop { $0 == "0" }
    return digits.count > 3 && decimals > 0 ? fixed(value, decimals - 1) : text
  }

  /// A value and the half-width of its interval, both to the digit where the interval begins to matter: "41.20 ± 0.18".
  public static func withInterval(_ value: Double, halfWidth: Double?) -> String {
    guard let halfWidth, halfWidth.isFinite, value.isFinite else { return threeDigits(value) }
    guard halfWidth > 0 else { return "\(threeDigits(value)) ± 0" }
    // Two digits of the half-width, at least none; at most four decimals, or three digits of a value that is small.
    let most = max(4, value == 0 ? 4 : 3 - Int(log10(abs(value)).rounded(.down)))
    let decimals = max(0, min(most, 12, 1 - Int(log10(halfWidth).rounded(.down))))
    return "\(fixed(value, decimals)) ± \(fixed(halfWidth, decimals))"
  }

  /// What stands in a table for a value that is not known.
  public static let unknown = "–"

  /// The shortest text that reads back as the same number; whole numbers without a point.
  static func exact(_ value: Double) -> String {
    // 2⁵³: up to here a double holds every whole number, so none is invented.
    value.rounded() == value && abs(value) <= 0x1p53 ? String(Int(value)) : "\(value)"
  }

  private static func fixed(_ value: Double, _ decimals: Int) -> String {
    String(format: "%.\(decimals)f", value)
  }
}
