import Foundation
import Kernels
import ModelFiles
import Testing

@Suite struct ModelConverterTests {
  private func convert(
    _ source: any ModelContainer, _ options: ModelConverter.Options, in folder: TemporaryFolder
  ) throws -> GGUFModel {
    let path = folder.path + "/\(options.type.rawValue).gguf"
    try ModelConverter(source, options: options).write(to: path)
    return try GGUFModel(path: path)
  }

  private func rows(_ container: any ModelContainer, _ tensor: ModelTensor) throws -> ([[Int8]], scale: Float) {
    let shape = container.model.shape(of: tensor)
    let stored = try container.projection(tensor, rows: shape[0], columns: shape[1]) { rows, body in body(0..<rows) }
    let weights = try (0..<shape[0]).map { row in
      var weights = [Int8](repeating: 9, count: shape[1])
      try #require(stored.readRow(row, into: &weights))
      return weights
    }
    return (weights, stored.scale)
  }

  private var projections: [ModelTensor] {
    ModelTensor.Part.allCases.filter(\.isProjection).map { .layer(0, $0) }
  }

  static let conversions = Known.models.flatMap { name in TernaryType.allCases.map { (name, $0) } }

  @Test(arguments: conversions) func weightsStayTheSameBitForBit(name: String, type: TernaryType) throws {
    let folder = try TemporaryFolder()
    let source = try GGUFModel(path: Known.model(name))
    let narrow = source.model.hiddenSize < type.blockWeights || source.model.intermediateSize % type.blockWeights != 0
    guard !narrow else {
      let error = #expect(throws: ModelFileError.self) { try convert(source, .init(type: type), in: folder) }
      #expect(error?.problem.contains("types that fit are f16") == true, "\(error?.description ?? "")")
      return
    }
    let made = try convert(source, .init(type: type), in: folder)
    #expect(
      made.model.activation == source.model.activation && made.model.shape(of: .head) == source.model.shape(of: .head))
    for tensor in projections {
      let (before, after) = (try rows(source, tensor), try rows(made, tensor))
      #expect(before.0 == after.0)
      // I2_S and F32 keep the scale; the others have the half next to it, Q8_0 that of a 127th.
      let error = abs(after.scale / before.scale - 1)
      #expect(type == .i2S || type == .f32 ? error == 0 : error < (type == .bf16 ? 0x1p-7 : 0x1p-10))
    }
    for tensor in [ModelTensor.embedding, .finalNorm] {
      let tensorName = "\(GGUFArchitecture.name(tensor)).weight"
      let (before, after) = (source.file.tensor(tensorName), made.file.tensor(tensorName))
      #expect(before?.type == after?.type && before.map { Array($0.bytes) } == after.map { Array($0.bytes) })
    }
    for key in ["tokenizer.ggml.tokens", "tokenizer.ggml.merges", "tokenizer.ggml.pre", "general.name"] {
      #expect(made.file.metadata[key] == source.file.metadata[key])
    }
    #expect(made.file.metadata["general.quantization_version"] == .uint32(2))
  }

  @Test(arguments: ["bitnet2b_i2s", "bitnet2b_tq1", "bitnet2b_tq2", "bitnet25_f16", "bitnet_silu_q8"])
  func theSameTypeGivesTheSameBytes(name: String) throws {
    let folder = try TemporaryFolder()
    let source = try GGUFModel(path: Known.model(name))
    let types: [GGMLType: TernaryType] = [.i2S: .i2S, .tq1_0: .tq1, .tq2_0: .tq2, .f16: .f16, .q8_0: .q8]
    let type = try #require(types[source.file.tensor("blk.0.attn_q.weight")!.type])
    let made = try convert(source, .init(type: type), in: folder)
    for tensor in source.file.tensors {
      let other = try #require(made.file.tensor(tensor.name))
      // Behind an I2_S scale comes what nobody reads.
      let count = tensor.byteCount - (tensor.type == .i2S ? 28 : 0)
      #expect(tensor.type == other.type && tensor.bytes.prefix(count).elementsEqual(other.bytes.prefix(count)))
    }
  }

  @Test func rowsOfQueriesKeepTheOrderOfTheirArchitecture() throws {
    let folder = try TemporaryFolder()
    let source = try GGUFModel(path: Known.model("llama_tq2"))
    let made = try convert(source, .init(type: .tq2), in: folder)
    for name in ["attn_q", "attn_k", "attn_v"] {
      let (before, after) = (source.file.tensor("blk.0.\(name).weight"), made.file.tensor("blk.0.\(name).weight"))
      #expect(before.map { Array($0.bytes) } == after.map { Array($0.bytes) })
    }
  }

  @Test func i2SBytesAreThoseOfTheOracle() throws {
    struct Cases: Decodable {
      struct Case: Decodable { let rows: Int, cols: Int, scale: Float, ternary: [Int8], x86_128_hex: String }
      let cases: [Case]
    }
    for example in try Known.decode(Cases.self, "i2s_pack.json").cases {
      let folder = try TemporaryFolder()
      // The case as floats in the place of a BitNet model's projection of that width.
      let wide = GGUFModelTests.model(type: .f32) { columns, rows in
        let values = (0..<Int(columns * rows)).map {
          Float(example.ternary[$0 % example.ternary.count]) * example.scale
        }
        return values.flatMap { GGUFBytes.little($0.bitPattern) }
      }
      let source = try GGUFModel(path: folder.write("m.gguf", wide.bytes))
      let made = try convert(source, .init(type: .i2S), in: folder)
      let tensor = try #require(made.file.tensor(example.cols == 256 ? "blk.0.ffn_down.weight" : "blk.0.attn_q.weight"))
      // Whole rows of the case come first; its rows of 384 are three rows of 128.
      let codes = Known.bytes(example.x86_128_hex).dropLast(32)
      #expect(tensor.bytes.prefix(codes.count).elementsEqual(codes))
      #expect(
        tensor.bytes.suffix(32).elementsEqual(
          GGUFBytes.little(example.scale.bitPattern) + [UInt8](repeating: 0, count: 28)))
    }
  }

  @Test func theHeadIsRoundedWhenAskedFor() throws {
    let folder = try TemporaryFolder()
    let source = try GGUFModel(path: Known.model("bitnet2b_i2s"))
    for format in DenseFormat.allCases {
      let made = try convert(source, .init(type: .i2S, head: format), in: folder)
      let before = try source.matrix(.embedding, rows: 288, columns: 256)
      let after = try made.matrix(.embedding, rows: 288, columns: 256)
      #expect(after.denseFormat == format)
      var (x, y) = ([Float](repeating: 0, count: 256), [Float](repeating: 0, count: 256))
      before.readRow(3, into: &x)
      after.readRow(3, into: &y)
      let largest = x.map(\.magnitude).max()!
      #expect(zip(x, y).allSatisfy { abs($0 - $1) <= largest / 7 })
      if format == .f16 || format == .f32 { #expect(x == y) }
    }
    let narrow = try GGUFModel(path: Known.model("bitnet25_f16"))
    let error = #expect(throws: ModelFileError.self) { try convert(narrow, .init(type: .q8, head: .q6k), in: folder) }
    #expect(error?.part == "token_embd.weight" && error?.problem.contains("formats for 64 are") == true)
  }

  @Test func anActivationThatIsStatedChangesTheArchitecture() throws {
    let folder = try TemporaryFolder()
    let source = try GGUFModel(path: Known.model("bitnet_silu_q8"))
    #expect(try convert(source, .init(type: .q8), in: folder).architecture == .bitnet)
    let made = try convert(source, .init(type: .q8, activation: .relu2), in: folder)
    #expect(made.architecture == .bitnetB158 && made.model.activation == .relu2 && made.notes.isEmpty)
    #expect(made.file.metadata["bitnet-b1.58.hidden_activation"] == .string("relu2"))
    #expect(!made.file.metadata.entries.contains { $0.key.hasPrefix("bitnet.") })
  }

  @Test func aScaleThatNoHalfHoldsIsRefused() throws {
    let folder = try TemporaryFolder()
    let source = try GGUFModel(path: folder.write("m.gguf", GGUFModelTests.model(scale: 1e-9).bytes))
    let error = #expect(throws: ModelFileError.self) { try convert(source, .init(type: .f16), in: folder) }
    #expect(error?.part == "blk.0.attn_q.weight" && error?.problem.contains("use i2_s") == true)
    #expect(try rows(convert(source, .init(type: .i2S), in: folder), .layer(0, .query)).scale == 1e-9)
  }
}
