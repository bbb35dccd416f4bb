/// One thing whose energy this machine can tell: a package, its memory, a supply, a battery.
public struct EnergyZone: Sendable, Equatable {
  /// How the zone is read.
  public enum Channel: Sendable, Equatable {
    /// A file that counts energy.
    case counter(path: String)
    /// A perf event on one CPU, counting for whatever runs there.
    case event(EnergyEvent)
    /// A file that gives the power of the moment, or its mean over an interval, in microwatts.
    case power(path: String)
    /// A battery's files: its state, and power in microwatts, or else current in microamperes and voltage in microvolts.
    case battery(status: String, power: String?, current: String?, voltage: String?)
    /// It was found, and there is no way that Tern takes to it.
    case none
  }

  /// Where it is read.
  public let source: EnergySource
  /// The source's own id: "intel-rapl:0:1", "energy-pkg/cpu0", "hwmon3/power1".
  public let id: String
  /// What the zone calls itself, with the CPU that it covers where it covers one alone.
  public let name: String
  /// What it covers.
  public let domain: EnergyDomain
  /// The name of the zone that holds this one; nil at the top.
  public var parent: String?
  /// How it is read.
  public var channel: Channel
  /// Joules per count of a counter; watts per count of a power.
  public var unit: Double
  /// The largest value of a counter in counts, after which it begins again; nil where nothing states it.
  public var range: UInt64?
  /// The smallest step of the counter in joules, or of the power in watts.
  public var quantum: Double
  /// More power than this is a counter that was reset, never a reading.
  public var maxPowerW: Double
  /// Whether it covers only a part of its domain, as one core of a package does: it enters no sum.
  public var isPartial = false
  /// Over how long the source averages, or how often it looks, nanoseconds, where it says so.
  public var intervalNs: Int?
  /// The relative error that the source states of itself, as in 0.1.
  public var relativeError: Double?
  /// Why it cannot be read; nil where it could be read when it was looked up.
  public var obstacle: EnergyObstacle?

  /// Makes a zone; the rest is set where it is known.
  init(
    source: EnergySource, id: String, name: String, domain: EnergyDomain, channel: Channel, unit: Double,
    quantum: Double, maxPowerW: Double
  ) {
    self.source = source
    self.id = id
    self.name = name
    self.domain = domain
    self.channel = channel
    self.unit = unit
    self.quantum = quantum
    self.maxPowerW = maxPowerW
  }

  /// Whether it counts energy, and is not a power that has to be sampled.
  public var isCounter: Bool {
    switch channel {
    case .counter, .event: true
    case .power, .battery, .none: false
    }
  }

  /// Microjoules, microwatts.
  static let micro = 1e-6
  /// No processor package takes a kilowatt: the largest server parts are specified at half of it.
  static let packageMaxPowerW = 1000.0
}

/// A perf event that counts energy on one CPU.
public struct EnergyEvent: Sendable, Equatable {
  /// The PMU's number, from `type`.
  public let type: UInt32
  /// The event's number, from `events/*`.
  public let config: UInt64
  /// The CPU that stands for the package, from `cpumask`.
  public let cpu: Int

  /// Makes an event.
  public init(type: UInt32, config: UInt64, cpu: Int) {
    self.type = type
    self.config = config
    self.cpu = cpu
  }
}
