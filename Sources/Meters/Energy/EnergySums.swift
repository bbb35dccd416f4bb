import Machine
import Records

/// The sums of a window by domain, held against a second source where there is one.
struct EnergySums {
  let session: EnergySession
  /// Zone id to its energy; zones that failed are not here.
  let energies: [String: EnergyReadings.ZoneEnergy]

  /// Domains whose mean power is a metric.
  private static let withPower: Set<EnergyDomain> = [.package, .dram, .psys, .system, .battery]

  private struct Total {
    var energyJ = 0.0
    var powerW = 0.0
    var uncertainty = Uncertainty()
    var seconds = 0.0
    /// What two sources of the same counter may differ by: a step at each end, and a step of the clock's.
    var quantumJ = 0.0
  }

  /// Adds every sum that is known.
  func add(to result: inout MeterReadings) {
    var known: [EnergyDomain: Total] = [:]
    for domain in EnergyDomain.allCases {
      guard let sum = session.plan.sums[domain] else { continue }
      switch total(sum) {
      case .failure(let missing): result.problems.append(problem(domain, missing.description))
      case .success(let total):
        if let difference = difference(domain, total) {
          result.problems.append(problem(domain, difference))
        } else {
          known[domain] = total
          result.add(name(domain), total.energyJ, halfWidth: total.uncertainty.halfWidth)
          if Self.withPower.contains(domain), total.seconds > 0 {
            result.add(
              "\(prefix)power_\(domain.rawValue)_w", total.powerW,
              halfWidth: total.uncertainty.halfWidth / total.seconds)
          }
        }
      }
    }
    if let package = known[.package], let memory = known[.dram] {
      result.add(
        "\(prefix)energy_cpu_mem_j", package.energyJ + memory.energyJ,
        halfWidth: (package.uncertainty + memory.uncertainty).halfWidth)
    }
  }

  /// An estimate never has the name of a reading.
  private var prefix: String { session.inventory.hypervisor == nil ? "" : "estimated_" }

  private func name(_ domain: EnergyDomain) -> String { "\(prefix)energy_\(domain.rawValue)_j" }

  private func problem(_ domain: EnergyDomain, _ reason: String) -> ProblemRecord {
    ProblemRecord(meter: "energy", what: name(domain), reason: reason)
  }

  private func total(_ sum: EnergyPlan.Sum) -> Result<Total, MeterError> {
    var total = Total()
    for id in sum.zones {
      guard let energy = energies[id] else { return .failure(MeterError("\(id), a part of it, is missing")) }
      total.energyJ += energy.energyJ
      total.powerW += energy.powerW
      total.uncertainty = total.uncertainty + energy.uncertainty
      total.seconds = max(total.seconds, energy.seconds)
      total.quantumJ += 2 * energy.zone.quantum
    }
    return .success(total)
  }

  /// Why two sources of the same counters are not both right; nil where they agree, or where there is one.
  ///
  /// They are read microseconds apart and step every millisecond: 1 % and two updates of the power are allowed.
  private func difference(_ domain: EnergyDomain, _ total: Total) -> String? {
    for check in session.plan.checks where check.domain == domain {
      guard case .success(let other) = self.total(check) else { continue }
      let updateSeconds = Double(longestIntervalNs(check)) * 1e-9
      let tolerance =
        0.01 * total.energyJ + 2 * total.powerW * max(0.001, updateSeconds) + total.quantumJ
        + other.quantumJ
      if abs(total.energyJ - other.energyJ) > tolerance {
        return
          "powercap gives \(Self.joules(total.energyJ)) and perf \(Self.joules(other.energyJ)): one of them is wrong"
      }
    }
    return nil
  }

  /// The longest interval of a sum's zones, which both sources share.
  private func longestIntervalNs(_ check: EnergyPlan.Sum) -> Int {
    session.zones.filter { check.zones.contains($0.zone.id) }.map(\.intervalNs).max() ?? 0
  }

  private static func joules(_ value: Double) -> String { "\((value * 1000).rounded() / 1000) J" }
}

extension MeterReadings {
  /// Adds a value, unless it is not finite.
  fileprivate mutating func add(_ metric: String, _ value: Double, halfWidth: Double) {
    if let reading = Reading(metric, value, halfWidth: halfWidth) { values.append(reading) }
  }
}
