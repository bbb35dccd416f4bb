/// Fractions as people read them.
enum Percent {
  /// "1.75 %".
  static func text(_ fraction: Double) -> String { "\(decimal(fraction * 100)) %" }

  /// Two decimals at most, without trailing zeros: "2", "1.5", "0.18".
  static func decimal(_ value: Double) -> String {
    // Values that matter here are far below 2^53/100; anything else is printed as it is.
    guard value.magnitude < 1e12 else { return "\(value)" }
    let hundredths = (value * 100).rounded()
    return hundredths.truncatingRemainder(dividingBy: 100) == 0 ? "\(Int(hundredths / 100))" : "\(hundredths / 100)"
  }
}

/// Sizes as people read them.
enum Bytes {
  /// "48.1 GiB", "512 KiB".
  static func text(_ bytes: Int) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
    var value = Double(bytes)
    var unit = 0
    while value >= 1024 && unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    let tenths = (value * 10).rounded() / 10
    return tenths == tenths.rounded() ? "\(Int(tenths)) \(units[unit])" : "\(tenths) \(units[unit])"
  }
}
