import Charts
import Foundation
import Records
import Testing

@testable import Reports

/// The figures over depth, on two models of which one keeps its speed.
@Suite struct DepthTests {
  static let depths = [0, 1024, 4096]

  static func record() throws -> RunRecord {
    var run = SyntheticRun()
    run.models = [
      .init(name: "hybrid", parameters: 3_800_000_000), .init(name: "transformer", parameters: 3_900_000_000),
    ]
    run.kernels = [("simd@avx2", 4.4)]
    run.threads = [2, 4]
    run.hasBreakdown = true
    run.hasCeilings = false
    run.phases = ["tg8", "pp64"].flatMap { work in depths.map { $0 == 0 ? work : "\(work)@d\($0)" } }
    var record = try run.record()
    for index in record.cells.indices { change(&record.cells[index]) }
    return record
  }

  /// The transformer loses a tenth of its speed for every 1024 tokens.
  private static func change(_ cell: inout CellRecord) {
    let depth = Double(cell.phase.depth ?? 0)
    let isHybrid = cell.model?.name == "hybrid"
    let rate = isHybrid ? 1 : 1 - depth / 10_240
    for index in cell.samples.indices { cell.samples[index].metrics["rate_tokens_per_s"]? *= rate }
    cell.facts["cache_bits_per_value"] = 16
    cell.facts["cache_added_bytes_per_token"] = isHybrid ? 5120 : 131_072
    if cell.phase.generate != nil {
      cell.facts["cache_read_bytes_per_token"] = (depth + 1) * (isHybrid ? 5120 : 131_072)
    }
    let total = cell.timeBreakdown?.timeByOperationNs.values.reduce(0, +) ?? 0
    let kinds = isHybrid ? ["mamba", "cross", "mlp", "embedding_head"] : ["full", "mlp", "embedding_head"]
    cell.timeBreakdown?.timeByLayerKindNs = Dictionary(uniqueKeysWithValues: kinds.map { ($0, total / kinds.count) })
  }

  static func group(_ record: RunRecord) -> Figures.Group { SpeedByDepth.group(of: RunView(record, prefix: "r1")) }

  static func lines(_ panel: Panel) -> [Mark.Line] {
    panel.marks.compactMap { if case .line(let line) = $0 { line } else { nil } }
  }

  @Test("generation and prompt have a panel each, with a line per model over its depths and intervals on the points")
  func speed() throws {
    let figures = Self.group(try Self.record()).figures
    #expect(figures.map(\.chart.id) == ["speed-by-depth", "time-by-depth-tg8", "time-by-depth-pp64"])
    let chart = figures[0].chart
    #expect(chart.panels.map(\.title) == ["tg8", "pp64"])
    for panel in chart.panels {
      #expect(panel.x.ticks.map(\.label) == ["0", "1024", "4096"])
      let lines = Self.lines(panel)
      #expect(
        lines.map(\.label) == ["hybrid", "transformer"] && lines.allSatisfy { $0.vertices.map(\.x) == [0, 1, 2] })
      #expect(lines.flatMap(\.vertices).allSatisfy { $0.interval?.contains($0.y) == true })
    }
    let deep = try #require(Self.lines(chart.panels[0]).last?.vertices.last?.hint)
    #expect(deep.contains("one token reads 512 MiB of the cache") && deep.contains("one more token keeps 128 KiB"))
    #expect(Self.lines(chart.panels[1]).last?.vertices.last?.hint?.contains("reads") == false)
  }

  @Test("the table says what is left of the speed, and what the cache costs, at the fastest number of threads")
  func table() throws {
    let rows = try #require(Self.group(try Self.record()).figures.first).chart.table.rows
    #expect(rows.count == 12 && rows.allSatisfy { $0[2] == "4" })
    let row = try #require(rows.first { $0[0] == "transformer" && $0[3] == "tg8" && $0[4] == "4096" })
    #expect(row[7] == "0.60×" && row[9] == "512" && row[10] == "128")
    #expect(rows.filter { $0[4] == "0" }.allSatisfy { $0[7].isEmpty })
  }

  @Test("the parts of a bar follow one another and end at the time of the token")
  func times() throws {
    let figure = Self.group(try Self.record()).figures[1]
    #expect(figure.chart.table.rows.map { $0[2] } == ["0", "1024", "4096", "0", "1024", "4096"])
    #expect(
      figure.chart.legend.map(\.label) == [
        "Mamba", "full attention", "cross attention", "feed-forward", "embedding, head",
      ])
    for (row, numbers) in figure.chart.table.rows.enumerated() {
      let spans = TimeOfTokenTests.spans(figure.chart, row: row)
      #expect(spans.count == (row < 3 ? 4 : 3) && spans[0].x.lowerBound == 0)
      #expect(zip(spans, spans.dropFirst()).allSatisfy { $0.x.upperBound == $1.x.lowerBound })
      let total = try #require(numbers.last.flatMap(Double.init))
      #expect(abs((spans.last?.x.upperBound ?? 0) / total - 1) < 0.01)
    }
  }

  @Test("one depth is no figure, a kind of a later build is drawn under its key, old records have no bars")
  func less() throws {
    var record = try Self.record()
    for index in record.cells.indices { record.cells[index].timeBreakdown?.timeByLayerKindNs?["retention"] = 1_000_000 }
    #expect(Self.group(record).figures[1].chart.legend.last?.label == "retention")
    for index in record.cells.indices { record.cells[index].timeBreakdown?.timeByLayerKindNs = nil }
    #expect(Self.group(record).figures.map(\.chart.id) == ["speed-by-depth"])
    record.cells.removeAll { $0.phase.depth != nil }
    #expect(Self.group(record).figures.isEmpty)
    #expect(Self.group(try SyntheticRun.rich.record()).figures.isEmpty)
  }

  @Test("the figures say in words and numbers what they said before")
  func golden() throws {
    let text = Self.group(try Self.record()).figures.map { figure in
      let csv = figure.csv.replacingOccurrences(of: "\r\n", with: "\n")
      return "# \(figure.chart.id): \(figure.chart.title)\n\(figure.chart.description)\n\(figure.caption)\n\(csv)"
    }
    try Golden.expect(text.joined(separator: "\n"), equals: "depth.txt")
  }

  @Test("on a page, whose theme colours them, and in a file they are drawn without a number that is none")
  func drawn() throws {
    for figure in Self.group(try Self.record()).figures {
      for container in [SVGRenderer.Container.page, .file] {
        let svg = SVGRenderer(for: container).render(figure.chart).lowercased()
        #expect(!svg.contains("\"nan") && !svg.contains("nan ") && !svg.contains("\"inf") && svg.contains("hybrid"))
      }
    }
  }
}
