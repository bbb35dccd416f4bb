import Machine

/// The zones of a machine with their descriptors open, for the life of the meter.
final class EnergySession: Sendable {
  /// One zone that can be read.
  struct OpenZone: Sendable {
    let zone: EnergyZone
    let input: EnergyInput
    /// How often it gives a new value, nanoseconds: measured for counters, stated or chosen for powers.
    var intervalNs: Int
    /// The power while one thread spins and nothing else is done.
    var spinPowerW: Double?
    /// How long it may go unread within a window.
    let periodNs: UInt64
  }

  let inventory: EnergyInventory
  let calls: EnergyCalls
  let zones: [OpenZone]
  /// Zones that could be read when they were looked up and now cannot, and those that never could.
  let refused: [EnergyZone]
  /// The shortest period of the zones: how often a long window has to be read.
  let periodNs: UInt64
  /// Which zones make which sum.
  let plan: EnergyPlan

  /// Opens every zone that can be read, and watches the counters until it is known how often they step.
  init(inventory: EnergyInventory, calls: EnergyCalls) {
    self.inventory = inventory
    self.calls = calls
    var zones: [OpenZone] = [], refused = inventory.zones.filter { $0.obstacle != nil }
    for zone in inventory.available where !Self.wakesEveryCore(zone) {
      switch Self.open(zone, calls: calls) {
      case .success(let open): zones.append(open)
      case .failure(let obstacle): refused.append(zone.with(obstacle))
      }
    }
    let watched = UpdateWatch(zones: zones, inventory: inventory, calls: calls).result()
    self.zones = watched.alive
    periodNs = watched.alive.map(\.periodNs).min() ?? UInt64(Self.counterPeriodNs)
    self.refused = refused + watched.dead
    plan = EnergyPlan(inventory: inventory, readable: watched.alive.map(\.zone), refused: self.refused)
  }

  /// Reading every core's own counter interrupts every core.
  private static func wakesEveryCore(_ zone: EnergyZone) -> Bool { zone.id.hasPrefix("energy-core/") }

  /// Reading a counter this often costs nothing that shows, and is often enough for all that are known.
  private static let counterPeriodNs = 5e9
  /// The kernel adds up the 32-bit steps of perf's counters by a timer that is laid out for 200 W; reading does it too.
  static let eventLongestGapNs: UInt64 = 30_000_000_000
  /// A counter that has to be read more often than this to be followed would need a thread that never rests.
  private static let shortestPeriodNs = 50_000_000.0
  /// Where a sensor does not say how often it measures: boards' sensors do ten times a second or more seldom, and
  /// a battery's controller about once a second, at a cost.
  private static let sensorIntervalNs = 100_000_000
  private static let batteryIntervalNs = 1_000_000_000

  private static func open(_ zone: EnergyZone, calls: EnergyCalls) -> Result<OpenZone, EnergyObstacle> {
    var periodNs = counterPeriodNs
    if let range = zone.range {
      // A quarter of the time in which the zone could go round at the most power it can take.
      periodNs = min(periodNs, Double(range) * zone.unit / (4 * zone.maxPowerW) * 1e9)
    }
    guard periodNs >= shortestPeriodNs else {
      return .failure(
        EnergyObstacle(
          .driver, reason: "\(zone.id) goes round within a fifth of a second: it cannot be followed",
          fix: "check max_energy_range_uj of \(zone.id)"))
    }
    let intervalNs = zone.intervalNs ?? (zone.source == .battery ? batteryIntervalNs : sensorIntervalNs)
    if !zone.isCounter { periodNs = min(max(Double(intervalNs), shortestPeriodNs), 1e9) }
    return EnergyInput.open(zone, calls: calls).mapError { refusal in
      EnergyFailure.obstacle(.refused(refusal.number), zone: zone)
    }.flatMap { input in
      if let failure = input.readTwice().failure { return .failure(EnergyFailure.obstacle(failure, zone: zone)) }
      return .success(
        OpenZone(
          zone: zone, input: input, intervalNs: intervalNs, spinPowerW: nil, periodNs: UInt64(periodNs)))
    }
  }
}

extension EnergyZone {
  /// The same zone behind an obstacle.
  func with(_ obstacle: EnergyObstacle) -> EnergyZone {
    var zone = self
    zone.obstacle = obstacle
    return zone
  }
}
