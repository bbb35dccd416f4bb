import Records

/// What disturbed a cell between the two ends of a watch.
///
/// What could not be read, or moved backwards, is nil.
public struct EnvironmentChange: Sendable, Equatable {
  /// CPU time of the cell's CPUs that the hypervisor gave to others, as a part of their wall time.
  public internal(set) var stealFraction: Double?
  /// CPU time of the whole machine that other programs used, as a part of its wall time.
  public internal(set) var foreignFraction: Double?
  /// Times that a thread of this process lost its CPU, per second of CPU time of the process.
  public internal(set) var involuntarySwitchesPerSecond: Double?
  /// Page faults of this process that had to read a disk.
  public internal(set) var majorFaults: Int?
  /// Periods in which a control group's quota stopped this process.
  public internal(set) var throttledPeriods: Int?
  /// How long a control group's quota stopped this process, nanoseconds over all its CPUs.
  public internal(set) var throttledNs: Int?
  /// Times that one of the cell's cores or its package lowered the clock because of heat.
  public internal(set) var thermalEvents: Int?
  /// The part of the wall time in which some task of the machine waited for memory.
  public internal(set) var memoryStallFraction: Double?
  /// The part of the wall time in which some task of the machine waited for a disk.
  public internal(set) var ioStallFraction: Double?
  /// How long the machine slept.
  public internal(set) var suspendedNs: Int?
  /// The processor's hottest sensor at the end, in °C; hottest is what is nearest to its limit.
  public var temperatureCelsius: Double? { temperature?.celsius }

  // What came from elsewhere: see `include`.
  var cpuMigrations: Int?
  var meanPackagePowerW: Double?
  var misplacedPages: Int?
  var verifiedPages: Int?

  var temperature: Temperatures.Reading?
  var powerLimitW: Double?
  var isPinned = false
  var strayThreads: [String] = []
  var changedSettings: [String] = []

  /// What a reader must know before trusting the cell, in the order of `EnvironmentRule.all`.
  public var warnings: [WarningRecord] { EnvironmentRule.all.compactMap { $0.warning(about: self) } }

  /// Those of the warnings after which no verdict should rest on the cell.
  public var vetoes: [WarningRecord] { warnings.filter(\.isVeto) }

  init() {}

  init(from before: EnvironmentSnapshot, to after: EnvironmentSnapshot, cpus: [Int]) {
    readTimes(before, after, cpus: cpus)
    majorFaults = Self.increase(before.majorFaults, after.majorFaults)
    throttledPeriods = Self.increase(before.throttledPeriods, after.throttledPeriods)
    throttledNs = Self.increase(before.throttledNs, after.throttledNs)
    thermalEvents = Self.increase(before.thermalEvents, after.thermalEvents)
    memoryStallFraction = Self.fraction(before, after, of: \.memoryStallUs)
    ioStallFraction = Self.fraction(before, after, of: \.ioStallUs)
    temperature = after.temperature
    if let first = before.settings, let last = after.settings { changedSettings = first.changes(to: last) }
    if let first = before.suspendedNs, let last = after.suspendedNs {
      suspendedNs = abs(last - first) < Self.shortestSleepNs ? 0 : Self.increase(first, last)
    }
  }

  /// Adds what the meters saw in the same window: `event_cpu_migrations` and `power_package_w`.
  ///
  /// The other metrics are left alone.
  public mutating func include(metrics: [String: Double]) {
    cpuMigrations = metrics["event_cpu_migrations"].flatMap { Int(exactly: $0.rounded()) } ?? cpuMigrations
    meanPackagePowerW = metrics["power_package_w"] ?? meanPackagePowerW
  }

  /// Adds what the threads themselves said of where they are, in sentences; those that are known already count once.
  public mutating func include(strayThreads problems: [String]) {
    for problem in problems where !strayThreads.contains(problem) { strayThreads.append(problem) }
  }

  /// Adds how many of the pages that were verified lie on a node where they should not be.
  public mutating func include(misplacedPages: Int, of verified: Int) {
    self.misplacedPages = misplacedPages
    verifiedPages = verified
  }

  /// The two clocks behind a sleep are read one after the other, which a busy machine stretches; sleep lasts seconds.
  private static let shortestSleepNs = 100_000_000

  /// Below this many ticks of 10 ms, one tick is more than a percent, and nothing can be said.
  private static let fewestTicks = 100
  /// USER_HZ, the unit of /proc/stat and /proc/self/stat, is 100 on every architecture that Tern is built for.
  private static let ticksPerSecond = 100.0
  /// Stall times are kept in microseconds and settled every few milliseconds: shorter windows say nothing.
  private static let shortestStallWindowNs = 100_000_000

  private mutating func readTimes(_ before: EnvironmentSnapshot, _ after: EnvironmentSnapshot, cpus: [Int]) {
    guard let first = before.times, let last = after.times else { return }
    let watched = cpus.compactMap { cpu in
      first.cpus[cpu].flatMap { start in last.cpus[cpu].map { $0 - start } }
    }.reduce(CPUTimes.Ticks(), +)
    if watched.all >= Self.fewestTicks, watched.steal >= 0 { stealFraction = watched.stealFraction }

    guard let own = Self.increase(before.ownTicks, after.ownTicks) else { return }
    let whole = last.total - first.total
    if whole.all >= Self.fewestTicks, whole.busy >= 0 {
      // The two files are read one after the other, so that own time can seem to exceed all time by a tick.
      foreignFraction = max(0, Double(whole.busy - own)) / Double(whole.all)
    }
    if own >= Self.fewestTicks, let lost = Self.increase(before.involuntarySwitches, after.involuntarySwitches) {
      involuntarySwitchesPerSecond = Double(lost) / (Double(own) / Self.ticksPerSecond)
    }
  }

  private static func fraction(
    _ before: EnvironmentSnapshot, _ after: EnvironmentSnapshot, of stall: KeyPath<EnvironmentSnapshot, Int?>
  ) -> Double? {
    guard let us = increase(before[keyPath: stall], after[keyPath: stall]),
      let wallNs = increase(before.takenNs, after.takenNs), wallNs >= shortestStallWindowNs
    else { return nil }
    return min(1, Double(us) * 1000 / Double(wallNs))
  }

  private static func increase(_ before: Int?, _ after: Int?) -> Int? {
    guard let before, let after, after >= before else { return nil }
    return after - before
  }
}
