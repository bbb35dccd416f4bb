import Meters
import Records
import Suites

extension Runner {
  /// Measures what the idle machine takes, before the first cell or after the last, where energy is read and the suite
  /// wants a baseline.
  ///
  /// A failure leaves net energy out and is told as a warning: the run itself does not depend on it.
  func takeIdlePower(_ moment: IdlePowerRecord.Moment) {
    guard let idleStack, plan.suite.baselineSeconds > 0, !plan.cells.isEmpty, !interrupt.isRaised
    else { return }
    // A resumed record may hold the baselines of its first part, taken at another time.
    if moment == .before { record.idlePower = nil }
    observer.idleWillStart(moment, seconds: plan.suite.baselineSeconds)
    do {
      let idle = try ledger.timed(\.timeCooldownNs) {
        try IdleBaseline.measure(
          stack: idleStack, seconds: plan.suite.baselineSeconds, moment: moment, startedAt: Timestamp.now(),
          isInterrupted: { interrupt.isRaised })
      }
      guard let idle else { return }
      record.idlePower = (record.idlePower ?? []).filter { $0.moment != moment } + [idle]
    } catch {
      note(
        [
          WarningRecord(
            id: "W-idle", message: "idle power could not be measured \(moment.rawValue) the cells: \(error)",
            fix: "net energy is left out; gross energy stands")
        ], cell: nil)
    }
  }

  /// Net energy against both baselines, into every sample that has gross energy.
  func addNetEnergy() {
    let idle = record.idlePower ?? []
    NetFigures(
      before: idle.first { $0.moment == .before }, after: idle.first { $0.moment == .after },
      firstPosition: firstPosition, cpus: record.machine.cpu.cpusOnline
    ).add(to: &record.cells)
    let problems = record.cells.flatMap(\.samples).flatMap { $0.problems ?? [] }
    if let unknown = problems.first(where: { $0.what?.contains("_net_") == true }) {
      note(
        [
          WarningRecord(
            id: "W-idle", message: "net energy is not known of some repetitions: \(unknown.reason)",
            fix: "quiet the machine before, during and after the run")
        ], cell: nil)
    }
  }
}
