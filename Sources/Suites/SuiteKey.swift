/// The keys that a suite may hold: the one list behind the strict decoder, its suggestions, and Suites/FORMAT.md.
struct SuiteKey: Sendable, Equatable {
  /// A table of the file.
  enum Table: String, Sendable, CaseIterable {
    case suite, defaults
    case `case`
    case expect
    case program

    /// The table as a file spells it.
    var spelling: String {
      switch self {
      case .suite: "the top of the file"
      case .defaults: "[defaults]"
      case .case: "[[case]]"
      case .expect: "expect = { … }"
      case .program: "[[program]]"
      }
    }
  }

  /// The key.
  var name: String
  /// Where it may stand.
  var tables: [Table]
  /// Its type in words.
  var type: String
  /// What holds without it; "required" where there is no such thing.
  var standard: String

  /// Every key, in the order of the documentation.
  static let all: [SuiteKey] = [
    SuiteKey("schema", [.suite], "whole number", "required"),
    SuiteKey("name", [.suite, .case, .program], "string", "required"),
    SuiteKey("question", [.suite], "string", "none"),
    SuiteKey("analysis", [.suite], "string", "none"),
    SuiteKey("defaults", [.suite], "table", "empty"),
    SuiteKey("case", [.suite], "list of tables", "required"),
    SuiteKey("program", [.suite], "list of tables", "none"),
    SuiteKey("order", [.defaults], "string", "\"\(SuiteDefaults.order.rawValue)\""),
    SuiteKey("seed", [.defaults], "whole number", "\(SuiteDefaults.seed)"),
    SuiteKey("meters", [.defaults], "list of strings", "\(SuiteDefaults.meters)"),
    SuiteKey("counters", [.defaults], "list of strings", "\(SuiteDefaults.counters)"),
    SuiteKey("baseline_seconds", [.defaults], "number", "\(SuiteDefaults.baselineSeconds)"),
    SuiteKey("kv", [.defaults], "string", "\"\(SuiteDefaults.cacheFormat)\""),
    SuiteKey("models", both, "list of strings", "required"),
    SuiteKey("shapes", both, "list of strings", "none"),
    SuiteKey("kernels", both, "list of strings", "required"),
    SuiteKey("programs", both, "list of strings", "none"),
    SuiteKey("threads", both, "number, string, or list of them", "\"\(SuiteDefaults.threads[0])\""),
    SuiteKey("placements", both, "list of strings", "\(SuiteDefaults.placements)"),
    SuiteKey("phases", both, "list of strings", "required"),
    SuiteKey("repetitions", both, "whole number", "\(SuiteDefaults.repetitions)"),
    SuiteKey("min_time_seconds", both, "number", "\(SuiteDefaults.minTimeSeconds)"),
    SuiteKey("warmup", both, "whole number", "\(SuiteDefaults.warmup)"),
    SuiteKey("cooldown_seconds", both, "number", "\(SuiteDefaults.cooldownSeconds)"),
    SuiteKey("expect", [.case], "table", "none"),
    SuiteKey("tokens_sha256", [.expect], "string", "required"),
    SuiteKey("kind", [.program], "string", "required"),
    SuiteKey("path", [.program], "string", "\"llama-bench\""),
    SuiteKey("args", [.program], "list of strings", "none"),
    SuiteKey("command", [.program], "list of strings", "required"),
    SuiteKey("model", [.program], "string", "the case's"),
    SuiteKey("rate", [.program], "string", "none"),
    SuiteKey("time", [.program], "string", "none"),
    SuiteKey("time_unit", [.program], "string", "\"\(SuiteDefaults.timeUnit.rawValue)\""),
    SuiteKey("begins", [.program], "string", "none"),
    SuiteKey("timeout_seconds", [.program], "number", "\(SuiteDefaults.timeoutSeconds)"),
    SuiteKey("shape", [.program], "string", "the case's model"),
    SuiteKey("head", [.program], "string", "the file's"),
  ]

  private static let both: [Table] = [.defaults, .case]

  private init(_ name: String, _ tables: [Table], _ type: String, _ standard: String) {
    self.name = name
    self.tables = tables
    self.type = type
    self.standard = standard
  }

  /// The names that a table may hold.
  static func names(in table: Table) -> [String] {
    all.filter { $0.tables.contains(table) }.map(\.name)
  }
}
