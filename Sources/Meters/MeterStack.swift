import CLinux
import Records

/// Meters around one window: begun in the order given and ended in reverse, the clock always innermost.
///
/// Availability is asked once, when the stack is made; meters that cannot be read stay out of the windows and in the
/// records, with their reason. What opening and reading allocate happens outside of all windows.
///
///     let stack = MeterStack(MeterCatalog.all(threadIDs: { pool.threadIDs }, machine: machine))
///     let window = try stack.start()
///     // … the work …
///     let metrics = window.stop().metrics    // ["time_wall_ns": 1.2e9, …]
public struct MeterStack: Sendable {
  /// What each meter reads, or why it cannot, in the order of the stack.
  public let records: [MeterRecord]
  /// How many windows of the same work it takes until every meter has seen everything.
  public var passes: Int { meters.map(\.passes).max() ?? 1 }
  /// The shortest window in which every available meter gives a value worth having.
  public var minimumWindowNs: Int { meters.map(\.minimumWindowNs).max() ?? 0 }

  private let meters: [any Meter]

  /// Asks each meter whether it can be read, and measures what it costs to begin and end it around nothing.
  ///
  /// - Parameters:
  ///   - meters: in starting order; "time" is moved to the end, and of equal ids the first is taken.
  ///   - overheadWindows: how many empty windows the cost is the median of; 0 leaves it out. An odd number has a
  ///     middle, and 31 take under a tenth of a second even with perf events on 64 threads.
  public init(_ meters: [any Meter], overheadWindows: Int = 31) {
    var records: [MeterRecord] = []
    var available: [any Meter] = []
    for meter in Self.ordered(meters) {
      let record = Self.record(of: meter, overheadWindows: overheadWindows)
      records.append(record)
      if record.available { available.append(meter) }
    }
    self.records = records
    self.meters = available
  }

  /// Opens the window of every available meter that has something to see in this pass, and the clock's.
  ///
  /// Throws the first failure, with the windows that were already open closed again.
  public func start(pass: Int = 0) throws -> RunningStack {
    let taking = meters.filter { $0.passes > pass || $0.id == "time" }
    var running: [RunningStack.Running] = []
    running.reserveCapacity(taking.count)
    for meter in taking {
      running.append(.init(id: meter.id, meter: try meter.open(pass: min(pass, meter.passes - 1))))
    }
    // From here on, and until the clock has stopped, nothing allocates.
    for index in running.indices {
      do {
        try running[index].meter.begin()
        running[index].openedNs = clinux_monotonic_raw_ns()
      } catch {
        for begun in running[..<index].reversed() { begun.meter.end() }
        throw error
      }
    }
    return RunningStack(running: running)
  }

  private static func ordered(_ meters: [any Meter]) -> [any Meter] {
    var seen: Set<String> = []
    let unique = meters.filter { seen.insert($0.id).inserted }
    return unique.filter { $0.id != "time" } + unique.filter { $0.id == "time" }
  }

  private static func record(of meter: any Meter, overheadWindows: Int) -> MeterRecord {
    var record = MeterRecord(
      id: meter.id, source: meter.source, scope: meter.scope, available: true, resolutionNs: meter.resolutionNs)
    switch meter.availability() {
    case .unavailable(let reason, let fix): (record.available, record.reason, record.fix) = (false, reason, fix)
    case .available:
      do {
        record.overheadNs = try overheadNs(of: meter, windows: overheadWindows)
        meter.describe(in: &record)
      } catch {
        (record.available, record.reason) = (false, "it could not be started: \(error)")
        record.fix = "run `tern doctor`, which names what the machine allows"
      }
    }
    return record
  }

  /// The median cost of beginning and ending, in nanoseconds: opening and reading lie outside of every window.
  private static func overheadNs(of meter: any Meter, windows: Int) throws -> Int? {
    var costs: [Int] = []
    for _ in 0..<max(0, windows) {
      let window = try meter.open(pass: 0)
      let start = clinux_monotonic_raw_ns()
      try window.begin()
      window.end()
      costs.append(Int(clinux_monotonic_raw_ns() &- start))
      _ = window.readings()
    }
    return costs.isEmpty ? nil : costs.sorted()[costs.count / 2]
  }
}

/// A window that is open.
///
/// Stop it once, on the thread that started it.
public struct RunningStack {
  /// One meter's open window.
  struct Running {
    let id: String
    let meter: any OpenMeter
    /// The clock after the meter had begun, and after it had ended.
    var openedNs: UInt64 = 0
    var closedNs: UInt64 = 0
  }

  private var running: [Running]

  init(running: [Running]) { self.running = running }

  /// Closes the windows, the clock's first, and then reads what they saw.
  ///
  /// What could not be read is not in the result.
  public consuming func stop() -> WindowReadings {
    for index in running.indices.reversed() {
      running[index].meter.end()
      running[index].closedNs = clinux_monotonic_raw_ns()
    }
    var result = WindowReadings()
    for open in running {
      result.windowsNs[open.id] = Int(open.closedNs &- open.openedNs)
      result.add(open.meter.readings())
    }
    return result
  }
}

/// What the meters of a stack saw, and for how long each looked.
public struct WindowReadings: Sendable, Equatable {
  /// Metric name to value.
  public var metrics: [String: Double] = [:]
  /// Metric name to half of the 95 % interval of the value, where its meter states it.
  public var halfWidths: [String: Double] = [:]
  /// The zones behind the energies.
  public var zones: [EnergyZoneRecord] = []
  /// The counts behind the metrics of hardware events.
  public var counters: [CounterRecord] = []
  /// What is missing, and why.
  public var problems: [ProblemRecord] = []
  /// Meter id to nanoseconds from the end of its start to the end of its stop: the clock's is the shortest, and what
  /// another's is longer, that meter saw besides the work.
  public var windowsNs: [String: Int] = [:]

  /// Adds what one meter saw.
  mutating func add(_ readings: MeterReadings) {
    for reading in readings.values where reading.value.isFinite {
      metrics[reading.metric] = reading.value
      halfWidths[reading.metric] = reading.halfWidth
    }
    zones += readings.zones
    counters += readings.counters
    problems += readings.problems
  }

  /// Adds what a further pass over the same work saw: its counts carry the length of its own window, and what the first
  /// pass measured stays.
  public mutating func add(pass: WindowReadings) {
    for (metric, value) in pass.metrics where metrics[metric] == nil {
      metrics[metric] = value
      halfWidths[metric] = pass.halfWidths[metric]
    }
    for var counter in pass.counters {
      counter.windowNs = pass.windowsNs["time"]
      counters.append(counter)
    }
    problems += pass.problems
  }
}
