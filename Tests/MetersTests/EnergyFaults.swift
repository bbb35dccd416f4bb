import Glibc
import Records
import Testing

@testable import Machine
@testable import Meters

/// One thing that can be wrong with a source of energy, and what must come of it.
struct EnergyFault: Sendable, CustomTestStringConvertible {
  /// What must come out.
  enum Outcome: Sendable {
    /// Right joules of this metric: watts times the window.
    case joules(_ metric: String, watts: Double)
    /// The meter says that it cannot be read, with these words in the reason.
    case unavailable(_ words: String)
    /// The metric is absent, with a problem of these words.
    case problem(_ metric: String, _ words: String)
    /// The metric is absent: the machine has nothing of the kind.
    case absent(_ metric: String)
  }

  let name: String
  var testDescription: String { name }
  let outcome: Outcome
  var seconds = 2.0
  /// Whether the poller would run in between.
  var polls = true
  /// Files that only root may read.
  var denied: Set<String> = []
  /// Makes the machine.
  let make: @Sendable () -> EnergyHost
  /// Happens once the meter has opened its zones, before the window.
  var before: @Sendable (EnergyHost) -> Void = { _ in }
  /// Happens in the middle of the window.
  var middle: @Sendable (EnergyHost) -> Void = { _ in }
  /// Happens right before the end is read.
  var atEnd: @Sendable (EnergyHost) -> Void = { _ in }

  init(
    _ name: String, _ outcome: Outcome, seconds: Double = 2, polls: Bool = true, denied: Set<String> = [],
    before: @escaping @Sendable (EnergyHost) -> Void = { _ in },
    middle: @escaping @Sendable (EnergyHost) -> Void = { _ in },
    atEnd: @escaping @Sendable (EnergyHost) -> Void = { _ in }, make: @escaping @Sendable () -> EnergyHost
  ) {
    (self.name, self.outcome, self.seconds, self.polls, self.denied) = (name, outcome, seconds, polls, denied)
    (self.before, self.middle, self.atEnd, self.make) = (before, middle, atEnd, make)
  }

  /// What came out.
  enum Seen {
    case unavailable(reason: String, fix: String)
    case readings(MeterReadings)
  }

  /// Runs the fault through the meter as a stack would.
  func run() throws -> Seen {
    let host = make()
    let meter = Energy(inventory: host.inventory(denying: denied), calls: host.calls)
    if case .unavailable(let reason, let fix) = meter.availability() { return .unavailable(reason: reason, fix: fix) }
    var record = MeterRecord(id: meter.id, source: meter.source, scope: meter.scope, available: true)
    meter.describe(in: &record)
    before(host)
    let window = try #require(meter.open(pass: 0) as? EnergyWindow)
    window.begin()
    wait(seconds / 2, host, window)
    middle(host)
    wait(seconds / 2, host, window)
    atEnd(host)
    window.end()
    return .readings(window.readings())
  }

  /// As the poller's thread would: for the shortest period of the zones.
  private func wait(_ seconds: Double, _ host: EnergyHost, _ window: EnergyWindow) {
    guard polls else { return host.pass(seconds) }
    let end = host.seconds + seconds
    let period = Double(window.periodNs) * 1e-9
    while host.seconds + period <= end {
      host.pass(period)
      window.poll()
    }
    host.pass(max(0, end - host.seconds))
  }
}
