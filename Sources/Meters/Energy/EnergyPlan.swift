import Machine
import Records

/// Which zones make which sum, decided once for all windows.
///
/// A sum is of one source, and only of a source that sees all of the domain: the machine's packages and not one of two.
/// What overlaps is never added: cores and what is beside them lie within the package, the package lies within the
/// platform.
struct EnergyPlan: Sendable, Equatable {
  /// The zones of one domain by one source.
  struct Sum: Sendable, Equatable {
    let domain: EnergyDomain
    let source: EnergySource
    /// Ids of the zones.
    let zones: [String]
  }

  /// The sum that counts for each domain.
  private(set) var sums: [EnergyDomain: Sum] = [:]
  /// Sums of the same domain by perf, to be held against those of powercap.
  private(set) var checks: [Sum] = []
  /// What is missing in every window, because a part of a domain cannot be read.
  private(set) var standing: [ProblemRecord] = []

  private let inventory: EnergyInventory
  private let readable: [EnergyZone]
  private let refused: [EnergyZone]

  /// - Parameters:
  ///   - readable: zones that are open.
  ///   - refused: zones that were found and cannot be read.
  init(inventory: EnergyInventory, readable: [EnergyZone], refused: [EnergyZone]) {
    self.inventory = inventory
    self.readable = readable
    self.refused = refused
    for domain in EnergyDomain.allCases where domain != .rail {
      let all = EnergySource.allCases.compactMap { sum(domain, by: $0) }
      sums[domain] = all.first
      checks += all.dropFirst().filter { all[0].source == .powercap && $0.source == .perf }
      if all.isEmpty, let reason = reason(domain) {
        let prefix = inventory.hypervisor == nil ? "" : "estimated_"
        standing.append(ProblemRecord(meter: "energy", what: "\(prefix)energy_\(domain.rawValue)_j", reason: reason))
      }
    }
  }

  private func sum(_ domain: EnergyDomain, by source: EnergySource) -> Sum? {
    func of(_ zones: [EnergyZone], _ domain: EnergyDomain) -> [EnergyZone] {
      zones.filter { $0.domain == domain && $0.source == source }
    }
    let open = of(readable, domain)
    guard !open.isEmpty, !open.contains(where: \.isPartial) else { return nil }
    // A second battery that rests gives nothing; every other zone that is missing makes the sum too small.
    let missing = of(refused, domain).filter { $0.obstacle?.cause != .idle }
    switch domain {
    case .system:
      // One thing, maybe told twice: as an energy and as a power.
      let counters = open.filter(\.isCounter)
      let best = counters.isEmpty ? open : counters
      return best.count == 1 ? Sum(domain: domain, source: source, zones: [best[0].id]) : nil
    case .package where open.count < inventory.packages: return nil
    case .dram where open.count < of(readable + refused, .package).count: return nil
    default: return missing.isEmpty ? Sum(domain: domain, source: source, zones: open.map(\.id)) : nil
    }
  }

  /// Why a domain that is there has no sum; nil where it is not there, or is not meant to have one: parts of a package
  /// that are switched off are told once, in the meter's notes.
  private func reason(_ domain: EnergyDomain) -> String? {
    let found = (readable + refused).filter { zone in
      zone.domain == domain && zone.obstacle?.cause != .idle && zone.obstacle?.cause != .notRead
    }
    guard !found.isEmpty, domain != .core, domain != .uncore else { return nil }
    if let zone = found.first(where: { $0.obstacle != nil }), let obstacle = zone.obstacle {
      return "\(zone.name) cannot be read: \(obstacle.reason)"
    }
    if domain == .package { return "\(found.count) of \(inventory.packages) packages can be read" }
    return "it can be read for a part of the machine only"
  }
}
