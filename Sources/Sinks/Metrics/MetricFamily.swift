import Records

/// How a metric of a record is called where units are spelled out and are the base ones: `time_wall_ns` becomes
/// `tern_time_wall_seconds`.
struct MetricFamily: Equatable {
  /// The name, letters, digits and underscores.
  let name: String
  /// The unit, which then is the end of the name; nil for what has none.
  let unit: String?
  /// What a value of the record is divided by.
  let divisor: Double

  /// Names a metric; `name` may be one that this build does not know.
  init(_ metric: String) {
    let match = Self.units.first { metric.hasSuffix("_\($0.suffix)") }
    let stem = match.map { String(metric.dropLast($0.suffix.count + 1)) } ?? metric
    name = "tern_" + Self.allowed(stem) + (match.map { "_\($0.unit)" } ?? "")
    unit = match?.unit
    divisor = match?.divisor ?? 1
  }

  /// Units as records spell them, longer ones before those that they end with.
  private static let units: [(suffix: String, unit: String, divisor: Double)] = [
    ("tokens_per_kwh", "tokens_per_kilowatt_hour", 1), ("j_per_token", "joules_per_token", 1),
    ("ns_per_token", "seconds_per_token", 1e9), ("bytes_per_token", "bytes_per_token", 1),
    ("tokens_per_s", "tokens_per_second", 1), ("bytes_per_s", "bytes_per_second", 1),
    ("macs_per_s", "macs_per_second", 1), ("flop_per_s", "flop_per_second", 1),
    ("ns", "seconds", 1e9), ("bytes", "bytes", 1), ("hz", "hertz", 1), ("js", "joule_seconds", 1),
    ("j", "joules", 1), ("w", "watts", 1),
  ]

  /// Every scalar that a name cannot hold becomes its number between underscores, so that different names stay so.
  private static func allowed(_ name: String) -> String {
    Escape.scalars(of: name) { scalar in
      let isAllowed =
        scalar.isASCII && (scalar.properties.isAlphabetic || scalar == "_" || ("0"..."9").contains(scalar))
      return isAllowed ? nil : "_u\(String(scalar.value, radix: 16))_"
    }
  }
}
