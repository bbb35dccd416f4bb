import Machine
import Records

/// Turns what the zones of one window did into joules with their half-widths, or into problems.
struct EnergyReadings {
  /// The energy of one zone over its own window.
  struct ZoneEnergy {
    let zone: EnergyZone
    var energyJ: Double
    var uncertainty: Uncertainty
    let seconds: Double
    var powerW: Double { energyJ / seconds }
  }

  private let session: EnergySession
  private let slots: [EnergyWindow.Slot]
  private let sleptNs: Int
  private let alignsEdges: Bool

  init(session: EnergySession, slots: [EnergyWindow.Slot], sleptNs: Int, alignsEdges: Bool) {
    self.session = session
    self.slots = slots
    self.sleptNs = sleptNs
    self.alignsEdges = alignsEdges
  }

  /// Readings of all sums, the zones behind them, and what is missing.
  var meterReadings: MeterReadings {
    // Two clocks that are read in turn tell no less than a tenth of a second; sleep lasts longer.
    if abs(sleptNs) >= 100_000_000 {
      return problem("the machine slept for \(sleptNs / 1_000_000) ms within the window: no counter tells how it went")
    }
    if let refusal = refusalOfAll { return problem(refusal) }
    var result = MeterReadings(problems: session.plan.standing)
    var energies: [String: ZoneEnergy] = [:]
    for (open, slot) in zip(session.zones, slots) {
      switch energy(open, slot) {
      case .success(let energy):
        energies[open.zone.id] = energy
        result.zones.append(record(energy))
      case .failure(let missing):
        result.problems.append(ProblemRecord(meter: "energy", what: open.zone.id, reason: missing.description))
      }
    }
    EnergySums(session: session, energies: energies).add(to: &result)
    return result
  }

  private func problem(_ reason: String) -> MeterReadings {
    MeterReadings(problems: [ProblemRecord(meter: "energy", reason: reason)])
  }

  /// Under a hypervisor the name says in every record that it is no reading.
  private func record(_ energy: ZoneEnergy) -> EnergyZoneRecord {
    let note = session.inventory.hypervisor.map { " (an estimate by \($0))" } ?? ""
    return EnergyZoneRecord(
      source: energy.zone.source.rawValue, zone: energy.zone.id, name: energy.zone.name + note,
      domain: energy.zone.domain.rawValue, energyJ: energy.energyJ, halfWidthJ: energy.uncertainty.halfWidth)
  }
}

// MARK: - Windows that are too short

extension EnergyReadings {
  /// At a hundred updates, the two ends are off by at most a percent together.
  private static let updatesWanted = 100
  /// Fewer samples of power than ten are no mean.
  private static let samplesWanted = 10
  /// No counter updates faster than about once in a millisecond, whatever a measurement of it says.
  private static let shortestNs = 100_000_000
  /// With edges at ticks, five updates leave the tick's own jitter small.
  private static let alignedUpdatesWanted = 5

  private func shortestNs(_ open: EnergySession.OpenZone, _ slot: EnergyWindow.Slot) -> Int {
    if !open.zone.isCounter { return Self.samplesWanted * open.intervalNs }
    if slot.ticks == 2 { return Self.alignedUpdatesWanted * max(open.intervalNs, 1_000_000) }
    return max(Self.shortestNs, Self.updatesWanted * open.intervalNs)
  }

  /// One problem in place of as many as there are zones.
  private var refusalOfAll: String? {
    let pairs = zip(session.zones, slots)
    guard !slots.isEmpty, pairs.allSatisfy({ $1.failure == nil && isShort($0, $1) }) else { return nil }
    return pairs.map { refusal($0, $1) }.first
  }

  private func isShort(_ open: EnergySession.OpenZone, _ slot: EnergyWindow.Slot) -> Bool {
    Int(slot.lastNs &- slot.firstNs) < shortestNs(open, slot)
  }

  private func refusal(_ open: EnergySession.OpenZone, _ slot: EnergyWindow.Slot) -> String {
    let window = "window of \(Self.milliseconds(Int(slot.lastNs &- slot.firstNs)))"
    if alignsEdges && open.zone.isCounter && slot.ticks < 2 {
      return "\(window): \(open.zone.id) gave no new value at one of its ends"
    }
    let times = open.zone.isCounter ? Self.updatesWanted : Self.samplesWanted
    let what = open.zone.isCounter ? "the update interval of \(open.zone.id)" : "the sampling of \(open.zone.id)"
    return "\(window) is shorter than \(times) × \(what) (\(Self.milliseconds(open.intervalNs)))"
      + " and \(Self.milliseconds(Self.shortestNs)): repeat the work within one window"
  }

  private static func milliseconds(_ ns: Int) -> String {
    ns >= 10_000_000 ? "\(ns / 1_000_000) ms" : "\(Double(ns / 10_000) / 100) ms"
  }
}

// MARK: - One zone

extension EnergyReadings {
  private func energy(
    _ open: EnergySession.OpenZone, _ slot: EnergyWindow.Slot
  ) -> Result<ZoneEnergy, MeterError> {
    if let failure = slot.failure { return .failure(MeterError(EnergyFailure.text(failure, zone: open.zone))) }
    if isShort(open, slot) { return .failure(MeterError(refusal(open, slot))) }
    if !open.zone.isCounter { return sampled(open, slot) }
    if let fault = slot.counter.fault { return .failure(MeterError(EnergyFailure.text(fault, zone: open.zone))) }
    return .success(counted(open, slot))
  }

  private func sampled(_ open: EnergySession.OpenZone, _ slot: EnergyWindow.Slot) -> Result<ZoneEnergy, MeterError> {
    let (zone, power) = (open.zone, slot.power)
    if power.highestW > zone.maxPowerW {
      return .failure(MeterError("\(zone.id) gave \(Int(min(power.highestW, 1e12))) W, which nothing here can take"))
    }
    // Four in five of the samples that were due: a thread that did not run leaves a hole that no line fills.
    let seconds = Double(power.windowNs) * 1e-9
    guard Double(power.samples) >= 0.8 * Double(power.windowNs) / Double(open.periodNs) else {
      return .failure(MeterError("\(zone.id) was sampled \(power.samples) times only: the machine was too busy"))
    }
    return .success(
      ZoneEnergy(
        zone: zone, energyJ: power.energyJ,
        uncertainty: power.uncertainty(
          quantumW: max(zone.quantum, Double(power.stepCounts) * zone.unit), intervalNs: open.intervalNs,
          relativeError: zone.relativeError ?? 0),
        seconds: seconds))
  }

  /// A reading is up to one interval old at both ends and happened at some moment of the time that it took, and every
  /// wrap may lose one step.
  private func counted(_ open: EnergySession.OpenZone, _ slot: EnergyWindow.Slot) -> ZoneEnergy {
    let zone = open.zone
    let counted = Double(slot.counter.total) * zone.unit
    let whole = Double(slot.lastNs - slot.firstNs) * 1e-9
    var energyJ = counted, seconds = whole
    var uncertainty = Uncertainty.triangular(zone.quantum)
    for _ in 0..<min(slot.counter.wraps, 1_000_000) { uncertainty = uncertainty + .uniform(zone.quantum) }
    let meanW = counted / whole
    for spanNs in [slot.firstSpanNs, slot.lastSpanNs] {
      // A moment is the middle of its reading; a tick's is the end of the time in which it fell.
      let farthest = Double(spanNs) * (slot.ticks == 2 ? 1e-9 : 0.5e-9)
      uncertainty = uncertainty + .uniform(meanW * farthest)
    }
    if slot.ticks == 2 {
      // The waits at both ends are one thread's spinning; how fast the others came to rest is not known.
      let edge = Double(slot.edgeNs) * 1e-9
      let spinW = open.spinPowerW ?? meanW
      energyJ = counted - spinW * edge
      seconds = whole - edge
      uncertainty = uncertainty + .uniform(abs(meanW - spinW) * edge) + .triangular(meanW * Self.tickJitterSeconds)
    } else {
      uncertainty = uncertainty + .triangular(meanW * Double(open.intervalNs) * 1e-9)
    }
    return ZoneEnergy(zone: zone, energyJ: energyJ, uncertainty: uncertainty, seconds: seconds)
  }

  /// A tick is seen by the first of the readings that follow one another, each of which takes microseconds.
  private static let tickJitterSeconds = 20e-6
}
