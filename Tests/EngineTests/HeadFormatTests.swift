import Engine
import Kernels
import ModelFiles
import Testing

/// Checkpoints whose head is stored in another format than their file has.
@Suite struct HeadFormatTests {
  private func logits(
    _ path: String, head: DenseFormat?, threads: Int = 2, batch: Int = 64
  ) throws -> (format: DenseFormat, values: [Float]) {
    let pool = try ThreadPool(threads: threads, placement: .free)
    let model = try Transformer.load(path: path, kernel: naive, head: head, pool: pool, hashing: false)
    let session = try Session(model: model, kernel: naive, pool: pool, context: 64, batch: batch)
    return (model.head, try session.forward(Array(1...9), logits: .all).values)
  }

  @Test(arguments: ["bitnet2b_offline", "llama158"]) func singlePrecisionHoldsWhatTheFileHas(oracle: String) throws {
    let path = Oracle(name: oracle).path
    let stored = try logits(path, head: nil)
    let single = try logits(path, head: .f32)
    #expect(single.format == .f32 && stored.format != .f32)
    #expect(bits(single.values) == bits(stored.values))
  }

  @Test(arguments: [DenseFormat.q8, .q4]) func aHeadInBlocksDependsNeitherOnBatchNorThreads(format: DenseFormat) throws
  {
    let path = Oracle(name: "bitnet2b_offline").path
    let exact = try logits(path, head: .f32).values
    let one = try logits(path, head: format, threads: 1)
    #expect(one.format == format)
    for (threads, batch) in [(2, 64), (3, 2), (1, 1)] {
      #expect(bits(try logits(path, head: format, threads: threads, batch: batch).values) == bits(one.values))
    }
    let power = exact.reduce(0) { $0 + $1 * $1 }
    let error = zip(one.values, exact).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    // The embedding is rounded as well, and activations round to other integers after it.
    #expect((error / power).squareRoot() < (format == .q8 ? 0.1 : 0.4), "\((error / power).squareRoot())")
    #expect(error > 0)
  }

  @Test func aWeightThatNoBlockCanHoldIsNamed() throws {
    for bytes: [UInt8] in [[0xc0, 0x7f], [0x80, 0x7f], [0x00, 0x7f]] {
      let editor = try CheckpointEditor("bitnet2b_offline")
      let tensor = "model.embed_tokens.weight"
      let width = try #require(editor.tensors[tensor]).shape[1]
      editor.tensors[tensor]!.bytes.replaceSubrange(2 * width..<2 * width + 2, with: bytes)
      let path = try editor.write()
      let error = #expect(throws: ModelFileError.self) { try logits(path, head: .q8) }
      #expect(error?.part == tensor && error?.problem.contains("row 1 has a weight that q8_0 cannot hold") == true)
    }
  }
}
