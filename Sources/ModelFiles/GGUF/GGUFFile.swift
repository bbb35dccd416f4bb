/// One GGUF file: mapped, its header checked against the bytes that are there.
///
/// After `init` every tensor lies inside the file at its alignment, has the size that its shape and type call for, and
/// shares no byte with another. Weights and the elements of metadata arrays are not touched.
public struct GGUFFile: Sendable {
  /// The mapped file.
  public let file: MappedFile
  /// 2 or 3, which differ only in allowing the other byte order.
  public let version: Int
  /// What tensors' places are multiples of.
  public let alignment: Int
  /// The metadata, in the order of the file.
  public let metadata: GGUFMetadata
  /// Tensors in the order of the file.
  public let tensors: [GGUFTensor]
  private let index: [String: Int]

  /// The path as it was opened.
  public var path: String { file.path }

  /// What a GGUF file begins with.
  public static let magic = Array("GGUF".utf8)

  /// Opens and checks a file.
  ///
  /// - Throws: `ModelFileError` that names the file, the key or tensor, and what is wrong with it.
  public init(path: String) throws { try self.init(MappedFile(path: path)) }

  /// Checks a file that is mapped.
  ///
  /// - Throws: `ModelFileError` that names the file, the key or tensor, and what is wrong with it.
  public init(_ file: MappedFile) throws {
    self.file = file
    var cursor = GGUFCursor(bytes: file.bytes, path: file.path)
    version = try Self.version(&cursor)
    // A tensor has at least a name's length, a letter, a dimension count, a type and an offset; a key at least a
    // length, a letter, a type and a byte.
    let tensorCount = try cursor.count("the number of tensors", bytesMin: 25)
    let keyCount = try cursor.count("the number of metadata keys", bytesMin: 14)
    metadata = try GGUFMetadata(count: keyCount, file: file, cursor: &cursor)
    alignment = try Self.alignment(metadata)
    let isBitNet = metadata["general.architecture"]?.string?.hasPrefix("bitnet") ?? false
    let infos = try (0..<tensorCount).map { try TensorInfo(&cursor, number: $0, isBitNet: isBitNet) }
    let dataStart = (cursor.offset + alignment - 1) / alignment * alignment
    let alignment = alignment
    tensors = try infos.map { try $0.tensor(in: file, dataStart: dataStart, alignment: alignment) }
    index = try Self.index(tensors)
    try checkOverlaps()
  }

  /// The tensor of this name, if there is one.
  public func tensor(_ name: String) -> GGUFTensor? { index[name].map { tensors[$0] } }

  // MARK: - The header

  private static func version(_ cursor: inout GGUFCursor) throws -> Int {
    let start = Array(cursor.bytes.prefix(4))
    guard start == magic else {
      throw cursor.error(
        start.isEmpty
          ? "is empty; give the path of a GGUF file" : "does not begin with \"GGUF\"; give the path of a GGUF file")
    }
    let _: UInt32 = try cursor.integer("the magic")
    let version: UInt32 = try cursor.integer("the version")
    switch version {
    case 2, 3: return Int(version)
    case 1: throw cursor.error("is GGUF version 1, whose lengths are shorter; convert the model again")
    case _ where (1...9).contains(version.byteSwapped):
      throw cursor.error("is a big-endian GGUF file; convert it to little-endian with gguf-py's gguf_convert_endian")
    default: throw cursor.error("is GGUF version \(version); versions 2 and 3 are read")
    }
  }

  private static func alignment(_ metadata: GGUFMetadata) throws -> Int {
    guard let value = metadata["general.alignment"] else { return 32 }
    guard let alignment = value.integer, alignment > 0, alignment <= 1 << 30, alignment & (alignment - 1) == 0 else {
      throw metadata.error("general.alignment", "is not a power of two; the file is damaged: download it again")
    }
    return alignment
  }

  private static func index(_ tensors: [GGUFTensor]) throws -> [String: Int] {
    var index: [String: Int] = [:]
    for (place, tensor) in tensors.enumerated() where index.updateValue(place, forKey: tensor.name) != nil {
      throw tensor.error("is there twice; the file is damaged: download it again")
    }
    return index
  }

  private func checkOverlaps() throws {
    let inOrder = tensors.filter { $0.byteCount > 0 }.sorted { ($0.offset, $0.name) < ($1.offset, $1.name) }
    for (one, next) in zip(inOrder, inOrder.dropFirst()) where one.offset + one.byteCount > next.offset {
      throw next.error("shares bytes with \(one.name); the file is damaged: download it again")
    }
  }
}

/// A tensor as the header states it.
private struct TensorInfo {
  let name: String
  let type: GGMLType
  let sizes: [Int]
  let offset: UInt64

  /// ggml's limit.
  private static let dimensionsMax: UInt32 = 4

  init(_ cursor: inout GGUFCursor, number: Int, isBitNet: Bool) throws {
    let name = try cursor.name("the name of tensor \(number)")
    self.name = name
    let dimensions: UInt32 = try cursor.integer(name)
    guard dimensions <= Self.dimensionsMax else {
      throw cursor.error("has \(dimensions) dimensions; at most \(Self.dimensionsMax) are possible", part: name)
    }
    sizes = try (0..<dimensions).map { _ in
      let size: UInt64 = try cursor.integer(name)
      guard let size = Int(exactly: size) else {
        throw cursor.error("has a size of \(size); the file is damaged: download it again", part: name)
      }
      return size
    }
    let id: UInt32 = try cursor.integer(name)
    type = try Self.type(id, isBitNet: isBitNet) { cursor.error($0, part: name) }
    offset = try cursor.integer(name)
  }

  private static func type(
    _ id: UInt32, isBitNet: Bool, error: (String) -> ModelFileError
  ) throws -> GGMLType {
    // bitnet.cpp's table formats, the second of which has an id that upstream gave to MXFP4.
    if id == 38 || (id == 39 && isBitNet) {
      throw error(
        "is stored as TL\(id - 37), whose tiles depend on constants that are not in the file; use the model's "
          + "I2_S file, or convert the original checkpoint with --type i2_s")
    }
    guard let type = GGMLType(rawValue: id) else {
      throw error("has type \(id), which is not known; convert the model to I2_S, TQ2_0 or F16")
    }
    return type
  }

  func tensor(in file: MappedFile, dataStart: Int, alignment: Int) throws -> GGUFTensor {
    func error(_ problem: String) -> ModelFileError { ModelFileError(file: file.path, part: name, problem: problem) }
    var elements = 1
    for size in sizes {
      let (product, overflow) = elements.multipliedReportingOverflow(by: size)
      guard !overflow else { throw error("shape \(sizes) is too large for any memory; the file is damaged") }
      elements = product
    }
    guard let bytes = type.byteCount(elements: elements, columns: sizes.first ?? 1) else {
      throw error("rows of \(sizes.first ?? 1) are no whole blocks of \(type.name), or too many; the file is damaged")
    }
    guard let offset = Int(exactly: offset), offset.isMultiple(of: alignment) else {
      throw error("begins at \(self.offset), which is no multiple of \(alignment); the file is damaged")
    }
    let dataBytes = max(0, file.bytes.count - dataStart)
    guard offset <= dataBytes, bytes <= dataBytes - offset else {
      throw error(
        "needs \(bytes) bytes from \(offset) on, but the file has \(dataBytes) bytes of data; it is cut off: "
          + "download it again")
    }
    return GGUFTensor(
      name: name, type: type, sizes: sizes, offset: dataStart + offset, byteCount: bytes, elements: elements, file: file
    )
  }
}
