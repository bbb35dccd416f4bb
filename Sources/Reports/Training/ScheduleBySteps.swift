import Charts

/// The learning rate and the weight decay of every step: what was asked of the optimiser, as it was used.
enum ScheduleBySteps {
  static func figure(_ runs: TrainedRuns) -> Figure? {
    let last = runs.all.map(\.run.lastStep).max() ?? 1
    guard let x = StepAxis.linear(1, last),
      let rates = panel(runs, "Learning rate", x: x, { $0.learningRate }),
      let decays = panel(runs, "Weight decay", x: x, { $0.weightDecay })
    else { return nil }
    let chart = Chart(
      id: "training-schedule", title: "Learning rate and weight decay by steps", description: description(runs),
      size: Size(width: 960, height: 260), panels: [rates, decays], columns: 2, legend: legend(runs),
      table: ChartTable(
        columns: [
          .init("Run"), .init("Step", isNumeric: true), .init("Learning rate", isNumeric: true),
          .init("Weight decay", isNumeric: true),
        ],
        rows: runs.all.flatMap { run in
          let rows = run.run.curves.rows
          let places = Set(bends(rows) { $0.learningRate } + bends(rows) { $0.weightDecay }).sorted()
          return TrainingStyles.spread(places, most: 20).map { index in
            [
              run.name, String(rows[index].step), Format.machine(rows[index].learningRate),
              Format.machine(rows[index].weightDecay),
            ]
          }
        }))
    return Figure(
      chart: chart,
      caption:
        "The two stages of BitNet b1.58: a high rate with decay, then a low one without. Drawn from the steps as "
        + "they were done, up to where the run stands.")
  }

  /// The key of figures where a run is one line.
  static func legend(_ runs: TrainedRuns) -> [LegendEntry] {
    guard runs.all.count > 1 else { return [] }
    return runs.all.map { LegendEntry(label: $0.name, series: TrainingStyles.heldOut($0), swatch: .stroke) }
  }

  private static func panel(
    _ runs: TrainedRuns, _ title: String, x: Axis, _ value: (TrainingCurves.Row) -> Double
  ) -> Panel? {
    let values = runs.all.flatMap { $0.run.curves.rows.map(value) }
    // A schedule without decay is a line at zero, and has an axis all the same.
    guard let y = Axis.linear(title: nil, covering: values.contains { $0 > 0 } ? values : [1], ticks: 4) else {
      return nil
    }
    return Panel(
      title: title, x: x, y: y,
      marks: runs.all.map { run in
        let rows = run.run.curves.rows
        return .line(
          Mark.Line(
            vertices: bends(rows, value).map { Mark.Vertex(x: Double(rows[$0].step), y: value(rows[$0])) },
            series: TrainingStyles.heldOut(run), hasMarkers: false))
      } + StepAxis.stageRule(runs, within: x))
  }

  /// The rows between which a straight line says everything: the first, the last, and where the slope changes.
  ///
  /// A schedule of straight pieces has few; another is thinned to the points of a line.
  static func bends(_ rows: [TrainingCurves.Row], _ value: (TrainingCurves.Row) -> Double) -> [Int] {
    let largest = rows.map(value).max() ?? 0
    func slope(_ index: Int) -> Double {
      (value(rows[index + 1]) - value(rows[index])) / Double(rows[index + 1].step - rows[index].step)
    }
    let inner = rows.indices.dropFirst().dropLast().filter { index in
      // A thousandth of a pixel at the height of a panel; decimal digits are exact to less.
      abs(slope(index) - slope(index - 1)) > largest * 1e-6
    }
    let ends = rows.count > 1 ? [0, rows.count - 1] : [0]
    return TrainingStyles.spread(Set(inner + ends).sorted(), most: 4 * StepAxis.mostPoints)
  }

  private static func description(_ runs: TrainedRuns) -> String {
    let sentences = runs.all.map { run in
      let rows = run.run.curves.rows
      let peak = rows.max { ($0.learningRate, -$0.step) < ($1.learningRate, -$1.step) } ?? rows[0]
      return "\(run.name): the rate is largest, \(Format.machine(peak.learningRate)), at step \(peak.step), and "
        + "\(Format.machine(rows[rows.count - 1].learningRate)) at step \(rows[rows.count - 1].step)"
    }
    return "Lines over the steps. \(sentences.joined(separator: "; "))."
  }
}
