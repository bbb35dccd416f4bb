import ModelFiles
import Testing

@Suite struct GGUFFileTests {
  /// A file with a value of every type and three tensors.
  static let good: GGUFBytes = {
    var file = GGUFBytes()
    file.keys = [
      ("u8", 0, [200]), ("i8", 1, [0xff]), ("u16", 2, GGUFBytes.little(UInt16(60000))),
      ("i16", 3, GGUFBytes.little(Int16(-2))), ("u32", 4, GGUFBytes.little(UInt32.max)),
      ("i32", 5, GGUFBytes.little(Int32.min)), ("f32", 6, GGUFBytes.little(Float(1.5).bitPattern)),
      ("yes", 7, [1]), ("text", 8, GGUFBytes.string("größer")),
      ("words", 9, GGUFBytes.array(8, ["a", "", "ccc"].map(GGUFBytes.string))),
      ("u64", 10, GGUFBytes.little(UInt64.max)), ("i64", 11, GGUFBytes.little(Int64.min)),
      ("f64", 12, GGUFBytes.little(0.1.bitPattern)),
      (
        "nested", 9,
        GGUFBytes.array(
          9,
          [
            GGUFBytes.array(5, [GGUFBytes.little(Int32(-7)), GGUFBytes.little(Int32(8))]), GGUFBytes.array(0, []),
            GGUFBytes.array(9, [GGUFBytes.array(8, [GGUFBytes.string("deep")])]),
          ])
      ),
      ("numbers", 9, GGUFBytes.array(6, [Float(1), -2.5].map { GGUFBytes.little($0.bitPattern) })),
      ("none", 9, GGUFBytes.array(8, [])),
    ]
    file.add("a", [2, 3], .f32, [UInt8](0..<24))
    file.add("b", [32], .q8_0, [UInt8](repeating: 7, count: 34))
    file.add("empty", [0, 5], .f16, [])
    return file
  }()

  @Test func everyTypeOfMetadataIsRead() throws {
    let folder = try TemporaryFolder()
    let file = try GGUFFile(path: folder.write("a.gguf", Self.good.bytes))
    let metadata = file.metadata
    #expect(file.version == 3 && file.alignment == 32 && metadata.entries.map(\.key) == Self.good.keys.map(\.name))
    #expect(metadata["u8"] == .uint8(200) && metadata["i8"] == .int8(-1) && metadata["u16"] == .uint16(60000))
    #expect(metadata["i16"] == .int16(-2) && metadata["u32"] == .uint32(.max) && metadata["i32"] == .int32(.min))
    #expect(metadata["f32"] == .float32(1.5) && metadata["yes"] == .bool(true) && metadata["text"]?.string == "größer")
    #expect(metadata["u64"]?.integer == nil && metadata["i64"]?.integer == .min && metadata["f64"] == .float64(0.1))
    #expect(metadata["words"]?.array?.strings() == ["a", "", "ccc"] && metadata["none"]?.array?.strings() == [])
    #expect(metadata["numbers"]?.array?.floats() == [1, -2.5] && metadata["numbers"]?.array?.integers() == nil)
    let inner = try #require(metadata["nested"]?.array).values()
    let nested = inner.compactMap(\.array)
    #expect(nested.map(\.count) == [2, 0, 1] && nested[0].integers() == [-7, 8])
    #expect(nested[2].values().first?.array?.strings() == ["deep"])
    #expect(metadata["words"] == .array(GGUFArray(["a", "", "ccc"])) && metadata["absent"] == nil)
  }

  @Test(arguments: [UInt32(2), 3]) func tensorsAreFoundInBothVersions(version: UInt32) throws {
    let folder = try TemporaryFolder()
    var good = Self.good
    good.version = version
    let file = try GGUFFile(path: folder.write("a.gguf", good.bytes))
    #expect(file.version == Int(version) && file.tensors.map(\.name) == ["a", "b", "empty"])
    let a = try #require(file.tensor("a"))
    #expect(a.shape == [3, 2] && a.sizes == [2, 3] && a.type == .f32 && Array(a.bytes) == [UInt8](0..<24))
    #expect(try #require(file.tensor("b")).bytes.count == 34 && file.tensor("empty")?.elements == 0)
    #expect(file.tensor("c") == nil)
  }

  @Test func theAlignmentOfTheFileIsUsed() throws {
    let folder = try TemporaryFolder()
    var wide = GGUFBytes()
    wide.alignment = 128
    wide.set("general.alignment", UInt32(128))
    wide.add("a", [1], .f32, [1, 2, 3, 4])
    wide.add("b", [1], .f32, [5, 6, 7, 8])
    let file = try GGUFFile(path: folder.write("a.gguf", wide.bytes))
    #expect(try Array(#require(file.tensor("b")).bytes) == [5, 6, 7, 8] && file.tensor("b")?.offset == 256)
  }

  /// A change of a good file, and what the error says.
  static let hostile: [(what: String, change: @Sendable (inout GGUFBytes) -> Void, says: String)] = [
    ("version 1", { $0.version = 1 }, "GGUF version 1"),
    ("other byte order", { $0.version = UInt32(3).byteSwapped }, "big-endian"),
    ("a version to come", { $0.version = 77 }, "versions 2 and 3 are read"),
    ("many tensors", { $0.tensorCount = 1 << 60 }, "the number of tensors is"),
    ("all bits", { $0.tensorCount = .max }, "the number of tensors is"),
    ("many keys", { $0.keyCount = .max }, "the number of metadata keys is"),
    ("a type without meaning", { $0.keys[0].type = 13 }, "u8: type 13"),
    ("no truth", { $0.keys[7].bytes = [2] }, "yes: 2 is no truth value"),
    ("a long text", { $0.keys[8].bytes = GGUFBytes.little(UInt64.max) }, "the length of text is"),
    ("a long array", { $0.keys[9].bytes = GGUFBytes.little(UInt32(4)) + GGUFBytes.little(UInt64(1) << 62) }, "words"),
    ("a long array of arrays", { $0.keys[9].bytes = [9, 0, 0, 0, 9, 9, 9, 9, 9, 9, 9, 9] }, "words"),
    ("the same key", { $0.keys[1].name = "u8" }, "u8: is there twice"),
    ("a key without a name", { $0.keys[1].name = "" }, "metadata key 1 is empty"),
    ("the same tensor", { $0.tensors[1].name = "a" }, "a: is there twice"),
    ("five dimensions", { $0.tensors[0].sizes = [1, 1, 1, 1, 1] }, "a: has 5 dimensions"),
    ("a huge size", { $0.tensors[0].sizes = [.max] }, "a: has a size of"),
    ("a product beyond 64 bits", { $0.tensors[0].sizes = [1 << 40, 1 << 40] }, "a: shape"),
    ("bytes beyond 64 bits", { $0.tensors[0].sizes = [1 << 62] }, "a: rows of"),
    ("a part of a block", { $0.tensors[1].sizes = [33] }, "b: rows of 33 are no whole blocks of Q8_0"),
    ("more rows than bytes", { $0.tensors[0].sizes = [2, 1000] }, "a: needs 8000 bytes"),
    ("a place between", { $0.tensors[1].offset = 33 }, "no multiple of 32"),
    ("a place outside", { $0.tensors[1].offset = 1 << 40 }, "b: needs 34 bytes from"),
    ("a place beyond 63 bits", { $0.tensors[1].offset = ~31 }, "b: begins at"),
    ("the same place", { $0.tensors[1].offset = 0 }, "shares bytes with"),
    ("a type from elsewhere", { $0.tensors[0].type = 1000 }, "a: has type 1000"),
    ("TL1", { $0.tensors[0].type = 38 }, "a: is stored as TL1"),
    ("alignment 0", { $0.set("general.alignment", UInt32(0)) }, "general.alignment: is not a power of two"),
    ("alignment 48", { $0.set("general.alignment", UInt32(48)) }, "general.alignment: is not a power of two"),
    ("a word for an alignment", { $0.set("general.alignment", "32") }, "general.alignment: is not a power of two"),
  ]

  @Test(arguments: hostile.indices) func hostileFilesAreRefusedInWords(index: Int) throws {
    let (what, change, says) = Self.hostile[index]
    let folder = try TemporaryFolder()
    var file = Self.good
    change(&file)
    let path = try folder.write("bad.gguf", file.bytes)
    let error = #expect(throws: ModelFileError.self) { try GGUFFile(path: path) }
    #expect(error?.file == path && error?.description.contains(says) == true, "\(what): \(error?.description ?? "")")
  }

  @Test func lookupTablesAreRefusedWithTheWayOut() throws {
    let folder = try TemporaryFolder()
    for (architecture, says) in [("bitnet-b1.58", "TL2"), ("llama", nil)] as [(String, String?)] {
      var file = GGUFBytes()
      file.set("general.architecture", architecture)
      file.tensors = [("blk.0.attn_q.weight", [32], 39, 0)]
      file.data = [UInt8](repeating: 0, count: 17)
      let path = try folder.write("tl.gguf", file.bytes)
      if let says {
        let error = #expect(throws: ModelFileError.self) { try GGUFFile(path: path) }
        #expect(error?.problem.contains(says) == true && error?.problem.contains("--type i2_s") == true)
      } else {
        #expect(try GGUFFile(path: path).tensors[0].type == .mxfp4)
      }
    }
  }

  @Test func arraysInArraysHaveALimit() throws {
    let folder = try TemporaryFolder()
    let one = GGUFBytes.little(UInt32(9)) + GGUFBytes.little(UInt64(1))
    var file = GGUFBytes()
    file.keys = [("deep", 9, Array(repeatElement(one, count: 100_000).joined()) + GGUFBytes.array(0, []))]
    let path = try folder.write("deep.gguf", file.bytes)
    let error = #expect(throws: ModelFileError.self) { try GGUFFile(path: path) }
    #expect(error?.part == "deep" && error?.problem.contains("arrays in each other") == true)
  }

  @Test(arguments: ["", "GGU", "GGUF", "GGML\u{3}", "{\"a\": 1}"]) func whatIsNoGGUFIsRefused(text: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("x.gguf", text.utf8)
    let error = #expect(throws: ModelFileError.self) { try GGUFFile(path: path) }
    #expect(error?.file == path)
  }

  @Test func everyTruncationIsRefused() throws {
    let folder = try TemporaryFolder()
    let whole = Self.good.bytes
    for length in 0..<whole.count {
      let path = try folder.write("cut.gguf", whole.prefix(length))
      #expect(throws: ModelFileError.self, "cut to \(length) of \(whole.count) bytes") { try GGUFFile(path: path) }
    }
  }

  @Test(arguments: 0..<8) func flippedBitsNeverGiveATensorOutsideTheFile(seed: UInt64) throws {
    let folder = try TemporaryFolder()
    let whole = Self.good.bytes
    var random = SeededGenerator(state: seed)
    for _ in 0..<200 {
      var damaged = whole
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<whole.count, using: &random)
        damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      }
      guard let file = try? GGUFFile(path: folder.write("flip.gguf", damaged)) else { continue }
      for tensor in file.tensors {
        #expect(tensor.offset > 0 && tensor.offset + tensor.byteCount <= damaged.count)
        #expect(tensor.elements == tensor.shape.reduce(1, *))
      }
      for array in file.metadata.entries.compactMap(\.value.array) { #expect(array.values().count == array.count) }
    }
  }
}
