import Foundation
import Testing

@testable import Training

@Suite struct OptimizerTests {
  @Test("AdamW as its paper states it, in Doubles") func adamW() throws {
    let parameters = try Parameters(tinyShape(layers: 1))
    parameters.initialise(seed: 1, deviation: 0.5)
    let optimizer = AdamW()
    let (rate, decay, factor) = (0.01, 0.1, 0.5)
    let places = parameters.layout.entries.map { ($0.offset + $0.count / 2, $0.kind) }
    var expected = places.map { Double(parameters.masters.address[$0.0]) }
    var (m, v) = ([Double](repeating: 0, count: places.count), [Double](repeating: 0, count: places.count))
    for step in 1...5 {
      for (i, value) in randomFloats(parameters.layout.count, seed: UInt64(step)).enumerated() {
        parameters.gradients.address[i] = value
      }
      for (index, (place, kind)) in places.enumerated() {
        let g = Double(parameters.gradients.address[place]) * factor
        m[index] = 0.9 * m[index] + 0.1 * g
        v[index] = 0.95 * v[index] + 0.05 * g * g
        let mHat = m[index] / (1 - pow(0.9, Double(step)))
        let vHat = v[index] / (1 - pow(0.95, Double(step)))
        let shrink = kind == .norm ? 0 : decay
        expected[index] -= rate * (mHat / (vHat.squareRoot() + 1e-8) + shrink * expected[index])
      }
      try optimizer.step(
        parameters, step: step, learningRate: rate, weightDecay: decay, factor: factor, pool: pool())
    }
    for (index, (place, _)) in places.enumerated() {
      #expect(abs(Double(parameters.masters.address[place]) - expected[index]) < 2e-6)
    }
  }

  @Test func gradientNorm() throws {
    let parameters = try Parameters(tinyShape())
    let values = randomFloats(parameters.layout.count, seed: 1)
    for (i, value) in values.enumerated() { parameters.gradients.address[i] = value }
    let expected = values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    let norm = try parameters.gradientNorm(pool: pool(1))
    #expect(abs(norm - expected) < 1e-9 * expected)
    #expect(try parameters.gradientNorm(pool: pool(3)) == norm)
  }

  @Test func twoStages() {
    let schedule = LearningSchedule(
      steps: 100, warmup: 10, peak: 1, stageEnd: 0.5, secondPeak: 0.25, secondStage: 0.6, weightDecay: 0.1)
    let rates = (0..<100).map { schedule.values(at: $0).learningRate }
    #expect(rates[0] == 0.1 && rates[9] == 1 && rates[10] == 1)
    #expect(abs(rates[35] - 0.75) < 1e-12)
    #expect(rates[59] > 0.5 && rates[60] == 0.25 && rates[99] > 0 && rates[99] < 0.01)
    #expect((0..<100).allSatisfy { schedule.values(at: $0).weightDecay == ($0 < 60 ? 0.1 : 0) })
    #expect(zip(rates[60...], rates[61...]).allSatisfy { $0 > $1 })
  }
}
