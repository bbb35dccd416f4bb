import Machine

/// What a reader of measured energy must know, in sentences for the record.
struct EnergyNotes {
  let session: EnergySession
  /// Whether there is a thread that reads long windows in between.
  let polls: Bool

  /// Every note that applies here.
  var all: [String] {
    let inventory = session.inventory
    var notes = inventory.sources.filter { !$0.available.isEmpty }.flatMap(\.notes)
    if let hypervisor = inventory.hypervisor {
      notes.append("\(hypervisor) apportions the host's energy: every value is an estimate and named so")
    }
    if inventory.possiblyFiltered {
      notes.append("possiblyFiltered: the processor has SGX and may add noise to single updates of its counters")
    }
    notes += session.plan.sums.sorted { $0.key.rawValue < $1.key.rawValue }.map(primary)
    notes.append("half-widths hold step, update interval and ends of the window, not the calibration of the counters")
    if let sampling { notes.append(sampling) }
    notes += session.refused.compactMap { zone in
      zone.obstacle.flatMap { $0.cause == .notRead || $0.cause == .idle ? nil : "\(zone.id) is left out: \($0.reason)" }
    }
    return notes
  }

  private func primary(_ domain: EnergyDomain, _ sum: EnergyPlan.Sum) -> String {
    "energy_\(domain.rawValue)_j is read by \(sum.source.rawValue): \(sum.zones.joined(separator: ", "))"
  }

  /// What one round of readings costs, by reading every zone once now.
  private var sampling: String? {
    guard !session.zones.isEmpty else { return nil }
    let periodNs = session.periodNs
    guard polls else { return "no thread reads long windows in between: windows must be shorter than \(periodNs) ns" }
    let startNs = session.calls.nowNs()
    for open in session.zones { _ = open.input.read() }
    let costNs = session.calls.nowNs() - startNs
    return "one thread reads all zones every \(periodNs / 1_000_000) ms in windows that last longer, \(costNs / 1000)"
      + " µs each time as measured at the start; in shorter windows it does not run"
  }
}
