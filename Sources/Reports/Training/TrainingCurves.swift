/// Every step of a training run, as its `metrics.csv` holds them.
public struct TrainingCurves: Sendable, Equatable {
  /// What was known after a step.
  struct Row: Equatable {
    /// Steps done.
    let step: Int
    /// Tokens learnt from so far.
    let tokens: Int
    /// The mean loss of the step's batch, nats per token.
    let loss: Double
    let learningRate: Double
    let weightDecay: Double
    /// Before clipping.
    let gradientNorm: Double
    let tokensPerSecond: Double
    /// The mean loss of the held-out text; nil where it was not measured after this step.
    let heldOut: Double?
    /// The share of zeros by layer; nil where they were not counted.
    let zeros: [Double]?
  }

  /// At least one, their steps in ascending order.
  let rows: [Row]
  /// Decoder layers, by the columns of the file.
  let layers: Int

  /// The evaluations of the held-out text.
  var evaluations: [(step: Int, loss: Double)] {
    rows.compactMap { row in row.heldOut.map { (row.step, $0) } }
  }

  /// The evaluation with the lowest loss, which is the state that `model/` holds.
  var best: (step: Int, loss: Double)? { evaluations.min { ($0.loss, $0.step) < ($1.loss, $1.step) } }

  /// The newest count of zeros by layer.
  var lastZeros: [Double]? { rows.last { $0.zeros != nil }?.zeros }

  /// The time of the steps alone, seconds: tokens of each over its rate; nil where a rate is zero as it is written.
  var secondsOfSteps: Double? {
    var seconds = 0.0
    var before = rows[0].tokens - tokensOfStep
    for row in rows {
      guard row.tokensPerSecond > 0 else { return nil }
      seconds += Double(row.tokens - before) / row.tokensPerSecond
      before = row.tokens
    }
    return seconds.isFinite ? seconds : nil
  }

  /// The first row may be of any step: tokens grow by the same number with every one.
  private var tokensOfStep: Int { rows[0].tokens / max(rows[0].step, 1) }
}
