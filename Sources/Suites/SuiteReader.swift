import Records

/// Turns the tables of a suite file into a `Suite`, strictly: nothing is ignored, nothing is guessed.
struct SuiteReader {
  let root: [String: SuiteNode]
  let text: String
  let path: String?
  private let locator: KeyLocator

  init(root: [String: SuiteNode], text: String, path: String?) {
    self.root = root
    self.text = text
    self.path = path
    self.locator = KeyLocator(text)
  }

  /// Reads the whole file.
  func suite() throws -> Suite {
    let top = table(.suite, name: nil, place: .top, values: root)
    try checkSchema(top)
    try top.checkKeys()
    let defaults = table(
      .defaults, name: "defaults", place: .table("defaults"), values: try top.table("defaults") ?? [:])
    try defaults.checkKeys()
    let standard = try parameters(of: defaults, over: .standard)
    return Suite(
      name: try name(top), question: try top.string("question"), analysis: try top.string("analysis"),
      order: try order(defaults), seed: UInt64(try defaults.int("seed", in: 0...Int.max) ?? Int(SuiteDefaults.seed)),
      meters: try defaults.strings("meters") ?? SuiteDefaults.meters,
      counters: try defaults.strings("counters") ?? SuiteDefaults.counters,
      baselineSeconds: try defaults.number("baseline_seconds", in: 0...3600) ?? SuiteDefaults.baselineSeconds,
      cacheFormat: try defaults.string("kv") ?? SuiteDefaults.cacheFormat, cases: try cases(top, standard),
      path: path, text: text, programs: try programs(top))
  }

  /// Looked at first: a later format may mean something else by every other key.
  private func checkSchema(_ top: SuiteTable) throws {
    let schema = try top.required("schema", try top.int("schema", in: 1...Int.max))
    guard schema <= Suite.currentSchema else {
      throw top.error(
        "schema", "\(schema) is newer than \(Suite.currentSchema), which this build reads; use a newer tern")
    }
  }

  private func name(_ top: SuiteTable) throws -> String {
    let name = try top.required("name", try top.string("name"))
    let allowed = name.utf8.allSatisfy { byte in
      UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
        || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || byte == UInt8(ascii: "-")
    }
    guard allowed, 1...64 ~= name.utf8.count else {
      throw top.error(
        "name", "\"\(name.prefix(80))\" is not 1 to 64 letters, digits and hyphens; it becomes a file name")
    }
    return name
  }

  private func order(_ defaults: SuiteTable) throws -> Suite.Order {
    guard let text = try defaults.string("order") else { return SuiteDefaults.order }
    guard let order = Suite.Order(rawValue: text) else {
      let names = Suite.Order.allCases.map(\.rawValue)
      throw defaults.error("order", "there is no order \"\(text)\"" + NearestName.suggestion(for: text, in: names))
    }
    return order
  }

  // MARK: - Cases

  private func cases(_ top: SuiteTable, _ standard: Parameters) throws -> [SuiteCase] {
    guard let node = root["case"] else {
      throw SuiteError(path: path, line: nil, key: "case", message: "missing; a suite has at least one [[case]]")
    }
    guard case .list(let items) = node, !items.isEmpty else {
      throw top.error("case", "\(node.inWords), where at least one [[case]] is needed")
    }
    var seen: Set<String> = []
    return try items.enumerated().map { index, item in
      guard case .table(let values) = item else {
        throw top.error("case", "\(item.inWords), where a table [[case]] is needed")
      }
      let suiteCase = try self.suiteCase(values, at: index, standard)
      guard seen.insert(suiteCase.name).inserted else {
        throw table(.case, name: "case", place: .element("case", index), values: values)
          .error("name", "\"\(suiteCase.name)\" names two cases; results could not be told apart")
      }
      return suiteCase
    }
  }

  private func suiteCase(_ values: [String: SuiteNode], at index: Int, _ standard: Parameters) throws -> SuiteCase {
    let place = KeyLocator.Place.element("case", index)
    let unnamed = table(.case, name: "case \(index + 1)", place: place, values: values)
    let name = try unnamed.required("name", try unnamed.string("name"))
    guard 1...100 ~= name.count, !name.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) else {
      throw unnamed.error("name", "a case's name is one line of 1 to 100 characters")
    }
    let table = self.table(.case, name: "case \"\(name)\"", place: place, values: values)
    try table.checkKeys()
    let own = try parameters(of: table, over: standard)
    let phases = try table.required("phases", own.phases)
    if try phases.contains(where: { try PhaseRecord(label: $0).kind != .probe }) {
      // Other programs alone need neither: they bring a model of their own.
      if own.programs == nil || own.kernels != nil {
        if own.shapes == nil { _ = try table.required("models", own.models) }
        _ = try table.required("kernels", own.kernels)
      }
    }
    return SuiteCase(
      name: name, models: own.models ?? [], shapes: own.shapes ?? [], kernels: own.kernels ?? [],
      programs: own.programs ?? [], threads: own.threads,
      placements: own.placements, phases: phases, repetitions: own.repetitions,
      minTimeSeconds: own.minTimeSeconds, warmup: own.warmup, cooldownSeconds: own.cooldownSeconds,
      expectTokensSHA256: try expectation(table, place))
  }

  private func expectation(_ table: SuiteTable, _ place: KeyLocator.Place) throws -> String? {
    guard let values = try table.table("expect") else { return nil }
    let expect = self.table(.expect, name: table.name.map { "\($0): expect" }, place: place, values: values)
    try expect.checkKeys()
    let digest = try expect.required("tokens_sha256", try expect.string("tokens_sha256"))
    guard digest.utf8.count == 64, digest.utf8.allSatisfy({ "0123456789abcdef".utf8.contains($0) }) else {
      throw expect.error("tokens_sha256", "not 64 lower-case hexadecimal digits, as a run prints them")
    }
    return digest
  }

  // MARK: - Parameters

  /// What `[defaults]` and `[[case]]` share.
  private struct Parameters {
    /// One of the two: what a case names takes the place of either in the defaults.
    var models: [String]?
    var shapes: [String]?
    var kernels: [String]?
    var programs: [String]?
    var threads: [String]
    var placements: [String]
    var phases: [String]?
    var repetitions: Int
    var minTimeSeconds: Double
    var warmup: Int
    var cooldownSeconds: Double

    static let standard = Parameters(
      threads: SuiteDefaults.threads, placements: SuiteDefaults.placements, repetitions: SuiteDefaults.repetitions,
      minTimeSeconds: SuiteDefaults.minTimeSeconds, warmup: SuiteDefaults.warmup,
      cooldownSeconds: SuiteDefaults.cooldownSeconds)
  }

  private func parameters(of table: SuiteTable, over base: Parameters) throws -> Parameters {
    let models = try table.strings("models")
    let shapes = try shapes(table)
    if models != nil, shapes != nil {
      throw table.error("shapes", "models or single matrices are measured, not both; make two cases")
    }
    return Parameters(
      models: models ?? (shapes == nil ? base.models : nil),
      shapes: shapes ?? (models == nil ? base.shapes : nil),
      kernels: try table.strings("kernels") ?? base.kernels,
      programs: try table.strings("programs") ?? base.programs,
      threads: try threads(table) ?? base.threads,
      placements: try table.strings("placements") ?? base.placements,
      phases: try phases(table) ?? base.phases,
      repetitions: try table.int("repetitions", in: 1...100_000) ?? base.repetitions,
      minTimeSeconds: try table.number("min_time_seconds", in: 0...3600) ?? base.minTimeSeconds,
      warmup: try table.int("warmup", in: 0...1000) ?? base.warmup,
      cooldownSeconds: try table.number("cooldown_seconds", in: 0...3600) ?? base.cooldownSeconds)
  }

  /// Read here for the line's sake; expanded by `Suite.cells(in:)`, which knows the cores.
  private func threads(_ table: SuiteTable) throws -> [String]? {
    guard let ranges = try table.numbersOrStrings("threads") else { return nil }
    for range in ranges {
      do {
        _ = try ThreadRange.parse(range, all: ThreadRange.largest)
      } catch let error as ThreadRangeError {
        throw table.error("threads", error.description)
      }
    }
    return ranges
  }

  private func shapes(_ table: SuiteTable) throws -> [String]? {
    guard let labels = try table.strings("shapes") else { return nil }
    for label in labels {
      do {
        _ = try MatrixShape(label: label)
      } catch let error as MatrixShapeError {
        throw table.error("shapes", error.description)
      }
    }
    return labels
  }

  private func phases(_ table: SuiteTable) throws -> [String]? {
    guard let labels = try table.strings("phases") else { return nil }
    for label in labels {
      do {
        _ = try PhaseRecord(label: label)
      } catch let error as PhaseError {
        throw table.error("phases", error.description)
      }
    }
    return labels
  }

  func table(
    _ kind: SuiteKey.Table, name: String?, place: KeyLocator.Place, values: [String: SuiteNode]
  ) -> SuiteTable {
    SuiteTable(kind: kind, name: name, place: place, values: values, locator: locator, path: path)
  }
}
