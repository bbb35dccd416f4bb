import Records

/// How much the clock differed between the windows of one cell.
public enum FrequencySpread {
  static let id = "W-frequency-spread"
  /// What a change of time has to be to count: a clock that moves by as much explains it alone.
  static let limit = 0.01
  static let threshold = "Clocks of the cell's windows more than 1 % apart: as much as a change of time that counts."
  static let fix = "switch turbo off, fix the governor, or cool the machine (tern tune)"

  /// A warning where the fastest and the slowest window are more than 1 % apart; nil otherwise, or for one window.
  ///
  /// A clock that only fell, on a processor that was hot at the end, was lowered by heat: that is a veto, since AMD's
  /// processors have no counter that would say so.
  ///
  /// - Parameters:
  ///   - frequenciesHz: cycles per second of CPU time, in the order of the windows.
  ///   - endedHot: whether some window ended near the limit of temperature: its warnings hold `W-temperature`.
  public static func warning(frequenciesHz: [Double], endedHot: Bool) -> WarningRecord? {
    let known = frequenciesHz.filter { $0.isFinite && $0 > 0 }
    guard known.count > 1, let slowest = known.min(), let fastest = known.max() else { return nil }
    let spread = (fastest - slowest) / fastest
    guard spread > limit else { return nil }
    let range = "\(Percent.decimal(slowest / 1e9)) to \(Percent.decimal(fastest / 1e9)) GHz"
    if endedHot, known[0] > known[known.count - 1] * (1 + limit) {
      return WarningRecord(
        id: EnvironmentRule.thermal.id,
        message: "the clock fell by \(Percent.text(spread)) on a hot processor (\(range))",
        fix: EnvironmentRule.thermal.fix, severity: .veto)
    }
    return WarningRecord(
      id: id, message: "the clock differed by \(Percent.text(spread)) between windows (\(range))", fix: fix,
      severity: .warn)
  }
}
