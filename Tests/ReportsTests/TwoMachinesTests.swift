import Charts
import Foundation
import Records
import Testing

@testable import Reports

/// A record that was measured, beside one of a machine that does not exist (see `SyntheticMachine`).
@Suite struct TwoMachinesTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Golden")

  static func measured() throws -> RunRecord {
    try RecordFile.read(folder.appending(path: "machine-measured.json").path)
  }

  static func synthetic() throws -> RunRecord {
    try RecordFile.read(folder.appending(path: "machine-synthetic.json").path)
  }

  static func records() throws -> [RunRecord] { [try measured(), try synthetic()] }

  // MARK: The fixture

  @Test("the second machine's record is what the rule makes of the first one's")
  func made() throws {
    let made = try RecordCodec.encode(SyntheticMachine.record(from: try Self.measured()))
    try Golden.expect(String(decoding: made, as: UTF8.self), equals: "machine-synthetic.json")
  }

  @Test("it says that it is synthetic wherever it is shown, and does not lie among results")
  func labelled() throws {
    let record = try Self.synthetic()
    #expect(record.id.hasPrefix("synthetic-") && record.machine.name.hasPrefix("synthetic-"))
    #expect(record.machine.cpu.model.contains("test data") && record.warnings.map(\.id) == ["W-synthetic"])
    let page = try ReportPage.render(records: [record], command: ["tern", "report"])
    #expect(page.contains("every number is made by a rule, and no such machine exists"))
    let results = Self.folder.appending(path: "../../../Results").standardizedFileURL
    let files = try #require(FileManager.default.enumerator(at: results, includingPropertiesForKeys: nil))
    for case let file as URL in files where file.pathExtension == "json" {
      #expect(!(try String(contentsOf: file, encoding: .utf8)).contains(SyntheticMachine.name), "\(file.path)")
    }
  }

  // MARK: Side by side

  @Test("bars of two machines, in total, per core, per GB/s and per watt", arguments: ["tg8", "pp64"])
  func bars(phase: String) throws {
    let records = try Self.records()
    let chart = try ComparisonTests.chart(records, phase: phase)
    #expect(
      chart.panels.compactMap(\.title).map { $0.replacing(", logarithmic", with: "") } == [
        "tokens per second", "tokens per second and core", "tokens per second and GB/s", "tokens per joule",
      ])
    #expect(chart.legend.map(\.label) == records.map(\.machine.name))
    for (record, cores) in zip(records, [2.0, 64]) {
      let roof = try #require(Roofs(record, beside: []).all.first { $0.probe == "read" }).rate / 1e9
      for row in chart.table.rows where row[1] == record.machine.name {
        let numbers = row.map { Double($0) }
        let speed = try #require(numbers[4])
        #expect(abs(try #require(numbers[6]) * cores / speed - 1) < 0.01, "\(row)")
        #expect(abs(try #require(numbers[7]) * roof / speed - 1) < 0.01, "\(row)")
        // One machine has a meter; of the other the table holds nothing, and the figure says why.
        let watts = phase == "tg8" ? 268.0 : 341
        if cores == 64 { #expect(abs(try #require(numbers[8]) * watts / speed - 1) < 0.01, "\(row)") }
        #expect((numbers[8] == nil) == (cores == 2))
      }
    }
    let absent = chart.panels[3].marks.compactMap { if case .absent(let absent) = $0 { absent.hint } else { nil } }
    #expect(absent.count == 2 && absent.allSatisfy { $0.contains("energy was not measured") })
  }

  @Test("what differs is in a table, what does not is counted")
  func differences() throws {
    let runs = ComparedRun.all(try Self.records().map { RunView($0, prefix: "r") })
    let (table, same) = MachineDifferences.table(of: runs, id: "d")
    let rows = Dictionary(uniqueKeysWithValues: table.rows.map { ($0[0].shown, $0.dropFirst().map(\.shown)) })
    #expect(rows["Physical cores"] == ["2", "64"] && rows["NUMA nodes"] == ["1", "2"])
    #expect(rows["Energy"] == ["not measured", "powercap synthetic-rapl"])
    for property in ["Processor", "Instruction sets", "L3 cache", "Memory", "Memory read, measured", "Virtualization"] {
      #expect(rows[property] != nil, "\(property)")
    }
    #expect(same.contains("Build") && same.contains("Architecture"))
  }

  // MARK: What is refused

  @Test("another suite, other weights, another schema: each is named, and the rest stands side by side")
  func refusals() throws {
    var records = try Self.records() + Self.records()
    records[2].suite.sha256 = String(repeating: "ef", count: 32)
    records[3].schema = 1
    for index in records[1].cells.indices where records[1].cells[index].model?.name == "paper-125m" {
      records[1].cells[index].model?.seed = 77
    }
    let comparison = ComparisonTests.comparison(records)
    let reasons = comparison.problems.map { "\($0.subject): \($0.reason)" }
    #expect(reasons.count == 3)
    #expect(reasons.contains { $0.contains("efefefef") && $0.contains("different suites") })
    #expect(reasons.contains { $0.contains("schema 1") })
    #expect(reasons.contains { $0.hasPrefix("paper-125m") && $0.contains("seed 77") })
    let chart = try ComparisonTests.chart(records, phase: "tg8")
    #expect(Set(chart.table.rows.map { $0[0] }) == ["paper-350m"] && chart.table.rows.count == 2)
    let page = try ReportPage.render(records: records, command: ["tern", "report"])
    #expect(PageReader(page).faults.isEmpty && page.contains("id=\"r4\"") && page.contains("seed 77"))
  }
}
