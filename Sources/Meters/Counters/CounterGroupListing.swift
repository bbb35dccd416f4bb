import CLinux
import Machine
import Records

/// A group of hardware events as it stands on this machine: for people who choose what to count.
public struct CounterGroupListing: Sendable, Equatable {
  /// The group's name.
  public let name: String
  /// What it tells.
  public let summary: String
  /// Its events as they are encoded for this processor; empty where it has none for it.
  public let events: [CounterGroupRecord.Event]
  /// The metrics that it computes here.
  public let metrics: [String]
  /// Why it cannot be counted here; nil where it can.
  public let reason: String?
  /// What allows it.
  public let fix: String?

  /// Encodes every group for this processor, and tries each out.
  public static func all(_ groups: [CounterGroup], machine: Machine) -> [CounterGroupListing] {
    all(groups, machine: machine, tables: .live, kernel: .live)
  }

  static func all(
    _ groups: [CounterGroup], machine: Machine, tables: EventTables, kernel: PerfKernel
  ) -> [CounterGroupListing] {
    let plan = CounterPlan(groups, machine: machine, tables: tables, kernel: kernel)
    let trial = CounterTrial(machine: machine, tables: tables, kernel: kernel)
    let models = tables.models()
    return groups.map { group in
      let refusal = plan.refusals.first { $0.group == group.name }
      // What the kernel refuses can still be shown: the names are known without it.
      let encoded = try? trial.encode(group, models: models, countsKernel: plan.countsKernel).get()
      return CounterGroupListing(
        name: group.name, summary: group.summary, events: encoded?.record.events ?? [],
        metrics: encoded?.formulas.map(\.metric.name) ?? [], reason: refusal?.reason, fix: refusal?.fix)
    }
  }
}

extension CounterPlan.Group {
  /// The group as a record holds it.
  var record: CounterGroupRecord {
    CounterGroupRecord(
      name: group.name, summary: group.summary, events: units.flatMap(\.record),
      formulas: formulas.map {
        CounterGroupRecord.Formula(metric: $0.metric.name, unit: $0.metric.unit, formula: $0.formula.text)
      })
  }
}

extension CounterPlan.Unit {
  fileprivate var record: [CounterGroupRecord.Event] {
    events.map { event in
      CounterGroupRecord.Event(
        name: event.asked.name, asked: "\(model)::\(event.asked.spelling)", encoding: event.encoding,
        type: Int(event.attribute.type), config: "0x" + String(event.attribute.config, radix: 16), coreType: core?.name)
    }
  }
}
