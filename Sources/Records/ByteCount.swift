/// Bytes as people read them, in binary units with three significant digits: "412 MiB", "1.10 GiB".
public struct ByteCount: CustomStringConvertible, Sendable, Equatable {
  /// The count.
  public let bytes: Double

  /// Wraps a count.
  public init(_ bytes: Int) { self.bytes = Double(bytes) }

  /// Wraps a count that a record holds; a metric is a floating-point number.
  public init(_ bytes: Double) { self.bytes = bytes }

  /// Three digits from KiB on; single bytes are whole.
  ///
  /// Empty for what is not finite.
  public var description: String {
    guard bytes.isFinite else { return "" }
    // Beyond all memory, but a file may say so, and the rounding below is in whole numbers.
    guard abs(bytes) < 0x1p80 else { return "\(bytes) B" }
    var value = bytes
    var unit = "B"
    // What would be rounded to 1024 belongs to the next unit.
    for next in ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] where abs(value) >= 1023.5 {
      value /= 1024
      unit = next
    }
    return "\(Self.digits(value, isWhole: unit == "B")) \(unit)"
  }

  private static func digits(_ value: Double, isWhole: Bool) -> String {
    // 9.996 rounds to 10.0, not 10.00.
    let decimals = isWhole || abs(value) >= 99.95 ? 0 : abs(value) >= 9.995 ? 1 : 2
    let scale = [1, 10, 100][decimals]
    let units = Int((abs(value) * Double(scale)).rounded())
    let sign = value < 0 && units > 0 ? "-" : ""
    guard decimals > 0 else { return "\(sign)\(units)" }
    let fraction = String(units % scale)
    return "\(sign)\(units / scale)." + String(repeating: "0", count: decimals - fraction.count) + fraction
  }
}
