import Foundation
import ModelFiles
import Testing

@Suite struct SafetensorsFileTests {
  static let header = """
    {"__metadata__": {"format": "pt"},
     "a": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]},
     "b": {"dtype": "U8", "shape": [3], "data_offsets": [16, 19]},
     "empty": {"dtype": "BF16", "shape": [0, 7], "data_offsets": [19, 19]}}
    """
  static let data = [UInt8](0..<19)

  @Test func aGoodFileGivesItsTensors() throws {
    let folder = try TemporaryFolder()
    let file = try SafetensorsFile(path: folder.writeSafetensors(header: Self.header, data: Self.data))
    #expect(file.tensors.keys.sorted() == ["a", "b", "empty"])
    let a = try #require(file.tensors["a"])
    #expect(a.shape == [2, 2] && a.type == .f32 && a.elements == 4)
    #expect(Array(a.bytes) == [UInt8](0..<16))
    #expect(try Array(#require(file.tensors["b"]).bytes) == [16, 17, 18])
    #expect(try #require(file.tensors["empty"]).elements == 0)
  }

  /// A header for tensor "w" beside 8 bytes of data, and what the error says about it.
  static let hostile: [(header: String, says: String)] = [
    (#"{"w": {"dtype": "U8", "shape": [9], "data_offsets": [0, 9]}}"#, "outside the file's 8 bytes"),
    (#"{"w": {"dtype": "U8", "shape": [4], "data_offsets": [-4, 0]}}"#, "outside the file's 8 bytes"),
    (#"{"w": {"dtype": "U8", "shape": [4], "data_offsets": [8, 4]}}"#, "outside the file's 8 bytes"),
    (#"{"w": {"dtype": "U8", "shape": [4], "data_offsets": [4, 9223372036854775807]}}"#, "outside the file's"),
    (#"{"w": {"dtype": "F32", "shape": [4], "data_offsets": [0, 8]}}"#, "needs 16 bytes; data_offsets give 8"),
    (#"{"w": {"dtype": "U8", "shape": [-8], "data_offsets": [0, 8]}}"#, "negative size"),
    (#"{"w": {"dtype": "U8", "shape": [-2, -4], "data_offsets": [0, 8]}}"#, "negative size"),
    (
      #"{"w": {"dtype": "U8", "shape": [4294967296, 4294967296, 8], "data_offsets": [0, 8]}}"#,
      "too large for any memory"
    ),
    (#"{"w": {"dtype": "Q4", "shape": [8], "data_offsets": [0, 8]}}"#, "\"Q4\" is not a type"),
    (#"{"w": {"dtype": "U8", "shape": [8], "data_offsets": [0]}}"#, "1 numbers instead of 2"),
    (#"{"w": {"dtype": "U8", "shape": [8]}}"#, "w: key \"data_offsets\" is missing"),
    (#"{"w": {"dtype": "U8", "shape": [8.5], "data_offsets": [0, 8]}}"#, "damaged header"),
    (#"{"w": {"dtype": "U8", "shape": [99999999999999999999], "data_offsets": [0, 8]}}"#, "damaged header"),
    (#"{"w": {"dtype": 8, "shape": [8], "data_offsets": [0, 8]}}"#, "damaged header"),
    (#"{"w": null}"#, "damaged header"),
    (#"["w"]"#, "damaged header"),
    (#"{"w""#, "damaged header"),
    ("", "damaged header"),
    (
      #"{"v": {"dtype": "U8", "shape": [5], "data_offsets": [0, 5]}, "w": {"dtype": "U8", "shape": [4], "#
        + #""data_offsets": [4, 8]}}"#, "w: shares bytes with v"
    ),
    (String(repeating: #"{"w":"#, count: 100_000), "damaged header"),
    (String(repeating: "[", count: 1_000_000), "damaged header"),
  ]

  @Test(arguments: hostile) func aHostileHeaderIsRefusedInWords(header: String, says: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.writeSafetensors(header: header, data: [UInt8](repeating: 0, count: 8))
    let error = #expect(throws: ModelFileError.self) { try SafetensorsFile(path: path) }
    #expect(error?.file == path)
    #expect(error?.description.contains(says) == true, "\(error?.description ?? "no error")")
  }

  @Test(arguments: [UInt64(100_000_001), 1 << 63, .max]) func aHugeHeaderLengthIsRefused(length: UInt64) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("x.safetensors", withUnsafeBytes(of: length.littleEndian, Array.init) + [123, 125])
    let error = #expect(throws: ModelFileError.self) { try SafetensorsFile(path: path) }
    #expect(error?.description.contains("claims a header of \(length) bytes") == true)
  }

  @Test func everyTruncationIsRefused() throws {
    let folder = try TemporaryFolder()
    let whole = TemporaryFolder.safetensors(header: Self.header, data: Self.data)
    for length in 0..<whole.count {
      let path = try folder.write("cut.safetensors", whole.prefix(length))
      #expect(throws: ModelFileError.self, "cut to \(length) of \(whole.count) bytes") {
        try SafetensorsFile(path: path)
      }
    }
  }

  @Test(arguments: 0..<8) func flippedBitsNeverGiveATensorOutsideTheFile(seed: UInt64) throws {
    let folder = try TemporaryFolder()
    let whole = TemporaryFolder.safetensors(header: Self.header, data: Self.data)
    var random = SeededGenerator(state: seed)
    for _ in 0..<200 {
      var damaged = whole
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<whole.count, using: &random)
        damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      }
      guard let file = try? SafetensorsFile(path: folder.write("flip.safetensors", damaged)) else { continue }
      for tensor in file.tensors.values {
        #expect(tensor.offset >= 8 && tensor.offset + tensor.byteCount <= damaged.count)
        #expect(tensor.bytes.count == tensor.shape.reduce(tensor.type.bytes, *))
      }
    }
  }

  @Test func whatIsNoFileIsNamed() throws {
    let folder = try TemporaryFolder()
    let missing = #expect(throws: ModelFileError.self) { try SafetensorsFile(path: folder.path + "/none.safetensors") }
    #expect(missing?.description.contains("none.safetensors: cannot be opened: No such file") == true)
    let directory = #expect(throws: ModelFileError.self) { try SafetensorsFile(path: folder.path) }
    #expect(directory?.description.contains("is not a regular file") == true)
  }
}
