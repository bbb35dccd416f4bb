import Charts
import Records
import Testing

@testable import Reports

@Suite struct ComparisonTests {
  static func comparison(_ records: [RunRecord]) -> Comparison {
    Comparison(records.enumerated().map { RunView($1, prefix: "r\($0 + 1)") })
  }

  static func chart(_ records: [RunRecord], phase: String = "tg32") throws -> Chart {
    let blocks = comparison(records).sections.flatMap(\.blocks)
    let figures = blocks.compactMap { block in if case .figure(let figure) = block { figure } else { nil } }
    return try #require(figures.first { $0.chart.id == "machines-1-\(phase)" }).chart
  }

  static func notes(_ comparison: Comparison) -> String {
    comparison.sections.flatMap(\.blocks).map { block in
      if case .notes(let lines) = block { lines.joined(separator: "\n") } else { "" }
    }.joined()
  }

  @Test("machines stand side by side, in total, per core and per GB/s")
  func sideBySide() throws {
    let chart = try Self.chart(try SeveralRuns.machines())
    #expect(
      chart.panels.compactMap(\.title) == [
        "tokens per second", "tokens per second and core", "tokens per second and GB/s",
      ])
    let rows = chart.table.rows.filter { $0[0] == "paper-700m" }.compactMap { row in Double(row[4]).map { ($0, row) } }
    #expect(rows.count == 2)
    #expect(abs(rows[1].0 / rows[0].0 - 2) < 0.02)
    // Twice as fast on twice the cores is the same per core.
    #expect(rows[0].1[6] == rows[1].1[6])
    #expect(chart.legend.map(\.label) == ["epyc-7b13-a1f3", "epyc-9999-beef"])
  }

  @Test("per watt is the inverse of joules per token, and a machine without a meter has none, with its reason")
  func perWatt() throws {
    var records = try SeveralRuns.machines()
    records[0] = SeveralRuns.withEnergy(records[0])
    let chart = try Self.chart(records)
    #expect(chart.panels.last?.title == "tokens per joule")
    let row = try #require(chart.table.rows.first { $0[0] == "paper-700m" })
    let speed = try #require(Double(row[4]))
    let perJoule = try #require(Double(row[8]))
    #expect(abs(perJoule - speed / 50) < 0.01 * perJoule)
    let absent = chart.panels[3].marks.compactMap { if case .absent(let absent) = $0 { absent.hint } else { nil } }
    #expect(absent.count == 2 && absent.allSatisfy { $0.contains("powercap holds no intel-rapl zone") })
    #expect(Self.notes(Self.comparison(records)).contains("epyc-9999-beef: energy was not measured"))
  }

  @Test("a measure that nobody has is named with its reason")
  func nobody() throws {
    let notes = Self.notes(Self.comparison(try SeveralRuns.machines()))
    #expect(notes.contains("No machine has tokens per joule") && notes.contains("energy was not measured"))
  }

  @Test("runs of different suites or schemas are not compared, and are named")
  func suites() throws {
    var records = try SeveralRuns.machines()
    records.append(records[0])
    records[2].suite.sha256 = String(repeating: "cd", count: 32)
    let comparison = Self.comparison(records)
    #expect(comparison.problems.count == 1)
    #expect(comparison.problems[0].reason.contains("cdcdcdcd") && comparison.problems[0].reason.contains("abababab"))
    #expect(try Self.chart(records).legend.count == 2)
    records[2] = records[0]
    records[2].schema = 1
    #expect(Self.comparison(records).problems.first?.reason.contains("schema 1") == true)
  }

  @Test("a model whose weights differ is not compared, and the others are")
  func weights() throws {
    var records = try SeveralRuns.machines()
    for index in records[1].cells.indices where records[1].cells[index].model?.name == "paper-125m" {
      records[1].cells[index].model?.seed = 2
    }
    let comparison = Self.comparison(records)
    #expect(comparison.problems.map(\.subject) == ["paper-125m"])
    #expect(comparison.problems[0].reason.contains("seed 1") && comparison.problems[0].reason.contains("seed 2"))
    #expect(Set(try Self.chart(records).table.rows.map { $0[0] }) == ["paper-700m"])
  }

  @Test("only what differs is in the table of differences")
  func differences() throws {
    let records = try SeveralRuns.machines()
    let runs = ComparedRun.all(records.map { RunView($0, prefix: "r") })
    let (table, same) = MachineDifferences.table(of: runs, id: "d")
    #expect(table.rows.map { $0[0].shown } == ["Processor", "Physical cores"])
    #expect(same.contains("Kernel") && same.contains("transparent_hugepage"))
    let one = MachineDifferences.table(of: [runs[0], runs[0]], id: "d")
    #expect(one.table.rows.isEmpty)
  }

  @Test("two records of one machine, and one record twice, keep names of their own")
  func labels() throws {
    let record = try SyntheticRun().record()
    let labels = ComparedRun.all([record, record, record].map { RunView($0, prefix: "r") }).map(\.label)
    #expect(Set(labels).count == 3)
  }

  @Test("nothing in common is said, and the runs are rendered all the same")
  func nothingInCommon() throws {
    var records = try SeveralRuns.machines()
    records[1].cells = []
    #expect(Self.comparison(records).problems.contains { $0.reason.contains("nothing to stand side by side") })
    let page = try ReportPage.render(records: records, command: ["tern"])
    #expect(page.contains("id=\"r2\"") && PageReader(page).faults.isEmpty)
  }
}
