import Records

/// A column that every CSV and SQL export has, in this order.
struct FlatColumn: Equatable {
  /// The type of its SQL column.
  enum Kind: String {
    case text = "TEXT"
    case integer = "INTEGER"
    case real = "REAL"
  }

  /// The header.
  var name: String
  /// What it holds.
  var kind: Kind

  /// The columns that say what was run, then one per metric of the schema.
  static let all: [FlatColumn] = identity + Metric.ofWindows.map { FlatColumn($0.name, .real) }

  private static let identity: [FlatColumn] = [
    FlatColumn("record", .text), FlatColumn("record_started_at", .text), FlatColumn("tool_version", .text),
    FlatColumn("tool_commit", .text), FlatColumn("suite", .text), FlatColumn("machine", .text),
    FlatColumn("cpu", .text), FlatColumn("cell", .text), FlatColumn("case", .text), FlatColumn("model", .text),
    FlatColumn("model_format", .text), FlatColumn("model_sha256", .text),
    // Text, because a seed can be above the largest INTEGER of SQL.
    FlatColumn("model_seed", .text),
    FlatColumn("parameters", .integer), FlatColumn("ternary_parameters", .integer), FlatColumn("head", .text),
    FlatColumn("kernel", .text), FlatColumn("isa", .text), FlatColumn("packing", .text),
    FlatColumn("bits_per_weight", .real), FlatColumn("threads", .integer), FlatColumn("placement", .text),
    FlatColumn("cpus", .text), FlatColumn("phase", .text), FlatColumn("phase_kind", .text),
    FlatColumn("prompt", .integer), FlatColumn("generate", .integer), FlatColumn("depth", .integer),
    FlatColumn("batch", .integer), FlatColumn("outcome", .text), FlatColumn("reason", .text),
    FlatColumn("check_passed", .integer), FlatColumn("warnings", .text), FlatColumn("repetition", .integer),
    FlatColumn("position_in_run", .integer), FlatColumn("started_at", .text), FlatColumn("iterations", .integer),
  ]

  private init(_ name: String, _ kind: Kind) {
    self.name = name
    self.kind = kind
  }
}
