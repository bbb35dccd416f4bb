import Records

extension Check {
  /// A processor at its limit lowers its clock, and one near it soon will.
  ///
  /// AMD's processors have no counter of such events, so that the sensor is all there is.
  static let temperature = Check(
    id: "W-temperature", group: "frequency", title: "temperature", severity: .veto,
    threshold: "A processor's sensor within 5 °C of its limit (warn), or at it (veto).",
    fix: "let the machine cool down, clean its fans, or use fewer threads"
  ) { machine in
    guard let hottest = Temperatures.hottest(files: machine.files) else {
      return .unknown("no sensor of the processor shows under /sys/class/hwmon")
    }
    let measured = ["temperature_c": hottest.celsius, "temperature_limit_c": hottest.limitCelsius]
    guard hottest.isNearLimit else { return .fine(hottest.text, measured) }
    return .concern(
      "the processor is hot: \(hottest.text)", severity: hottest.isAtLimit ? .veto : .warn, measured)
  }
}
