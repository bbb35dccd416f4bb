import Charts

/// How runs, layers and codes are drawn in the figures of a training page.
enum TrainingStyles {
  /// The loss of the held-out text.
  static func heldOut(_ run: TrainedRuns.Run) -> SeriesStyle { SeriesStyle.numbered(run.index) }

  /// The loss of the batches: the lighter neighbour of the run's own colour, where there are few enough runs for one.
  static func batches(_ run: TrainedRuns.Run) -> SeriesStyle {
    let neighbours = [6, 5]
    return run.index < neighbours.count
      ? SeriesStyle(colour: neighbours[run.index]) : SeriesStyle(colour: heldOut(run).colour)
  }

  /// −1, 0 and +1.
  static let codes = [
    SeriesStyle(colour: 2, texture: .dots), SeriesStyle(colour: 0), SeriesStyle(colour: 1),
  ]

  /// The names of the codes.
  static let codeNames = ["−1", "0", "+1"]

  /// Layers that are drawn where there are more than `most`: the first, the last, and those evenly between.
  static func spread(_ layers: [Int], most: Int) -> [Int] {
    guard layers.count > most, most > 1 else { return layers }
    return (0..<most).map { layers[$0 * (layers.count - 1) / (most - 1)] }
  }
}
