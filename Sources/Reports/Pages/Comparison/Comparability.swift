import Records

/// Sorts runs into sets whose numbers mean the same: one suite, letter by letter, and one schema of records.
///
/// Records of older schemas are brought to the current one when they are read, with nothing invented, and count as such.
struct Comparability {
  /// Runs that may stand side by side.
  struct Group {
    let runs: [ComparedRun]
    /// "demo (sha256 ab12cd34…)".
    let name: String
  }

  /// Sets of two runs or more, in the order of their first runs.
  let sets: [Group]
  /// Runs that nothing else can be held against, and why.
  let problems: [PageProblem]

  init(_ runs: [ComparedRun]) {
    var keys: [String] = []
    var byKey: [String: [ComparedRun]] = [:]
    for run in runs {
      let record = run.run.record
      let key = "\(record.suite.sha256)\n\(record.schema)"
      if byKey[key] == nil { keys.append(key) }
      byKey[key, default: []].append(run)
    }
    let all = keys.compactMap { byKey[$0] }
    sets = all.filter { $0.count > 1 }.map { Group(runs: $0, name: Self.name($0[0].run.record)) }
    problems = all.filter { $0.count == 1 }.map { alone in
      let others = all.filter { $0[0].label != alone[0].label }.map { Self.name($0[0].run.record) }
      return PageProblem(
        subject: alone[0].label,
        reason: "is not compared: it ran \(Self.name(alone[0].run.record)), and the others "
          + "\(others.joined(separator: ", ")). Numbers of different suites answer different questions; run one suite "
          + "on every machine. The run stands by itself below.")
    }
  }

  private static func name(_ record: RunRecord) -> String {
    let schema = record.schema == RunRecord.currentSchema ? "" : ", schema \(record.schema)"
    return "\(record.suite.name) (sha256 \(record.suite.sha256.prefix(8))…\(schema))"
  }
}

/// The models of a set whose weights are the same everywhere, and those that are not.
struct SharedModels {
  /// Smallest first.
  let models: [ModelIdentity]
  let problems: [PageProblem]

  init(_ runs: [ComparedRun]) {
    let models = RunView.models(of: runs.flatMap(\.run.cells))
    var problems: [PageProblem] = []
    self.models = models.filter { model in
      let seen = runs.compactMap { run -> (label: String, model: ModelIdentity)? in
        run.run.cells.lazy.compactMap(\.cell.model).first { $0.name == model.name }.map { (run.label, $0) }
      }
      guard let first = seen.first, let other = seen.first(where: { $0.model != first.model }) else { return true }
      problems.append(
        PageProblem(
          subject: model.name,
          reason: "is not compared: under this name \(first.label) ran \(Self.text(first.model)), and \(other.label) "
            + "\(Self.text(other.model)). Run the same weights on every machine."))
      return false
    }
    self.problems = problems
  }

  private static func text(_ model: ModelIdentity) -> String {
    let weights =
      model.sha256.map { "sha256 \($0.prefix(8))…" } ?? model.seed.map { "seed \($0)" } ?? "weights without a digest"
    return "\(model.format) weights, \(weights), \(Format.parameters(model.parameters)) parameters, head \(model.head)"
  }
}
