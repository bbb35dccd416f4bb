import Charts

/// How much higher the held-out loss of each run is than the reference's, evaluation by evaluation.
enum GapBySteps {
  static func figure(_ runs: TrainedRuns) -> Figure? {
    guard let reference = runs.reference else { return nil }
    let lines = runs.all.map { ($0, runs.gaps(of: $0)) }.filter { $0.1.count > 1 }
    guard let last = lines.flatMap({ $0.1.map(\.step) }).max(), let first = lines.flatMap({ $0.1.map(\.step) }).min(),
      let x = StepAxis.linear(first, last),
      let y = StepAxis.around(lines.flatMap { $0.1.map { $0.share * 100 } } + [0], title: "per cent")
    else { return nil }
    let chart = Chart(
      id: "training-gap", title: "Held-out loss above that of \(reference.name)",
      description: "Lines over the steps. "
        + lines.map { run, gaps in
          "\(run.name): from \(signed(gaps[0].share)) after step \(gaps[0].step) to "
            + "\(signed(gaps[gaps.count - 1].share)) after step \(gaps[gaps.count - 1].step)"
        }.joined(separator: "; ") + ".",
      size: Size(width: 720, height: 260),
      panels: [
        Panel(
          x: x, y: y,
          marks: [.rule(Mark.Rule(along: .y, value: 0, label: reference.name, isDashed: false))]
            + lines.map { run, gaps in
              .line(
                Mark.Line(
                  vertices: gaps.map { gap in
                    Mark.Vertex(
                      x: Double(gap.step), y: gap.share * 100,
                      hint: "\(run.name), step \(gap.step): \(signed(gap.share))")
                  }, series: TrainingStyles.heldOut(run), label: run.name, hasMarkers: gaps.count <= 40))
            } + StepAxis.stageRule(runs, within: x))
      ],
      table: ChartTable(
        columns: [.init("Run"), .init("Step", isNumeric: true), .init("Above \(reference.name), %", isNumeric: true)],
        rows: lines.flatMap { run, gaps in
          TrainingStyles.spread(Array(gaps.indices), most: 30).map { index in
            [run.name, String(gaps[index].step), Format.significant(gaps[index].share * 100)]
          }
        }))
    return Figure(
      chart: chart,
      caption: "The loss of the held-out text over that of \(reference.name) after the same number of steps, less one. "
        + "What is below the line predicts the text better.")
  }

  /// "+4.2 %"; zero has no sign.
  static func signed(_ share: Double) -> String { share == 0 ? "0 %" : Format.change(share) }
}
