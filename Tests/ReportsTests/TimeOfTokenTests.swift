import Charts
import Records
import Testing

@testable import Reports

@Suite struct TimeOfTokenTests {
  static func run(_ change: (inout SyntheticRun) -> Void = { _ in }) throws -> RunView {
    var run = SyntheticRun()
    run.hasBreakdown = true
    change(&run)
    return try FigureTests.view(run)
  }

  static func spans(_ chart: Chart, row: Int) -> [Mark.Span] {
    chart.panels[0].marks.compactMap { mark in
      guard case .span(let span) = mark, span.y.contains(Double(row)) else { return nil }
      return span
    }
  }

  @Test("each model and phase has a figure, generation first, each kernel a bar at its fastest threads")
  func figures() throws {
    let figures = TimeOfToken.draw(try Self.run()).figures
    #expect(
      figures.map(\.chart.id) == [
        "time-of-token-paper-125m-tg32", "time-of-token-paper-700m-tg32", "time-of-token-paper-125m-pp64",
        "time-of-token-paper-700m-pp64",
      ])
    #expect(figures[0].chart.table.rows.map { $0[0] } == ["f16@avx2", "naive@portable", "simd@avx2"])
    #expect(figures.flatMap(\.chart.table.rows).allSatisfy { $0[1] == "4" })
  }

  @Test("the parts of a bar follow one another from zero to a hundred, and the time of the pass stands behind them")
  func bars() throws {
    let figure = try #require(TimeOfToken.draw(try Self.run()).figures.first)
    for (row, numbers) in figure.chart.table.rows.enumerated() {
      let spans = Self.spans(figure.chart, row: row)
      #expect(spans.count == 5 && spans[0].x.lowerBound == 0)
      #expect(zip(spans, spans.dropFirst()).allSatisfy { $0.x.upperBound == $1.x.lowerBound })
      #expect(abs((spans.last?.x.upperBound ?? 0) - 100) < 1e-9)
      let total = try #require(Double(numbers[7]))
      let labels = figure.chart.panels[0].marks.compactMap { mark -> String? in
        guard case .label(let label) = mark, label.y == Double(row) else { return nil }
        return label.text
      }
      #expect(labels == [Format.duration(ns: total * 1e6)])
    }
    // 58 % of the pass are products, and of that half is gate and up.
    let products = Self.spans(figure.chart, row: 2)[0]
    #expect(products.labels == ["matrix products 58 %", "58 %"])
    #expect(products.hint?.contains("gate+up, activation") == true)
  }

  @Test("what the clock costs is stated from the pass and the windows of the same cell")
  func slowdown() throws {
    var record = try Self.run().record
    for index in record.cells.indices where record.cells[index].timeBreakdown != nil {
      record.cells[index].timeBreakdown?.timeWallNs *= 2
    }
    let figure = try #require(TimeOfToken.draw(RunView(record, prefix: "r1")).figures.first)
    for row in figure.chart.table.rows {
      let ratio = try #require(Double(row[8].dropLast()))
      // The pass is 1.02 times the first window, the windows scatter by two per cent, and all of that is doubled.
      #expect(abs(ratio - 2.04) < 0.06)
      #expect(figure.caption.contains(row[8]) || figure.caption.contains(" to "))
    }
    #expect(figure.caption.contains("without meters"))
  }

  @Test("the file has every operation, and what lies between them, and the shares add up")
  func file() throws {
    let figure = try #require(TimeOfToken.draw(try Self.run()).figures.first)
    let rows = try #require(figure.data).rows
    let simd = rows.filter { $0[2] == "simd@avx2" }
    let operations = try #require(try Self.run().measured.first { $0.cell.timeBreakdown != nil }?.cell.timeBreakdown)
    #expect(simd.count == operations.timeByOperationNs.count + 1 && simd.last?[4] == "between operations")
    #expect(simd.map { $0[5] }.filter { $0 == "matrix products" }.count == 4)
    #expect(abs(simd.compactMap { Double($0[7]) }.reduce(0, +) - 1) < 0.01)
    #expect(figure.csv.hasPrefix("Model,Phase,Kernel,Threads,Operation,Part,ms per token,Share\r\n"))
  }

  @Test("an operation of a later build is part of the rest")
  func unknown() throws {
    var record = try Self.run().record
    for index in record.cells.indices {
      guard let breakdown = record.cells[index].timeBreakdown else { continue }
      let head = breakdown.timeByOperationNs["head"] ?? 0
      record.cells[index].timeBreakdown?.timeByOperationNs["head"] = nil
      record.cells[index].timeBreakdown?.timeByOperationNs["sampling"] = head
    }
    let figure = try #require(TimeOfToken.draw(RunView(record, prefix: "r1")).figures.first)
    #expect(figure.chart.legend.map(\.label) == ["matrix products", "attention", "norms, quantizing", "the rest"])
    #expect(figure.csv.contains("sampling,the rest"))
  }

  @Test("of many models three stand for all, bitnet-2b-4t among them")
  func manyModels() throws {
    let figures = TimeOfToken.draw(RunView(try SyntheticRun.rich.record(), prefix: "r1")).figures
    #expect(figures.count == 6)
    #expect(figures.contains { $0.chart.id == "time-of-token-bitnet-2b-4t-tg128" })
  }

  @Test("a cell with the wrong output has no bar, and a run without breakdowns says what is missing")
  func missing() throws {
    var record = try Self.run().record
    for index in record.cells.indices where record.cells[index].kernel?.name == "simd" {
      record.cells[index].check = CheckRecord(expected: "ab", got: "cd")
    }
    let figures = TimeOfToken.draw(RunView(record, prefix: "r1")).figures
    #expect(figures.allSatisfy { $0.chart.table.rows.allSatisfy { $0[0] != "simd@avx2" } })
    let none = TimeOfToken.draw(try FigureTests.view(SyntheticRun()))
    #expect(none.figures.isEmpty && none.missing[0].reason.contains("profile = false"))
    record.cells = record.cells.filter { $0.phase.kind != .model }
    #expect(TimeOfToken.draw(RunView(record, prefix: "r1")).missing[0].reason == "no model was run")
  }
}
