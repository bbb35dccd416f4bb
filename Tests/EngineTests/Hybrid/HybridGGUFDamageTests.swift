import Engine
import Foundation
import Kernels
import ModelFiles
import Testing

/// A folder that goes away with the test that made it.
final class TemporaryPlace {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "tern-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appending(path: name).path }
}

/// Conversions that make no sense, and GGUF files with something missing or wrong.
@Suite struct HybridGGUFDamageTests {
  static let sizes = RandomHybrid.Sizes(layers: 8, heads: 4, kvHeads: 2, headDim: 4, window: 3)

  private func convert(_ options: HybridConverter.Options, in place: TemporaryPlace) throws -> GGUFHybrid {
    let model = try RandomHybrid(Self.sizes, seed: 3)
    let path = place.path("model.gguf")
    try HybridConverter(HybridCheckpoint(path: model.path), options: options).write(to: path)
    return try GGUFHybrid(path: path)
  }

  private func load(_ path: String) throws {
    let pool = try ThreadPool(threads: 1, placement: .free)
    _ = try Hybrid.load(GGUFHybrid(path: path), kernels: KernelPlan(naive), pool: pool, hashing: false)
  }

  @Test func whatMakesNoSenseIsRefused() throws {
    let place = try TemporaryPlace()
    func expectRefusal(_ source: any StoredHybrid, _ options: HybridConverter.Options, part: String?, says: String) {
      let error = #expect(throws: ModelFileError.self) { try HybridConverter(source, options: options) }
      #expect(error?.part == part && error?.problem.contains(says) == true, "\(error?.description ?? "")")
    }
    let dense = try convert(.init(type: .f32), in: place)
    expectRefusal(dense, .init(type: .i2S), part: nil, says: "--ternarize absmean")
    expectRefusal(dense, .init(type: .q8), part: "blk.0.ssm_in.weight", says: "formats for 16 are")
    expectRefusal(
      dense, .init(type: .tq2, ternarize: .absmean), part: "blk.0.ssm_in.weight", says: "types that fit are f16")
    let ternary = try convert(.init(type: .f16, ternarize: .absmean), in: place)
    expectRefusal(ternary, .init(type: .f16, ternarize: .absmean), part: nil, says: "is ternary already")
    let pool = try ThreadPool(threads: 1, placement: .free)
    let plan = KernelPlan(dense: DenseKernel.best(for: .f16))
    let error = #expect(throws: EngineError.self) { try Hybrid.load(ternary, kernels: plan, pool: pool) }
    #expect(error?.kind == .mismatch && error?.description.contains("ternary") == true)
  }

  @Test(arguments: [false, true]) func everyTensorThatIsMissingIsNamed(isTernary: Bool) throws {
    let place = try TemporaryPlace()
    let whole = try convert(.init(type: .f32, ternarize: isTernary ? .absmean : nil), in: place).file
    for missing in whole.tensors {
      var writer = GGUFWriter()
      for entry in whole.metadata.entries { writer.set(entry.key, entry.value) }
      let rest = whole.tensors.filter { $0.name != missing.name }
      for tensor in rest {
        writer.add(try #require(GGUFWriter.Tensor(name: tensor.name, type: tensor.type, sizes: tensor.sizes)))
      }
      let path = place.path("rest.gguf")
      try writer.write(to: path) { index, write in try write(rest[index].bytes) }
      let error = #expect(throws: ModelFileError.self) { try load(path) }
      #expect(error?.part == missing.name, "\(error?.description ?? "")")
    }
  }

  @Test func aWeightThatIsNotTernaryIsFound() throws {
    let place = try TemporaryPlace()
    let file = try convert(.init(type: .f32, ternarize: .absmean), in: place).file
    let tensor = try #require(file.tensor("blk.3.ffn_down.weight"))
    var bytes = try Data(contentsOf: URL(filePath: file.path))
    bytes.replaceSubrange(tensor.offset + 8..<tensor.offset + 12, with: [0, 0, 0x80, 0x40])
    let path = place.path("damaged.gguf")
    try bytes.write(to: URL(filePath: path))
    let error = #expect(throws: ModelFileError.self) { try load(path) }
    #expect(error?.part == "blk.3.ffn_down.weight" && error?.problem.contains("-g, 0 and +g") == true)
  }

  @Test(arguments: [false, true]) func damageIsAnErrorAndNothingElse(isTernary: Bool) throws {
    let place = try TemporaryPlace()
    let file = try convert(.init(type: .f32, ternarize: isTernary ? .absmean : nil), in: place).file
    let whole = try Data(contentsOf: URL(filePath: file.path))
    let header = try #require(file.tensors.map(\.offset).min())
    var random: UInt64 = 77
    func below(_ count: Int) -> Int {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((random >> 33) % UInt64(count))
    }
    var loaded = 0
    for round in 0..<300 {
      var bytes = whole
      // Two of three in the header, where damage decides what is read.
      for _ in 0...below(3) { bytes[below(round % 3 == 0 ? bytes.count : header)] = UInt8(below(256)) }
      let path = place.path("damaged.gguf")
      try bytes.write(to: URL(filePath: path))
      do {
        try load(path)
        loaded += 1
      } catch { #expect(error is ModelFileError || error is EngineError || error is KernelError, "\(error)") }
    }
    #expect(loaded > 0 && loaded < 300)
  }
}
