import Machine

/// One window over all open zones: read at both ends, and in between by the poller where it lasts.
///
/// Everything that `begin`, `poll` and `end` touch is there before; `poll` and `end` never run at the same time, which
/// the poller's lock sees to.
final class EnergyWindow: OpenMeter, @unchecked Sendable {
  /// What one zone did.
  struct Slot {
    var counter: WrappingCounter
    var power = PowerIntegrator()
    var failure: EnergyInput.Failure?
    var firstNs: UInt64 = 0
    var lastNs: UInt64 = 0
    /// How long the first and the last reading took; where a tick was waited for, since the reading before it.
    ///
    /// The counter was read somewhere in that time: microseconds, or as long as something else had the CPU.
    var firstSpanNs: UInt64 = 0
    var lastSpanNs: UInt64 = 0
    /// Between the zone's tick and the edge of the work, at both ends together, when edges are aligned.
    var edgeNs: UInt64 = 0
    /// At how many ends of the window the zone gave a new value while that was waited for: 0 to 2.
    var ticks = 0
    /// Whether it is being waited for.
    var isPending = false
    /// While it is: before its latest reading that gave nothing new.
    var stillNs: UInt64 = 0
  }

  /// A counter that moved at the start and then misses a hundred updates has stopped.
  private static let updatesToRest = 100

  private let session: EnergySession
  private let poller: EnergyPoller?
  /// Whether a window starts and ends at a zone's tick.
  let alignsEdges: Bool
  private(set) var slots: [Slot]
  private(set) var sleptNs = 0

  init(session: EnergySession, poller: EnergyPoller?, alignsEdges: Bool) {
    self.session = session
    self.poller = poller
    self.alignsEdges = alignsEdges
    slots = session.zones.map { open in
      let zone = open.zone
      // Graphics and cores can be switched off for a while, a package cannot.
      let canRest = zone.domain == .core || zone.domain == .uncore
      let isEvent = if case .event = zone.channel { true } else { false }
      return Slot(
        counter: WrappingCounter(
          range: zone.range, unitJ: zone.unit, quantumJ: zone.quantum, maxPowerW: zone.maxPowerW,
          longestGapNs: isEvent ? EnergySession.eventLongestGapNs : .max,
          longestRestNs: canRest ? .max : UInt64(Self.updatesToRest * open.intervalNs)))
    }
  }

  /// Reads every zone; a zone that fails is a problem of its own, and the others go on.
  func begin() {
    sleptNs = session.calls.asleepNs()
    for index in slots.indices { sample(index, isFirst: true) }
    if alignsEdges { align(isFirst: true) }
    poller?.begin(self, periodNs: periodNs)
  }

  /// How often `poll` is due.
  var periodNs: UInt64 { session.periodNs }

  /// Reads every zone whose time has come.
  func poll() {
    for index in slots.indices {
      let periodNs = session.zones[index].periodNs
      // The timer fires for the shortest of the periods, and a little early for one that is as long.
      if session.calls.nowNs() &- slots[index].lastNs >= periodNs - periodNs / 8 { sample(index) }
    }
  }

  /// Reads every zone once more.
  func end() {
    poller?.end(self)
    if alignsEdges {
      align(isFirst: false)
    } else {
      for index in slots.indices { sample(index) }
    }
    sleptNs = session.calls.asleepNs() - sleptNs
  }

  /// What the window saw.
  func readings() -> MeterReadings {
    EnergyReadings(session: session, slots: slots, sleptNs: sleptNs, alignsEdges: alignsEdges).meterReadings
  }

  /// The moment of a reading is the middle between the clock before it and the clock after it.
  private func sample(_ index: Int, isFirst: Bool = false) {
    guard slots[index].failure == nil else { return }
    let before = session.calls.nowNs()
    let reading = session.zones[index].input.readTwice()
    let spanNs = session.calls.nowNs() - before
    take(reading, index, atNs: before + spanNs / 2, spanNs: spanNs, isFirst: isFirst)
  }

  private func take(_ reading: EnergyInput.Reading, _ index: Int, atNs: UInt64, spanNs: UInt64, isFirst: Bool) {
    if let failure = reading.failure {
      slots[index].failure = failure
      return
    }
    if isFirst { (slots[index].firstNs, slots[index].firstSpanNs) = (atNs, spanNs) }
    (slots[index].lastNs, slots[index].lastSpanNs) = (atNs, spanNs)
    if session.zones[index].zone.isCounter {
      if isFirst {
        slots[index].counter.begin(reading.value, atNs: atNs)
      } else {
        slots[index].counter.advance(reading.value, atNs: atNs)
      }
    } else {
      slots[index].power.add(reading.value, unitW: session.zones[index].zone.unit, atNs: atNs)
    }
  }
}

// MARK: - Edges at ticks

extension EnergyWindow {
  /// Twenty updates of a millisecond: a counter that has not moved by then is not aligned.
  private static let longestWaitNs: UInt64 = 20_000_000

  /// Reads until every counter has given a new value, and remembers how far its tick lies from the edge of the work.
  ///
  /// At the start, the edge is when the last counter has ticked; at the end, it is when the wait begins.
  private func align(isFirst: Bool) {
    let startNs = session.calls.nowNs()
    for index in slots.indices {
      if !isFirst { sample(index) }
      slots[index].isPending = session.zones[index].zone.isCounter && (isFirst || slots[index].ticks == 1)
      slots[index].stillNs = startNs
    }
    var nowNs = startNs
    repeat {
      for index in slots.indices where slots[index].isPending && slots[index].failure == nil {
        let before = nowNs
        let reading = session.zones[index].input.readTwice()
        nowNs = session.calls.nowNs()
        if reading.failure == nil && reading.value == slots[index].counter.lastValue {
          slots[index].stillNs = before
          continue
        }
        slots[index].isPending = false
        slots[index].ticks += 1
        take(reading, index, atNs: nowNs, spanNs: nowNs - slots[index].stillNs, isFirst: isFirst)
        if !isFirst { slots[index].edgeNs += nowNs - startNs }
      }
    } while isWaiting && nowNs - startNs < Self.longestWaitNs
    guard isFirst else { return }
    for index in slots.indices where slots[index].ticks == 1 { slots[index].edgeNs = nowNs - slots[index].firstNs }
  }

  private var isWaiting: Bool {
    for slot in slots where slot.isPending && slot.failure == nil { return true }
    return false
  }
}
