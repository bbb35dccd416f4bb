/// What a reader of a merged record must know of its parts.
struct MergeWarnings {
  /// The ids of those that follow from the parts alone, however often these were merged before.
  static let saidAnew: Set<String> = ["W-merged", "W-shards", "W-shards-overlap", "W-shards-unfinished"]

  let inputs: [RecordMerge.Input]
  /// What the record holds while shards are missing.
  let shard: ShardRecord?

  var all: [WarningRecord] {
    [missing, unfinished, overlapping, builds, differingMeters, changedMachine, merged].compactMap { $0 }
  }

  private var missing: WarningRecord? {
    guard let shard else { return nil }
    let missing = ShardRecord.label(of: shard.missing, count: shard.count)
    let cells = shard.cellsTotal - shard.positions.count
    return WarningRecord(
      id: "W-shards",
      message: "missing shards: \(missing), with \(cells) of the suite's \(shard.cellsTotal) cells",
      fix: "run them with tern run SUITE --shard, and merge again")
  }

  private var unfinished: WarningRecord? {
    let names = runs.filter { $0.status != .complete }.map(\.name)
    guard !names.isEmpty else { return nil }
    let cells = inputs.flatMap(\.record.cells)
    let pending = cells.filter { $0.outcome == .pending }.count
    return WarningRecord(
      id: "W-shards-unfinished",
      message: "did not run to the end: \(names.joined(separator: ", ")); not run: \(pending) of \(cells.count) cells",
      fix: "finish each with tern run --resume RECORD, and merge again")
  }

  /// Two runs at once on one machine take each other's caches, memory bandwidth and energy.
  private var overlapping: WarningRecord? {
    let runs = runs.filter { !$0.isEmpty }
    let pairs = runs.indices.flatMap { one in
      runs[(one + 1)...].filter { runs[one].overlaps($0) }.map { "\(runs[one].name) and \($0.name)" }
    }
    guard let first = pairs.first else { return nil }
    let more = pairs.count > 1 ? ", and \(pairs.count - 1) more pairs" : ""
    return WarningRecord(
      id: "W-shards-overlap",
      message: "ran at the same time on one machine and disturbed each other: \(first)\(more)",
      fix: "give each shard the machine for itself: one runner, or sbatch --exclusive", severity: .veto)
  }

  private var builds: WarningRecord? {
    let builds = Set(inputs.map { RecordMerge.described($0.record.tool) }).sorted()
    guard builds.count > 1 else { return nil }
    return WarningRecord(
      id: RecordMerge.buildsID,
      message: "cells were measured by \(builds.count) builds: \(builds.joined(separator: "; "))",
      fix: "run all shards with one build")
  }

  private var differingMeters: WarningRecord? {
    let all = inputs.flatMap(\.record.meters)
    let differing = Set(all.map(\.id)).sorted().filter { id in
      let entries = inputs.map { input in input.record.meters.first { $0.id == id } }
      return Set(entries.map { $0?.available == true ? $0?.source : nil }).count > 1
    }
    guard !differing.isEmpty else { return nil }
    return WarningRecord(
      id: "W-meters",
      message: "not read in the same way in every shard, and absent from cells of some: "
        + differing.joined(separator: ", "),
      fix: "give every shard the same permissions: tern doctor")
  }

  private var changedMachine: WarningRecord? {
    let changed = Self.facts.filter { fact in Set(inputs.map { fact.text($0.record.machine) }).count > 1 }.map(\.name)
    guard !changed.isEmpty else { return nil }
    return WarningRecord(
      id: "W-machine-changed", message: "not the same in every shard: \(changed.joined(separator: ", "))",
      fix: "leave the machine as it is between shards, and run them again")
  }

  private var merged: WarningRecord? {
    let count = runs.filter { !$0.isEmpty }.count
    guard count > 1 else { return nil }
    return WarningRecord(
      id: "W-merged",
      message: "the cells come from \(count) runs: they were interleaved within each, so a ratio between cells of two "
        + "runs also holds what the machine changed between them",
      fix: nil, severity: .note)
  }

  /// What of a machine must not change; load and free memory do.
  private static let facts: [(name: String, text: @Sendable (MachineRecord) -> String)] = [
    ("the kernel's release", { $0.kernelRelease ?? "" }), ("the operating system", { $0.os ?? "" }),
    ("virtualization", { $0.virtualization ?? "" }), ("microcode", { $0.cpu.microcode ?? "" }),
    ("the usable CPUs", { "\($0.cpu.cpusUsable) of \($0.cpu.cpusOnline)" }),
    ("SMT", { String(describing: $0.cpu.smt) }),
    ("memory", { "\($0.memoryTotalBytes ?? 0)" }), ("frequency scaling", { String(describing: $0.frequency) }),
    ("kernel settings", { "\($0.settings.sorted { $0.key < $1.key })" }),
  ]

  /// A run behind the inputs, whether it stands in a record of its own or in one that was merged before.
  private struct Run {
    var name: String
    var startedAt: String
    var finishedAt: String?
    var status: RunStatus
    var isEmpty: Bool

    /// Whether both were under way at one time; unknown ends overlap with nothing.
    ///
    /// Times in ISO-8601 UTC sort as text.
    func overlaps(_ other: Run) -> Bool {
      guard let end = finishedAt, let otherEnd = other.finishedAt else { return false }
      return startedAt < otherEnd && other.startedAt < end
    }
  }

  private var runs: [Run] {
    inputs.flatMap { input -> [Run] in
      let record = input.record
      if let parts = record.parts {
        return parts.map { part in
          Run(
            name: part.shard.map { "shard \($0)" } ?? part.id, startedAt: part.startedAt,
            finishedAt: part.finishedAt, status: part.status, isEmpty: part.positions.isEmpty)
        }
      }
      return [
        Run(
          name: record.schedule.shard.map { "shard \($0.label)" } ?? record.id, startedAt: record.startedAt,
          finishedAt: record.finishedAt, status: record.status, isEmpty: record.cells.isEmpty)
      ]
    }
  }
}
