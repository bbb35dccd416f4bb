import Charts
import Foundation
import Records
import Testing

@testable import Reports

/// The page of a real short run and its float twin: 200 stories, three layers, 60 steps (Golden/training/*.toml).
@Suite struct TrainingPageTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Golden/training")
  static let command = ["tern", "report", "short", "short-float"]

  static func run(_ name: String) throws -> TrainedRun {
    let metrics = folder.appending(path: "\(name)/metrics.csv")
    return TrainedRun(
      folder: name, curves: try TrainingCurves(csv: try Data(contentsOf: metrics), file: "metrics.csv"),
      record: try RecordFile.readTraining(folder.appending(path: "\(name)/training.json").path), weights: nil)
  }

  static func bare(_ name: String) throws -> TrainedRun {
    TrainedRun(folder: "a/\(name)/", curves: try run(name).curves, record: nil, weights: nil)
  }

  static func twins() throws -> [TrainedRun] { [try run("short"), try run("short-float")] }

  /// A run with so many layers, their weights those of the first one.
  static func deep(_ layers: Int) throws -> TrainedRun {
    let run = try run("short")
    var weights = try #require(run.weights)
    let first = weights.matrices.filter { $0.layer == 0 }
    weights.matrices = (0..<layers).flatMap { layer in
      first.map { matrix in
        var matrix = matrix
        matrix.layer = layer
        return matrix
      }
    }
    return TrainedRun(folder: run.folder, curves: run.curves, record: run.record, weights: weights)
  }

  // MARK: The whole page

  @Test("figures say in words and numbers what they said before")
  func figures() throws {
    let text = TrainingPage.figures(of: try Self.twins()).map { figure in
      let csv = figure.csv.replacingOccurrences(of: "\r\n", with: "\n")
      return "# \(figure.chart.id): \(figure.chart.title)\n\(figure.chart.description)\n\(figure.caption)\n\(csv)"
    }
    try Golden.expect(text.joined(separator: "\n"), equals: "training-figures.txt")
  }

  @Test("the structure of the page is as before")
  func skeleton() throws {
    let page = try TrainingPage.render(runs: try Self.twins(), command: Self.command)
    try Golden.expect(PageReader(page).skeleton, equals: "training-page.txt")
  }

  @Test("the page in Markdown is as before")
  func markdown() throws {
    let text = try TrainingPage.markdown(runs: [try Self.run("short")], command: ["tern", "report", "short"])
    try Golden.expect(text, equals: "training-page.md")
  }

  @Test("elements nest, ids are unique, references lead somewhere, and no number is none")
  func structure() throws {
    let problem = PageProblem(subject: "a<b>.json", reason: "It was \"cut\".")
    for (name, runs) in [
      ("twins", try Self.twins()), ("bare", [try Self.bare("short")]),
      ("the same twice", [try Self.run("short"), try Self.run("short")]),
      ("many", try (0..<8).map { _ in try Self.run("short") }), ("deep", [try Self.deep(30)]),
    ] {
      let page = try TrainingPage.render(runs: runs, command: Self.command, problems: [problem])
      let reader = PageReader(page)
      #expect(reader.faults.isEmpty, "\(name): \(reader.faults.prefix(3))")
      #expect(Set(reader.ids).count == reader.ids.count, "\(name)")
      for target in reader.tags.compactMap({ $0.value(of: "href") }) {
        #expect(reader.ids.contains(String(target.dropFirst())), "\(name): \(target)")
      }
      #expect(page.contains("a&lt;b&gt;.json"), "\(name)")
      let words = Set(reader.text.lowercased().split { !$0.isLetter }.map(String.init))
      #expect(words.isDisjoint(with: ["nan", "inf", "nil", "optional"]), "\(name)")
    }
  }

  @Test("no run is an error")
  func nothing() {
    #expect(throws: ReportError.noRecords) { try TrainingPage.render(runs: [], command: Self.command) }
  }

  // MARK: Numbers

  @Test("the gap to the float twin is that of the last evaluation of both")
  func gap() throws {
    let runs = TrainedRuns(try Self.twins())
    #expect(runs.reference?.name == "short-float")
    let gap = try #require(runs.gaps(of: runs.all[0]).last)
    let losses = runs.all.map { $0.run.curves.evaluations.last?.loss ?? 0 }
    #expect(gap.step == 60 && abs(gap.share - (losses[0] / losses[1] - 1)) < 1e-12)
    #expect(runs.gaps(of: runs.all[1]).isEmpty)
    let answer = TrainingAnswer.sentences(of: runs)
    #expect(answer.count == 3 && answer[2].contains("the float twin short-float"), "\(answer)")
    #expect(answer[2].contains(Format.percent(abs(gap.share)).replacing(" ", with: "\u{A0}")))
    // Twins differ in the quantizer alone, which is not held against them.
    #expect(TrainedRuns.differences(runs.all[0], runs.all[1]) == [])
  }

  @Test("runs whose settings differ are said to")
  func differences() throws {
    var other = try #require(try Self.run("short").record)
    other.settings.learningRate *= 2
    other.name = "fast"
    let run = try Self.run("short")
    let fast = TrainedRun(folder: "fast", curves: run.curves, record: other, weights: nil)
    let answer = TrainingAnswer.sentences(of: TrainedRuns([run, fast]))
    #expect(
      answer.contains { $0.contains("is the same as that of short") && $0.contains("learning rate, first stage") })
    let unknown = TrainingAnswer.sentences(of: TrainedRuns([run, try Self.bare("short-float")]))
    #expect(unknown.contains { $0.contains("Whether both learnt from the same text is not recorded") })
  }

  @Test("a folder with curves alone has them all, and says what else is missing")
  func curvesAlone() throws {
    let run = try Self.bare("short")
    #expect(run.isTernary == true && run.ownName == "short")
    #expect(try Self.bare("short-float").isTernary == false)
    let document = try TrainingPage.document(runs: [run], problems: [])
    #expect(document.problems.map(\.subject) == ["a/short/", "a/short/"])
    #expect(document.problems[0].reason.contains("training.json"))
    #expect(document.sections.map(\.id) == ["loss", "steps", "t1-weights", "provenance"])
    #expect(!TrainingPage.figures(of: [run]).contains { $0.chart.id.contains("masters") })
  }

  @Test("codes, zeros and histograms are of the same weights")
  func weights() throws {
    let run = try Self.run("short")
    let weights = try #require(run.weights)
    #expect(weights.step == 60 && weights.matrices.count == 21)
    let zeros = try #require(run.curves.lastZeros)
    for layer in 0..<3 {
      let matrices = weights.matrices.filter { $0.layer == layer }
      let share = Double(matrices.reduce(0) { $0 + $1.zeros }) / Double(matrices.reduce(0) { $0 + $1.count })
      // The count of metrics.csv is of the forward pass before the last update.
      #expect(abs(share - zeros[layer]) < 0.01)
      for matrix in matrices {
        let middle = TrainingWeights.bins / 2
        let inner = matrix.histogram[(middle - 4)..<(middle + 4)].reduce(0, +)
        #expect(abs(inner - matrix.zeros) <= 1, "the thresholds are edges of bins")
      }
    }
  }

  @Test("layers beyond a dozen are folded away, a dozen to a figure")
  func manyLayers() throws {
    let page = try TrainingPage.render(runs: [try Self.deep(30)], command: Self.command)
    #expect(page.contains("<summary>Further layers</summary>"))
    let figures = TrainingPage.figures(of: [try Self.deep(30)]).filter { $0.chart.id.contains("codes") }
    #expect(figures.map(\.chart.panels.count) == [12, 12, 6])
  }

  @Test("a line of many steps is medians of neighbours, and no step is lost")
  func points() {
    let values = (1...1000).map { (step: $0, value: Double($0 % 10)) }
    for isLogarithmic in [false, true] {
      let points = StepAxis.points(values, isLogarithmic: isLogarithmic)
      #expect(points.count <= StepAxis.mostPoints && points.count > 40)
      #expect(points.reduce(0) { $0 + $1.steps.count } == 1000)
      #expect(zip(points, points.dropFirst()).allSatisfy { $0.x < $1.x })
      #expect(points.allSatisfy { ($0.band ?? 0...9).contains($0.median) })
    }
    #expect(StepAxis.points([], isLogarithmic: true).isEmpty)
    #expect(StepAxis.points([(7, 1)]).map(\.x) == [7])
  }

  @Test("a schedule of straight pieces is drawn by its bends")
  func bends() throws {
    let rows = try Self.run("short").curves.rows
    let bends = ScheduleBySteps.bends(rows) { $0.learningRate }.map { rows[$0].step }
    #expect(bends.first == 1 && bends.last == 60 && bends.count < 10)
    #expect(bends.contains(30) && bends.contains(31), "the drop to the second stage: \(bends)")
  }
}
