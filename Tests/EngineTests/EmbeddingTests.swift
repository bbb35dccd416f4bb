import Engine
import Foundation
import Kernels
import ModelFiles
import Testing

/// The graphs of the BitNet embedding models against transformers' own, with ternary projections in place of its linear
/// ones; see Fixtures/README.md.
@Suite struct EmbeddingTests {
  static let oracles = [
    "qwen3_embedding", "gemma3_embedding", "qwen3_embedding_i2s", "gemma3_embedding_i2s",
  ].map(EmbeddingOracle.init)

  @Test(arguments: oracles, availableKernels)
  func statesAndEmbeddingsAreThoseOfTransformers(oracle: EmbeddingOracle, kernel: Kernel) throws {
    let ids = try oracle.ids
    let states = try oracle.floats("states")
    let (last, mean) = (try oracle.floats("embedding"), try oracle.floats("embedding_mean"))
    var first: [UInt32]?
    for (threads, batch) in [(1, 512), (3, 512), (2, 5)] + (kernel.name == "naive" ? [(2, 1)] : []) {
      let session = try oracle.session(kernel: kernel, threads: threads, batch: batch)
      let found = try session.states(of: ids)
      if first == nil {
        #expect(distance(found, states) < 1e-4, "\(distance(found, states))")
        #expect(distance(try session.embedding(of: ids, pooling: .last), last) < 1e-4)
        #expect(distance(try session.embedding(of: ids, pooling: .mean), mean) < 1e-4)
      }
      first = first ?? bits(found)
      #expect(bits(found) == first, "\(threads) threads, pieces of \(batch), gave other bytes")
    }
  }

  @Test(arguments: oracles) func anEmbeddingIsOfLengthOneUnlessItIsAskedForAsItIs(oracle: EmbeddingOracle) throws {
    let session = try oracle.session()
    let ids = try oracle.ids
    let unit = try session.embedding(of: ids, pooling: .last)
    #expect(abs(unit.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
    let plain = try session.embedding(of: ids, pooling: .last, normalized: false)
    #expect(bits(plain) == bits(Array(try session.states(of: ids).suffix(plain.count))))
    #expect(throws: EngineError.self) { try session.embedding(of: [], pooling: .last) }
    #expect(throws: EngineError.self) { try session.embedding(of: [1, 96], pooling: .last) }
  }

  @Test func theFilesSayWhatTheGraphIs() throws {
    let gemma = try TransformerShape(ModelFile.open(path: Self.oracles[1].path).model, name: "gemma")
    #expect(gemma.headNorms && gemma.postNorms && gemma.activation == .gelu && gemma.embeddingScale == 8)
    #expect(gemma.attentionScale == Float(1 / 24.0.squareRoot()) && gemma.inputNormEpsilon == 1e-6)
    #expect(gemma.ropeTheta == 1e6 && gemma.localAttention?.isLocal == [true, true, false])
    #expect(gemma.localAttention?.window == 5 && gemma.localAttention?.ropeTheta == 10_000)
    for oracle in Self.oracles.suffix(2) {
      let model = try ModelFile.open(path: oracle.path).model
      #expect(model.pooling == .last && model.localAttention == nil && model.inputNormEpsilon == Double(Float(1e-6)))
    }
  }

  @Test func parametersAndMemoryCountEveryNorm() throws {
    for oracle in Self.oracles {
      let session = try oracle.session()
      let model = try #require(session.model as? Transformer)
      let shape = model.shape
      let norms = shape.parameters - shape.ternaryParameters - shape.vocabulary * shape.hidden
      #expect(model.totalBytes == model.ternaryBytes + model.headBytes + 4 * norms)
      let need = MemoryNeed.of(shape, kernels: KernelPlan(naive), head: model.head, context: 32)
      #expect(need.weightsBytes + need.headBytes == model.totalBytes)
    }
  }

  private func distance(_ one: [Float], _ other: [Float]) -> Float {
    one.count == other.count ? zip(one, other).reduce(0) { max($0, abs($1.0 - $1.1)) } : .infinity
  }
}

/// A model with known states; see Fixtures/README.md.
struct EmbeddingOracle: Sendable, CustomTestStringConvertible {
  let name: String
  var testDescription: String { name }
  var path: String { Oracle(name: name).path }

  private struct Expected: Decodable {
    let input_ids: [Int32]
  }

  var ids: [Int32] {
    get throws {
      try JSONDecoder().decode(Expected.self, from: Data(contentsOf: URL(filePath: path + "/expected.json"))).input_ids
    }
  }

  func floats(_ which: String) throws -> [Float] {
    try Data(contentsOf: URL(filePath: path + "/\(which).f32")).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
  }

  func session(kernel: Kernel = naive, threads: Int = 2, batch: Int = 512) throws -> Session {
    let pool = try ThreadPool(threads: threads, placement: .free)
    let model = try Transformer.load(path: path, kernel: kernel, pool: pool, hashing: false)
    return try Session(model: model, kernel: kernel, pool: pool, context: 32, batch: batch)
  }
}
