import CLinux
import Glibc
import Machine
import Records

/// Groups of events as they are counted on this machine, and those that are not, with the reason.
struct CounterPlan: Sendable {
  /// An event of a group, encoded.
  struct Event: Sendable {
    let asked: CounterGroup.Event
    /// What is opened: the encoding, asked of the right kind of core.
    let attribute: perf_event_attr
    /// libpfm4's fully qualified name.
    let encoding: String
  }

  /// A group's events on one kind of core.
  struct Unit: Sendable {
    /// The kind of core of a hybrid processor; nil where there is one kind.
    let core: CounterUnit?
    /// The table that the events come from: "spr", "perf".
    let model: String
    let events: [Event]
  }

  /// A group that can be counted.
  struct Group: Sendable {
    let group: CounterGroup
    /// One element, or one for each kind of core that has an entry; the names of the events are the same in all.
    let units: [Unit]
    let formulas: [CounterGroup.Formula]

    /// Whether threads can be on a core that this group or unit does not see.
    var isHybrid: Bool { units.contains { $0.core != nil } }
    /// The names of the events, in their order.
    var names: [String] { units.first?.events.map(\.asked.name) ?? [] }
  }

  /// A group that cannot.
  struct Refusal: Sendable, Equatable {
    let group: String
    let reason: String
    let fix: String
  }

  let groups: [Group]
  let refusals: [Refusal]
  /// False where the kernel's own work may not be counted.
  let countsKernel: Bool

  /// Encodes the groups, tries each out on the calling thread, and leaves it closed again.
  init(_ groups: [CounterGroup], machine: Machine, tables: EventTables, kernel: PerfKernel) {
    let trial = CounterTrial(machine: machine, tables: tables, kernel: kernel)
    var outcome = trial.plan(groups, countsKernel: true)
    // perf_event_paranoid 2, the kernel's default, allows user mode alone.
    if outcome.isForbidden { outcome = trial.plan(groups, countsKernel: false) }
    self.groups = outcome.groups
    self.refusals = outcome.refusals
    self.countsKernel = outcome.countsKernel
  }
}

/// How a plan comes about.
struct CounterTrial {
  let machine: Machine
  let tables: EventTables
  let kernel: PerfKernel

  /// What became of every group.
  struct Outcome {
    var groups: [CounterPlan.Group] = []
    var refusals: [CounterPlan.Refusal] = []
    var countsKernel: Bool
    /// Whether a right was missing, so that asking for less may help.
    var isForbidden = false
  }

  func plan(_ groups: [CounterGroup], countsKernel: Bool) -> Outcome {
    var outcome = Outcome(countsKernel: countsKernel)
    let models = tables.models()
    for group in groups {
      switch encode(group, models: models, countsKernel: countsKernel) {
      case .failure(let refusal): outcome.refusals.append(refusal)
      case .success(let planned):
        switch attempt(planned) {
        case .counts: outcome.groups.append(planned)
        case .refused(let number, let event):
          if number == EACCES || number == EPERM { outcome.isForbidden = true }
          outcome.refusals.append(refusal(of: planned, errno: number, event: event))
        case .implausible(let words):
          outcome.refusals.append(
            refused(
              group, "the counters open and do not tell the truth: \(words)",
              "run on bare metal, or on a hypervisor that passes the counters through"))
        }
      }
    }
    return outcome
  }

  // MARK: - Encoding

  /// The group's events on every kind of core, or why there are none.
  func encode(_ group: CounterGroup, models: [String], countsKernel: Bool) -> Result<
    CounterPlan.Group, CounterPlan.Refusal
  > {
    let cores: [CounterUnit?] = machine.counterUnits.isEmpty ? [nil] : machine.counterUnits
    var units: [CounterPlan.Unit] = []
    var formulas: [CounterGroup.Formula] = []
    var refusals: [CounterPlan.Refusal] = []
    for core in cores {
      switch unit(of: group, core: core, models: models, countsKernel: countsKernel) {
      case .failure(let refusal): refusals.append(refusal)
      case .success(let (unit, own)):
        // Counts of two kinds of cores are added under one name: they have to be the same events.
        guard units.isEmpty || own == formulas && unit.events.map(\.asked.name) == units[0].events.map(\.asked.name)
        else { continue }
        units.append(unit)
        formulas = own
      }
    }
    if units.isEmpty, let refusal = refusals.first { return .failure(refusal) }
    return .success(CounterPlan.Group(group: group, units: units, formulas: formulas))
  }

  private func unit(of group: CounterGroup, core: CounterUnit?, models: [String], countsKernel: Bool) -> Result<
    (CounterPlan.Unit, [CounterGroup.Formula]), CounterPlan.Refusal
  > {
    let candidates = models.filter { fits($0, core, group, countsKernel: countsKernel) } + [CounterGroup.genericModel]
    for model in candidates {
      switch group.entries[model] {
      case nil: continue
      case .unavailable(let reason):
        return .failure(refused(group, reason, "use another group, or another processor"))
      case .counted(let events, let formulas):
        do {
          let encoded = try events.map { try event($0, model: model, core: core, countsKernel: countsKernel) }
          return .success((CounterPlan.Unit(core: core, model: model, events: encoded), formulas))
        } catch {
          return .failure(refused(group, "\(error)", "correct the group's file, or install a newer libpfm4"))
        }
      }
    }
    let found = models.isEmpty ? "this processor, which libpfm4 does not know" : models.joined(separator: " or ")
    return .failure(
      refused(
        group, "the group \(group.name) has no events for \(found)",
        "add [pmu.\(models.first ?? CounterGroup.genericModel)] to a copy of its file, and name that file"))
  }

  /// Whether a table is that of a kind of core: its events then carry that PMU's own type.
  ///
  /// Events that carry PERF_TYPE_RAW on a processor of several PMUs would be asked of whichever is first.
  private func fits(_ model: String, _ core: CounterUnit?, _ group: CounterGroup, countsKernel: Bool) -> Bool {
    guard let core else { return true }
    switch group.entries[model] {
    case nil: return false
    case .unavailable: return true
    case .counted(let events, _):
      guard let first = events.first,
        let encoding = try? tables.encode(model, first.spelling, countsKernel)
      else { return false }
      return encoding.attribute.type == core.type
    }
  }

  private func event(
    _ asked: CounterGroup.Event, model: String, core: CounterUnit?, countsKernel: Bool
  ) throws -> CounterPlan.Event {
    let encoding: EventTables.Encoding
    do {
      encoding = try tables.encode(model, asked.spelling, countsKernel)
    } catch {
      throw EventError(description: (asked.place.map { "\($0): " } ?? "") + "\(error)")
    }
    var attribute = encoding.attribute
    attribute.size = UInt32(MemoryLayout<perf_event_attr>.size)
    // A guest cannot count its hypervisor, and asking for it takes more rights.
    attribute.exclude_hv = 1
    if let core, attribute.type == PERF_TYPE_HARDWARE.rawValue || attribute.type == PERF_TYPE_HW_CACHE.rawValue {
      // The kernel's generic events go to the PMU whose type stands in the upper half (perf_event_open(2)).
      attribute.config |= UInt64(core.type) << 32
    }
    return CounterPlan.Event(asked: asked, attribute: attribute, encoding: encoding.name)
  }

  // MARK: - Refusals

  private func refusal(of planned: CounterPlan.Group, errno number: Int32, event: String) -> CounterPlan.Refusal {
    if number == ENOENT, case .usable = machine.hardwareCounters() {
      return refused(
        planned.group, "the kernel does not know the event \(event) on this processor (ENOENT)",
        "a newer kernel, or another group")
    }
    switch machine.counterObstacle(errno: number) {
    case .unusable(let reason, let fix): return refused(planned.group, reason, fix)
    case .usable(let found): return refused(planned.group, found, "run `tern doctor`")
    }
  }

  private func refused(_ group: CounterGroup, _ reason: String, _ fix: String) -> CounterPlan.Refusal {
    CounterPlan.Refusal(group: group.name, reason: reason, fix: fix)
  }
}

extension CounterPlan.Refusal: Error {}
