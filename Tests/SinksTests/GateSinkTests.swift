import Foundation
import Records
import Testing

@testable import Sinks

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct GateSinkTests {
  @Test(arguments: GateSinkRegistry.names) func everyFormatWritesItsGoldenFile(name: String) throws {
    let sink = try GateSinkRegistry.named(name)
    let ending = type(of: sink).fileExtension
    try expectGolden(sink.render(try gateFixture()), "gate.\(name == ending ? ending : "\(name).\(ending)")")
  }

  @Test(arguments: GateSinkRegistry.names) func aGateWithoutVerdictsIsWritten(name: String) throws {
    var gate = try gateFixture()
    gate.verdicts = []
    gate.leftOut = []
    gate.warnings = []
    let text = String(decoding: try GateSinkRegistry.named(name).render(gate), as: UTF8.self)
    #expect(!text.contains("REGRESSED") && text.isEmpty == (name == "github"))
  }

  @Test func theFixtureIsWhatAGateCanWrite() throws {
    let gate = try gateFixture()
    #expect(try RecordCodec.decodeGate(GateJSONSink().render(gate)) == gate)
  }

  @Test func anUnknownFormatIsRefusedWithThoseThatThereAre() {
    #expect {
      try GateSinkRegistry.named("sql")
    } throws: { error in
      "\(error)"
        == "a gate's result has no format \"sql\"; there are md, json, junit, github, github-action-benchmark, "
        + "github-action-benchmark-smaller"
    }
  }

  @Test func anInterruptedGateDoesNotLookLikeOneThatPassed() throws {
    var gate = try gateFixture()
    gate.verdicts = [gate.verdicts[0]]
    gate.status = .interrupted
    let text = { (name: String) in String(decoding: try GateSinkRegistry.named(name).render(gate), as: UTF8.self) }
    #expect(try text("junit").contains("errors=\"1\"") && text("junit").contains("the gate is interrupted"))
    #expect(try text("github").hasPrefix("::warning title=gate interrupted::"))
    #expect(try text("md").contains("(interrupted, not complete)"))
  }

  // MARK: - GitHub

  /// What the runner of GitHub Actions does with a line, after its own source.
  private func command(_ line: String) throws -> (level: String, properties: [String: String], message: String) {
    let parts = try #require(line.wholeMatch(of: /::(?<level>[a-z]+) (?<properties>[^:]*)::(?<message>.*)/)).output
    func decoded(_ text: Substring, _ pairs: [(String, String)]) -> String {
      pairs.reduce(String(text)) { $0.replacingOccurrences(of: $1.0, with: $1.1, options: .literal) }
    }
    let data = [("%0D", "\r"), ("%0A", "\n"), ("%25", "%")]
    var properties: [String: String] = [:]
    for pair in parts.properties.split(separator: ",") {
      let sides = pair.split(separator: "=", maxSplits: 1)
      properties[String(sides[0])] = decoded(sides[1], [("%3A", ":"), ("%2C", ",")] + data)
    }
    return (String(parts.level), properties, decoded(parts.message, data))
  }

  @Test func annotationsComeBackWhole() throws {
    var hostile = Hostile(seed: 3)
    for _ in 0..<100 {
      var gate = try gateFixture()
      let (file, cell) = (hostile.text(), hostile.text())
      gate.verdicts = [gate.verdicts[2]]
      gate.verdicts[0].cell = cell
      let text = String(decoding: try GateAnnotationsSink(file: file).render(gate), as: UTF8.self)
      #expect(text.unicodeScalars.filter { Escape.isControl($0) }.count == 1, "one line, and nothing for a terminal")
      let found = try command(String(text.unicodeScalars.dropLast()))
      // What moves a terminal's cursor and is no line end becomes a space.
      func plain(_ text: String) -> String {
        Escape.scalars(of: text) { Escape.isControl($0) && $0 != "\n" && $0 != "\r" ? " " : nil }
      }
      #expect(found.level == "error")
      #expect(Array(try #require(found.properties["file"]).utf8) == Array(plain(file).utf8))
      #expect(found.properties["title"] == "REGRESSED +3.05 %")
      #expect(Array(found.message.utf8).starts(with: Array("counter_instructions of \(plain(cell)) changed".utf8)))
    }
  }

  @Test func noMoreAnnotationsThanAreShown() throws {
    var gate = try gateFixture()
    gate.verdicts = (0..<25).map { index in
      var verdict = gate.verdicts[2]
      verdict.cell = "cell \(index)"
      return verdict
    }
    let lines = String(decoding: try GateAnnotationsSink().render(gate), as: UTF8.self).split(separator: "\n")
    #expect(lines.count == 10 && lines[9].contains("16 more verdicts"))
  }

  @Test func theSummaryOfALargeSuiteFits() throws {
    var gate = try gateFixture()
    gate.verdicts = (0..<20_000).map { index in
      var verdict = gate.verdicts[index % 6]
      verdict.cell = "bitnet-2b-4t-with-a-long-name/simd@avx512vnni/t\(index)/pinned/pp512+tg128@d4096"
      return verdict
    }
    let data = try GateMarkdownSink().render(gate)
    #expect(data.count < 1 << 20)
    #expect(String(decoding: data, as: UTF8.self).contains("more, which the result file holds"))
  }

  @Test func hostileNamesKeepATableWhole() throws {
    var hostile = Hostile(seed: 4)
    for _ in 0..<100 {
      var gate = try gateFixture()
      gate.verdicts = [gate.verdicts[2]]
      gate.verdicts[0].cell = hostile.text()
      gate.suite.name = hostile.text()
      let text = String(decoding: try GateMarkdownSink().render(gate), as: UTF8.self)
      let rows = text.unicodeScalars.split(separator: "\n").map { String($0) }.filter { $0.hasPrefix("| ") }
      #expect(rows.count == 3)
      for row in rows {
        let bars = row.unicodeScalars.indices.filter { index in
          row.unicodeScalars[index] == "|"
            && (index == row.startIndex || row.unicodeScalars[row.unicodeScalars.index(before: index)] != "\\")
        }
        #expect(bars.count == 9, "\(row)")
      }
      #expect(!text.contains("<c>"))
    }
  }

  // MARK: - Every XML

  @Test func hostileNamesGiveWellFormedXML() throws {
    var hostile = Hostile(seed: 5)
    for _ in 0..<100 {
      var gate = try gateFixture()
      gate.suite.name = hostile.text()
      for index in gate.verdicts.indices {
        gate.verdicts[index].cell = hostile.text()
        gate.verdicts[index].reason = hostile.text()
      }
      try expectTests(in: GateJUnitSink().render(gate), 8)
      var run = try fixture()
      for index in run.cells.indices { run.cells[index].id = hostile.text() }
      run.cells[3].outcome = .failed(reason: hostile.text())
      run.machine.name = hostile.text()
      try expectTests(in: JUnitSink().render([run, run]), 10)
    }
  }

  @Test func attributesComeBackWhole() throws {
    var run = try fixture()
    let name = "a\n\t\"b\" <c> & 'd'\r]]> é 👩‍💻"
    run.cells[0].id = name + "\u{0}\u{1B}\u{FFFE}"
    let names = try expectTests(in: JUnitSink().render([run]), 5)
    #expect(Array(names[0].utf8) == Array(name.utf8))
  }

  /// Parses, counts the test cases and compares with the counts that the document states.
  @discardableResult
  private func expectTests(in data: Data, _ count: Int) throws -> [String] {
    let parser = XMLParser(data: data)
    let reader = Reader()
    parser.delegate = reader
    #expect(parser.parse(), "\(String(describing: parser.parserError)) in \(String(decoding: data, as: UTF8.self))")
    #expect(reader.names.count == count && reader.stated["tests"] == String(count))
    for kind in ["failure", "error", "skipped"] {
      let stated = reader.stated[kind == "skipped" ? kind : "\(kind)s"]
      #expect(stated == String(reader.elements[kind] ?? 0), "\(kind)")
    }
    return reader.names
  }

  private final class Reader: NSObject, XMLParserDelegate {
    var names: [String] = []
    var elements: [String: Int] = [:]
    var stated: [String: String] = [:]

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String]
    ) {
      elements[name, default: 0] += 1
      if name == "testsuites" { stated = attributes }
      if name == "testcase" { names.append(attributes["name"] ?? "") }
    }
  }
}
