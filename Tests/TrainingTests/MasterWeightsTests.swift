import Foundation
import ModelFiles
import Testing

@testable import Training

/// What is counted of a checkpoint's masters, against the model that saved it.
@Suite struct MasterWeightsTests {
  private func saved(_ folder: String, _ change: (Parameters) -> Void = { _ in }) throws -> (Parameters, String) {
    let parameters = try Parameters(tinyShape())
    parameters.initialise(seed: 3, deviation: 0.02)
    change(parameters)
    let path = folder + "/checkpoint.safetensors"
    try TrainingCheckpoint.save(.init(step: 9), parameters, fingerprint: 1, to: path)
    return (parameters, path)
  }

  @Test("codes and scales are those of the forward pass, and every weight is in one bin") func counts() throws {
    try withFolder { folder in
      let (parameters, path) = try saved(folder)
      parameters.quantize(.ternary, pool: try pool())
      let all = try MasterWeights.read(path, bins: 64, range: 4)
      #expect(all.map(\.projection).prefix(7) == ["q", "k", "v", "o", "gate", "up", "down"])
      #expect(all.count == 14 && all.map(\.layer) == Array(repeating: 0, count: 7) + Array(repeating: 1, count: 7))
      let entries = parameters.layout.layers.flatMap {
        [$0.query, $0.key, $0.value, $0.output, $0.gate, $0.up, $0.down]
      }
      for (matrix, entry) in zip(all, entries) {
        let codes = (0..<entry.count).map { parameters.codes.address[entry.offset + $0] }
        #expect(matrix.meanMagnitude == parameters.scales.address[entry.index])
        #expect(matrix.zeros == codes.count { $0 == 0 } && matrix.plusOnes == codes.count { $0 == 1 })
        #expect(matrix.minusOnes == codes.count { $0 == -1 })
        #expect(matrix.histogram.reduce(matrix.below + matrix.above, +) == entry.count)
        // Normal weights: 68 % lie within a deviation, which is 1.25 mean magnitudes.
        let inner = Double(matrix.histogram[22..<42].reduce(0, +)) / Double(entry.count)
        #expect(abs(inner - 0.68) < 0.1, "\(entry.name): \(inner)")
      }
      #expect(try MasterWeights.step(of: path) == 9)
    }
  }

  @Test("weights beyond the last bin are counted apart") func outside() throws {
    try withFolder { folder in
      let (_, path) = try saved(folder) { parameters in
        let values = parameters.masters(parameters.layout.layers[0].key)
        (values[0], values[1], values[2]) = (-1, 1, 2)
      }
      let key = try MasterWeights.read(path, bins: 64, range: 4)[1]
      #expect(key.below == 1 && key.above == 2)
    }
  }

  @Test("what is no checkpoint, or holds a weight that is none, is refused by name") func refusals() throws {
    try withFolder { folder in
      let (_, path) = try saved(folder) { $0.masters($0.layout.layers[1].up)[5] = .nan }
      #expect {
        try MasterWeights.read(path, bins: 64, range: 4)
      } throws: { "\($0)".contains("model.layers.1.mlp.up_proj.weight: holds a weight that is not finite") }
      let other = folder + "/other.safetensors"
      try [Float(1)].withUnsafeBytes { bytes in
        try SafetensorsWriter.write([.init(name: "a", type: .f32, shape: [1], bytes: bytes)], to: other)
      }
      #expect {
        try MasterWeights.read(other, bins: 64, range: 4)
      } throws: { "\($0)".contains("q_proj.weight: is missing; this is not a checkpoint") }
      #expect(try MasterWeights.step(of: other) == nil)
      #expect(throws: ModelFileError.self) { try MasterWeights.read(folder + "/none", bins: 64, range: 4) }
    }
  }
}
