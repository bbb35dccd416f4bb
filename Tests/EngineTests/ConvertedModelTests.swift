import Engine
import Foundation
import Kernels
import ModelFiles
import Testing

/// Logits of a converted model are those of its source, of either container.
@Suite struct ConvertedModelTests {
  static let sources =
    Oracle.names.map { Oracle(name: $0).path }
    + GGUFOracleTests.names.map { GGUFOracleTests.folder.appending(path: "\($0)/model.gguf").path }

  private func logits(_ path: String) throws -> [Float] {
    let pool = try ThreadPool(threads: 2, placement: .free)
    let model = try Transformer.load(path: path, kernel: naive, pool: pool, hashing: false)
    let ids: [Int32] = (0..<12).map { $0 * 23 % 288 }
    return try Session(model: model, kernel: naive, pool: pool, context: 16).forward(ids, logits: .all).values
  }

  @Test(arguments: sources) func logitsStay(path: String) throws {
    let source = try ModelFile.open(path: path)
    let folder = FileManager.default.temporaryDirectory.appending(path: "tern-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let before = try logits(path)
    var made: [TernaryType] = []
    for type in TernaryType.allCases {
      let out = folder.appending(path: "\(type.rawValue).gguf").path
      do { try ModelConverter(source, options: .init(type: type)).write(to: out) } catch let error as ModelFileError {
        #expect(error.problem.contains("no multiple of the"))
        continue
      }
      made.append(type)
      let after = try logits(out)
      // Only I2_S and F32 keep scales as floats; halves of them move logits, and may move an activation over a tie.
      let isHalf = type == .f16 || type == .tq1 || type == .tq2
      let isExact = type == .i2S || type == .f32 || (isHalf && path.hasSuffix("gguf") && !path.contains("q8"))
      #expect(
        isExact ? bits(after) == bits(before) : distance(after, before) < 0.25, "\(type) \(distance(after, before))")
    }
    #expect(made.contains(.q8) && made.contains(.f16))
  }

  private func distance(_ one: [Float], _ other: [Float]) -> Float {
    one.count == other.count ? zip(one, other).reduce(0) { max($0, abs($1.0 - $1.1)) } : .infinity
  }
}
