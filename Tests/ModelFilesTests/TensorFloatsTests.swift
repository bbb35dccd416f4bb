import ModelFiles
import Testing

@Suite struct TensorFloatsTests {
  /// A tensor of so many elements with these bytes.
  private func tensor(_ type: ElementType, _ bytes: [UInt8], in folder: TemporaryFolder) throws -> Tensor {
    let count = bytes.count / type.bytes
    let header = #"{"w": {"dtype": "\#(type.rawValue)", "shape": [\#(count)], "data_offsets": [0, \#(bytes.count)]}}"#
    return try #require(SafetensorsFile(path: folder.writeSafetensors(header: header, data: bytes)).tensors["w"])
  }

  private func read(_ tensor: Tensor) -> [Float] {
    var floats = [Float](repeating: 0, count: tensor.elements)
    tensor.readFloats(from: 0, count: tensor.elements, into: &floats)
    return floats
  }

  @Test func everyHalfBecomesTheFloatOfTheSameValue() throws {
    let folder = try TemporaryFolder()
    let bits = (0...UInt16.max).map { $0 }
    let floats = read(try tensor(.f16, bits.flatMap { withUnsafeBytes(of: $0.littleEndian, Array.init) }, in: folder))
    for (half, float) in zip(bits, floats) {
      let (exponent, fraction) = (Int(half >> 10 & 31), Float(half & 0x3ff))
      let magnitude: Float =
        switch exponent {
        case 31: fraction == 0 ? .infinity : .nan
        case 0: fraction * 0x1p-24
        default: (1 + fraction / 1024) * Float(sign: .plus, exponent: exponent - 15, significand: 1)
        }
      let expected = half >> 15 == 1 ? -magnitude : magnitude
      #expect(float == expected || float.isNaN && expected.isNaN, "0x\(String(half, radix: 16))")
      #expect(float.sign == expected.sign || expected.isNaN)
    }
  }

  @Test func bfloatsAreTheUpperHalvesOfFloats() throws {
    let folder = try TemporaryFolder()
    let values: [Float] = [0, -0.0, 1, -2.5, 0x1p-130, 3.389_531_4e38, .infinity]
    let bytes = values.flatMap { withUnsafeBytes(of: UInt16($0.bitPattern >> 16).littleEndian, Array.init) }
    let expected = values.map { Float(bitPattern: $0.bitPattern & 0xffff_0000) }
    #expect(read(try tensor(.bf16, bytes, in: folder)) == expected)
  }

  @Test func unalignedFloatsAreRead() throws {
    let folder = try TemporaryFolder()
    let floats: [Float] = [1.5, -3]
    let bytes = [UInt8(0xff)] + floats.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }
    let header = """
      {"pad": {"dtype": "U8", "shape": [1], "data_offsets": [0, 1]},\
      "w": {"dtype": "F32", "shape": [2], "data_offsets": [1, 9]}}
      """
    let file = try SafetensorsFile(path: folder.writeSafetensors(header: header, data: bytes))
    #expect(read(try #require(file.tensors["w"])) == [1.5, -3])
  }

  @Test func wrongShapeWrongTypeAndInfinityAreNamed() throws {
    let folder = try TemporaryFolder()
    let infinity = withUnsafeBytes(of: Float.infinity.bitPattern.littleEndian, Array.init)
    let floats = try tensor(.f32, infinity, in: folder)
    #expect(throws: floats.error("has shape [1], but config.json calls for [2]")) {
      try floats.finiteFloats(shape: [2])
    }
    let notFinite = #expect(throws: ModelFileError.self) { try floats.finiteFloats(shape: [1]) }
    #expect(notFinite?.part == "w" && notFinite?.problem.contains("element 0 is inf") == true)
    let bytes = try tensor(.u8, [1], in: folder)
    let type = #expect(throws: ModelFileError.self) { try bytes.finiteFloats(shape: [1]) }
    #expect(type?.problem.contains("is stored as U8") == true)
  }
}
