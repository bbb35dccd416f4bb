extension RecordMerge {
  static func requireOneSuite(_ first: Input, _ other: Input) throws {
    let (one, two) = (first.record.suite, other.record.suite)
    guard one.name == two.name else {
      throw MergeError(
        "\(first.file) is of the suite \"\(one.name)\" and \(other.file) of \"\(two.name)\": records of one suite are "
          + "merged. tern report shows several side by side.")
    }
    guard one.sha256 == two.sha256 else {
      throw MergeError(
        "the suite \"\(one.name)\" was changed between \(first.file) and \(other.file) (SHA-256 \(one.sha256.prefix(12)) "
          + "and \(two.sha256.prefix(12))): run all shards with one text of it.")
    }
    let (order, otherOrder) = (first.record.schedule, other.record.schedule)
    guard order.order == otherOrder.order, order.seed == otherOrder.seed else {
      throw MergeError("\(first.file) and \(other.file) were run in different orders or with different seeds.")
    }
  }

  static func requireOneMachine(_ first: Input, _ other: Input) throws {
    let (one, two) = (first.record.machine, other.record.machine)
    guard one.name != two.name || one.hostHash != two.hostHash else { return }
    throw MergeError(
      "\(first.file) was measured on \(one.name) and \(other.file) on \(two.name): machines are not mixed in one record. "
        + "Merge the records of each machine, and show them side by side: tern report RECORD RECORD.")
  }

  static func requireOneBuild(_ first: Input, _ other: Input) throws {
    let (one, two) = (first.record.tool, other.record.tool)
    guard one != two else { return }
    throw MergeError(
      "\(first.file) was measured by \(described(one)) and \(other.file) by \(described(two)): a difference between cells "
        + "could be one between builds. Run all shards with one build, or accept it with --allow \(buildsID).")
  }

  /// A build in words that differ where builds do.
  static func described(_ tool: ToolIdentity) -> String {
    let commit = tool.commit.map { "commit \($0.prefix(12))" } ?? "unknown commit"
    let state = tool.dirty == true ? ", with changes" : ""
    let compilers = [tool.swift.map { "Swift \($0)" }, tool.clang.map { "clang \($0)" }].compactMap { $0 }
    return ([tool.version, "\(commit)\(state)", tool.configuration] + compilers).joined(separator: ", ")
  }

  static func requireOneDivision(_ first: Input, _ other: Input) throws {
    let (one, two) = (first.shard, other.shard)
    // Two runs of the whole suite, and a shard beside one, share cells: that error says more.
    guard first.record.schedule.shard != nil, other.record.schedule.shard != nil else { return }
    guard one.count == two.count else {
      throw MergeError(
        "\(first.file) is shard \(one.label) and \(other.file) is shard \(two.label): one suite was divided in two ways. "
          + "Give all runs the same number of shards.")
    }
    guard one.cellsTotal == two.cellsTotal else {
      throw MergeError(
        "the suite has \(one.cellsTotal) cells in \(first.file) and \(two.cellsTotal) in \(other.file): the CPUs that may be "
          + "used, or TERN_KERNEL, were not the same.")
    }
  }

  func requireDistinctCells() throws {
    var cells: [String: Input] = [:]
    var shards: [Int: Input] = [:]
    var positions: [Int: (cell: String, file: String)] = [:]
    for input in inputs {
      for (position, cell) in zip(input.shard.positions, input.record.cells) {
        if let earlier = cells.updateValue(input, forKey: cell.id) {
          throw MergeError(
            "the cell \(cell.id) is in \(earlier.file) and in \(input.file)\(Self.shared(earlier, input)). Repetitions of "
              + "two runs are not pooled, because what changed between the runs would pass for scatter: leave one of the "
              + "two out. An interrupted shard is finished with tern run --resume.")
        }
        if let earlier = positions.updateValue((cell.id, input.file), forKey: position) {
          throw MergeError(
            "the cell \(earlier.cell) in \(earlier.file) and the cell \(cell.id) in \(input.file) have the same place in "
              + "the suite: the two runs expanded it to different cells.")
        }
      }
      for index in input.shard.indices {
        if let earlier = shards.updateValue(input, forKey: index), input.record.schedule.shard != nil {
          throw MergeError(
            "shard \(index)/\(input.shard.count) is in \(earlier.file) and in \(input.file): leave one of the two out.")
        }
      }
    }
    if inputs.count > 1, let whole = inputs.first(where: { $0.record.schedule.shard == nil }) {
      throw MergeError("\(whole.file) is of the whole suite: there is nothing to add to it.")
    }
  }

  /// Says of two records with a common cell that they are the same shard, where they are.
  private static func shared(_ first: Input, _ second: Input) -> String {
    guard let one = first.record.schedule.shard, let two = second.record.schedule.shard,
      let index = one.indices.first(where: two.indices.contains)
    else { return "" }
    return ", which both hold shard \(index)/\(one.count)"
  }
}
