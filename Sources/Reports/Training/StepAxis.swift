import Charts
import Records
import Statistics

/// Axes and points of what is drawn over the steps of a run.
enum StepAxis {
  /// Points of a line: enough to show every bend at the width of a page, few enough to be a line.
  static let mostPoints = 120

  /// Steps from `first` to `last` with round numbers.
  static func linear(_ first: Int, _ last: Int, title: String = "step") -> Axis? {
    // A run of one step has a place too.
    let upper = Double(last) + (last > first ? 0 : 1)
    guard let scale = Scale.linear(Double(first), upper) else { return nil }
    let ticks = Ticks.covering(Double(first), upper, count: 6).filter {
      $0 >= Double(first) && $0 <= upper && $0 == $0.rounded()
    }
    return Axis(title: title, scale: scale, ticks: ticks.map { Axis.Tick($0, Ticks.label($0)) }, isNumeric: true)
  }

  /// Steps from `first` to `last` by their ratio: the first hundred have as much room as the next thousand.
  static func logarithmic(_ first: Int, _ last: Int) -> Axis? {
    let lower = Double(max(first, 1))
    let upper = max(Double(last), lower * 2)
    guard let scale = Scale.logarithmic(lower, upper) else { return nil }
    return Axis(
      title: "step, logarithmic", scale: scale,
      ticks: Ticks.logarithmic(lower, upper).map { Axis.Tick($0, Ticks.label($0)) }, isNumeric: true)
  }

  /// An axis around values that does not begin at zero, because a difference of a per cent is to be seen.
  static func around(_ values: [Double], title: String, ticks count: Int = 5) -> Axis? {
    guard let least = values.min(), let most = values.max(), least.isFinite, most.isFinite else { return nil }
    // Values that are all the same have a place in the middle.
    let pad = max((most - least) * 0.04, most.magnitude * 1e-3, 1e-9)
    let ticks = Ticks.covering(max(least - pad, least >= 0 ? 0 : least - pad), most + pad, count: count)
    guard let first = ticks.first, let last = ticks.last, let scale = Scale.linear(first, last) else { return nil }
    return Axis(title: title, scale: scale, ticks: ticks.map { Axis.Tick($0, Ticks.label($0)) }, isNumeric: true)
  }

  /// A run of neighbouring steps as one point.
  struct Point {
    /// The step in the middle.
    let x: Double
    let median: Double
    /// The middle 80 % of the values; nil for fewer than 5 of them, whose ends are the values themselves.
    let band: ClosedRange<Double>?
    let steps: ClosedRange<Int>
  }

  /// Medians of neighbouring steps.
  ///
  /// - Parameters:
  ///   - values: By ascending step.
  ///   - most: The most points.
  ///   - isLogarithmic: Whether a point holds steps of equal ratio instead of equal number.
  static func points(
    _ values: [(step: Int, value: Double)], most: Int = mostPoints, isLogarithmic: Bool = false
  ) -> [Point] {
    guard let first = values.first?.step, let last = values.last?.step,
      let scale = (isLogarithmic ? logarithmic(first, last) : linear(first, last))?.scale
    else { return [] }
    func bin(_ step: Int) -> Int {
      min(Int(min(max(scale.fraction(Double(step)) ?? 0, 0), 1) * Double(most)), most - 1)
    }
    var points: [Point] = []
    var start = values.startIndex
    while start < values.endIndex {
      let place = bin(values[start].step)
      let end = values[start...].firstIndex { bin($0.step) != place } ?? values.endIndex
      if let point = point(values[start..<end], isLogarithmic: isLogarithmic) { points.append(point) }
      start = end
    }
    return points
  }

  private static func point(_ part: ArraySlice<(step: Int, value: Double)>, isLogarithmic: Bool) -> Point? {
    guard let first = part.first?.step, let last = part.last?.step,
      let quantiles = part.map(\.value).quantiles([0.1, 0.5, 0.9])
    else { return nil }
    let (a, b) = (Double(first), Double(last))
    return Point(
      x: isLogarithmic ? (a * b).squareRoot() : (a + b) / 2, median: quantiles[1],
      band: part.count < 5 ? nil : quantiles[0]...quantiles[2], steps: first...last)
  }

  /// A line of medians with the middle 80 % around it.
  static func line(_ points: [Point], series: SeriesStyle, by value: (Double) -> Double = { $0 }) -> Mark {
    .line(
      Mark.Line(
        vertices: points.map { point in
          Mark.Vertex(
            x: point.x, y: value(point.median),
            interval: point.band.map { value($0.lowerBound)...value($0.upperBound) })
        }, series: series, hasMarkers: false))
  }

  /// How lines of so many steps are to be read; empty where each step is a point of its own.
  static func words(steps: Int) -> String {
    steps > mostPoints
      ? " A line is the median of neighbouring steps; the band around it holds the middle 80 % of them." : ""
  }

  /// Where the second stage begins, if every run that says so begins it there.
  static func stageRule(_ runs: TrainedRuns, within axis: Axis) -> [Mark] {
    let steps = Set(runs.all.compactMap { $0.run.record?.settings.secondStageStep })
    guard steps.count == 1, let step = steps.first.map(Double.init), step > axis.scale.lower, step < axis.scale.upper
    else { return [] }
    return [.rule(Mark.Rule(along: .x, value: step, label: "second stage"))]
  }
}
