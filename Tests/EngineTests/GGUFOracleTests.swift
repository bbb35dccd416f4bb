import Engine
import Foundation
import Kernels
import ModelFiles
import Testing

/// The engine against transformers with exactly the scales of GGUF files: logits within 1e-4, whatever computes them.
@Suite struct GGUFOracleTests {
  struct Expected: Decodable {
    struct Logits: Decodable {
      let shape: [Int]
      let greedy_ids: [Int32]
    }
    let input_ids: [Int32]
    let logits: [String: Logits]
  }

  static let names = ["bitnet2b_i2s", "bitnet2b_tq1", "bitnet2b_tq2", "bitnet25_f16", "bitnet_silu_q8", "llama_tq2"]

  /// The fixtures belong to the tests of the files' reader.
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "ModelFilesTests/Fixtures/gguf")

  private func path(_ name: String, _ file: String = "model.gguf") -> String {
    Self.folder.appending(path: "\(name)/\(file)").path
  }

  private func expected(_ name: String) throws -> (ids: [Int32], greedy: [Int32], logits: [Float]) {
    let json = try Data(contentsOf: URL(filePath: path(name, "expected.json")))
    let expected = try JSONDecoder().decode(Expected.self, from: json)
    let bytes = try Data(contentsOf: URL(filePath: path(name, "logits_w158a8.f32")))
    let logits = bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    return (expected.input_ids, try #require(expected.logits["w158a8"]).greedy_ids, logits)
  }

  @Test(arguments: names, availableKernels)
  func logitsAndGreedyIdsAreThoseOfTransformers(name: String, kernel: Kernel) throws {
    let (ids, greedyIds, logits) = try expected(name)
    for threads in [1, 3] {
      let pool = try ThreadPool(threads: threads, placement: .free)
      let model = try Transformer.load(path: path(name), kernel: kernel, pool: pool, hashing: false)
      let session = try Session(model: model, kernel: kernel, pool: pool, context: 64)
      var view = try session.forward(ids, logits: .all)
      let distance = zip(view.values, logits).reduce(0) { max($0, abs($1.0 - $1.1)) }
      #expect(view.values.count == logits.count && distance < 1e-4, "\(distance)")
      var greedy: [Int32] = []
      while greedy.count < greedyIds.count {
        greedy.append(view.argmax(view.rows - 1))
        view = try session.forward([greedy[greedy.count - 1]], logits: .last)
      }
      #expect(greedy == greedyIds)
    }
  }

  @Test func aModelSaysWhatItIs() throws {
    let pool = try ThreadPool(threads: 1, placement: .free)
    let path = path("llama_tq2")
    let model = try Transformer.load(path: path, kernel: naive, pool: pool)
    let bytes = try Data(contentsOf: URL(filePath: path))
    #expect(model.source == .file(path: path, sha256: SHA256.hex(of: bytes), format: "gguf"))
    #expect(model.shape.subNorms == false && model.head == .f32 && !model.shape.tiedEmbeddings)
  }

  @Test func aHeadInTheFilesOwnBlocksIsKeptWhenAskedFor() throws {
    let pool = try ThreadPool(threads: 1, placement: .free)
    let model = try Transformer.load(path: path("bitnet2b_tq1"), kernel: naive, head: .q8, pool: pool, hashing: false)
    #expect(model.head == .q8)
    let session = try Session(model: model, kernel: naive, pool: pool, context: 64)
    let (ids, _, logits) = try expected("bitnet2b_tq1")
    let values = try session.forward(ids, logits: .all).values
    // Activations of the head are rounded to eight bits in blocks of 32: close, and not the same.
    let distance = zip(values, logits).reduce(0) { max($0, abs($1.0 - $1.1)) }
    #expect(distance > 1e-4 && distance < 0.1, "\(distance)")
  }
}
