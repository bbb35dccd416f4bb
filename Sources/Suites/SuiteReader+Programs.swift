import Foundation
import Records

extension SuiteReader {
  /// Reads the `[[program]]` tables; none is an empty list.
  func programs(_ top: SuiteTable) throws -> [SuiteProgram] {
    guard let node = root["program"] else { return [] }
    guard case .list(let items) = node else {
      throw top.error("program", "\(node.inWords), where tables [[program]] are needed")
    }
    var seen: Set<String> = []
    return try items.enumerated().map { index, item in
      guard case .table(let values) = item else {
        throw top.error("program", "\(item.inWords), where a table [[program]] is needed")
      }
      let unnamed = table(.program, name: "program \(index + 1)", place: .element("program", index), values: values)
      let name = try self.name(ofProgram: unnamed)
      let table = self.table(
        .program, name: "program \"\(name)\"", place: .element("program", index), values: values)
      guard seen.insert(name).inserted else {
        throw table.error("name", "\"\(name)\" names two programs; results could not be told apart")
      }
      try table.checkKeys()
      return try program(name, table)
    }
  }

  /// Part of the ids of cells, where slashes and @ have a meaning.
  private func name(ofProgram table: SuiteTable) throws -> String {
    let name = try table.required("name", try table.string("name"))
    let marks = Set("._-".utf8)
    let allowed = name.utf8.allSatisfy { byte in
      marks.contains(byte) || (byte < 0x80 && Character(UnicodeScalar(byte)).isLetter)
        || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }
    guard allowed, 1...64 ~= name.utf8.count else {
      throw table.error(
        "name", "\"\(name.prefix(80))\" is not 1 to 64 letters, digits, dots, hyphens and underscores")
    }
    return name
  }

  private func program(_ name: String, _ table: SuiteTable) throws -> SuiteProgram {
    let kind = try choice(SuiteProgram.Kind.self, "kind", table)
    try checkKeys(of: table.required("kind", kind), table)
    let program = SuiteProgram(
      name: name, kind: try table.required("kind", kind), path: try filled("path", table),
      model: try filled("model", table), arguments: try arguments(table),
      command: try table.strings("command") ?? [], rate: try expression("rate", table),
      time: try expression("time", table),
      timeUnit: try choice(SuiteProgram.TimeUnit.self, "time_unit", table) ?? SuiteDefaults.timeUnit,
      begins: try expression("begins", table),
      timeoutSeconds: try table.number("timeout_seconds", in: 1...86_400) ?? SuiteDefaults.timeoutSeconds,
      shape: try filled("shape", table), head: try filled("head", table))
    switch program.kind {
    case .llamaBench: try checkArguments(program.arguments, table)
    case .command: try checkCommand(program, table)
    }
    return program
  }

  // MARK: - Checks

  /// Keys that one kind has and the other would silently ignore.
  private func checkKeys(of kind: SuiteProgram.Kind, _ table: SuiteTable) throws {
    let strangers =
      switch kind {
      case .llamaBench: ["command", "rate", "time", "time_unit", "begins"]
      case .command: ["path", "args"]
      }
    let instead =
      switch kind {
      case .llamaBench: "its JSON says all of this; kind = \"command\" has the key"
      case .command: "write the program and its options into command"
      }
    for key in strangers where table.values[key] != nil {
      throw table.error(key, "a program of kind \"\(kind.rawValue)\" has no such key: \(instead)")
    }
  }

  /// What every cell says itself; `-r` and the formats belong to the measurement.
  private static let taken: Set<String> = [
    "-m", "--model", "-p", "--n-prompt", "-n", "--n-gen", "-pg", "-d", "--n-depth", "-t", "--threads", "-r",
    "--repetitions", "-o", "--output", "-oe", "--output-err", "--progress", "--delay", "-h", "--help",
  ]

  /// No further options are as good as none.
  private func arguments(_ table: SuiteTable) throws -> [String] {
    table.values["args"] == .list([]) ? [] : try table.strings("args") ?? []
  }

  private func checkArguments(_ arguments: [String], _ table: SuiteTable) throws {
    guard let option = arguments.first(where: Self.taken.contains) else { return }
    throw table.error("args", "\(option) is set for every cell from its phase, threads and model; leave it out")
  }

  private func checkCommand(_ program: SuiteProgram, _ table: SuiteTable) throws {
    _ = try table.required("command", table.values["command"])
    guard (program.rate == nil) != (program.time == nil) else {
      guard program.rate != nil else {
        throw table.error("rate", "missing; rate or time says where the output has its result")
      }
      throw table.error("time", "rate says it already; leave one of them out")
    }
    if program.time == nil, table.values["time_unit"] != nil {
      throw table.error("time_unit", "belongs to time, which is not there")
    }
    let known = SuiteProgram.Placeholder.allCases.map(\.spelling)
    for word in program.command.flatMap(Self.placeholders) where !known.contains(word) {
      throw table.error(
        "command", "there is no placeholder \(word)" + NearestName.suggestion(for: word, in: known))
    }
    if program.model != nil, !program.mentions(.model) {
      throw table.error(
        "model", "the command has no \(SuiteProgram.Placeholder.model.spelling) that it could stand for")
    }
  }

  /// "{threads}" and whatever else is one lower-case word in braces.
  private static func placeholders(in argument: String) -> [String] {
    argument.split(separator: "{", omittingEmptySubsequences: false).dropFirst().compactMap { part in
      let word = part.prefix { $0.isASCII && $0.isLowercase || $0 == "_" }
      return !word.isEmpty && part.dropFirst(word.count).first == "}" ? "{\(word)}" : nil
    }
  }

  /// A regular expression; all but `begins` have one group, the number.
  private func expression(_ key: String, _ table: SuiteTable) throws -> String? {
    guard let pattern = try filled(key, table) else { return nil }
    guard let expression = try? NSRegularExpression(pattern: pattern) else {
      throw table.error(key, "not a regular expression; in '…' a backslash stands for itself, in \"…\" it is doubled")
    }
    guard key == "begins" || expression.numberOfCaptureGroups == 1 else {
      throw table.error(
        key, "\(expression.numberOfCaptureGroups) groups in parentheses, where one, the number, is needed")
    }
    return pattern
  }

  private func filled(_ key: String, _ table: SuiteTable) throws -> String? {
    guard let text = try table.string(key) else { return nil }
    guard !text.isEmpty else { throw table.error(key, "an empty string names nothing") }
    return text
  }

  private func choice<Choice: RawRepresentable & CaseIterable>(
    _ type: Choice.Type, _ key: String, _ table: SuiteTable
  ) throws -> Choice? where Choice.RawValue == String {
    guard let text = try table.string(key) else { return nil }
    guard let choice = Choice(rawValue: text) else {
      let names = Choice.allCases.map(\.rawValue)
      throw table.error(
        key, "there is no \(key) \"\(text)\"; there are \(names.joined(separator: ", "))")
    }
    return choice
  }
}
