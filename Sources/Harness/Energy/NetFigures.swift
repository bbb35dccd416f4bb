import Meters
import Records

/// Net energy of every repetition, once the idle power is known from before the first cell and after the last.
///
/// It cannot be told while a run goes on: a machine that was warm or busy at only one of the two ends has no baseline.
struct NetFigures {
  /// The baseline before the cells, if it was taken.
  let before: IdlePowerRecord?
  /// The one after them.
  let after: IdlePowerRecord?
  /// Samples before this place in the run were taken by a part of it that was cut short, with another baseline or none.
  let firstPosition: Int
  /// CPUs of the machine: what its CPU time is a part of.
  let cpus: Int

  /// Adds net energies, and what follows from them, to every sample that has gross ones; where a net energy cannot be
  /// told, its reason.
  func add(to cells: inout [CellRecord]) {
    guard before != nil || after != nil else { return }
    for cell in cells.indices {
      let tokens = cells[cell].tokensPerIteration
      for index in cells[cell].samples.indices { add(to: &cells[cell].samples[index], tokensPerIteration: tokens) }
    }
  }

  private func add(to sample: inout SampleRecord, tokensPerIteration: Int?) {
    guard sample.positionInRun >= firstPosition, let windowNs = sample.windowsNs?["energy"] else { return }
    var halfWidths = sample.halfWidths ?? [:]
    let unknown = NetEnergy.add(
      to: &sample.metrics, halfWidths: &halfWidths, windowNs: windowNs, before: before, after: after,
      ownFraction: ownFraction(of: sample), foreignFraction: sample.metrics["cpu_foreign_fraction"])
    let figures = EnergyFigures(
      metrics: sample.metrics, halfWidths: halfWidths, tokens: tokensPerIteration.map { $0 * sample.iterations })
    sample.metrics = figures.metrics
    sample.halfWidths = figures.halfWidths.isEmpty ? nil : figures.halfWidths
    if !unknown.isEmpty { sample.problems = (sample.problems ?? []) + unknown }
  }

  /// CPU time of this process over that of all CPUs in the window.
  private func ownFraction(of sample: SampleRecord) -> Double {
    guard let wallNs = sample.metrics["time_wall_ns"], wallNs > 0 else { return 0 }
    let usedNs = (sample.metrics["time_cpu_user_ns"] ?? 0) + (sample.metrics["time_cpu_system_ns"] ?? 0)
    return usedNs / (wallNs * Double(max(1, cpus)))
  }
}
