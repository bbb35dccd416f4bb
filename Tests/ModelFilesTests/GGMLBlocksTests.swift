import Foundation
import ModelFiles
import Testing

/// Files and cases whose values are known; see Fixtures/README.md.
enum Known {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
  static let models = ["bitnet2b_i2s", "bitnet2b_tq1", "bitnet2b_tq2", "bitnet25_f16", "bitnet_silu_q8", "llama_tq2"]

  static func model(_ name: String) -> String { folder.appending(path: "gguf/\(name)/model.gguf").path }

  static func decode<Value: Decodable>(_ type: Value.Type, _ path: String) throws -> Value {
    try JSONDecoder().decode(type, from: Data(contentsOf: folder.appending(path: path)))
  }

  static func bytes(_ hex: String) -> [UInt8] {
    let digits = Array(hex.utf8).map { UInt8($0 < 58 ? $0 - 48 : $0 - 87) }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}

@Suite struct GGMLBlocksTests {
  struct Blocks: Decodable {
    struct Case: Decodable {
      let type: String
      let name: String?
      let raw_hex: String
      let f32_hex: String
    }
    let dequantize: [Case]
    let quantize: [Case]
  }

  struct Tensors: Decodable {
    struct Entry: Decodable {
      let type_id: UInt32
      let ne: [Int]
      let sha256_of_dequantized_f32: String
    }
    let tensors: [String: Entry]
  }

  private func decoded(_ tensor: GGUFTensor) -> [Float] {
    [Float](unsafeUninitializedCapacity: tensor.elements) { buffer, count in
      tensor.readFloats(from: 0, count: tensor.elements, into: buffer.baseAddress!)
      count = tensor.elements
    }
  }

  @Test func blocksAreDecodedAsGGUFPyDoesBitForBit() throws {
    let folder = try TemporaryFolder()
    let blocks = try Known.decode(Blocks.self, "ggml_blocks.json")
    #expect(Set(blocks.dequantize.map(\.type)).count == 14)
    for example in blocks.dequantize {
      let type = try #require(GGMLType.allCases.first { $0.name == example.type })
      let floats = Known.bytes(example.f32_hex).withUnsafeBytes { Array($0.bindMemory(to: UInt32.self)) }
      var file = GGUFBytes()
      file.add("w", [UInt64(floats.count)], type, Known.bytes(example.raw_hex))
      let tensor = try #require(GGUFFile(path: folder.write("w.gguf", file.bytes)).tensor("w"))
      #expect(type.isReadable && decoded(tensor).map(\.bitPattern) == floats, "\(example.type)")
    }
  }

  @Test(arguments: Known.models) func everyTensorHasTheKnownValues(name: String) throws {
    let known = try Known.decode(Tensors.self, "gguf/\(name)/tensors.json").tensors
    let file = try GGUFFile(path: Known.model(name))
    #expect(Set(file.tensors.map(\.name)) == Set(known.keys))
    for tensor in file.tensors {
      let expected = try #require(known[tensor.name])
      #expect(tensor.sizes == expected.ne && tensor.type.rawValue == expected.type_id)
      let hash = decoded(tensor).withUnsafeBytes { SHA256.hex(of: $0) }
      #expect(hash == expected.sha256_of_dequantized_f32, "\(tensor.name)")
    }
  }
}
