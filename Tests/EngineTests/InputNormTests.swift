import Engine
import Foundation
import Kernels
import ModelFiles
import Testing

/// Projections with norms of their own on their inputs.
@Suite struct InputNormTests {
  private let oracle = Oracle(name: "llama158_input_norms")

  private struct Expected: Decodable {
    let input_ids: [Int32]
  }

  private func ids() throws -> [Int32] {
    let json = try Data(contentsOf: URL(filePath: oracle.path + "/expected.json"))
    return try JSONDecoder().decode(Expected.self, from: json).input_ids
  }

  @Test(arguments: availableKernels) func logitsAreThoseOfTheReference(kernel: Kernel) throws {
    let (ids, expected) = (try ids(), try oracle.logits("full"))
    var first: [UInt32]?
    for (threads, batch) in [(1, 512), (3, 512), (2, 3)] {
      let pool = try ThreadPool(threads: threads, placement: .free)
      let model = try Transformer.load(path: oracle.path, kernel: kernel, pool: pool, hashing: false)
      let session = try Session(model: model, kernel: kernel, pool: pool, context: 64, batch: batch)
      let logits = try session.forward(ids, logits: .all).values
      let distance = zip(logits, expected).reduce(0) { max($0, abs($1.0 - $1.1)) }
      #expect(logits.count == expected.count && distance < 1e-4, "\(distance)")
      first = first ?? bits(logits)
      #expect(bits(logits) == first)
    }
  }

  @Test func aMissingNormIsNamed() throws {
    let editor = try CheckpointEditor("llama158_input_norms")
    let name = "model.layers.0.mlp.down_proj.rms_norm.weight"
    editor.tensors[name] = nil
    let pool = try ThreadPool(threads: 1, placement: .free)
    let error = #expect(throws: ModelFileError.self) {
      try Transformer.load(path: editor.write(), kernel: naive, pool: pool)
    }
    #expect(error?.part == name)
  }

  @Test func thereIsNoArchitectureToConvertThemTo() throws {
    let source = try ModelFile.open(path: oracle.path)
    let error = #expect(throws: ModelFileError.self) { try ModelConverter(source, options: .init(type: .i2S)) }
    #expect(error?.part == "use_rms_norm")
  }
}
