import CLinux
import Records

/// Meters around one window: started in the order given and stopped in reverse, the clock always innermost.
///
/// Availability is asked once, when the stack is made; meters that cannot be read stay out of the windows and in the
/// records, with their reason.
///
///     let stack = MeterStack(MeterCatalog.all(threadIDs: { pool.threadIDs }, machine: machine))
///     let window = try stack.start()
///     // … the work …
///     let metrics = window.stop().metrics    // ["time_wall_ns": 1.2e9, …]
public struct MeterStack: Sendable {
  /// What each meter reads, or why it cannot, in the order of the stack.
  public let records: [MeterRecord]

  private let meters: [any Meter]

  /// Asks each meter whether it can be read, and measures what it costs to start and stop it around nothing.
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

  /// Opens the window of every available meter.
  ///
  /// Throws the first failure, with the windows that were already open closed again.
  public func start() throws -> RunningStack {
    var running: [RunningStack.Open] = []
    // The clock starts last: from here on, and until it stops, nothing may allocate.
    running.reserveCapacity(meters.count)
    do {
      for meter in meters {
        let window = try meter.start()
        running.append(RunningStack.Open(id: meter.id, meter: window, openedNs: clinux_monotonic_raw_ns()))
      }
    } catch {
      for open in running.reversed() { _ = open.meter.stop() }
      throw error
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
      } catch {
        (record.available, record.reason) = (false, "it could not be started: \(error)")
        record.fix = "run `tern doctor`, which names what the machine allows"
      }
    }
    return record
  }

  /// The median of the empty windows, in nanoseconds.
  private static func overheadNs(of meter: any Meter, windows: Int) throws -> Int? {
    var costs: [Int] = []
    for _ in 0..<max(0, windows) {
      let start = clinux_monotonic_raw_ns()
      _ = try meter.start().stop()
      costs.append(Int(clinux_monotonic_raw_ns() &- start))
    }
    return costs.isEmpty ? nil : costs.sorted()[costs.count / 2]
  }
}

/// A window that is open.
///
/// Stop it once, on the thread that started it.
public struct RunningStack {
  /// One meter's open window.
  struct Open {
    let id: String
    let meter: any RunningMeter
    /// The clock after the meter had started.
    let openedNs: UInt64
  }

  private let running: [Open]

  init(running: [Open]) { self.running = running }

  /// Closes the windows, the clock's first.
  ///
  /// What could not be read is not in the result.
  public func stop() -> WindowReadings {
    var result = WindowReadings()
    for open in running.reversed() {
      let readings = open.meter.stop()
      result.windowsNs[open.id] = Int(clinux_monotonic_raw_ns() &- open.openedNs)
      for reading in readings where reading.value.isFinite { result.metrics[reading.metric] = reading.value }
    }
    return result
  }
}

/// What the meters of a stack saw, and for how long each looked.
public struct WindowReadings: Sendable, Equatable {
  /// Metric name to value.
  public var metrics: [String: Double] = [:]
  /// Meter id to nanoseconds from the end of its start to the end of its stop: the clock's is the shortest, and what
  /// another's is longer, that meter saw besides the work.
  public var windowsNs: [String: Int] = [:]
}
