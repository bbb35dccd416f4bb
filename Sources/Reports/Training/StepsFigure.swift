import Charts
import Records
import Statistics

/// The gradient norm and the speed of every step: whether training was stable, and whether the machine was.
enum StepsFigure {
  static func figure(_ runs: TrainedRuns) -> Figure? {
    let last = runs.all.map(\.run.lastStep).max() ?? 1
    guard let x = StepAxis.linear(1, last) else { return nil }
    let norms = runs.all.map { run in (run, StepAxis.points(run.run.curves.rows.map { ($0.step, $0.gradientNorm) })) }
    let speeds = runs.all.map { run in (run, StepAxis.points(run.run.curves.rows.map { ($0.step, $0.tokensPerSecond) }))
    }
    let clips = Set(runs.all.compactMap { $0.run.record?.settings.gradientNormMost }).sorted()
    let panels = [
      Axis.logarithmic(title: nil, covering: ends(norms)).map { y in
        let rules = clips.map { Mark.rule(Mark.Rule(along: .y, value: $0, label: "clipped to \(Format.machine($0))")) }
        return Panel(title: "Gradient norm, logarithmic", x: x, y: y, marks: lines(norms) + rules)
      },
      Axis.linear(title: nil, covering: ends(speeds)).map { y in
        Panel(title: "Tokens per second", x: x, y: y, marks: lines(speeds))
      },
    ].compactMap(\.self)
    guard !panels.isEmpty else { return nil }
    let chart = Chart(
      id: "training-steps", title: "Gradient norm and speed by steps", description: description(runs),
      size: Size(width: 960, height: 260), panels: panels, columns: 2, legend: ScheduleBySteps.legend(runs),
      table: table(runs))
    return Figure(
      chart: chart,
      caption: "Left: the norm of all gradients together, before it is clipped. Right: tokens per second of each step, "
        + "loading and saving left out." + StepAxis.words(steps: runs.all.map(\.run.curves.rows.count).max() ?? 0))
  }

  private static func lines(_ all: [(TrainedRuns.Run, [StepAxis.Point])]) -> [Mark] {
    all.map { run, points in StepAxis.line(points, series: TrainingStyles.heldOut(run)) }
  }

  private static func ends(_ all: [(TrainedRuns.Run, [StepAxis.Point])]) -> [Double] {
    all.flatMap { $0.1 }.flatMap { [$0.median] + ($0.band.map { [$0.lowerBound, $0.upperBound] } ?? []) }
  }

  private static func description(_ runs: TrainedRuns) -> String {
    let sentences = runs.all.map { run in
      let rows = run.run.curves.rows
      return "\(run.name): median gradient norm \(Format.significant(rows.map(\.gradientNorm).median ?? 0)), largest "
        + "\(Format.significant(rows.map(\.gradientNorm).max() ?? 0)); median speed "
        + "\(Format.significant(rows.map(\.tokensPerSecond).median ?? 0)) tokens per second"
    }
    return "Lines over the steps. \(sentences.joined(separator: "; "))."
  }

  /// Rows that say how the run went, each of as many steps.
  private static let tableRows = 12

  private static func table(_ runs: TrainedRuns) -> ChartTable {
    ChartTable(
      columns: [
        .init("Run"), .init("Steps"), .init("Median gradient norm", isNumeric: true),
        .init("Median tokens per second", isNumeric: true),
      ],
      rows: runs.all.flatMap { run in
        let rows = run.run.curves.rows
        let norms = StepAxis.points(rows.map { ($0.step, $0.gradientNorm) }, most: tableRows)
        let speeds = StepAxis.points(rows.map { ($0.step, $0.tokensPerSecond) }, most: tableRows)
        return zip(norms, speeds).map { norm, speed in
          [
            run.name, "\(norm.steps.lowerBound)–\(norm.steps.upperBound)", Format.significant(norm.median),
            Format.significant(speed.median),
          ]
        }
      })
  }
}
