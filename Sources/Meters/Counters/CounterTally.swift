import Machine
import Records

/// How more groups than the hardware can count at once are counted.
public enum CounterMode: String, Sendable, CaseIterable {
  /// One group per pass over the same work: what is stored was counted the whole time, or is absent.
  case strict
  /// All groups in one pass, taking turns: values are scaled up, and the record shows for how long each was counted.
  case multiplexed
}

/// From the counts of one group's threads to values, records and problems: arithmetic, without a system call.
struct CounterTally {
  /// What one thread counted on one kind of core, in the order of the group's events.
  struct Part {
    /// Which element of the group's units.
    let unit: Int
    /// Which thread: parts of one thread cover the same time.
    let thread: Int
    /// The counts of the window, or why there are none.
    let counts: Result<[CounterSet.Value], CounterSet.Failure>
  }

  let group: CounterPlan.Group
  let mode: CounterMode
  /// Seconds of wall time of the window.
  let seconds: Double

  /// Of the time that a thread was on a CPU, the part that has to be covered by the kinds of cores that are counted.
  ///
  /// Each kind's window begins and ends by a system call of its own: a few microseconds of a window of milliseconds.
  private static let leastCovered = 0.99

  /// What the group saw.
  func readings(_ parts: [Part]) -> MeterReadings {
    var counted: [(unit: Int, thread: Int, values: [CounterSet.Value])] = []
    for part in parts {
      switch part.counts {
      case .failure(let failure): return refused(failure.words)
      case .success(let values): counted.append((part.unit, part.thread, values))
      }
    }
    if let problem = problem(counted) { return refused(problem) }

    var values = Self.quantities(seconds: seconds, cpuSeconds: cpuSeconds(counted))
    var records: [CounterRecord] = []
    for (index, name) in group.names.enumerated() {
      var sum = 0.0
      for (unit, planned) in group.units.enumerated() {
        let of = counted.filter { $0.unit == unit }.map { $0.values[index] }
        guard let record = record(of, name, planned.core?.name) else { return refused("\(name) exceeds 63 bits") }
        // No thread was on this kind of core.
        if group.isHybrid && record.timeRunningNs == 0 { continue }
        records.append(record)
        sum += of.reduce(0) { $0 + Self.scaled($1, isHybrid: group.isHybrid) }
      }
      values[name] = sum
    }
    return derived(from: values, records)
  }

  /// The count of an event as it would be had it been on the hardware whenever it was enabled.
  ///
  /// On a hybrid processor an event that was not on the hardware was mostly on another kind of core, and nothing is
  /// made of it.
  static func scaled(_ value: CounterSet.Value, isHybrid: Bool = false) -> Double {
    if isHybrid || value.runningNs == value.enabledNs || value.runningNs == 0 { return Double(value.count) }
    return Double(value.count) * (Double(value.enabledNs) / Double(value.runningNs))
  }

  // MARK: - What must hold

  private func problem(_ counted: [(unit: Int, thread: Int, values: [CounterSet.Value])]) -> String? {
    if counted.contains(where: { $0.values.count != group.names.count }) { return CounterSet.Failure.malformed.words }
    let all = counted.flatMap(\.values)
    if all.contains(where: { $0.runningNs > $0.enabledNs }) { return CounterSet.Failure.malformed.words }
    if all.allSatisfy({ $0.runningNs == 0 }) {
      return all.allSatisfy { $0.enabledNs == 0 }
        ? "no thread of the run was on a CPU while it was counted"
        : "it was never on the hardware: something else holds the counters"
    }
    return group.isHybrid ? uncovered(counted) : interrupted(all)
  }

  private func interrupted(_ all: [CounterSet.Value]) -> String? {
    if all.contains(where: { $0.runningNs == 0 && $0.enabledNs > 0 }) {
      return "on one of the threads it was never on the hardware: something else holds the counters"
    }
    guard mode == .strict, let worst = all.min(by: { Self.ratio($0) < Self.ratio($1) }), Self.ratio(worst) < 1 else {
      return nil
    }
    return "it was on the hardware for \(worst.runningNs) ns of \(worst.enabledNs): something else took its turn"
  }

  private static func ratio(_ value: CounterSet.Value) -> Double {
    value.enabledNs > 0 ? Double(value.runningNs) / Double(value.enabledNs) : 1
  }

  /// Whether a thread spent time on a kind of core that the group does not count on, or not on the hardware.
  private func uncovered(_ counted: [(unit: Int, thread: Int, values: [CounterSet.Value])]) -> String? {
    for parts in Dictionary(grouping: counted, by: \.thread).values {
      for index in group.names.indices {
        let enabled = parts.map { $0.values[index].enabledNs }.max() ?? 0
        let running = parts.reduce(0.0) { $0 + Double($1.values[index].runningNs) }
        if running < Self.leastCovered * Double(enabled) {
          let kinds = group.units.compactMap { $0.core?.name }.joined(separator: " and ")
          return
            "a thread was not counted for a part of its time: the group is counted on \(kinds); pin the threads there"
        }
      }
    }
    return nil
  }

  // MARK: - Sums

  private static func quantities(seconds: Double, cpuSeconds: Double) -> [String: Double] {
    ["time": seconds, "cpu_time": cpuSeconds]
  }

  /// Seconds that the threads were on a CPU while the events were enabled.
  ///
  /// The kernel enables a thread's events only while the thread runs. On a hybrid processor each kind of core says so
  /// of the same time again, and the times on the hardware add up to it.
  private func cpuSeconds(_ counted: [(unit: Int, thread: Int, values: [CounterSet.Value])]) -> Double {
    counted.reduce(0) { sum, part in
      guard let first = part.values.first else { return sum }
      return sum + Double(group.isHybrid ? first.runningNs : first.enabledNs) / 1e9
    }
  }

  /// The event's sums over the threads, unscaled; nil where they do not fit.
  private func record(_ values: [CounterSet.Value], _ event: String, _ core: String?) -> CounterRecord? {
    var sums = (count: UInt64(0), enabled: UInt64(0), running: UInt64(0))
    for value in values {
      let count = sums.count.addingReportingOverflow(value.count)
      let enabled = sums.enabled.addingReportingOverflow(value.enabledNs)
      let running = sums.running.addingReportingOverflow(value.runningNs)
      if count.overflow || enabled.overflow || running.overflow { return nil }
      sums = (count.partialValue, enabled.partialValue, running.partialValue)
    }
    guard let count = Int(exactly: sums.count), let enabled = Int(exactly: sums.enabled),
      let running = Int(exactly: sums.running)
    else { return nil }
    return CounterRecord(
      group: group.group.name, event: event, coreType: core, count: count, timeEnabledNs: enabled,
      timeRunningNs: running)
  }

  private func derived(from values: [String: Double], _ records: [CounterRecord]) -> MeterReadings {
    var readings: [Reading?] = []
    var problems: [ProblemRecord] = []
    for formula in group.formulas {
      let name = formula.metric.name
      guard let value = formula.formula.value({ values[$0] }) else {
        problems.append(problem(name, "\(formula.formula.text) divides by zero here"))
        continue
      }
      // Scaled counts of events that took turns can leave less than nothing, and a bound at zero would hide it.
      guard value >= 0 else {
        problems.append(problem(name, "\(formula.formula.text) is \(value), which cannot be"))
        continue
      }
      readings.append(Reading(name, value))
    }
    return MeterReadings(readings, counters: records, problems: problems)
  }

  private func refused(_ reason: String) -> MeterReadings {
    MeterReadings(problems: [problem(group.group.name, reason)])
  }

  private func problem(_ what: String, _ reason: String) -> ProblemRecord {
    ProblemRecord(meter: "counters", what: what, reason: reason)
  }
}
