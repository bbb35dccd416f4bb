import Foundation
import Records
import Testing

@testable import Suites

private let good = """
  schema = 1
  name = "mine"
  summary = "What it tells."
  reading = '''
  In many words.
  '''

  [metrics]
  instructions_per_cycle = "instructions / cycles"
  frequency_hz = "cycles / cpu_time"

  [pmu.skl]
  also = ["icl"]
  instructions = "INST_RETIRED:ANY_P"
  cycles = "CPU_CLK_UNHALTED:THREAD_P"

  [pmu.perf]
  cycles = "CYCLES"

  [pmu.perf.metrics]
  frequency_hz = "cycles / cpu_time"

  [pmu.old]
  unavailable = "it has no counters"
  """

@Suite struct CounterGroupDecoderTests {
  @Test func aGroupIsRead() throws {
    let group = try CounterGroupDecoder.decode(text: good, path: "mine.toml")
    #expect(group.name == "mine" && group.summary == "What it tells." && group.reading == "In many words.")
    #expect(group.entries.keys.sorted() == ["icl", "old", "perf", "skl"])
    guard case .counted(let events, let formulas)? = group.entries["skl"] else { throw SkippedValue() }
    // In the order of the file, which is that in which they are opened.
    #expect(events.map(\.name) == ["instructions", "cycles"])
    #expect(events.map(\.spelling) == ["INST_RETIRED:ANY_P", "CPU_CLK_UNHALTED:THREAD_P"])
    #expect(events.map(\.place) == ["mine.toml:14", "mine.toml:15"])
    #expect(formulas.map(\.metric.name) == ["instructions_per_cycle", "frequency_hz"])
    #expect(formulas.map(\.formula.text) == ["instructions / cycles", "cycles / cpu_time"])
    #expect(group.entries["icl"] == group.entries["skl"])
    guard case .counted(let own, let ownFormulas)? = group.entries["perf"] else { throw SkippedValue() }
    #expect(own.map(\.name) == ["cycles"] && ownFormulas.map(\.metric.name) == ["frequency_hz"])
    #expect(group.entries["old"] == .unavailable("it has no counters"))
  }

  private struct SkippedValue: Error {}

  /// What is replaced in the good text, by what, and what is said.
  static let mistakes: [(old: String, new: String, line: Int?, words: String)] = [
    ("schema = 1", "schema = 2", 1, "newer than 1"), ("schema = 1\n", "", nil, "schema"),
    ("schema = 1", "schema = \"1\"", 1, "not a whole number"),
    ("name = \"mine\"", "name = \"My group\"", 2, "small letters"), ("name = \"mine\"\n", "", nil, "small letters"),
    ("summary = \"What it tells.\"", "summary = \"\"", 3, "one line of text"),
    ("summary = \"What it tells.\"", "sumary = \"What it tells.\"", 3, "did you mean \"summary\"?"),
    ("reading = '''", "reeding = '''", 4, "did you mean \"reading\"?"),
    ("[metrics]", "[metric]", 8, "did you mean \"metrics\"?"),
    ("instructions_per_cycle =", "instructions_per_cycel =", 9, "did you mean \"instructions_per_cycle\"?"),
    ("instructions_per_cycle =", "time_wall_ns =", 9, "there is no metric of hardware events"),
    ("\"instructions / cycles\"", "\"instructions / cycels\"", 9, "did you mean \"cycles\"?"),
    ("\"instructions / cycles\"", "\"instructions / \"", 9, "character 16: the formula ends"),
    ("\"instructions / cycles\"", "7", 9, "a formula in quotes"),
    ("also = [\"icl\"]", "also = \"icl\"", 13, "a list of PMUs"),
    ("also = [\"icl\"]", "also = [\"perf\"]", 13, "\"perf\" has two entries"),
    ("also = [\"icl\"]", "also = [\"icl\", \"icl\"]", 13, "\"icl\" has two entries"),
    ("also = [\"icl\"]", "also = [\"Sky Lake\"]", 12, "not a name that libpfm4"),
    ("also = [\"icl\"]", "allso = [\"icl\"]", 13, "did you mean \"also\"?"),
    ("instructions = \"INST", "Instructions = \"INST", 14, "small letters"),
    ("instructions = \"INST", "time = \"INST", 14, "formulas mean something else"),
    ("\"INST_RETIRED:ANY_P\"", "\"skl::INST_RETIRED:ANY_P\"", 14, "without the PMU before it"),
    ("\"INST_RETIRED:ANY_P\"", "\"INST RETIRED\"", 14, "without white space"),
    ("\"INST_RETIRED:ANY_P\"", "7", 14, "libpfm4's name of an event is needed"),
    ("cycles = \"CPU", "instructions = \"CPU", 15, "column"),
    ("\nunavailable = \"it has no counters\"", "", 23, "0 events"),
    ("\nunavailable = \"it has no counters\"", "\nunavailable = \"\"", 24, "a reason in words"),
    ("unavailable =", "cycles = \"C\"\nunavailable =", 25, "neither events nor metrics"),
    ("[pmu.old]", "[pmu.skl]", 23, "column"),
  ]

  @Test(arguments: mistakes.indices) func aMistakeIsNamedWithItsLineAndTheNearestName(index: Int) {
    let mistake = Self.mistakes[index]
    #expect(good.contains(mistake.old), "\(mistake.old)")
    let text = good.replacingOccurrences(of: mistake.old, with: mistake.new)
    #expect {
      _ = try CounterGroupDecoder.decode(text: text, path: "mine.toml")
    } throws: { error in
      guard let error = error as? SuiteError else { return false }
      let isRight = error.line == mistake.line && error.message.contains(mistake.words)
      if !isRight { Issue.record("\(mistake.new): \(error)") }
      return isRight
    }
  }

  @Test func aGroupWithoutProcessorsOrWithTooManyEventsIsRefused() {
    let head = "schema = 1\nname = \"a\"\nsummary = \"b\"\n[metrics]\ncounter_cycles = \"c\"\n"
    let many = (0..<13).map { "e\($0) = \"E\"\n" }.joined()
    for text in [head, head + "[pmu]\n", head + "[pmu]\nskl = 3\n", head + "[pmu.skl]\n" + many] {
      #expect(throws: SuiteError.self) { try CounterGroupDecoder.decode(text: text, path: nil) }
    }
  }

  @Test func everyTruncationIsReadOrRefused() {
    let bytes = Array(good.utf8)
    for length in 0..<bytes.count { readOrRefuse(String(decoding: bytes[..<length], as: UTF8.self)) }
  }

  @Test(arguments: 1...8) func mutationsAreReadOrRefused(seed: UInt64) {
    let pieces = [
      "[", "]", "[pmu.a]\n", "[pmu]\n", "\"", "'''", "=", "\n", "/", "(", ".", "also = []\n", "{", "}", "é",
    ]
    var random = SuiteFuzzTests.Random(seed: seed)
    for _ in 0..<200 {
      var bytes = Array(good.utf8)
      for _ in 0...random.next(4) {
        let place = random.next(bytes.count)
        switch random.next(4) {
        case 0: bytes[place] = UInt8(random.next(256))
        case 1: bytes.remove(at: place)
        case 2: bytes.removeSubrange(place..<min(bytes.count, place + random.next(60)))
        default: bytes.insert(contentsOf: Array(pieces[random.next(pieces.count)].utf8), at: place)
        }
        if bytes.isEmpty { bytes = [10] }
      }
      readOrRefuse(String(decoding: bytes, as: UTF8.self))
    }
  }

  /// Either a group or a `SuiteError`, whose line lies in the text.
  private func readOrRefuse(_ text: String) {
    do {
      _ = try CounterGroupDecoder.decode(text: text, path: "f.toml")
    } catch let error as SuiteError {
      let lines = text.utf8.count { $0 == UInt8(ascii: "\n") } + 1
      #expect(error.line.map { 1...lines ~= $0 } ?? true, "\(error)")
    } catch {
      Issue.record("not a SuiteError: \(error)")
    }
  }
}

@Suite struct CounterGroupLibraryTests {
  private static let folder = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../Suites")
    .standardizedFileURL

  @Test func theProgramCarriesEveryGroupOfTheFolder() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.appending(path: "counters").path)
    #expect(Set(files) == Set(CounterGroupLibrary.names.map { "\($0).toml" }))
    for (name, group) in zip(CounterGroupLibrary.names, try CounterGroupLibrary.all()) {
      #expect(group.name == name && group.summary.hasSuffix(".") && group.reading?.isEmpty == false)
      let path = Self.folder.appending(path: "counters/\(name).toml").path
      #expect(try CounterGroupDecoder.read(path: path).entries.keys == group.entries.keys)
    }
  }

  @Test func aGroupIsLoadedOnceAndInTheOrderGiven() throws {
    #expect(try CounterGroupLibrary.load(["cache", "ipc", "cache"]).map(\.name) == ["cache", "ipc"])
    #expect(try CounterGroupLibrary.load([]).isEmpty)
  }

  @Test(arguments: [
    ("ipcc", "did you mean \"ipc\"?"), ("zebra", "there are ipc, cache"), ("./none.toml", "cannot read"),
    ("", "there is"),
  ])
  func whatIsNoGroupIsNamed(name: String, words: String) {
    #expect {
      _ = try CounterGroupLibrary.load([name])
    } throws: {
      "\($0)".contains(words)
    }
  }

  @Test func twoGroupsOfOneNameAreRefused() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "tern-\(UUID().uuidString).toml").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try good.replacingOccurrences(of: "\"mine\"", with: "\"ipc\"").write(
      toFile: path, atomically: true, encoding: .utf8)
    #expect(try CounterGroupLibrary.load([path]).map(\.name) == ["ipc"])
    #expect(throws: SuiteError.self) { try CounterGroupLibrary.load(["ipc", path]) }
  }

  @Test func theMetricsOfGroupsAreThoseOfTheSchema() throws {
    var computed: Set<String> = []
    for group in try CounterGroupLibrary.all() {
      for case .counted(_, let formulas) in group.entries.values { computed.formUnion(formulas.map(\.metric.name)) }
    }
    #expect(computed == Set(CounterGroupReader.metricNames))
  }
}

/// COUNTERS.md is kept true.
@Suite struct CountersDocumentTests {
  static let text =
    (try? String(
      contentsOf: URL(fileURLWithPath: #filePath).appendingPathComponent("../../../Suites/COUNTERS.md")
        .standardizedFileURL,
      encoding: .utf8)) ?? ""

  @Test func theExampleDecodes() throws {
    let blocks = Self.text.components(separatedBy: "```toml\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
    #expect(blocks.count == 1)
    for block in blocks { #expect(try !CounterGroupDecoder.decode(text: block, path: "COUNTERS.md").entries.isEmpty) }
  }

  @Test func everyKeyGroupAndMetricIsDocumented() {
    for name in CounterGroupReader.topKeys + CounterGroupReader.entryKeys + CounterGroup.quantities {
      #expect(Self.text.contains("`\(name)`"), "\(name)")
    }
    for name in CounterGroupLibrary.names + CounterGroupReader.metricNames {
      #expect(Self.text.contains("| `\(name)` |") || Self.text.contains("`\(name)`"), "\(name)")
    }
  }
}
