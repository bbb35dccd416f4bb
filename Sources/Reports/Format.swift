import Foundation

/// Writes numbers as the tables and figures show them: three significant digits, SI prefixes, no exponents.
enum Format {
  /// Three significant digits, and never fewer than the whole part: "0.812", "41.2", "594", "1843"; empty for what is
  /// not finite.
  static func significant(_ value: Double, digits: Int = 3) -> String {
    guard value.isFinite else { return "" }
    guard value != 0 else { return "0" }
    let unit = pow(10, floor(log10(abs(value))) - Double(digits - 1))
    // 9.996 rounds to 10.0, which has one digit more before the point.
    let rounded = (value / unit).rounded() * unit
    // At the ends of the range of Double the rounding itself overflows.
    let magnitude = floor(log10(abs(rounded.isNormal ? rounded : value)) + 1e-9)
    let places = digits - 1 - Int(magnitude)
    return String(format: "%.\(min(max(places, 0), 12))f", value)
  }

  /// Half of an interval, two significant digits: "± 0.18".
  static func plusMinus(_ halfWidth: Double) -> String {
    "± " + significant(halfWidth, digits: 2)
  }

  /// A ratio to a baseline with two decimals, as the papers print it; one from ten on: "3.12×", "0.21×", "12.4×".
  static func ratio(_ value: Double) -> String {
    guard value.isFinite else { return "" }
    return String(format: abs(value) < 9.995 ? "%.2f×" : "%.1f×", value)
  }

  /// A share of 1 as percent, two significant digits: "0.82 %".
  static func percent(_ share: Double) -> String {
    significant(share * 100, digits: 2) + " %"
  }

  /// A change by a share of 1, with its sign: "−72 %", "+3.1 %".
  static func change(_ share: Double) -> String {
    (share < 0 ? "−" : "+") + significant(abs(share) * 100, digits: 2) + " %"
  }

  /// A whole number with its thousands set apart by narrow spaces that do not break: "4 562 039".
  static func grouped(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return significant(value) }
    let digits = Array(String(Int(abs(value).rounded())))
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "\u{202F}" }
      text.append(digit)
    }
    return (value < -0.5 ? "−" : "") + text
  }

  /// A count that follows from an energy, as tokens per kWh do: three digits are what the energy is good for.
  static func groupedEnergy(_ value: Double) -> String {
    guard value > 0, value.isFinite else { return grouped(value) }
    let unit = pow(10, max(floor(log10(value)) - 2, 0))
    return grouped((value / unit).rounded() * unit)
  }

  /// A number of parameters: "128 M", "2.41 B".
  static func parameters(_ count: Int) -> String {
    count >= 1_000_000_000 ? significant(Double(count) / 1e9) + " B" : significant(Double(count) / 1e6) + " M"
  }

  /// A duration in the unit that suits it: "870 ns", "12.3 ms", "4.18 s", "12 min".
  static func duration(ns: Double) -> String {
    switch abs(ns) {
    case ..<1e3: return significant(ns) + " ns"
    case ..<1e6: return significant(ns / 1e3) + " µs"
    case ..<1e9: return significant(ns / 1e6) + " ms"
    case ..<120e9: return significant(ns / 1e9) + " s"
    default: return significant(ns / 60e9) + " min"
    }
  }

  /// Joules with an SI prefix: "28.3 mJ".
  static func joules(_ value: Double) -> String {
    switch abs(value) {
    case ..<1e-3: return significant(value * 1e6) + " µJ"
    case ..<1: return significant(value * 1e3) + " mJ"
    default: return significant(value) + " J"
    }
  }

  /// "1 cell", "2 cells".
  static func count(_ number: Int, _ singular: String, _ plural: String? = nil) -> String {
    "\(number) \(number == 1 ? singular : plural ?? singular + "s")"
  }

  /// Six significant digits without trailing zeros, for files that programs read.
  static func machine(_ value: Double) -> String {
    String(format: "%.6g", value)
  }
}
