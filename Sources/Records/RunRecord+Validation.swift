extension RunRecord {
  /// Refuses what the types allow and no run can have written, so that readers need not check again.
  ///
  /// Cell ids are unique, counts are positive and small enough that sums of them cannot overflow. Throws
  /// `RecordError.badField`.
  func validate(file: String) throws {
    var seen: Set<String> = []
    for (index, cell) in cells.enumerated() {
      let key = "cells[\(index)]"
      guard seen.insert(cell.id).inserted else {
        throw RecordError.badField(file: file, key: "\(key).id", detail: "\"\(cell.id)\" occurs twice")
      }
      try cell.validate(file: file, key: key)
    }
    try schedule.shard?.validate(cells: cells.count, file: file)
    try overhead?.validate(file: file)
  }
}

extension CellRecord {
  fileprivate func validate(file: String, key: String) throws {
    try require(threads, in: 1...PhaseRecord.largestCount, file: file, key: "\(key).threads")
    for (name, count) in [
      ("prompt", phase.prompt), ("generate", phase.generate), ("depth", phase.depth), ("batch", phase.batch),
    ] {
      try require(count, in: 0...PhaseRecord.largestCount, file: file, key: "\(key).phase.\(name)")
    }
    for (index, sample) in samples.enumerated() {
      try sample.validate(file: file, key: "\(key).samples[\(index)]")
    }
    for (index, sample) in (replacedSamples ?? []).enumerated() {
      try sample.validate(file: file, key: "\(key).replaced_samples[\(index)]")
    }
    try timeBreakdown?.validate(file: file, key: "\(key).time_breakdown")
  }
}

extension SampleRecord {
  fileprivate func validate(file: String, key: String) throws {
    try require(repetition, in: 0...largestNumber, file: file, key: "\(key).repetition")
    try require(positionInRun, in: 0...largestNumber, file: file, key: "\(key).position_in_run")
    try require(iterations, in: 1...largestNumber, file: file, key: "\(key).iterations")
    for time in tokenTimesNs ?? [] {
      try require(time, in: 0...largestNumber, file: file, key: "\(key).token_times_ns")
    }
  }
}

extension TimeBreakdownRecord {
  fileprivate func validate(file: String, key: String) throws {
    try require(tokens, in: 1...largestNumber, file: file, key: "\(key).tokens")
    try require(forkJoins, in: 0...largestNumber, file: file, key: "\(key).fork_joins")
    try require(timeWallNs, in: 1...largestNumber, file: file, key: "\(key).time_wall_ns")
    // What is left of the pass bounds every further operation, so that their sum cannot overflow either.
    var left = timeWallNs
    for (operation, time) in timeByOperationNs.sorted(by: { $0.key < $1.key }) {
      try require(time, in: 0...left, file: file, key: "\(key).time_by_operation_ns.\(operation)")
      left -= time
    }
  }
}

extension OverheadRecord {
  fileprivate func validate(file: String) throws {
    for (name, time) in [
      ("time_total_ns", timeTotalNs), ("time_measured_ns", timeMeasuredNs), ("time_load_ns", timeLoadNs),
      ("time_warmup_ns", timeWarmupNs), ("time_cooldown_ns", timeCooldownNs),
      ("time_profile_ns", timeProfileNs ?? 0),
    ] {
      try require(time, in: 0...largestNumber, file: file, key: "overhead.\(name)")
    }
  }
}

/// 2⁵³: as a number of nanoseconds 104 days, and the last whole number that every JSON reader can hold.
let largestNumber = 1 << 53

/// Refuses a whole number outside of its range; none is fine.
func require(_ value: Int?, in range: ClosedRange<Int>, file: String, key: String) throws {
  guard let value, !range.contains(value) else { return }
  throw RecordError.badField(
    file: file, key: key, detail: "\(value) is not between \(range.lowerBound) and \(range.upperBound)")
}
