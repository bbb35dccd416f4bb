import Records

/// Turns the tables of a group's file into a `CounterGroup`: nothing is ignored, nothing is guessed.
struct CounterGroupReader {
  let root: [String: SuiteNode]
  let path: String?
  private let locator: KeyLocator

  /// The keys at the top of the file.
  static let topKeys = ["schema", "name", "summary", "reading", "metrics", "pmu"]
  /// The keys of `[pmu.NAME]` that name no event.
  static let entryKeys = ["also", "unavailable", "metrics"]
  /// No core counts more than this at once: eight general and four fixed counters are the most there are (Ice Lake).
  static let mostEvents = 12

  init(root: [String: SuiteNode], text: String, path: String?) {
    self.root = root
    self.path = path
    self.locator = KeyLocator(text)
  }

  /// Reads the whole file.
  func group() throws -> CounterGroup {
    try checkSchema()
    try checkKeys(root, known: Self.topKeys, in: .top, of: "the top of the file")
    let name = try name()
    let summary = try string("summary", in: root, .top)
    guard let summary, !summary.isEmpty, !summary.contains(where: \.isNewline) else {
      throw error("summary", in: .top, "one line of text is needed: what the group tells")
    }
    let metrics = try table("metrics", in: root, .top) ?? [:]
    return CounterGroup(
      name: name, summary: summary, reading: try string("reading", in: root, .top).map(Self.trimmed),
      entries: try entries(metrics))
  }

  /// Looked at first: a later format may mean something else by every other key.
  private func checkSchema() throws {
    guard case .int(let schema)? = root["schema"], schema >= 1 else {
      throw error("schema", in: .top, "missing or not a whole number; write schema = 1")
    }
    guard schema <= CounterGroupDecoder.currentSchema else {
      throw error(
        "schema", in: .top,
        "\(schema) is newer than \(CounterGroupDecoder.currentSchema), which this build reads; use a newer tern")
    }
  }

  private func name() throws -> String {
    let name = try string("name", in: root, .top)
    guard let name, 1...40 ~= name.utf8.count, name.utf8.allSatisfy(Self.isOfGroup) else {
      throw error("name", in: .top, "1 to 40 small letters, digits and hyphens are needed: suites name the group by it")
    }
    return name
  }

  // MARK: - Processors

  private func entries(_ metrics: [String: SuiteNode]) throws -> [String: CounterGroup.Entry] {
    guard let models = try table("pmu", in: root, .top), !models.isEmpty else {
      throw error("pmu", in: .top, "missing; a group has a [pmu.NAME] for each processor that it can be counted on")
    }
    var entries: [String: CounterGroup.Entry] = [:]
    for model in models.keys.sorted() {
      let place = KeyLocator.Place.table("pmu.\(model)")
      guard case .table(let values)? = models[model] else {
        throw error("pmu.\(model)", in: place, "a table [pmu.\(model)] is needed")
      }
      let entry = try entry(values, of: model, metrics)
      for name in [model] + (try strings("also", in: values, place)) {
        guard !name.isEmpty, name.utf8.allSatisfy(Self.isOfName) else {
          throw error(
            "pmu.\(model)", in: place, "\"\(name.prefix(40))\" is not a name that libpfm4 could have for a PMU")
        }
        guard entries.updateValue(entry, forKey: name) == nil, name == model || models[name] == nil else {
          throw error("also", of: model, in: place, "\"\(name)\" has two entries; which of them holds?")
        }
      }
    }
    return entries
  }

  private func entry(_ values: [String: SuiteNode], of model: String, _ metrics: [String: SuiteNode]) throws
    -> CounterGroup.Entry
  {
    let place = KeyLocator.Place.table("pmu.\(model)")
    let names = sorted(values.keys.filter { !Self.entryKeys.contains($0) }, in: place)
    if let reason = try string("unavailable", in: values, place) {
      guard names.isEmpty, values["metrics"] == nil, !reason.isEmpty else {
        throw error("unavailable", of: model, in: place, "a reason in words, and then neither events nor metrics")
      }
      return .unavailable(reason)
    }
    guard 1...Self.mostEvents ~= names.count else {
      throw error(
        "pmu.\(model)", in: place,
        "\(names.count) events; 1 to \(Self.mostEvents) are counted together, or a reason is given: unavailable = \"…\""
      )
    }
    let events = try names.map { try event($0, values[$0], of: model, in: place) }
    let own = try table("metrics", in: values, place)
    let formulas = try formulas(
      own ?? metrics, in: .table(own == nil ? "metrics" : "pmu.\(model).metrics"), over: names, of: model)
    return .counted(events, formulas)
  }

  private func event(_ name: String, _ value: SuiteNode?, of model: String, in place: KeyLocator.Place) throws
    -> CounterGroup.Event
  {
    guard let first = name.utf8.first, UInt8(ascii: "a")...UInt8(ascii: "z") ~= first,
      name.utf8.allSatisfy(Self.isOfName), name.utf8.count <= 40
    else {
      throw error(
        name, of: model, in: place, "an event is named by small letters, digits and underscores, a letter first")
    }
    guard !CounterGroup.quantities.contains(name) else {
      throw error(name, of: model, in: place, "formulas mean something else by this name; choose another")
    }
    guard case .string(let spelling)? = value else {
      // A misspelt key of the entry lands here when its value is no string.
      throw error(
        name, of: model, in: place,
        "\(value?.inWords ?? "nothing"), where libpfm4's name of an event is needed"
          + (NearestName.of(name, in: Self.entryKeys).map { "; did you mean \"\($0)\"?" } ?? ""))
    }
    guard 1...200 ~= spelling.utf8.count, spelling.utf8.allSatisfy({ 0x21...0x7E ~= $0 }), !spelling.contains("::")
    else {
      throw error(
        name, of: model, in: place,
        "\"\(spelling.prefix(40))\" is not an event as libpfm4 spells it, without white space and without the PMU before it"
      )
    }
    let line = locator.line(of: name, in: place)
    return CounterGroup.Event(
      name: name, spelling: spelling, place: path.map { path in line.map { "\(path):\($0)" } ?? path })
  }

  // MARK: - Metrics

  private func formulas(
    _ values: [String: SuiteNode], in place: KeyLocator.Place, over events: [String], of model: String
  ) throws -> [CounterGroup.Formula] {
    guard !values.isEmpty else {
      throw error("metrics", in: .top, "missing; [metrics] says what is computed from the events")
    }
    return try sorted(Array(values.keys), in: place).map { name in
      guard let metric = Metric.named(name), Self.metricNames.contains(name) else {
        throw error(
          name, in: place,
          "there is no metric of hardware events of this name" + NearestName.suggestion(for: name, in: Self.metricNames)
        )
      }
      guard case .string(let text)? = values[name] else {
        throw error(name, in: place, "a formula in quotes is needed")
      }
      return CounterGroup.Formula(metric: metric, formula: try formula(text, of: name, in: place, events, model))
    }
  }

  private func formula(
    _ text: String, of metric: String, in place: KeyLocator.Place, _ events: [String], _ model: String
  ) throws -> CounterFormula {
    let formula: CounterFormula
    do {
      formula = try CounterFormula(text)
    } catch let problem as CounterFormulaError {
      throw error(metric, in: place, "character \(problem.column): \(problem.description)")
    }
    let known = events + CounterGroup.quantities
    for name in formula.names where !known.contains(name) {
      throw error(
        metric, in: place, "[pmu.\(model)] has no event \"\(name)\"" + NearestName.suggestion(for: name, in: known))
    }
    return formula
  }

  /// The metrics that groups may compute.
  static let metricNames = Metric.ofWindows.map(\.name).filter { name in
    CounterGroup.metricPrefixes.contains { name.hasPrefix($0) }
  }
}

// MARK: - Values

extension CounterGroupReader {
  /// In the order of the lines, so that the first mistake is reported first.
  private func sorted(_ keys: [String], in place: KeyLocator.Place) -> [String] {
    keys.sorted { (locator.line(of: $0, in: place) ?? .max, $0) < (locator.line(of: $1, in: place) ?? .max, $1) }
  }

  private func checkKeys(
    _ values: [String: SuiteNode], known: [String], in place: KeyLocator.Place, of table: String
  ) throws {
    guard let key = sorted(values.keys.filter { !known.contains($0) }, in: place).first else { return }
    throw error(key, in: place, "there is no such key at \(table)" + NearestName.suggestion(for: key, in: known))
  }

  private func string(_ key: String, in values: [String: SuiteNode], _ place: KeyLocator.Place) throws -> String? {
    guard let value = values[key] else { return nil }
    guard case .string(let text) = value else {
      throw error(key, in: place, "\(value.inWords), where a string is needed")
    }
    return text
  }

  private func strings(_ key: String, in values: [String: SuiteNode], _ place: KeyLocator.Place) throws -> [String] {
    guard let value = values[key] else { return [] }
    guard case .list(let items) = value else {
      throw error(key, in: place, "\(value.inWords), where a list of PMUs is needed")
    }
    return try items.map { item in
      guard case .string(let text) = item else { throw error(key, in: place, "\(item.inWords), where a PMU is needed") }
      return text
    }
  }

  private func table(_ key: String, in values: [String: SuiteNode], _ place: KeyLocator.Place) throws
    -> [String: SuiteNode]?
  {
    guard let value = values[key] else { return nil }
    guard case .table(let table) = value else {
      throw error(key, in: place, "\(value.inWords), where a table is needed")
    }
    return table
  }

  private func error(_ key: String, of model: String, in place: KeyLocator.Place, _ message: String) -> SuiteError {
    SuiteError(path: path, line: locator.line(of: key, in: place), key: "pmu.\(model): \(key)", message: message)
  }

  private func error(_ key: String, in place: KeyLocator.Place, _ message: String) -> SuiteError {
    let line = locator.line(of: key, in: place) ?? (place == .top ? nil : locator.line(of: place))
    return SuiteError(path: path, line: line, key: key, message: message)
  }

  /// The text of a long string without the line break that ends it.
  private static func trimmed(_ text: String) -> String {
    String(text.reversed().drop(while: \.isWhitespace).reversed())
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
      || byte == UInt8(ascii: "_")
  }

  private static func isOfGroup(_ byte: UInt8) -> Bool {
    isOfName(byte) && byte != UInt8(ascii: "_") || byte == UInt8(ascii: "-")
  }
}
