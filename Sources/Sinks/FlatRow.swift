import Records

/// A repetition together with everything that identifies it: what a row of CSV, SQL and JSONL holds.
struct FlatRow {
  /// A value with its type, so that every format can spell it in its own way.
  enum Value: Encodable, Hashable {
    case text(String)
    case int(Int)
    case unsigned(UInt64)
    case number(Double)
    case flag(Bool)
    case list([Int])

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .text(let value): try container.encode(value)
      case .int(let value): try container.encode(value)
      case .unsigned(let value): try container.encode(value)
      case .number(let value): try container.encode(value)
      case .flag(let value): try container.encode(value)
      case .list(let value): try container.encode(value)
      }
    }
  }

  /// Column name to value; absent where unknown.
  var values: [String: Value]

  /// The rows of a record: one per repetition, and one for each cell that has none.
  static func rows(of record: RunRecord) -> [FlatRow] {
    let ceilings = Ceilings(record)
    return record.cells.flatMap { cell -> [FlatRow] in
      var row = FlatRow(values: [:])
      row.add(record)
      row.add(cell)
      guard !cell.samples.isEmpty else { return [row] }
      return cell.samples.map { sample in
        var row = row
        row.add(sample)
        if let fraction = ceilings.fraction(of: sample, in: cell) {
          row.values["fraction_of_ceiling"] = .number(fraction)
        }
        return row
      }
    }
  }

  /// The columns behind `FlatColumn.all` that some row has: facts, the fraction of a ceiling that was probed, and metrics
  /// that this build does not know.
  static func extraColumns(of rows: [FlatRow]) -> [String] {
    let known = Set(FlatColumn.all.map(\.name) + [tokenTimes])
    return Set(rows.flatMap(\.values.keys)).subtracting(known).sorted()
  }

  /// Whether a column belongs to the cell and not to the repetition.
  static func isFact(_ column: String) -> Bool { column.hasPrefix("fact_") }

  /// The one value that is a list; it is left out where a cell of a table holds one value.
  static let tokenTimes = "token_times_ns"

  // MARK: - What goes into a row

  private mutating func add(_ record: RunRecord) {
    text("record", record.id)
    text("record_started_at", record.startedAt)
    text("tool_version", record.tool.version)
    text("tool_commit", record.tool.commit)
    text("suite", record.suite.name)
    text("machine", record.machine.name)
    text("cpu", record.machine.cpu.model)
  }

  private mutating func add(_ cell: CellRecord) {
    text("cell", cell.id)
    text("case", cell.caseName)
    if let model = cell.model { add(model) }
    if let kernel = cell.kernel { add(kernel) }
    int("threads", cell.threads)
    text("placement", cell.placement)
    text("cpus", cell.cpus.map { $0.map(String.init).joined(separator: " ") })
    add(cell.phase)
    text("outcome", cell.outcome.state)
    text("reason", cell.outcome.reason)
    if let passed = cell.check?.passed { values["check_passed"] = .flag(passed) }
    text("warnings", cell.warnings.isEmpty ? nil : cell.warnings.joined(separator: " "))
    for (name, value) in cell.facts { values["fact_\(name)"] = .number(value) }
    for (name, value) in cell.estimates ?? [:] { values[name] = .number(value) }
  }

  private mutating func add(_ model: ModelIdentity) {
    text("model", model.name)
    text("model_format", model.format)
    text("model_sha256", model.sha256)
    if let seed = model.seed { values["model_seed"] = .unsigned(seed) }
    int("parameters", model.parameters)
    int("ternary_parameters", model.ternaryParameters)
    text("head", model.head)
  }

  private mutating func add(_ kernel: KernelIdentity) {
    text("kernel", kernel.name)
    text("isa", kernel.isa)
    text("packing", kernel.packing)
    if let bits = kernel.bitsPerWeight { values["bits_per_weight"] = .number(bits) }
  }

  private mutating func add(_ phase: PhaseRecord) {
    text("phase", phase.label)
    text("phase_kind", phase.kind.rawValue)
    int("prompt", phase.prompt)
    int("generate", phase.generate)
    int("depth", phase.depth)
    int("batch", phase.batch)
  }

  private mutating func add(_ sample: SampleRecord) {
    int("repetition", sample.repetition)
    int("position_in_run", sample.positionInRun)
    text("started_at", sample.startedAt)
    int("iterations", sample.iterations)
    for (name, value) in sample.metrics { values[name] = .number(value) }
    for (name, value) in sample.halfWidths ?? [:] { values["half_width_\(name)"] = .number(value) }
    if let times = sample.tokenTimesNs { values[Self.tokenTimes] = .list(times) }
  }

  private mutating func text(_ column: String, _ value: String?) {
    if let value { values[column] = .text(value) }
  }

  private mutating func int(_ column: String, _ value: Int?) {
    if let value { values[column] = .int(value) }
  }
}
