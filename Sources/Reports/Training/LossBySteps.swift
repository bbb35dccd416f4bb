import Charts
import Foundation
import Statistics

/// The loss of the batches and of the held-out text over the steps, and its perplexity once the first fall is over.
enum LossBySteps {
  /// Evaluations beyond these are lines without markers.
  private static let mostMarkers = 40
  /// Lines of two losses for more runs than these cover one another; the losses of the batches are then left out.
  private static let mostRunsWithBatches = 2
  /// The share of the steps in which a run leaves the loss of a model that knows nothing.
  private static let firstFall = 0.2

  static func figure(_ runs: TrainedRuns) -> Figure? {
    let last = runs.all.map(\.run.lastStep).max() ?? 1
    let panels = [lossPanel(runs, last: last), perplexityPanel(runs, last: last)].compactMap(\.self)
    guard !panels.isEmpty else { return nil }
    let chart = Chart(
      id: "training-loss", title: "Loss by steps", description: description(runs),
      size: Size(width: 960, height: 350), panels: panels, columns: 2, legend: legend(runs), table: table(runs))
    let most = runs.all.map(\.run.curves.rows.count).max() ?? 0
    return Figure(
      chart: chart,
      caption:
        "Left: the loss, nats per token, of the whole run. Right: perplexity, e to the loss, from a fifth of the "
        + "steps on; the axes need not begin at zero. Held-out text is text that is never learnt from."
        + (runs.all.count > mostRunsWithBatches
          ? " Of more than \(mostRunsWithBatches) runs only the held-out text is drawn." : StepAxis.words(steps: most)))
  }

  private static func batches(_ run: TrainedRuns.Run, from step: Int = 0) -> [(step: Int, value: Double)] {
    run.run.curves.rows.compactMap { $0.step >= step ? ($0.step, $0.loss) : nil }
  }

  private static func heldOut(_ run: TrainedRuns.Run, from step: Int = 0) -> [(step: Int, value: Double)] {
    run.run.curves.evaluations.compactMap { $0.step >= step ? ($0.step, $0.loss) : nil }
  }

  // MARK: Panels

  private static func lossPanel(_ runs: TrainedRuns, last: Int) -> Panel? {
    let first = runs.all.map { $0.run.curves.rows[0].step }.min() ?? 1
    guard let x = StepAxis.logarithmic(first, last) else { return nil }
    return panel(runs, title: "Loss, nats per token", x: x, from: 0, isLogarithmic: true) { $0 }
  }

  private static func perplexityPanel(_ runs: TrainedRuns, last: Int) -> Panel? {
    let first = Int((Double(last) * firstFall).rounded(.up))
    guard let x = StepAxis.linear(first, last) else { return nil }
    var panel = panel(runs, title: "Perplexity", x: x, from: first, isLogarithmic: false, by: exp)
    panel?.marks += StepAxis.stageRule(runs, within: x)
    return panel
  }

  private static func panel(
    _ runs: TrainedRuns, title: String, x: Axis, from first: Int, isLogarithmic: Bool, by value: (Double) -> Double
  ) -> Panel? {
    let lines = runs.all.flatMap { run in
      let evaluations = heldOut(run, from: first)
      let isCrowded = evaluations.count > mostMarkers
      let line = Mark.line(
        Mark.Line(
          vertices: evaluations.map { evaluation in
            Mark.Vertex(
              x: Double(evaluation.step), y: value(evaluation.value),
              hint: "\(run.name), step \(evaluation.step): held-out loss \(digits(evaluation.value))"
                + (perplexity(evaluation.value).map { ", perplexity \($0)" } ?? ""))
          }, series: TrainingStyles.heldOut(run), hasMarkers: !isCrowded))
      guard runs.all.count <= mostRunsWithBatches else { return [line] }
      let points = StepAxis.points(batches(run, from: first), isLogarithmic: isLogarithmic)
      return [StepAxis.line(points, series: TrainingStyles.batches(run), by: value), line]
    }
    let values = lines.flatMap { mark -> [Double] in
      guard case .line(let line) = mark else { return [] }
      return line.vertices.flatMap { [$0.y] + ($0.interval.map { [$0.lowerBound, $0.upperBound] } ?? []) }
    }
    // A loss that has run away has perplexities of every magnitude.
    let isWide = (values.max() ?? 0) > 100 * (values.min() ?? 0)
    guard let y = isWide ? Axis.logarithmic(title: "", covering: values) : StepAxis.around(values, title: "") else {
      return nil
    }
    return Panel(title: title, x: x, y: Axis(title: nil, scale: y.scale, ticks: y.ticks, isNumeric: true), marks: lines)
  }

  private static func legend(_ runs: TrainedRuns) -> [LegendEntry] {
    runs.all.flatMap { run in
      let name = runs.all.count > 1 ? "\(run.name), " : ""
      let batches = LegendEntry(label: "\(name)batches", series: TrainingStyles.batches(run), swatch: .stroke)
      let heldOut = LegendEntry(label: "\(name)held out", series: TrainingStyles.heldOut(run), swatch: .line)
      let hasHeldOut = !run.run.curves.evaluations.isEmpty
      return (runs.all.count > mostRunsWithBatches ? [] : [batches]) + (hasHeldOut ? [heldOut] : [])
    }
  }

  // MARK: Words and numbers

  /// e to the loss; of a loss that has run away, with an exponent, and nil where it is no number any more.
  static func perplexity(_ loss: Double) -> String? {
    let value = exp(loss)
    guard value.isFinite else { return nil }
    return value < 1e6 ? Format.significant(value, digits: 4) : String(format: "%.2e", value)
  }

  static func digits(_ loss: Double) -> String { String(format: "%.4f", loss) }

  private static func description(_ runs: TrainedRuns) -> String {
    let sentences = runs.all.map { run -> String in
      let curves = run.run.curves
      let first = "\(run.name): the loss of the batches begins at \(digits(curves.rows[0].loss))"
      guard let best = curves.best, let last = curves.evaluations.last else {
        return first + " and ends at \(digits(curves.rows[curves.rows.count - 1].loss)); nothing was held out so far"
      }
      return first + "; the held-out text is at \(digits(last.loss)) after step \(last.step), and at its lowest, "
        + "\(digits(best.loss)), after step \(best.step)"
    }
    return "Lines over the steps of training. \(sentences.joined(separator: ". "))."
  }

  /// Rows of a table beyond which a reader takes the file.
  private static let mostRows = 30

  private static func table(_ runs: TrainedRuns) -> ChartTable {
    ChartTable(
      columns: [
        .init("Run"), .init("Step", isNumeric: true), .init("Tokens", isNumeric: true),
        .init("Loss of the batches since", isNumeric: true), .init("Loss held out", isNumeric: true),
        .init("Perplexity held out", isNumeric: true),
      ], rows: runs.all.flatMap(rows))
  }

  /// A row per evaluation, thinned; where nothing was held out the newest step.
  private static func rows(_ run: TrainedRuns.Run) -> [[String]] {
    let all = run.run.curves.rows
    var start = 0
    let evaluated = all.indices.filter { all[$0].heldOut != nil || $0 == all.count - 1 }
    let kept = Set(TrainingStyles.spread(evaluated, most: mostRows))
    return evaluated.compactMap { index in
      let batches = all[start...index].map(\.loss)
      start = index + 1
      guard kept.contains(index) else { return nil }
      let row = all[index]
      return [
        run.name, String(row.step), Format.grouped(Double(row.tokens)), batches.median.map(digits) ?? "",
        row.heldOut.map(digits) ?? "", row.heldOut.flatMap(perplexity) ?? "",
      ]
    }
  }
}
