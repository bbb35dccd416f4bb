import Foundation
import ModelFiles
import Testing

@Suite struct GGUFWriterTests {
  @Test func whatIsWrittenIsReadBack() throws {
    let folder = try TemporaryFolder()
    let values: [(String, GGUFValue)] = [
      ("a.u8", .uint8(1)), ("a.i8", .int8(-1)), ("a.u16", .uint16(2)), ("a.i16", .int16(-2)), ("a.u32", .uint32(3)),
      ("a.i32", .int32(-3)), ("a.f32", .float32(0.25)), ("a.yes", .bool(true)), ("a.text", .string("Füße")),
      ("a.words", .array(GGUFArray(["x", "", "yy"]))), ("a.ints", .array(GGUFArray([Int32(-1), 2]))),
      ("a.floats", .array(GGUFArray([Float(1), 2]))), ("a.u64", .uint64(.max)), ("a.i64", .int64(.min)),
      ("a.f64", .float64(0.1)),
    ]
    var writer = GGUFWriter()
    for (key, value) in values { writer.set(key, value) }
    writer.set("a.u8", .uint8(9))
    writer.add(try #require(GGUFWriter.Tensor(name: "one", type: .f32, sizes: [3])))
    writer.add(try #require(GGUFWriter.Tensor(name: "two", type: .q8_0, sizes: [32, 2])))
    #expect(GGUFWriter.Tensor(name: "three", type: .q8_0, sizes: [33]) == nil)
    let path = folder.path + "/out.gguf"
    let contents: [[UInt8]] = [[UInt8](0..<12), [UInt8](repeating: 5, count: 68)]
    try writer.write(to: path) { index, write in
      // In two pieces.
      try contents[index].prefix(5).withUnsafeBytes(write)
      try contents[index].dropFirst(5).withUnsafeBytes(write)
    }
    let file = try GGUFFile(path: path)
    #expect(file.file.bytes.count == writer.byteCount)
    #expect(file.metadata.entries.map(\.key) == values.map(\.0) && file.metadata["a.u8"] == .uint8(9))
    for (key, value) in values.dropFirst() { #expect(file.metadata[key] == value) }
    #expect(file.tensors.map { Array($0.bytes) } == contents && file.tensors[1].shape == [2, 32])
  }

  @Test func aFailureLeavesNothingBehind() throws {
    struct Stop: Error {}
    let folder = try TemporaryFolder()
    let path = try folder.write("out.gguf", Array("before".utf8))
    var writer = GGUFWriter()
    writer.add(try #require(GGUFWriter.Tensor(name: "one", type: .f32, sizes: [3])))
    #expect(throws: Stop.self) { try writer.write(to: path) { _, _ in throw Stop() } }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["out.gguf"])
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "before")
  }

  @Test func placesThatCannotBeWrittenAreNamed() throws {
    let folder = try TemporaryFolder()
    let writer = GGUFWriter()
    for (path, says) in [("/none/x.gguf", "cannot be written"), ("", "is not a regular file")] {
      let error = #expect(throws: ModelFileError.self) { try writer.write(to: folder.path + path) { _, _ in } }
      #expect(error?.problem.contains(says) == true, "\(error?.description ?? "")")
    }
  }
}
