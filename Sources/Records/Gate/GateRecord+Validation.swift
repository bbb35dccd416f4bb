extension GateRecord {
  /// Refuses what the types allow and no gate can have written, so that readers need not check again.
  ///
  /// Each (cell, metric) is judged once, shares lie between 0 and 1, intervals have their ends in order. Throws
  /// `RecordError.badField`.
  func validate(file: String) throws {
    try rules.validate(file: file)
    for (cell, count) in iterations ?? [:] {
      try require(count, in: 1...largestNumber, file: file, key: "iterations.\(cell)")
    }
    var seen: Set<[String]> = []
    for (index, verdict) in verdicts.enumerated() {
      let key = "verdicts[\(index)]"
      guard seen.insert([verdict.cell, verdict.metric]).inserted else {
        throw RecordError.badField(
          file: file, key: key, detail: "\(verdict.metric) of \"\(verdict.cell)\" is judged twice")
      }
      try verdict.validate(file: file, key: key)
    }
  }
}

extension GateRules {
  fileprivate func validate(file: String) throws {
    for (name, share) in [
      ("margin_time", marginTime), ("margin_energy", marginEnergy), ("margin_deterministic", marginDeterministic),
      ("alpha", alpha), ("false_discovery_rate", falseDiscoveryRate), ("confirmation_alpha", confirmationAlpha),
      ("dropped_fraction_most", droppedFractionMost), ("level", level), ("power", power),
    ] {
      try requireShare(share, file: file, key: "rules.\(name)")
    }
    for (metric, margin) in margins { try requireShare(margin, file: file, key: "rules.margins.\(metric)") }
    guard !looks.isEmpty, zip(looks, looks.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw RecordError.badField(file: file, key: "rules.looks", detail: "not an ascending list of counts of blocks")
    }
    for count in looks { try require(count, in: 1...largestNumber, file: file, key: "rules.looks") }
    try require(blocksLeast, in: 1...largestNumber, file: file, key: "rules.blocks_least")
  }
}

extension GateVerdict {
  fileprivate func validate(file: String, key: String) throws {
    guard better != .neutral else {
      throw RecordError.badField(file: file, key: "\(key).better", detail: "neutral: such a metric cannot be judged")
    }
    for (name, share) in [("margin", margin), ("p", p), ("confirmation_p", confirmationP), ("agreement", agreement)] {
      try requireShare(share, file: file, key: "\(key).\(name)")
    }
    for (name, count) in [("blocks_used", blocksUsed), ("blocks_dropped", blocksDropped), ("looks", looks)] {
      try require(count, in: 0...largestNumber, file: file, key: "\(key).\(name)")
    }
    guard blocksUsed + blocksDropped <= blocks.count else {
      throw RecordError.badField(
        file: file, key: "\(key).blocks",
        detail: "\(blocks.count) blocks, where \(blocksUsed) count and "
          + "\(blocksDropped) were dropped")
    }
    if let effectLower, let effectUpper, effectLower > effectUpper {
      throw RecordError.badField(
        file: file, key: "\(key).effect_lower", detail: "\(effectLower) lies above effect_upper, \(effectUpper)")
    }
  }
}

/// Refuses a share that does not lie between 0 and 1; none is fine.
private func requireShare(_ share: Double?, file: String, key: String) throws {
  guard let share, !(0...1 ~= share) else { return }
  throw RecordError.badField(file: file, key: key, detail: "\(share) is not between 0 and 1")
}
