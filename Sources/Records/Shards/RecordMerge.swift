/// Records of one suite, build and machine into one record that holds the cells of all.
///
/// Nothing is averaged and nothing measured is changed: every cell comes from one run, with its samples, their places in
/// that run and their times. What would make the sum worth less than its parts is refused, or becomes a warning of the
/// merged record: shards that are missing, that ended early, or that ran at the same time.
public struct RecordMerge: Sendable {
  /// A record and the file that errors name it by.
  public struct Input: Sendable {
    /// Where it was read.
    public var file: String
    /// What it holds.
    public var record: RunRecord

    /// Pairs the two.
    public init(file: String, record: RunRecord) {
      self.file = file
      self.record = record
    }

    /// The shards of a record; a whole suite is one of one.
    var shard: ShardRecord {
      record.schedule.shard
        ?? ShardRecord(count: 1, indices: [1], cellsTotal: record.cells.count, positions: Array(record.cells.indices))
    }
  }

  /// Allows records of several builds, as in `--allow W-builds`.
  public static let buildsID = "W-builds"

  /// What is merged, the earliest first; never empty.
  let inputs: [Input]
  private let first: RunRecord

  /// Checks that the records belong together.
  ///
  /// Throws `MergeError` that names the two files, and the first cell that they share.
  public init(_ inputs: [Input], allowed: Set<String> = []) throws {
    let sorted = inputs.sorted {
      ($0.record.startedAt, $0.shard.indices[0]) < ($1.record.startedAt, $1.shard.indices[0])
    }
    guard let first = sorted.first else { throw MergeError("no records are given: name the files to merge") }
    self.inputs = sorted
    self.first = first.record
    for other in sorted.dropFirst() {
      try Self.requireOneSuite(first, other)
      try Self.requireOneMachine(first, other)
      if !allowed.contains(Self.buildsID) { try Self.requireOneBuild(first, other) }
      try Self.requireOneDivision(first, other)
    }
    try requireDistinctCells()
  }

  /// The one record, ready to be written.
  public func merged() -> RunRecord {
    var merged = RunRecord(
      id: "", startedAt: first.startedAt, tool: tool(), command: first.command, suite: first.suite,
      machine: first.machine, meters: meters(),
      schedule: ScheduleRecord(order: first.schedule.order, seed: first.schedule.seed, shard: shard()),
      warnings: [], cells: cells())
    // The first part has the id that this start, suite and commit make.
    merged.id = RecordFile.id(
      startedAt: first.startedAt, suite: "\(first.suite.name)-merged", commit: merged.tool.commit)
    merged.status = inputs.allSatisfy { $0.record.status == .complete } ? .complete : .interrupted
    let ends = inputs.compactMap(\.record.finishedAt)
    merged.finishedAt = ends.count == inputs.count ? ends.max() : nil
    let idle = inputs.flatMap { $0.record.idlePower ?? [] }
    merged.idlePower = idle.isEmpty ? nil : idle
    merged.overhead = overhead()
    merged.parts = parts()
    let known = warnings()
    merged.warnings =
      known
      + MergeWarnings(inputs: inputs, shard: shard()).all.filter { new in
        !known.contains { $0.id == new.id }
      }
    return merged
  }

  // MARK: - What is put together

  /// The cells in the order of the whole suite.
  private func cells() -> [CellRecord] {
    inputs.flatMap { Array(zip($0.shard.positions, $0.record.cells)) }.sorted { $0.0 < $1.0 }.map(\.1)
  }

  private func shard() -> ShardRecord? {
    let shards = inputs.map(\.shard)
    let all = ShardRecord(
      count: shards[0].count, indices: shards.flatMap(\.indices).sorted(), cellsTotal: shards[0].cellsTotal,
      positions: shards.flatMap(\.positions).sorted())
    return all.missing.isEmpty ? nil : all
  }

  /// Of several builds only what they agree on.
  private func tool() -> ToolIdentity {
    let tools = inputs.map(\.record.tool)
    func common<T: Hashable>(_ field: (ToolIdentity) -> T?) -> T? {
      let values = Set(tools.map(field))
      return values.count == 1 ? values.first ?? nil : nil
    }
    func listed(_ field: (ToolIdentity) -> String) -> String { Set(tools.map(field)).sorted().joined(separator: ", ") }
    return ToolIdentity(
      name: listed(\.name), version: listed(\.version), commit: common(\.commit), dirty: common(\.dirty),
      swift: common(\.swift), clang: common(\.clang), configuration: listed(\.configuration))
  }

  /// One entry per meter, of the first run that could read it, or else of the first.
  private func meters() -> [MeterRecord] {
    let all = inputs.flatMap(\.record.meters)
    var seen: Set<String> = []
    return all.compactMap { meter in
      guard seen.insert(meter.id).inserted else { return nil }
      return all.first { $0.id == meter.id && $0.available } ?? meter
    }
  }

  private func overhead() -> OverheadRecord? {
    let all = inputs.compactMap(\.record.overhead)
    guard let first = all.first else { return nil }
    return all.dropFirst().reduce(first) { sum, next in
      OverheadRecord(
        timeTotalNs: sum.timeTotalNs + next.timeTotalNs, timeMeasuredNs: sum.timeMeasuredNs + next.timeMeasuredNs,
        timeLoadNs: sum.timeLoadNs + next.timeLoadNs, timeWarmupNs: sum.timeWarmupNs + next.timeWarmupNs,
        timeCooldownNs: sum.timeCooldownNs + next.timeCooldownNs)
    }
  }

  /// The runs behind the inputs; those of a record that was merged before are taken over.
  private func parts() -> [PartRecord] {
    inputs.flatMap { input -> [PartRecord] in
      let record = input.record
      if let parts = record.parts { return parts }
      return [
        PartRecord(
          id: record.id, shard: record.schedule.shard?.label, startedAt: record.startedAt,
          finishedAt: record.finishedAt, status: record.status, tool: record.tool, command: record.command,
          positions: input.shard.positions)
      ]
    }.sorted { ($0.startedAt, $0.id) < ($1.startedAt, $1.id) }
  }

  /// Every warning once: of one id the heaviest, and among equals the first.
  private func warnings() -> [WarningRecord] {
    var kept: [WarningRecord] = []
    // What an earlier merge said of its parts is said anew of all of them.
    for warning in inputs.flatMap(\.record.warnings) where !MergeWarnings.saidAnew.contains(warning.id) {
      guard let index = kept.firstIndex(where: { $0.id == warning.id }) else {
        kept.append(warning)
        continue
      }
      if (kept[index].severity ?? .warn) < (warning.severity ?? .warn) { kept[index] = warning }
    }
    return kept
  }
}

/// Records that do not belong into one.
public struct MergeError: Error, CustomStringConvertible, Sendable, Equatable {
  /// Which two, what differs, and what to do.
  public let description: String

  init(_ description: String) { self.description = description }
}
