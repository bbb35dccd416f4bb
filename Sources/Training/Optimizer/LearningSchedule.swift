/// The two-stage schedule of BitNet b1.58: a high rate with weight decay first, then a lower one without.
///
/// The rate rises linearly over `warmup` steps to `peak`, falls linearly to `stageEnd` at the step where the second
/// stage begins, drops at once to `secondPeak`, and falls linearly to zero at the last step. The published rates for 700M
/// parameters are 1.5e-3 → 8e-4 and 5e-4 → 0, with a decay of 0.1 and then 0 (arXiv:2504.12285, section 2.2; the authors'
/// "Training Tips, Code and FAQ" of b1.58).
public struct LearningSchedule: Sendable, Equatable {
  /// Steps of the whole run.
  public var steps: Int
  /// Steps until the peak.
  public var warmup: Int
  /// The rate after the warm-up.
  public var peak: Double
  /// The rate at the end of the first stage.
  public var stageEnd: Double
  /// The rate with which the second stage begins.
  public var secondPeak: Double
  /// Where the second stage begins, as a share of all steps; 1 for a single stage.
  public var secondStage: Double
  /// The weight decay of the first stage; the second has none.
  public var weightDecay: Double

  /// Makes a schedule.
  public init(
    steps: Int, warmup: Int, peak: Double, stageEnd: Double, secondPeak: Double, secondStage: Double,
    weightDecay: Double
  ) {
    self.steps = steps
    self.warmup = warmup
    self.peak = peak
    self.stageEnd = stageEnd
    self.secondPeak = secondPeak
    self.secondStage = secondStage
    self.weightDecay = weightDecay
  }

  /// The first step of the second stage, counted from 0.
  public var secondStageStep: Int { Int((Double(steps) * secondStage).rounded()) }

  /// The rate and the decay of a step, counted from 0.
  public func values(at step: Int) -> (learningRate: Double, weightDecay: Double) {
    if step < warmup { return (peak * Double(step + 1) / Double(warmup), weightDecay) }
    let second = secondStageStep
    if step < second {
      let share = Double(step - warmup) / Double(max(second - warmup, 1))
      return (peak + (stageEnd - peak) * share, weightDecay)
    }
    let share = Double(step - second) / Double(max(steps - second, 1))
    return (secondPeak * (1 - share), 0)
  }
}
