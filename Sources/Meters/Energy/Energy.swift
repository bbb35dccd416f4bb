import Machine
import Records
import Synchronization

/// Energy as the machine meters it: processor packages, memory, platform, board, battery.
///
/// Counters are read at both ends of the window and powers are sampled; every joule carries half of its 95 % interval,
/// and what cannot be told is a problem with its reason. An estimate never takes the place of a reading: under a
/// hypervisor, every name begins with `estimated_`. The numbers are the machine's, whoever used the energy.
///
///     let stack = MeterStack([Energy(machine: Machine()), WallClock()])
///     let window = try stack.start()
///     // … the work, for a second or more …
///     let joules = window.stop().metrics["energy_package_j"]
///
/// Half-widths cover the source's step, its update interval and the two ends of the window; how well the processor's
/// maker has calibrated its counters is not known and not in them.
public struct Energy: Meter {
  /// The meter's name in suites and records.
  public let id = "energy"
  /// Counts and sizes have no smallest step of time.
  public let resolutionNs: Int? = nil
  /// Whether windows begin and end at a tick of each counter, which makes windows of a few milliseconds measurable, and
  /// costs two waits of a millisecond.
  public let alignsEdges: Bool

  private let core: Core

  /// Makes the meter; the machine's sources are looked up when it is asked, and stay open from then on.
  public init(machine: Machine, alignsEdges: Bool = false) {
    self.alignsEdges = alignsEdges
    core = Core(
      inventory: { machine.energyInventory() }, calls: .live, samplerCPU: machine.cpusForPinning().last, polls: true)
  }

  /// A meter over any inventory and any kernel; without a thread, a test polls its windows.
  init(inventory: EnergyInventory, calls: EnergyCalls, alignsEdges: Bool = false, polls: Bool = false) {
    self.alignsEdges = alignsEdges
    core = Core(inventory: { inventory }, calls: calls, samplerCPU: nil, polls: polls)
  }

  /// What is read: "powercap, perf".
  public var source: String {
    let names = core.inventory.sources.filter { !$0.available.isEmpty }.map(\.source.rawValue)
    return names.isEmpty ? "powercap, perf, acpi, hwmon, battery" : names.joined(separator: ", ")
  }

  /// What the numbers cover, the domains that have a sum.
  public var scope: String? {
    let domains = Set(core.inventory.available.map(\.domain))
    let names = EnergyDomain.allCases.filter { domains.contains($0) }.map(\.rawValue)
    return names.isEmpty ? "package" : names.joined(separator: ", ")
  }

  /// Available where at least one zone can be read and moves; opens the zones and watches the counters for at most a
  /// fifth of a second, and two seconds where one of them stands still.
  public func availability() -> Availability {
    let session = core.session
    if !session.zones.isEmpty { return .available }
    // What was looked up as readable and then was not tells more than what was never there.
    let late = session.refused.filter { zone in core.inventory.available.contains { $0.id == zone.id } }
    if let obstacle = late.compactMap(\.obstacle).first {
      return .unavailable(reason: obstacle.reason, fix: obstacle.fix)
    }
    return Availability(core.inventory.capability)
  }

  /// Makes a window over all zones ready.
  ///
  /// Throws when nothing can be read.
  public func open(pass: Int) throws -> any OpenMeter {
    let session = core.session
    guard !session.zones.isEmpty else { throw MeterError("no source of energy can be read: run `tern doctor`") }
    return EnergyWindow(session: session, poller: core.poller, alignsEdges: alignsEdges)
  }

  /// A second holds a thousand updates of a millisecond, which leaves 0.1 % to the two ends; counters that are slower
  /// get as many, up to ten seconds: beyond that a run would take days, and the half-width says what is left.
  public var minimumWindowNs: Int {
    let updates = (slowestIntervalNs ?? 0).multipliedReportingOverflow(by: 1000)
    return updates.overflow ? 10_000_000_000 : min(max(1_000_000_000, updates.partialValue), 10_000_000_000)
  }

  /// The slowest update interval of the counters that make a sum; nil where only powers are sampled.
  private var slowestIntervalNs: Int? {
    let session = core.session
    let summed = Set(session.plan.sums.values.flatMap(\.zones))
    return session.zones.filter { summed.contains($0.zone.id) && $0.zone.isCounter }.map(\.intervalNs).max()
  }

  /// The slowest update interval of the zones that make a sum, and what a reader must know.
  public func describe(in record: inout MeterRecord) {
    record.updateIntervalNs = slowestIntervalNs
    record.notes = EnergyNotes(session: core.session, polls: core.poller != nil).all
  }

  /// CPU time of the thread that reads long windows in between, nanoseconds since the meter was made.
  public var samplerCPUNs: UInt64 { core.poller?.cpuNs ?? 0 }

  /// What all copies of the meter share: looked up once, opened once.
  private final class Core: Sendable {
    private struct State {
      var inventory: EnergyInventory?
      var session: EnergySession?
      var poller: EnergyPoller?
    }

    private let lookUp: @Sendable () -> EnergyInventory
    private let calls: EnergyCalls
    private let samplerCPU: Int?
    private let polls: Bool
    private let state = Mutex(State())

    init(
      inventory: @escaping @Sendable () -> EnergyInventory, calls: EnergyCalls, samplerCPU: Int?, polls: Bool
    ) {
      lookUp = inventory
      self.calls = calls
      self.samplerCPU = samplerCPU
      self.polls = polls
    }

    var inventory: EnergyInventory {
      state.withLock { state in
        if let known = state.inventory { return known }
        let found = lookUp()
        state.inventory = found
        return found
      }
    }

    var session: EnergySession {
      let inventory = inventory
      return state.withLock { state in
        if let open = state.session { return open }
        let session = EnergySession(inventory: inventory, calls: calls)
        state.session = session
        if polls && !session.zones.isEmpty { state.poller = EnergyPoller(cpu: samplerCPU) }
        return session
      }
    }

    var poller: EnergyPoller? { state.withLock { $0.poller } }
  }
}
