/// Everything that can tell an energy on this machine, and what stands in the way of the rest.
public struct EnergyInventory: Sendable, Equatable {
  /// One kind of source.
  public struct Report: Sendable, Equatable {
    /// Which.
    public let source: EnergySource
    /// What it has, readable or not.
    public var zones: [EnergyZone] = []
    /// Why it has none, or none that can be seen; nil where there are zones.
    public var obstacle: EnergyObstacle?
    /// What a reader of its numbers must know: a twin that is left out, a counter that covers one core.
    public var notes: [String] = []

    /// Zones that could be read when they were looked up.
    public var available: [EnergyZone] { zones.filter { $0.obstacle == nil } }
  }

  /// One element per `EnergySource`, in the same order.
  public let sources: [Report]
  /// The hypervisor under which every reading is an estimate of the host's; nil on bare metal.
  public let hypervisor: String?
  /// Whether the processor may add noise to its counters so that they give no secrets away: it has SGX.
  public let possiblyFiltered: Bool
  /// Processor packages of the machine: a sum over fewer is not the machine's.
  public let packages: Int

  /// Every zone of every source, the preferred ones first.
  public var zones: [EnergyZone] { sources.flatMap(\.zones) }
  /// Zones that could be read when they were looked up.
  public var available: [EnergyZone] { sources.flatMap(\.available) }

  /// What one kind of source has.
  public func report(of source: EnergySource) -> Report {
    sources.first { $0.source == source } ?? Report(source: source)
  }

  /// Whether any energy can be read, in a sentence for people.
  public var capability: Capability {
    let readable = sources.filter { !$0.available.isEmpty }
    if readable.isEmpty {
      // What is there and may not be read is told before what is not there.
      guard let closed = zones.compactMap(\.obstacle).first(where: { $0.cause == .permission }) else { return package }
      return .unusable(reason: closed.reason, fix: closed.fix)
    }
    return .usable(readable.map(Self.summary).joined(separator: "; ") + estimateNote)
  }

  /// Whether the energy of the processor packages can be read, in a sentence for people.
  public var package: Capability {
    for source in [EnergySource.powercap, .perf, .hwmon] {
      let report = report(of: source)
      let packages = report.zones.filter { $0.domain == .package }
      if !packages.isEmpty && packages.allSatisfy({ $0.obstacle == nil }) {
        return .usable(Self.summary(of: report) + estimateNote)
      }
    }
    let obstacle = firstObstacle
    return .unusable(reason: obstacle.reason, fix: obstacle.fix)
  }

  /// The obstacle to remove first: that of the preferred source that has one, unless another source shows more.
  private var firstObstacle: EnergyObstacle {
    let powercap = report(of: .powercap), perf = report(of: .perf)
    let onPackage = (powercap.zones + perf.zones).filter { $0.domain == .package }.compactMap(\.obstacle)
    return onPackage.first ?? (powercap.zones.compactMap(\.obstacle).first) ?? powercap.obstacle
      ?? EnergyObstacle(.absent, reason: "no source of energy has a package", fix: "put a wall meter on the machine")
  }

  /// QEMU can hand out a share of the host's energy by CPU time: that is an estimate and must not pass for a reading.
  private var estimateNote: String {
    hypervisor.map { "; under \($0) this is the host's estimate, not a measurement" } ?? ""
  }

  private static func summary(of report: Report) -> String {
    let top = report.available.filter { $0.parent == nil }
    let names = (top.isEmpty ? report.available : top).map(\.name)
    return "\(report.source.rawValue) zones: \(names.joined(separator: ", "))"
  }
}

extension Machine {
  /// Looks every source of energy up and tries each zone once.
  ///
  /// Reads sysfs, and on the real root opens perf events for at most 20 ms. Nothing stays open.
  public func energyInventory() -> EnergyInventory {
    energyInventory(events: files.isLive ? .live : .untried)
  }

  /// Whether the CPU packages' energy counters (RAPL) can be read here.
  public func packageEnergy() -> Capability { energyInventory().package }

  func energyInventory(events: EnergyEventProbe) -> EnergyInventory {
    EnergyInventory(
      sources: [
        Powercap(machine: self).report, PowerPMU(machine: self, probe: events).report,
        Hwmon(machine: self).report(.acpi), Hwmon(machine: self).report(.hwmon), Batteries(machine: self).report,
        ManagementController(machine: self).report,
      ],
      hypervisor: virtualization.hypervisor, possiblyFiltered: processor.flags.contains("sgx"),
      packages: max(1, topology.packages))
  }
}
