import Foundation
import Kernels
import ModelFiles
import Testing

/// Dense llama files: what they are taken for, and what becomes of them.
@Suite struct DenseConversionTests {
  private static let parts = ModelTensor.Part.allCases.filter(\.isProjection)

  /// Random floats in rows that no two have alike.
  private static func random(_ columns: UInt64, _ rows: UInt64) -> [Float] {
    var random = SeededGenerator(state: columns &* 131 &+ rows)
    return (0..<columns * rows).map { _ in Float(Int32(truncatingIfNeeded: random.next() >> 32)) * 0x1p-31 }
  }

  private func dense(
    _ folder: TemporaryFolder, _ type: GGMLType = .f32, architecture: String = "llama",
    change: @escaping ([Float]) -> [Float] = { $0 }
  ) throws -> GGUFModel {
    let file = GGUFModelTests.model(architecture, type: type) { columns, rows in
      let values = change(Self.random(columns, rows))
      return type == .f16
        ? values.flatMap { GGUFBytes.little(FloatFormats.half($0)) }
        : values.flatMap { GGUFBytes.little($0.bitPattern) }
    }
    return try GGUFModel(path: folder.write("dense.gguf", file.bytes))
  }

  private func floats(_ model: GGUFModel, _ tensor: ModelTensor) throws -> [Float] {
    let shape = model.model.shape(of: tensor)
    let matrix = try model.denseProjection(tensor, rows: shape[0], columns: shape[1])
    var row = [Float](repeating: 0, count: shape[1])
    return (0..<shape[0]).flatMap { index in
      matrix.readRow(index, into: &row)
      return row
    }
  }

  private func ternary(_ model: GGUFModel, _ tensor: ModelTensor) throws -> (weights: [Int8], scale: Float) {
    let shape = model.model.shape(of: tensor)
    let stored = try model.projection(tensor, rows: shape[0], columns: shape[1]) { rows, body in body(0..<rows) }
    var row = [Int8](repeating: 9, count: shape[1])
    let weights = try (0..<shape[0]).flatMap { index in
      try #require(stored.readRow(index, into: &row))
      return row
    }
    return (weights, stored.scale)
  }

  @Test func plainLlamasWithFloatsAreDenseAndNothingElseIs() throws {
    let folder = TemporaryFolder.self
    #expect(try dense(folder.init()).denseWeights() == .f32 && dense(folder.init(), .f16).denseWeights() == .f16)
    // Ternary values, masters of a family that is ternary, zeros, and ternary types.
    #expect(try dense(folder.init()) { $0.map { $0 < 0 ? -0.5 : 0.5 } }.denseWeights() == nil)
    #expect(try dense(folder.init()) { $0.map { _ in 0 } }.denseWeights() == nil)
    #expect(try dense(folder.init(), architecture: "bitnet").denseWeights() == nil)
    #expect(try GGUFModel(path: Known.model("llama_tq2")).denseWeights() == nil)
    // A first row of zeros decides nothing.
    let late = try dense(folder.init()) { [Float](repeating: 0, count: 128) + $0.dropFirst(128) }
    #expect(try late.denseWeights() == .f32)
    let error = #expect(throws: ModelFileError.self) { try ternary(late, .layer(0, .query)) }
    #expect(error?.part == "blk.0.attn_q.weight" && error?.problem.contains("--ternarize absmean") == true)
  }

  @Test func ternaryTensorsAmongDenseOnesAreRefused() throws {
    let folder = try TemporaryFolder()
    var file = GGUFModelTests.model("llama", type: .f32) { columns, rows in
      Self.random(columns, rows).flatMap { GGUFBytes.little($0.bitPattern) }
    }
    let place = try #require(file.tensors.firstIndex { $0.name == "blk.0.ffn_up.weight" })
    file.tensors[place].type = GGMLType.i2S.rawValue
    let model = try GGUFModel(path: folder.write("mixed.gguf", file.bytes))
    let error = #expect(throws: ModelFileError.self) { try model.denseWeights() }
    #expect(error?.part == "blk.0.ffn_up.weight" && error?.problem.contains("I2_S") == true)
  }

  @Test(arguments: TernaryType.allCases) func absmeanIsWhatItSays(type: TernaryType) throws {
    let folder = try TemporaryFolder()
    let source = try dense(folder)
    let out = folder.path + "/ternary.gguf"
    let fits = 128 % type.blockWeights == 0
    guard fits else {
      #expect(throws: ModelFileError.self) {
        try ModelConverter(source, options: .init(type: type, ternarize: .absmean)).write(to: out)
      }
      return
    }
    let errors = try ModelConverter(source, options: .init(type: type, ternarize: .absmean)).write(to: out)
    let made = try GGUFModel(path: out)
    #expect(try made.denseWeights() == nil && made.architecture == .llama)
    #expect(made.notes.map(\.id) == ["W-ternarized"])
    #expect(errors.map(\.role) == Self.parts.map { GGUFArchitecture.name($0) })
    for (part, error) in zip(Self.parts, errors) {
      let tensor = ModelTensor.layer(0, part)
      let (weights, (t, stored)) = (try floats(source, tensor), try ternary(made, tensor))
      // MODELS: g = max(mean |W|, 1e-5), t = clamp(rint(W / g), -1, 1).
      let mean = weights.reduce(0.0) { $0 + Double($1.magnitude) } / Double(weights.count)
      let g = max(Float(mean), 1e-5)
      #expect(t == weights.map { Int8(max(-1, min(1, ($0 * (1 / g)).rounded(.toNearestOrEven)))) })
      let rounding: Float = type == .i2S || type == .f32 ? 0 : type == .bf16 ? 0x1p-8 : 0x1p-10
      #expect(abs(stored / g - 1) <= rounding)
      let squares = zip(weights, t).map { w, t in pow(Double(w) - Double(t) * Double(stored), 2) }
      let relative = (squares.reduce(0, +) / weights.reduce(0) { $0 + Double($1) * Double($1) }).squareRoot()
      #expect(abs(error.relativeError - relative) < 1e-6 && error.tensors == 1)
      #expect(abs(error.zeroShare - Double(t.count { $0 == 0 }) / Double(t.count)) < 1e-12)
      // Of uniform weights a quarter is below half of the mean, and the error is √(5/32).
      #expect(abs(error.zeroShare - 0.25) < 0.03 && abs(relative - 0.395) < 0.02)
    }
    for tensor in [ModelTensor.embedding, .finalNorm, .layer(0, .attentionNorm)] {
      let name = "\(GGUFArchitecture.name(tensor)).weight"
      let (before, after) = (source.file.tensor(name), made.file.tensor(name))
      #expect(before?.type == after?.type && before.map { Array($0.bytes) } == after.map { Array($0.bytes) })
    }
  }

  @Test func threadsDoNotChangeWhatIsMeasured() throws {
    let folder = try TemporaryFolder()
    let converter = try ModelConverter(dense(folder), options: .init(type: .i2S, ternarize: .absmean))
    let out = folder.path + "/out.gguf"
    let one = try converter.write(to: out)
    let whole = try Data(contentsOf: URL(filePath: out))
    let backwards = try converter.write(
      to: out, forEachRow: { rows, body in for row in (0..<rows).reversed() { body(row..<row + 1) } })
    #expect(one == backwards && !one.isEmpty)
    #expect(try Data(contentsOf: URL(filePath: out)) == whole)
  }

  @Test func denseWeightsStayAsTheyAreInTypesOfFloats() throws {
    let folder = try TemporaryFolder()
    let source = try dense(folder, .f16)
    for type in [TernaryType.f16, .q8] {
      let out = folder.path + "/\(type.rawValue).gguf"
      #expect(try ModelConverter(source, options: .init(type: type)).write(to: out).isEmpty)
      let made = try GGUFModel(path: out)
      #expect(made.notes.isEmpty)
      for part in Self.parts {
        let (before, after) = (try floats(source, .layer(0, part)), try floats(made, .layer(0, part)))
        let distance = zip(before, after).reduce(0) { max($0, abs($1.0 - $1.1)) }
        #expect(type == .f16 ? before == after : distance > 0 && distance < 0.005, "\(type) \(distance)")
      }
    }
  }

  @Test func whatMakesNoSenseIsRefused() throws {
    let folder = try TemporaryFolder()
    let source = try dense(folder)
    for type in [TernaryType.i2S, .tq1, .tq2] {
      let error = #expect(throws: ModelFileError.self) { try ModelConverter(source, options: .init(type: type)) }
      #expect(error?.problem.contains("has dense weights, which \(type.rawValue) cannot hold") == true)
      #expect(error?.problem.contains("--ternarize absmean") == true)
    }
    let already = #expect(throws: ModelFileError.self) {
      try ModelConverter(GGUFModel(path: Known.model("llama_tq2")), options: .init(type: .i2S, ternarize: .absmean))
    }
    #expect(already?.problem.contains("is ternary already") == true)
    let damaged = try dense(folder) { [$0[0], .nan] + $0.dropFirst(2) }
    let out = folder.path + "/out.gguf"
    for options in [ModelConverter.Options(type: .i2S, ternarize: .absmean), .init(type: .f16)] {
      let error = #expect(throws: ModelFileError.self) { try ModelConverter(damaged, options: options).write(to: out) }
      #expect(error?.part == "blk.0.attn_q.weight" && error?.problem.contains("not finite") == true)
      #expect(!FileManager.default.fileExists(atPath: out))
    }
  }

  @Test(arguments: [1, 2, 3]) func damagedFilesNeverCrash(seed: UInt64) throws {
    let folder = try TemporaryFolder()
    let source = try dense(folder)
    let whole = [UInt8](try Data(contentsOf: URL(filePath: source.path)))
    var random = SeededGenerator(state: seed)
    for _ in 0..<20 {
      var damaged = whole
      for _ in 0..<3 {
        damaged[Int.random(in: 0..<2500, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      do {
        let model = try GGUFModel(path: folder.write("damaged.gguf", damaged))
        _ = try model.denseWeights()
        try ModelConverter(model, options: .init(type: .i2S, ternarize: .absmean)).write(to: folder.path + "/out.gguf")
      } catch is ModelFileError {}
    }
  }
}
