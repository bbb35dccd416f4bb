/// A group of hardware events that are counted together, and what is computed from them: as it was encoded here.
public struct CounterGroupRecord: Codable, Sendable, Equatable {
  /// One event of the group.
  public struct Event: Codable, Sendable, Equatable {
    /// Its name in the group's formulas: "instructions".
    public var name: String
    /// The event as the group's file asks for it.
    public var asked: String
    /// The fully qualified string of libpfm4: "amd64_fam19h_zen3::RETIRED_INSTRUCTIONS:u=1:k=0:…".
    public var encoding: String
    /// `perf_event_attr.type`.
    public var type: Int
    /// `perf_event_attr.config`, hexadecimal: "0xc0".
    public var config: String
    /// The PMU of a hybrid processor that it is asked of, as the kernel names it: "cpu_core"; else absent.
    public var coreType: String?

    enum CodingKeys: String, CodingKey {
      case name, asked, encoding, type, config
      case coreType = "core_type"
    }

    /// Makes an event.
    public init(name: String, asked: String, encoding: String, type: Int, config: String, coreType: String? = nil) {
      self.name = name
      self.asked = asked
      self.encoding = encoding
      self.type = type
      self.config = config
      self.coreType = coreType
    }
  }

  /// One figure that is computed from the group's counts.
  public struct Formula: Codable, Sendable, Equatable {
    /// The metric's name, unit last.
    public var metric: String
    /// The unit in words a table can print.
    public var unit: String
    /// The formula over the events' names, `time` (seconds of the window) and `cpu_time` (seconds on a CPU).
    public var formula: String

    /// Makes a formula.
    public init(metric: String, unit: String, formula: String) {
      self.metric = metric
      self.unit = unit
      self.formula = formula
    }
  }

  /// The group's name: "ipc".
  public var name: String
  /// What it tells, in a sentence.
  public var summary: String
  /// Its events, in the order in which they are opened.
  public var events: [Event]
  /// What is computed from them.
  public var formulas: [Formula]

  /// Makes a group.
  public init(name: String, summary: String, events: [Event], formulas: [Formula]) {
    self.name = name
    self.summary = summary
    self.events = events
    self.formulas = formulas
  }
}
