import Foundation
import Testing

@testable import Kernels

/// The cases are what transformers' BitLinear, ActQuant and WeightQuant gave.
@Suite struct QuantizerTests {
  struct Activations: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let shape: [Int]
    let x: [Float]
    let q: [Int8]
    let scale: [Float]
    var testDescription: String { name }
  }

  struct Weights: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let w: [Float]
    let absmean: Float
    let ternary: [Int8]
    var testDescription: String { name }
  }

  struct Fixture<Case: Decodable>: Decodable { let cases: [Case] }

  private static func cases<Case: Decodable>(_ file: String) throws -> [Case] {
    let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(file)")
    return try JSONDecoder().decode(Fixture<Case>.self, from: Data(contentsOf: url)).cases
  }

  @Test(arguments: try cases("act_absmax.json") as [Activations])
  func `Activations are quantized as transformers does`(example: Activations) {
    let width = example.shape[example.shape.count - 1]
    for (row, scale) in example.scale.enumerated() {
      let quantized = AbsmaxActivations.quantize(Array(example.x[row * width..<(row + 1) * width]))
      #expect(quantized.q == Array(example.q[row * width..<(row + 1) * width]))
      #expect(abs(quantized.scale - scale) <= scale.ulp)
    }
  }

  @Test(arguments: try cases("weight_absmean.json") as [Weights])
  func `Weights are quantized as transformers does`(example: Weights) {
    let scale = example.w.withUnsafeBufferPointer { AbsmeanWeights.scale(of: $0) }
    #expect(abs(scale - max(example.absmean, AbsmeanWeights.floor)) <= scale.ulp)
    var ternary = [Int8](repeating: 99, count: example.w.count)
    AbsmeanWeights.ternarise(example.w, count: example.w.count, scale: scale, into: &ternary)
    #expect(ternary == example.ternary)
  }

  @Test func `A NaN among activations makes their scale NaN, for the caller to see`() {
    #expect(AbsmaxActivations.scale(maxAbs: VectorOps.best.maxAbs([1, .nan, 2], count: 3)).isNaN)
    #expect(AbsmaxActivations.scale(maxAbs: 0) == 127 / AbsmaxActivations.floor)
  }

  @Test func `Nothing has the smallest scale and no values`() {
    #expect(AbsmaxActivations.quantize([]).q == [])
    #expect(AbsmeanWeights.scale(of: UnsafeBufferPointer(start: nil, count: 0)) == AbsmeanWeights.floor)
  }
}
