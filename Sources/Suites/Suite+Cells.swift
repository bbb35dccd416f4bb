import Records

extension Suite {
  /// The most cells that a plan may have: weeks of measuring, so more is a slip of the pen.
  static let mostCells = 100_000

  /// Expands the suite to the cells that will be run, for what this machine and build offer.
  ///
  /// The order is stable: cases as written; within a case the probes, then models, kernels, threads, placements and
  /// phases, the last changing fastest. A kernel that cannot run here becomes cells with a `skipReason`. A cell that
  /// two cases ask for with equal parameters is run once, for the first. Throws `SuiteError` for names that nothing
  /// here has, with the nearest one.
  public func cells(in context: SuiteContext) throws -> [Cell] {
    _ = try meterIDs(in: context)
    do { _ = try CounterGroupLibrary.load(counters) } catch let refusal as SuiteError where refusal.path == nil {
      throw error("counters", in: .table("defaults"), refusal.message)
    }
    guard context.cacheFormats.contains(cacheFormat) else {
      throw error(
        "kv", in: .table("defaults"),
        "keys and values cannot be kept as \"\(cacheFormat)\""
          + NearestName.suggestion(for: cacheFormat, in: context.cacheFormats))
    }
    var cells: [Cell] = []
    var seen: [String: Cell] = [:]
    for index in cases.indices {
      for cell in try CaseExpansion(suite: self, index: index, context: context).cells() {
        if let earlier = seen[cell.id] {
          try check(cell, agreesWith: earlier, caseIndex: index)
        } else {
          seen[cell.id] = cell
          cells.append(cell)
        }
      }
    }
    return cells
  }

  /// Resolves `meters` to ids, in the order of the context.
  ///
  /// "time" is always among them, because every rate needs it. Throws `SuiteError` for a name that no meter has.
  public func meterIDs(in context: SuiteContext) throws -> [String] {
    var wanted: Set<String> = ["time"]
    for pattern in meters {
      let matches = context.meters.filter(Glob(pattern).matches)
      guard !matches.isEmpty else {
        throw error(
          "meters", in: .table("defaults"),
          "there is no meter \"\(pattern)\"" + NearestName.suggestion(for: pattern, in: context.meters))
      }
      wanted.formUnion(matches)
    }
    return context.meters.filter(wanted.contains)
  }

  /// Two cases may ask for one cell, but not for different measurements of it.
  private func check(_ cell: Cell, agreesWith earlier: Cell, caseIndex: Int) throws {
    var same = cell
    same.caseName = earlier.caseName
    guard same != earlier else { return }
    throw error(
      "name", in: .element("case", caseIndex), of: cell.caseName,
      "the cell \(cell.id) is also in case \"\(earlier.caseName)\", with other repetitions, times, warm-up, "
        + "profile or expectation; leave it out of one of them")
  }

  /// An error with the line of the key, for suites that have a file.
  func error(_ key: String, in place: KeyLocator.Place, of caseName: String? = nil, _ message: String) -> SuiteError {
    SuiteError(
      path: path, line: path == nil ? nil : KeyLocator(text).line(of: key, in: place),
      key: caseName.map { "case \"\($0)\": \(key)" } ?? key, message: message)
  }
}
