import Foundation
import Testing

@testable import Engine

@Suite struct SoftmaxTests {
  @Test func theExponentialIsRightToTheLastPlaces() {
    var worst = 0.0
    for step in stride(from: -87.3, through: 88.37, by: 0.0037) {
      let x = Float(step)
      let expected = exp(Double(x))
      worst = max(worst, abs(Double(exponential(SIMD8(repeating: x))[3]) - expected) / expected)
    }
    // One unit in the last place of a Float is between 6e-8 and 1.2e-7 of its value.
    #expect(worst < 1.5e-7)
  }

  @Test func theExponentialKnowsItsLimits() {
    let x: SIMD8<Float> = [0, -0.0, -.infinity, .infinity, .nan, -200, 200, -87.5]
    let y = exponential(x)
    #expect(y[0] == 1 && y[1] == 1 && y[2] == 0 && y[3] == .infinity && y[4].isNaN)
    #expect(y[5] == 0 && y[6] == .infinity && y[7] == 0)
  }

  private func softmax(of scores: [Float]) -> [Float] {
    let room = (scores.count + 7) / 8
    return withUnsafeTemporaryAllocation(of: SIMD8<Float>.self, capacity: room) { buffer in
      let x = UnsafeMutableRawPointer(buffer.baseAddress!).assumingMemoryBound(to: Float.self)
      x.update(from: scores, count: scores.count)
      Engine.softmax(x, count: scores.count)
      return Array(UnsafeBufferPointer(start: x, count: scores.count))
    }
  }

  @Test(arguments: [1, 2, 7, 8, 9, 63, 1000]) func weightsAreThoseOfTheDefinition(count: Int) {
    let scores = (0..<count).map { Float(sin(Double($0) * 1.7) * 9) }
    let largest = Double(scores.max()!)
    let powers = scores.map { exp(Double($0) - largest) }
    let sum = powers.reduce(0, +)
    for (weight, power) in zip(softmax(of: scores), powers) {
      #expect(abs(Double(weight) - power / sum) < 1e-6)
    }
  }

  @Test func extremeScoresStayFiniteAndNotANumberShows() {
    #expect(softmax(of: [3e38, -3e38, 3e38]) == [0.5, 0, 0.5])
    #expect(softmax(of: [-5]) == [1])
    #expect(softmax(of: [1, .nan, 2]).allSatisfy { $0.isNaN })
    #expect(softmax(of: [1, .infinity, 2]).contains { $0.isNaN })
  }
}
