import Machine
import Meters
import Records

/// The kinds of metrics that a gate compares.
enum GateMetric: String, CaseIterable {
  case time, energy, counters, proxies

  /// The kind that a metric of the schema belongs to.
  init(metric name: String) {
    switch name {
    case let name where name.hasPrefix("proxy_"): self = .proxies
    case let name where name.hasPrefix("counter_"): self = .counters
    case let name where name.hasPrefix("energy_"): self = .energy
    default: self = .time
    }
  }

  /// The meter that a letter has for it; the clock is always there.
  var meter: String? {
    switch self {
    case .energy: "energy"
    case .counters: "counters"
    case .time, .proxies: nil
    }
  }
}

/// Which kinds are measured, and which of them count.
struct GateChoice {
  /// What was asked for, or all.
  let wanted: [GateMetric]
  /// Whether they were asked for by name.
  let isNamed: Bool
  /// What `--gate-on` says; empty where it says nothing.
  let gating: [GateMetric]
  /// What stands between this process and the hardware; nil on bare metal.
  let virtualization: String?

  init(metrics: [String], gateOn: [String], machine: MachineRecord) {
    let named = CommaList.items(metrics).compactMap(GateMetric.init(rawValue:))
    let gating = CommaList.items(gateOn).compactMap(GateMetric.init(rawValue:))
    self.gating = gating
    wanted = named.isEmpty ? GateMetric.allCases : GateMetric.allCases.filter { (named + gating).contains($0) }
    isNamed = !named.isEmpty
    virtualization = machine.virtualization
  }

  func wants(_ metric: GateMetric) -> Bool { wanted.contains(metric) }

  /// Why a kind's verdicts do not count; nil where they do.
  ///
  /// `measured` are the kinds that there are values of.
  func advisory(_ metric: GateMetric, measured: Set<GateMetric>) -> String? {
    if !gating.isEmpty { return gating.contains(metric) ? nil : "--gate-on leaves \(metric.rawValue) out" }
    // Something has to count: where nothing is counted exactly, times are all that there is.
    guard let virtualization, measured.contains(.proxies), metric != .proxies else { return nil }
    return "\(metric.rawValue) of a shared machine (\(virtualization)); --gate-on \(metric.rawValue) lets it count"
  }
}
