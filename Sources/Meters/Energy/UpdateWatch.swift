import Machine

/// Finds out how often counters give a new value, by reading them as fast as possible for a moment, and which of them
/// never do.
///
/// The loop is load: a counter of a package that does not move under it is none.
struct UpdateWatch {
  private var zones: [EnergySession.OpenZone]
  private let isVirtual: Bool
  private let hypervisor: String?
  private let calls: EnergyCalls

  /// 200 ms hold 200 updates of a millisecond; 21 gaps are enough for a median.
  private static let longestNs: UInt64 = 200_000_000
  private static let gapsWanted = 21
  /// A counter that has not moved gets twice the shortest window that is good to 0.1 %, on bare metal.
  private static let patienceNs: UInt64 = 2_000_000_000

  init(zones: [EnergySession.OpenZone], inventory: EnergyInventory, calls: EnergyCalls) {
    self.zones = zones
    hypervisor = inventory.hypervisor
    isVirtual = inventory.hypervisor != nil
    self.calls = calls
  }

  /// What one counter did while it was watched.
  private struct Track {
    var first: UInt64 = 0
    var firstNs: UInt64 = 0
    var last: UInt64 = 0
    /// When it changed last; 0 before its first change.
    var changedNs: UInt64 = 0
    var gapsNs: [Int] = []
    var isBroken = false

    mutating func take(_ reading: EnergyInput.Reading, atNs: UInt64) {
      if reading.failure != nil { isBroken = true }
      guard !isBroken, reading.value != last else { return }
      // The first change only says where an interval begins.
      if changedNs == 0 {
        (first, firstNs) = (reading.value, atNs)
      } else {
        gapsNs.append(Int(atNs - changedNs))
      }
      (last, changedNs) = (reading.value, atNs)
    }

    var isDone: Bool { isBroken || gapsNs.count >= UpdateWatch.gapsWanted }
    var isStill: Bool { !isBroken && changedNs == 0 }
  }

  /// Watches, and parts the zones.
  func result() -> (alive: [EnergySession.OpenZone], dead: [EnergyZone]) {
    let counters = zones.indices.filter { zones[$0].zone.isCounter }
    if counters.isEmpty { return (zones, []) }
    var tracks = zones.map { _ in Track() }
    for index in counters { tracks[index].last = zones[index].input.readTwice().value }
    let startNs = calls.nowNs()
    var elapsedNs: UInt64 = 0
    repeat {
      for index in counters where !tracks[index].isDone {
        tracks[index].take(zones[index].input.readTwice(), atNs: calls.nowNs())
      }
      elapsedNs = calls.nowNs() - startNs
    } while counters.contains { isWorthWaiting(tracks[$0], zones[$0].zone, elapsedNs: elapsedNs) }
    return part(tracks, elapsedNs: elapsedNs)
  }

  /// Under a hypervisor a dead counter is the ordinary case; parts of a package may rest for long.
  private func isWorthWaiting(_ track: Track, _ zone: EnergyZone, elapsedNs: UInt64) -> Bool {
    if track.isDone { return false }
    let waits = track.isStill && !isVirtual && zone.domain != .core && zone.domain != .uncore
    return elapsedNs < (waits ? Self.patienceNs : Self.longestNs)
  }

  private func part(
    _ tracks: [Track], elapsedNs: UInt64
  ) -> (alive: [EnergySession.OpenZone], dead: [EnergyZone]) {
    var alive: [EnergySession.OpenZone] = [], dead: [EnergyZone] = []
    for (open, track) in zip(zones, tracks) {
      var open = open
      if open.zone.isCounter {
        if track.isStill {
          dead.append(open.zone.with(still(open.zone, elapsedNs: elapsedNs)))
          continue
        }
        open.intervalNs = intervalNs(track, stated: open.zone.intervalNs, elapsedNs: elapsedNs)
        open.spinPowerW = spinPowerW(track, unit: open.zone.unit)
      }
      alive.append(open)
    }
    return (alive, dead)
  }

  /// The median gap; with a single change, the whole time that it may have taken.
  private func intervalNs(_ track: Track, stated: Int?, elapsedNs: UInt64) -> Int {
    guard !track.gapsNs.isEmpty else { return max(stated ?? 0, Int(elapsedNs)) }
    return max(stated ?? 0, track.gapsNs.sorted()[track.gapsNs.count / 2])
  }

  private func spinPowerW(_ track: Track, unit: Double) -> Double? {
    guard track.gapsNs.count >= 2, track.last > track.first, track.changedNs > track.firstNs else { return nil }
    return Double(track.last - track.first) * unit / (Double(track.changedNs - track.firstNs) * 1e-9)
  }

  private func still(_ zone: EnergyZone, elapsedNs: UInt64) -> EnergyObstacle {
    if let hypervisor {
      return EnergyObstacle(
        .virtualMachine, reason: "\(zone.id) does not move: \(hypervisor) does not pass the counter on",
        fix: "run on bare metal, or put a wall meter on the host")
    }
    return EnergyObstacle(
      .still, reason: "\(zone.id) (\(zone.name)) did not move in \(elapsedNs / 1_000_000) ms under load",
      fix: "see dmesg for rapl; a domain that is switched off counts nothing")
  }
}
