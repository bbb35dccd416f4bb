import Foundation
import Records
import Sinks
import Testing

private let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

/// The record that is committed for schema 2: two models, a probe, a failed and a skipped cell.
func fixture() throws -> RunRecord {
  try RecordFile.read(here.appending(path: "../RecordsTests/Fixtures/schema-2.json").standardizedFileURL.path)
}

/// Compares with a committed file; `UPDATE_GOLDEN=1 swift test` writes it instead, for a look at the difference.
func expectGolden(_ data: Data, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
  let url = here.appending(path: "Golden/\(name)")
  if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" { try data.write(to: url) }
  let expected = try Data(contentsOf: url)
  #expect(
    String(decoding: data, as: UTF8.self) == String(decoding: expected, as: UTF8.self), sourceLocation: sourceLocation)
}

@Suite struct SinkGoldenTests {
  @Test(arguments: SinkRegistry.names) func everySinkWritesItsGoldenFile(name: String) throws {
    let sink = try SinkRegistry.named(name)
    // Two formats are JSON, and keep their names apart.
    let ending = type(of: sink).fileExtension
    try expectGolden(sink.render([try fixture()]), "schema-2.\(name == ending ? ending : "\(name).\(ending)")")
  }

  @Test(arguments: SinkRegistry.names) func noRecordsGiveAnEmptyDocument(name: String) throws {
    let text = String(decoding: try SinkRegistry.named(name).render([]), as: UTF8.self)
    #expect(!text.contains("decode"))
    #expect(text.isEmpty == ["md", "jsonl", "influx"].contains(name))
  }

  @Test(arguments: SinkRegistry.names) func recordsAreWrittenInTheOrderGivenAndNotMixed(name: String) throws {
    var second = try fixture()
    second.id = "a-second-run"
    second.suite.name = "second"
    let sink = try SinkRegistry.named(name)
    let text = String(decoding: try sink.render([try fixture(), second]), as: UTF8.self)
    let first = try #require(text.range(of: name == "md" ? "decode on" : "2026-11-20T23-20-05Z-decode-1a2b3c4"))
    let last = try #require(text.range(of: name == "md" ? "second on" : "a-second-run"))
    #expect(first.lowerBound < last.lowerBound)
  }

  @Test func anUnknownFormatIsRefusedWithThoseThatThereAre() {
    #expect {
      try SinkRegistry.named("xml")
    } throws: { error in
      "\(error)" == "there is no output format \"xml\"; there are "
        + "md, csv, json, jsonl, sql, openmetrics, influx, junit, github-action-benchmark, github-action-benchmark-smaller"
    }
  }

  @Test func jsonIsTheRecordsThemselves() throws {
    let record = try fixture()
    let data = try JSONSink().render([record, record])
    let elements = try #require(try JSONSerialization.jsonObject(with: data) as? [Any])
    #expect(
      try elements.map { try RecordCodec.decode(JSONSerialization.data(withJSONObject: $0)) } == [record, record])
  }

  @Test func everyLineOfJSONLIsAFlatObject() throws {
    let lines = String(decoding: try JSONLinesSink().render([try fixture()]), as: UTF8.self).split(separator: "\n")
    #expect(lines.count == 11)
    for line in lines {
      let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      #expect(object.values.allSatisfy { !($0 is [String: Any]) && !($0 is NSNull) })
      #expect(object["cell"] != nil)
    }
  }
}
