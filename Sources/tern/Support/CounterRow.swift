import Machine
import Meters
import Records
import Sinks
import Suites

/// One line of `tern list counters`: a group of hardware events, as this processor spells it.
struct CounterRow: Encodable {
  let name: String
  let summary: String
  let available: Bool
  let reason: String?
  let fix: String?
  let metrics: [String]
  let events: [CounterGroupRecord.Event]

  static let header: [TextTable.Column] = [.left("group", .essential), .left("available"), .left("what it tells")]

  /// The groups that come with the program.
  static func all(machine: Machine) throws -> [CounterRow] {
    CounterGroupListing.all(try CounterGroupLibrary.all(), machine: machine).map(CounterRow.init)
  }

  private init(_ listing: CounterGroupListing) {
    name = listing.name
    summary = listing.summary
    available = listing.reason == nil
    reason = listing.reason
    fix = listing.fix
    metrics = listing.metrics
    events = listing.events
  }

  var cells: [String] {
    let asked = events.isEmpty ? "" : " " + events.map { "\($0.name) = \($0.asked)" }.joined(separator: ", ") + "."
    let refusal = reason.map { " Not here: \($0). Fix: \(fix ?? "none")" } ?? ""
    return [name, available ? "yes" : "no", summary + asked + refusal]
  }
}
