import Records

/// Two records that have not measured the same.
public enum RecordComparisonError: Error, CustomStringConvertible, Sendable, Equatable {
  /// The suites differ.
  case otherSuite(base: String, head: String)
  /// The machines differ.
  case otherMachine(base: String, head: String)
  /// A cell of one name ran other weights.
  case otherModel(cell: String, detail: String)

  /// What differs, and what to do.
  public var description: String {
    switch self {
    case .otherSuite(let base, let head) where base == head:
      "both records ran a suite called \(base), but its text differs between them: run one text with both programs"
    case .otherSuite(let base, let head):
      "the base ran the suite \(base), the head \(head): only records of one suite can be compared"
    case .otherMachine(let base, let head):
      "the base was measured on \(base), the head on \(head): a difference would be the machines'. To compare them "
        + "nevertheless: --cross-machine"
    case .otherModel(let cell, let detail):
      "\(cell): the two records ran different weights (\(detail)): a difference would be the models'"
    }
  }
}

extension RecordComparison {
  /// Refuses records of different suites or, unless asked for, machines.
  static func requireComparable(_ base: RunRecord, _ head: RunRecord, crossMachine: Bool) throws {
    guard base.suite.sha256 == head.suite.sha256 else {
      throw RecordComparisonError.otherSuite(base: base.suite.name, head: head.suite.name)
    }
    if !crossMachine, !isOneMachine(base, head) {
      throw RecordComparisonError.otherMachine(base: base.machine.name, head: head.machine.name)
    }
  }

  /// Refuses two cells of one name with other weights.
  static func requireSameWork(_ base: CellRecord, _ head: CellRecord) throws {
    guard let a = base.model, let b = head.model else { return }
    let facts = [
      ("sha256", a.sha256, b.sha256), ("seed", a.seed.map(String.init), b.seed.map(String.init)),
      ("format", a.format, b.format), ("head", a.head, b.head), ("parameters", "\(a.parameters)", "\(b.parameters)"),
    ]
    for (name, one, other) in facts where one != other {
      throw RecordComparisonError.otherModel(
        cell: base.id, detail: "\(name) \(one ?? "unknown") and \(other ?? "unknown")")
    }
  }

  private static func isOneMachine(_ base: RunRecord, _ head: RunRecord) -> Bool {
    base.machine.name == head.machine.name && base.machine.hostHash == head.machine.hostHash
  }

  /// What is known to have changed between the runs beside the program.
  static func warnings(_ base: RunRecord, _ head: RunRecord) -> [String] {
    var warnings: [String] = []
    if !isOneMachine(base, head) {
      warnings.append(
        "THE MACHINES DIFFER: \(base.machine.name) (base) and \(head.machine.name) (head). These ratios compare "
          + "machines and programs at once, and cannot tell which of them made a difference.")
    } else {
      warnings.append(
        "Two records are two runs: whatever changed on the machine between them is in the ratios. tern gate runs both "
          + "programs in turn and is the stronger test.")
    }
    for (name, record) in [("base", base), ("head", head)] where record.status != .complete {
      warnings.append("The \(name)'s record is \(record.status.rawValue), not complete.")
    }
    if let commit = base.tool.commit, commit == head.tool.commit, base.tool.dirty != true, head.tool.dirty != true {
      warnings.append("Both records are of one commit, \(commit.prefix(7)): every difference is the machine's.")
    }
    return warnings + changes(base, head)
  }

  private static func changes(_ base: RunRecord, _ head: RunRecord) -> [String] {
    let (a, b) = (base.machine, head.machine)
    var facts = [
      ("the kernel's release", a.kernelRelease, b.kernelRelease),
      ("the compiler", base.tool.swift, head.tool.swift), ("the C compiler", base.tool.clang, head.tool.clang),
      ("the build", base.tool.configuration, head.tool.configuration),
    ]
    for name in Set(a.settings.keys).union(b.settings.keys).sorted() {
      facts.append((name, a.settings[name], b.settings[name]))
    }
    return facts.filter { $0.1 != $0.2 }.map {
      "Between the runs \($0.0) changed: \($0.1 ?? "unknown") (base), \($0.2 ?? "unknown") (head)."
    }
  }
}
