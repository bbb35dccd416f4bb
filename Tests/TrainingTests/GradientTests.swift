import Engine
import Foundation
import Testing

@testable import Training

/// Every gradient of the whole model against finite differences of the same model in Doubles.
@Suite struct GradientTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let activation: TransformerShape.Activation
    let quantizer: Quantizer
    let kvHeads: Int
    var testDescription: String { "\(activation) \(quantizer), \(kvHeads) key heads" }
  }

  static let cases = [TransformerShape.Activation.relu2, .silu].flatMap { activation in
    Quantizer.allCases.flatMap { quantizer in
      [2, 4].map { Case(activation: activation, quantizer: quantizer, kvHeads: $0) }
    }
  }

  @Test(arguments: cases) func gradientsAreFiniteDifferences(of test: Case) throws {
    let shape = tinyShape(activation: test.activation, kvHeads: test.kvHeads)
    let (sequences, context) = (2, 11)
    let model = try TrainingModel(
      shape, quantizer: test.quantizer, sequences: sequences, context: context, pool: pool())
    model.parameters.initialise(seed: 7, deviation: 0.3)
    // Norms that are not all ones, so that their place in every product shows.
    for entry in model.parameters.layout.entries where entry.kind == .norm {
      for (i, value) in randomFloats(entry.count, seed: UInt64(entry.index), deviation: 0.2).enumerated() {
        model.parameters.masters(entry)[i] += value
      }
    }
    let ids = randomIDs(sequences * context, vocabulary: shape.vocabulary, seed: 1)
    let targets = randomIDs(sequences * context, vocabulary: shape.vocabulary, seed: 2)
    let loss = model.loss(ids, targets: targets, gradients: true)

    let reference = ReferenceModel(shape, test.quantizer)
    var values = model.parameters.masters.all.map(Double.init)
    let expected = reference.loss(values, ids: ids, targets: targets, context: context)
    #expect(abs(loss - expected) < 2e-5, "loss \(loss), reference \(expected)")

    var random = RandomNumbers(seed: 5)
    for entry in model.parameters.layout.entries {
      let gradients = model.parameters.gradients(entry)
      let largest = (0..<entry.count).map { abs(gradients[$0]) }.max() ?? 0
      #expect(largest > 0, "\(entry.name) has no gradient")
      for _ in 0..<4 {
        let place = random.below(entry.count)
        let value = values[entry.offset + place]
        let step = 1e-5
        values[entry.offset + place] = value + step
        let above = reference.loss(values, ids: ids, targets: targets, context: context)
        values[entry.offset + place] = value - step
        let below = reference.loss(values, ids: ids, targets: targets, context: context)
        values[entry.offset + place] = value
        let difference = (above - below) / (2 * step)
        let error = abs(Double(gradients[place]) - difference)
        #expect(
          error < 1e-4 * Double(largest) + 1e-7,
          "\(entry.name)[\(place)]: gradient \(gradients[place]), difference \(difference)")
      }
    }
  }

  @Test("threads and batches in one or in two do not change a bit", arguments: [1, 3])
  func sameForEveryThreadCount(threads: Int) throws {
    func gradients(_ threads: Int) throws -> ([UInt32], Double) {
      let model = try TrainingModel(
        tinyShape(), quantizer: .ternary, sequences: 3, context: 13, pool: pool(threads))
      model.parameters.initialise(seed: 3, deviation: 0.1)
      let loss = model.loss(
        randomIDs(39, vocabulary: 37, seed: 4), targets: randomIDs(39, vocabulary: 37, seed: 5), gradients: true)
      return (model.parameters.gradients.all.map(\.bitPattern), loss)
    }
    let (one, other) = (try gradients(threads), try gradients(2))
    #expect(one.0 == other.0 && one.1 == other.1)
  }
}
