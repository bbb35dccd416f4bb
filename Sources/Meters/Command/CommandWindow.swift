import Machine
import Records

/// One run of a program.
public struct CommandWindow: Sendable {
  /// How it ended.
  public let end: ProgramEnd
  /// The signal that asked this process to stop meanwhile, if one did.
  public let signal: Int32?
  /// What the meters saw.
  public internal(set) var readings: WindowReadings
  /// CPU time of the program and the children it waited for.
  public let cpuNs: Int
  /// What disturbed the machine meanwhile.
  public let change: EnvironmentChange
  /// What a reader must know before trusting the numbers: what stood in the way before, and what came meanwhile.
  public let warnings: [WarningRecord]

  /// Adds the energies above idle, or the reason why there are none.
  ///
  /// - Parameters:
  ///   - before: idle power before the program ran.
  ///   - after: idle power after it.
  ///   - cpus: CPUs of the machine.
  public mutating func addNet(before: IdlePowerRecord?, after: IdlePowerRecord?, cpus: Int) {
    guard let windowNs = readings.windowsNs["energy"], windowNs > 0, cpus > 0 else { return }
    readings.problems += NetEnergy.add(
      to: &readings.metrics, halfWidths: &readings.halfWidths, windowNs: windowNs, before: before, after: after,
      ownFraction: Double(cpuNs) / (Double(windowNs) * Double(cpus)), foreignFraction: change.foreignFraction)
  }
}
