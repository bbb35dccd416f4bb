import Foundation
import ModelFiles
import Testing

@Suite struct GGUFModelTests {
  /// A one-layer BitNet model: hidden 128, feed-forward 256, two heads of 64, eight words.
  static func model(
    _ architecture: String = "bitnet-b1.58", type: GGMLType = .i2S, scale: Float = 0.5,
    projection: ((UInt64, UInt64) -> [UInt8])? = nil
  ) -> GGUFBytes {
    var file = GGUFBytes()
    file.set("general.architecture", architecture)
    let numbers: [(String, UInt32)] = [
      ("context_length", 64), ("embedding_length", 128), ("block_count", 1), ("feed_forward_length", 256),
      ("attention.head_count", 2), ("attention.head_count_kv", 1), ("rope.dimension_count", 64), ("vocab_size", 8),
    ]
    for (key, number) in numbers { file.set("\(architecture).\(key)", number) }
    file.set("\(architecture).attention.layer_norm_rms_epsilon", Float(1e-5))
    func ones(_ name: String, _ count: Int) {
      file.add(name, [UInt64(count)], .f32, (0..<count).flatMap { _ in GGUFBytes.little(Float(1).bitPattern) })
    }
    file.add("token_embd.weight", [128, 8], .f16, [UInt8](repeating: 0x11, count: 2048))
    ones("output_norm.weight", 128)
    for (norm, width) in [("attn_norm", 128), ("ffn_norm", 128)] { ones("blk.0.\(norm).weight", width) }
    if architecture.hasPrefix("bitnet") {
      ones("blk.0.attn_sub_norm.weight", 128)
      ones("blk.0.ffn_sub_norm.weight", 256)
    }
    for (name, columns, rows) in [
      ("attn_q", 128, 128), ("attn_k", 128, 64), ("attn_v", 128, 64), ("attn_output", 128, 128), ("ffn_gate", 128, 256),
      ("ffn_up", 128, 256), ("ffn_down", 256, 128),
    ] as [(String, UInt64, UInt64)] {
      let i2S =
        [UInt8](repeating: 0b0001_1001, count: Int(columns * rows) / 4)
        + GGUFBytes.little(scale.bitPattern) + [UInt8](repeating: 0xcd, count: 28)
      file.add("blk.0.\(name).weight", [columns, rows], type, projection?(columns, rows) ?? i2S)
    }
    return file
  }

  private func open(_ file: GGUFBytes, _ layout: TernaryBlocks.I2SLayout = .blocksOf128) throws -> GGUFModel {
    let folder = try TemporaryFolder()
    return try GGUFModel(path: folder.write("m.gguf", file.bytes), i2SLayout: layout)
  }

  private func query(_ model: GGUFModel) throws -> TernaryTensor {
    try model.projection(.layer(0, .query), rows: 128, columns: 128) { rows, body in body(0..<rows) }
  }

  private func expectError(
    _ file: GGUFBytes, part: String, says: String, _ use: (GGUFModel) throws -> Void = { _ in }
  ) {
    let error = #expect(throws: ModelFileError.self) { try use(open(file)) }
    #expect(error?.part == part && error?.problem.contains(says) == true, "\(error?.description ?? "no error")")
  }

  @Test func sizesAreThoseOfTheMetadata() throws {
    let model = try open(Self.model()).model
    #expect(model.hiddenSize == 128 && model.intermediateSize == 256 && model.layers == 1 && model.headDim == 64)
    #expect(model.attentionHeads == 2 && model.keyValueHeads == 1 && model.vocabularySize == 8)
    #expect(model.ropeTheta == 10_000 && model.rmsNormEpsilon == Double(Float(1e-5)) && model.maxPositions == 64)
    #expect(model.activation == .relu2 && model.hasSubNorms && model.tiedEmbeddings)
  }

  @Test func theActivationIsWhatTheFileSaysOrWhatItsArchitectureMeans() throws {
    func activation(_ architecture: String, stated: String? = nil) throws -> GGUFModel {
      var file = Self.model(architecture)
      if let stated { file.set("\(architecture).hidden_activation", stated) }
      return try open(file)
    }
    #expect(try activation("bitnet-b1.58").model.activation == .relu2)
    #expect(try activation("bitnet-25").model.activation == .relu2)
    let doubtful = try activation("bitnet")
    #expect(doubtful.model.activation == .silu && doubtful.notes.map(\.id) == ["W-activation"])
    let stated = try activation("bitnet", stated: "relu2")
    #expect(stated.model.activation == .relu2 && stated.notes.isEmpty)
    #expect(try activation("bitnet-b1.58", stated: "silu").model.activation == .silu)
    var file = Self.model()
    file.set("bitnet-b1.58.hidden_activation", "gelu")
    expectError(file, part: "bitnet-b1.58.hidden_activation", says: "none of")
  }

  @Test func bitNetArchitecturesUseTheEmbeddingAsHeadUnlessTheFileSaysNo() throws {
    var file = Self.model()
    file.add("output.weight", [128, 8], .f16, [UInt8](repeating: 0, count: 2048))
    let model = try open(file)
    #expect(model.model.tiedEmbeddings && model.notes.map(\.id) == ["W-head"])
    file.keys.append(("bitnet-b1.58.tie_word_embeddings", 7, [0]))
    #expect(try !open(file).model.tiedEmbeddings)
  }

  static let missing = [
    "general.architecture", "bitnet-b1.58.context_length", "bitnet-b1.58.embedding_length", "bitnet-b1.58.block_count",
    "bitnet-b1.58.feed_forward_length", "bitnet-b1.58.attention.head_count",
    "bitnet-b1.58.attention.layer_norm_rms_epsilon",
  ]

  @Test(arguments: missing) func aMissingKeyIsNamed(key: String) {
    var file = Self.model()
    file.keys.removeAll { $0.name == key }
    expectError(file, part: key, says: "is missing")
  }

  @Test func contradictionsAreNamed() {
    func expect(_ key: String, _ value: UInt32, _ says: String) {
      var file = Self.model()
      file.keys.removeAll { $0.name == "bitnet-b1.58.\(key)" }
      file.set("bitnet-b1.58.\(key)", value)
      expectError(file, part: "bitnet-b1.58.\(key)", says: says)
    }
    expect("attention.head_count_kv", 3, "does not divide")
    expect("attention.key_length", 31, "odd")
    expect("attention.value_length", 32, "differs from the width of a head")
    expect("rope.dimension_count", 32, "differs from the width of a head")
    expect("block_count", 0, "not in 1...")
    expect("block_count", 1 << 28, "layers, but the file has")
    expect("embedding_length", .max, "not in 1...")
    expect("expert_count", 8, "not supported")
    expect("attention.head_count", 0, "not in 1...")
    var typed = Self.model()
    typed.keys.removeAll { $0.name == "bitnet-b1.58.block_count" }
    typed.set("bitnet-b1.58.block_count", "one")
    expectError(typed, part: "bitnet-b1.58.block_count", says: "where an integer belongs")
    var scaled = Self.model()
    scaled.set("bitnet-b1.58.rope.scaling.type", "yarn")
    expectError(scaled, part: "bitnet-b1.58.rope.scaling.type", says: "\"yarn\" is not supported")
  }

  @Test func anotherArchitectureIsNamedWithThoseThatAreKnown() {
    expectError(Self.model("mamba"), part: "general.architecture", says: "\"llama\"")
  }

  @Test func tensorsWithoutAPlaceAreRefused() {
    var file = Self.model()
    file.add("blk.0.attn_q.bias", [128], .f32, [UInt8](repeating: 0, count: 512))
    expectError(file, part: "blk.0.attn_q.bias", says: "has no place")
  }

  @Test func linearlyScaledPositionsAndFactorsMultiply() throws {
    var file = Self.model("llama")
    #expect(try open(file).rotaryFactors(count: 32) == nil)
    file.set("llama.rope.scaling.type", "linear")
    file.set("llama.rope.scaling.factor", Float(4))
    #expect(try open(file).rotaryFactors(count: 32) == [Float](repeating: 4, count: 32))
    file.add("rope_freqs.weight", [32], .f32, (0..<32).flatMap { GGUFBytes.little(Float($0 + 1).bitPattern) })
    #expect(try open(file).rotaryFactors(count: 32) == (0..<32).map { 4 * Float($0 + 1) })
  }

  @Test func i2SIsReadInBothLayouts() throws {
    struct Cases: Decodable {
      struct Case: Decodable {
        let rows: Int, cols: Int, scale: Float, ternary: [Int8], x86_128_hex: String, arm_64_hex: String
      }
      let cases: [Case]
    }
    for example in try Known.decode(Cases.self, "i2s_pack.json").cases {
      let layouts: [(TernaryBlocks.I2SLayout, String)] = [
        (.blocksOf128, example.x86_128_hex), (.blocksOf64, example.arm_64_hex),
      ]
      for (layout, hex) in layouts {
        var file = Self.model()
        let index = try #require(file.tensors.firstIndex { $0.name == "blk.0.attn_q.weight" })
        file.tensors.remove(at: index)
        file.add("blk.0.attn_q.weight", [UInt64(example.cols), UInt64(example.rows)], .i2S, Known.bytes(hex))
        let model = try open(file, layout)
        let tensor = try model.projection(.layer(0, .query), rows: example.rows, columns: example.cols) { _, _ in }
        var weights = [Int8](repeating: 9, count: example.rows * example.cols)
        for row in 0..<example.rows {
          weights.withUnsafeMutableBufferPointer {
            #expect(tensor.readRow(row, into: $0.baseAddress! + row * example.cols))
          }
        }
        #expect(weights == example.ternary && tensor.scale == example.scale)
      }
    }
  }

  @Test(arguments: [Float.nan, .infinity, 0, -1]) func aSenselessI2SScaleIsRefused(scale: Float) {
    expectError(Self.model(scale: scale), part: "blk.0.attn_q.weight", says: "more than one thread") {
      _ = try query($0)
    }
  }

  @Test func rowsThatBlocksWouldCrossAreRefused() throws {
    var file = Self.model()
    let index = try #require(file.tensors.firstIndex { $0.name == "blk.0.attn_q.weight" })
    file.tensors[index].sizes = [64, 256]
    expectError(file, part: "blk.0.attn_q.weight", says: "--type q8_0") {
      _ = try $0.projection(.layer(0, .query), rows: 256, columns: 64) { _, _ in }
    }
  }

  @Test func aCodeThatMeansNothingIsFound() throws {
    let file = Self.model { columns, rows in
      [UInt8](repeating: 0xff, count: Int(columns * rows) / 4) + [0, 0, 0, 0x3f] + [UInt8](repeating: 0, count: 28)
    }
    var row = [Int8](repeating: 0, count: 128)
    #expect(try !query(open(file)).readRow(0, into: &row))
  }

  @Test func floatsAreTakenAsTernaryOrAsMasters() throws {
    func floats(_ values: @escaping (Int) -> Float) -> (UInt64, UInt64) -> [UInt8] {
      { columns, rows in (0..<Int(columns * rows)).flatMap { GGUFBytes.little(values($0).bitPattern) } }
    }
    let ternary = try query(open(Self.model(type: .f32, projection: floats { [0.25, 0, -0.25][$0 % 3] })))
    var row = [Int8](repeating: 9, count: 128)
    #expect(ternary.readRow(0, into: &row) && row.prefix(4) == [1, 0, -1, 1] && ternary.scale == 0.25)
    let zeros = try query(open(Self.model(type: .f32, projection: floats { _ in 0 })))
    #expect(zeros.readRow(0, into: &row) && row.allSatisfy { $0 == 0 })
    let masters = Self.model(type: .f32, projection: floats { [1, 0.25, -0.75, 0][$0 % 4] })
    let rounded = try query(open(masters))
    #expect(rounded.readRow(5, into: &row) && row.prefix(4) == [1, 0, -1, 0] && rounded.scale == 0.5)
    let llama = Self.model("llama", type: .f32, projection: floats { [1, 0.25, -0.75, 0][$0 % 4] })
    expectError(llama, part: "blk.0.attn_q.weight", says: "this is no ternary model") { _ = try query($0) }
    let damaged = Self.model(type: .f32, projection: floats { $0 == 7 ? .nan : 1 })
    expectError(damaged, part: "blk.0.attn_q.weight", says: "not finite") { _ = try query($0) }
  }

  @Test func rowsOfQueriesComeBackToTheirHalves() throws {
    // Row r of the file holds sign r % 2 in its first column: rows of a head alternate between its halves.
    func rows(_ columns: UInt64, _ rows: UInt64) -> [UInt8] {
      (0..<Int(rows)).flatMap { row in
        (0..<Int(columns)).flatMap { GGUFBytes.little(Float($0 == 0 ? (row % 2 == 0 ? 1 : -1) : 0).bitPattern) }
      }
    }
    let tensor = try query(open(Self.model("llama", type: .f32, projection: rows)))
    var row = [Int8](repeating: 9, count: 128)
    for index in 0..<128 {
      #expect(tensor.readRow(index, into: &row) && row[0] == (index % 64 < 32 ? 1 : -1))
    }
  }

  @Test(arguments: Known.models, [1, 2, 3]) func damagedModelsNeverCrash(name: String, seed: UInt64) throws {
    let folder = try TemporaryFolder()
    let whole = [UInt8](try Data(contentsOf: URL(filePath: Known.model(name))))
    var random = SeededGenerator(state: seed)
    for round in 0..<12 {
      var damaged = whole
      // Most damage goes where the header is.
      let end = round % 4 == 0 ? whole.count : 6000
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        damaged[Int.random(in: 0..<end, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      if round % 3 == 0 { damaged.removeLast(Int.random(in: 0..<damaged.count, using: &random)) }
      guard let model = try? GGUFModel(path: folder.write("m.gguf", damaged)) else { continue }
      for tensor in model.model.tensors {
        let shape = model.model.shape(of: tensor)
        guard case .layer(_, let part) = tensor, part.isProjection,
          let projection = try? model.projection(
            tensor, rows: shape[0], columns: shape[1], forEachRow: { rows, body in body(0..<rows) })
        else { continue }
        var row = [Int8](repeating: 0, count: shape[1])
        for index in 0..<shape[0] { _ = projection.readRow(index, into: &row) }
      }
    }
  }
}

@Suite struct ModelFileTests {
  @Test func aFolderWithOneGGUFFileIsThatFile() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("a.gguf", GGUFModelTests.model().bytes)
    #expect(try ModelFile.open(path: folder.path).path == path)
    try folder.write("b.gguf", GGUFModelTests.model().bytes)
    let error = #expect(throws: ModelFileError.self) { try ModelFile.open(path: folder.path) }
    #expect(error?.problem.contains("a.gguf, b.gguf") == true, "\(error?.description ?? "")")
  }

  @Test func aFileIsKnownByHowItBegins() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("model.bin", GGUFModelTests.model().bytes)
    #expect(try ModelFile.open(path: path).format == "gguf")
    let missing = #expect(throws: ModelFileError.self) { try ModelFile.open(path: folder.path + "/none.gguf") }
    #expect(missing?.problem.contains("does not exist") == true)
  }

  @Test func anInventoryCountsWeightsByPurposeAndType() throws {
    let groups = try ModelInventory(GGUFModel(path: Known.model("llama_tq2"))).groups
    #expect(groups.map(\.purpose) == ["embedding", "norms", "projections", "head"])
    #expect(groups.map(\.type) == ["Q8_0", "F32", "TQ2_0", "Q8_0"] && groups.map(\.tensors) == [1, 3, 7, 1])
    #expect(groups[2].bitsPerWeight == 2.0625 && groups[0].weights == 288 * 256)
  }

  @Test func releasedBytesAreReadAgain() throws {
    let folder = try TemporaryFolder()
    let contents = (0..<20_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let file = try MappedFile(path: folder.write("x", contents))
    for range in [0..<0, 5..<6, 4095..<12_000, 0..<20_000, 10..<1_000_000] {
      file.release(range)
      #expect(file.bytes.elementsEqual(contents))
    }
    #expect(file.sha256().hex() == SHA256.hex(of: contents))
  }
}
