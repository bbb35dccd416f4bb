import Foundation
import ModelFiles
import Testing

@Suite struct CheckpointTests {
  private func folder(linearClass: String = "autobitlinear") throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    var fields: [String: Any] = HuggingFaceConfigurationTests.complete
    fields["quantization_config"] = ["quant_method": "bitnet", "linear_class": linearClass]
    try folder.write("config.json", JSONSerialization.data(withJSONObject: fields))
    return folder
  }

  /// A projection "p" of U8 codes and its scale.
  private func writeProjection(
    _ folder: TemporaryFolder, type: String = "U8", shape: [Int], bytes: [UInt8], scale: Float = 0.25
  ) throws {
    let end = bytes.count
    let header = """
      {"p.weight": {"dtype": "\(type)", "shape": \(shape), "data_offsets": [0, \(end)]},
       "p.weight_scale": {"dtype": "F32", "shape": [1], "data_offsets": [\(end), \(end + 4)]}}
      """
    let data = bytes + withUnsafeBytes(of: scale.bitPattern.littleEndian, Array.init)
    try folder.writeSafetensors(header: header, data: data)
  }

  private func rows(of projection: TernaryTensor) throws -> [[Int8]] {
    try (0..<projection.rows).map { row in
      var weights = [Int8](repeating: 9, count: projection.columns)
      try #require(projection.readRow(row, into: &weights))
      return weights
    }
  }

  private func projection(_ folder: TemporaryFolder, rows: Int, columns: Int) throws -> TernaryTensor {
    try Checkpoint(path: folder.path).projection("p", rows: rows, columns: columns) { _, _ in }
  }

  /// What transformers' `pack_weights` makes of these ternary rows.
  @Test func packedRowsAreFourToAByteAQuarterApart() throws {
    let folder = try folder()
    let ternary: [[Int8]] = [
      [-1, 0, 0], [1, -1, 0], [-1, 1, 1], [-1, -1, -1], [1, -1, 0], [-1, 1, 1], [-1, 0, 0], [-1, 1, -1],
    ]
    try writeProjection(folder, shape: [2, 3], bytes: [0x20, 0x49, 0x59, 0x02, 0xa0, 0x21])
    let projection = try projection(folder, rows: 8, columns: 3)
    #expect(try rows(of: projection) == ternary)
    #expect(projection.scale == 0.25)
  }

  @Test func theLinearClassDecidesWhatTheScaleMeans() throws {
    let multiplier = try folder(linearClass: "autobitlinear")
    let divisor = try folder(linearClass: "bitlinear")
    for folder in [multiplier, divisor] { try writeProjection(folder, shape: [1, 1], bytes: [0], scale: 8) }
    #expect(try projection(multiplier, rows: 4, columns: 1).scale == 8)
    #expect(try projection(divisor, rows: 4, columns: 1).scale == 0.125)
  }

  @Test func weightsLeftUnpackedAreKnownByTheirShape() throws {
    let folder = try folder()
    try writeProjection(folder, type: "I8", shape: [4, 2], bytes: [1, 0, 255, 1, 0, 0, 255, 255])
    #expect(try rows(of: projection(folder, rows: 4, columns: 2)) == [[1, 0], [-1, 1], [0, 0], [-1, -1]])
    let bfloats: [UInt8] = [0x80, 0x3f, 0x80, 0xbf, 0, 0, 0, 0x80]
    try writeProjection(folder, type: "BF16", shape: [4, 1], bytes: bfloats)
    #expect(try rows(of: projection(folder, rows: 4, columns: 1)) == [[1], [-1], [0], [0]])
  }

  @Test func valuesThatAreNotTernaryAreFound() throws {
    let folder = try folder()
    var row: [Int8] = [0]
    try writeProjection(folder, shape: [1, 1], bytes: [0b0011_0000])
    let packed = try projection(folder, rows: 4, columns: 1)
    #expect(packed.readRow(1, into: &row) && !packed.readRow(2, into: &row))
    try writeProjection(folder, type: "I8", shape: [1, 1], bytes: [2])
    #expect(try !projection(folder, rows: 1, columns: 1).readRow(0, into: &row))
    try writeProjection(folder, type: "BF16", shape: [1, 1], bytes: [0, 0x3f])
    #expect(try !projection(folder, rows: 1, columns: 1).readRow(0, into: &row))
  }

  @Test(arguments: [Float.nan, .infinity, 0, -0.5, Float.leastNonzeroMagnitude]) func aSenselessScaleIsNamed(
    scale: Float
  ) throws {
    let folder = try folder()
    try writeProjection(folder, shape: [1, 1], bytes: [0], scale: scale)
    let error = #expect(throws: ModelFileError.self) { try projection(folder, rows: 4, columns: 1) }
    #expect(error?.part == "p.weight_scale" && error?.problem.contains("\(scale)") == true)
  }

  @Test func aWrongShapeSaysWhichWouldBeRight() throws {
    let folder = try folder()
    try writeProjection(folder, shape: [3, 1], bytes: [0, 0, 0])
    let error = #expect(throws: ModelFileError.self) { try projection(folder, rows: 4, columns: 1) }
    #expect(
      error?.part == "p.weight" && error?.problem.contains("packed ternary weights of [4, 1] are U8 [1, 1]") == true)
  }

  @Test func shardsAreFoundThroughTheirIndex() throws {
    let folder = try folder()
    let header = #"{"NAME": {"dtype": "U8", "shape": [1], "data_offsets": [0, 1]}}"#
    for (shard, tensor, byte) in [("one", "a", UInt8(7)), ("two", "b", 9)] {
      let named = header.replacingOccurrences(of: "NAME", with: tensor)
      try folder.writeSafetensors("\(shard).safetensors", header: named, data: [byte])
    }
    func index(_ map: [String: String]) throws {
      try folder.write(
        "model.safetensors.index.json", JSONSerialization.data(withJSONObject: ["weight_map": map]))
    }
    try index(["a": "one.safetensors", "b": "two.safetensors"])
    let checkpoint = try Checkpoint(path: folder.path)
    #expect(try checkpoint.tensor("a").bytes[0] == 7 && checkpoint.tensor("b").bytes[0] == 9)
    #expect(checkpoint.files.count == 2 && checkpoint.sha256().count == 64)

    try index(["a": "two.safetensors"])
    let misplaced = #expect(throws: ModelFileError.self) { try Checkpoint(path: folder.path) }
    #expect(misplaced?.description.contains("a: is not in two.safetensors") == true)
    try index(["a": "../one.safetensors"])
    let outside = #expect(throws: ModelFileError.self) { try Checkpoint(path: folder.path) }
    #expect(outside?.description.contains("not the plain name of a file") == true)
    try index(["a": "three.safetensors"])
    let absent = #expect(throws: ModelFileError.self) { try Checkpoint(path: folder.path) }
    #expect(absent?.description.contains("three.safetensors: cannot be opened") == true)
  }

  @Test func oneFileIsHashedAsItIs() throws {
    let folder = try folder()
    let path = try folder.writeSafetensors(header: "{}", data: [])
    let checkpoint = try Checkpoint(path: path)
    #expect(checkpoint.sha256() == SHA256.hex(of: try Data(contentsOf: URL(fileURLWithPath: path))))
  }

  @Test func whatIsNoCheckpointSaysWhatOneIs() throws {
    let folder = try TemporaryFolder()
    let missing = #expect(throws: ModelFileError.self) { try Checkpoint(path: folder.path + "/none") }
    #expect(missing?.description.contains("does not exist; give a folder") == true)
    let empty = #expect(throws: ModelFileError.self) { try Checkpoint(path: folder.path) }
    #expect(empty?.description.contains("config.json: cannot be opened") == true)
    let gguf = try folder.write("model.gguf", [1])
    let other = #expect(throws: ModelFileError.self) { try Checkpoint(path: gguf) }
    #expect(other?.description.contains("is not a safetensors file") == true)
  }

  @Test func aMissingTensorIsNamed() throws {
    let folder = try folder()
    try folder.writeSafetensors(header: "{}", data: [])
    let error = #expect(throws: ModelFileError.self) { try Checkpoint(path: folder.path).tensor("model.norm.weight") }
    #expect(error?.file == folder.path && error?.part == "model.norm.weight")
  }
}
