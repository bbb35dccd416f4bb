import Engine
import Foundation
import Kernels
import Training

/// What whole steps cost: forward, backward, norm of the gradients and AdamW, on ids that are random.
///
/// A step takes the same time whatever the text says. Each round times the ceiling and then a step of every model; the
/// medians are printed, and the share of the ceiling that the multiply-adds of the matrix products alone make of a step.
struct Steps {
  let pool: ThreadPool
  let probe: Probe

  /// Steps of each model: of five, two may be disturbed.
  private static let rounds = 5

  /// The shapes of Models/, at whose end its README says what was measured, and the float twin of the shipped one.
  private static let models: [TrainingConfiguration] = [
    configuration(
      "tern-tiny", sequences: 4, .ternary, heads: 8, keyValueHeads: 4, feedForward: 768, vocabulary: 768, .relu2),
    configuration(
      "tern-tiny-float", sequences: 4, .none, heads: 8, keyValueHeads: 4, feedForward: 768, vocabulary: 768, .relu2),
    configuration(
      "tern-nano", sequences: 8, .ternary, heads: 4, keyValueHeads: 4, feedForward: 688, vocabulary: 32000, .silu),
  ]

  private static func configuration(
    _ name: String, sequences: Int, _ quantizer: Quantizer, heads: Int, keyValueHeads: Int, feedForward: Int,
    vocabulary: Int, _ activation: TransformerShape.Activation
  ) -> TrainingConfiguration {
    TrainingConfiguration(
      name: name,
      shape: TransformerShape(
        name: name, hidden: 256, layers: 4, heads: heads, kvHeads: keyValueHeads, headDim: 256 / heads,
        feedForward: feedForward, vocabulary: vocabulary, activation: activation, subNorms: true, ropeTheta: 10_000,
        rmsNormEpsilon: 1e-5, context: 256, tiedEmbeddings: true),
      quantizer: quantizer, corpus: .files([]), validation: 0.01, vocabulary: .trained(entries: vocabulary),
      context: 256, sequences: sequences,
      schedule: LearningSchedule(
        steps: 1000, warmup: 10, peak: 1e-3, stageEnd: 1e-3, secondPeak: 1e-3, secondStage: 0.5, weightDecay: 0.1),
      seed: 1, evaluation: .init(everySteps: 1000, sequencesMost: 1, patience: nil), saveEverySteps: 1000, output: "")
  }

  /// Times all models in turns and prints a line for each.
  ///
  /// - Throws: what `Learner` throws.
  func run() throws {
    let learners = try Self.models.map { try Learner($0, vocabulary: $0.shape.vocabulary, pool: pool) }
    // A tenth of a second: what a moment of a neighbour's takes does not show.
    let work = 1 << 32
    var (roofs, times) = ([Double](), learners.map { _ in [Double]() })
    for round in 0...Self.rounds {
      roofs.append(Double(work * pool.threads) / seconds { pool.run { _ in _ = probe.run(work: work) } })
      for (index, learner) in learners.enumerated() {
        if round == 0 { learner.initialise() }
        let ids = Self.ids(learner.tokens, below: Self.models[index].shape.vocabulary, seed: UInt64(round))
        let targets = Array(ids.dropFirst()) + ids.prefix(1)
        var failure: (any Error)?
        let time = seconds {
          do { _ = try learner.learn(ids, targets: targets, step: round) } catch { failure = error }
        }
        if let failure { throw failure }
        // The first step touches memory for the first time.
        if round > 0 { times[index].append(time) }
      }
    }
    print("\n" + name("a step") + "  tokens  tokens/s  products, % of roof")
    for (index, learner) in learners.enumerated() {
      let rate = 1 / median(times[index])
      print(
        name(Self.models[index].name),
        String(format: "%7d %9.0f", learner.tokens, Double(learner.tokens) * rate),
        String(format: "%20.1f", Double(learner.productMultiplyAdds) * rate / median(roofs) * 100))
    }
  }

  private func name(_ text: String) -> String { text.padding(toLength: 28, withPad: " ", startingAt: 0) }

  private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

  /// Ids that look at most of the vocabulary (a linear congruential generator, Knuth's MMIX).
  private static func ids(_ count: Int, below vocabulary: Int, seed: UInt64) -> [Int32] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int32(truncatingIfNeeded: (state >> 33) % UInt64(vocabulary))
    }
  }
}
