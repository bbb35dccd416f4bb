import Engine
import Foundation

@testable import Training

/// A shape small enough for finite differences of every kind of parameter: grouped heads, odd sizes where they may be.
func tinyShape(
  activation: TransformerShape.Activation = .relu2, vocabulary: Int = 37, layers: Int = 2, heads: Int = 4,
  kvHeads: Int = 2
) -> TransformerShape {
  TransformerShape(
    name: "tiny", hidden: 24, layers: layers, heads: heads, kvHeads: kvHeads, headDim: 8, feedForward: 40,
    vocabulary: vocabulary, activation: activation, subNorms: true, ropeTheta: 10_000, rmsNormEpsilon: 1e-5,
    context: 64, tiedEmbeddings: true)
}

/// Numbers that are the same in every run.
func randomFloats(_ count: Int, seed: UInt64, deviation: Float = 1) -> [Float] {
  var random = RandomNumbers(seed: seed)
  return (0..<count).map { _ in deviation * random.normal() }
}

func randomIDs(_ count: Int, vocabulary: Int, seed: UInt64) -> [Int32] {
  var random = RandomNumbers(seed: seed)
  return (0..<count).map { _ in Int32(random.below(vocabulary)) }
}

func pool(_ threads: Int = 2) throws -> ThreadPool { try ThreadPool(threads: threads, placement: .free) }

/// A folder that is gone when `body` is done.
func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(path: "tern-training-\(UUID().uuidString)").path
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}
