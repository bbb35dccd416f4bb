import Foundation

/// Writes a GGUF file of version 3: header and metadata first, then tensors piece by piece, whole or not at all.
public struct GGUFWriter {
  /// A tensor that will be written, by what the header says of it.
  public struct Tensor: Sendable {
    /// The name in the file.
    public let name: String
    /// How weights are encoded.
    public let type: GGMLType
    /// Sizes, the fastest dimension first.
    public let sizes: [Int]
    /// How many bytes there will be.
    public let byteCount: Int

    /// Describes a tensor; nil where its rows are no whole blocks.
    public init?(name: String, type: GGMLType, sizes: [Int]) {
      let elements = sizes.reduce(1, *)
      guard let bytes = type.byteCount(elements: elements, columns: sizes.first ?? 1) else { return nil }
      self.name = name
      self.type = type
      self.sizes = sizes
      byteCount = bytes
    }
  }

  /// What tensors' places are multiples of: the format's default, which needs no key.
  static let alignment = 32

  private var keys: [(name: String, bytes: [UInt8])] = []
  private var tensors: [Tensor] = []

  /// Starts without keys and tensors.
  public init() {}

  /// Whether a key is set.
  public func has(_ key: String) -> Bool { keys.contains { $0.name == key } }

  /// Sets a key; one that is there keeps its place.
  public mutating func set(_ key: String, _ value: GGUFValue) { set(key, bytes: Self.encoded(value)) }

  /// Sets a key to what another file has, byte for byte.
  mutating func set(_ key: String, copying entry: GGUFMetadata.Entry, of metadata: GGUFMetadata) {
    set(key, bytes: Array(metadata.bytes(of: entry)))
  }

  /// Appends a tensor.
  public mutating func add(_ tensor: Tensor) { tensors.append(tensor) }

  /// The bytes of the whole file.
  public var byteCount: Int {
    tensors.reduce(header.count) { Self.padded($0) + $1.byteCount }
  }

  /// Writes the file beside its path and moves it there when it is complete.
  ///
  /// - Parameter body: writes the bytes of one tensor, all of them, through the function that it gets.
  /// - Throws: `ModelFileError` when the file cannot be written or the disk has no room; what `body` throws.
  public func write(
    to path: String, _ body: (_ tensor: Int, _ write: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) throws {
    let output = try AtomicOutput(path: path, bytes: byteCount)
    try header.withUnsafeBytes(output.write)
    for (index, tensor) in tensors.enumerated() {
      try output.pad(to: Self.alignment)
      let start = output.offset
      try body(index, output.write)
      precondition(output.offset - start == tensor.byteCount, "\(tensor.name) was written in full")
    }
    try output.commit()
  }

  // MARK: - Encoding

  private mutating func set(_ key: String, bytes: [UInt8]) {
    if let index = keys.firstIndex(where: { $0.name == key }) {
      keys[index].bytes = bytes
    } else {
      keys.append((key, bytes))
    }
  }

  private var header: [UInt8] {
    var out = GGUFFile.magic + Self.little(UInt32(3))
    out += Self.little(UInt64(tensors.count)) + Self.little(UInt64(keys.count))
    for key in keys { out += Self.string(key.name) + key.bytes }
    var offset = 0
    for tensor in tensors {
      out += Self.string(tensor.name) + Self.little(UInt32(tensor.sizes.count))
      for size in tensor.sizes { out += Self.little(UInt64(size)) }
      out += Self.little(tensor.type.rawValue) + Self.little(UInt64(offset))
      offset = Self.padded(offset + tensor.byteCount)
    }
    return out + [UInt8](repeating: 0, count: Self.padded(out.count) - out.count)
  }

  private static func padded(_ bytes: Int) -> Int { (bytes + alignment - 1) / alignment * alignment }

  private static func little(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian, Array.init)
  }

  private static func string(_ text: String) -> [UInt8] { little(UInt64(text.utf8.count)) + Array(text.utf8) }

  private static func encoded(_ value: GGUFValue) -> [UInt8] {
    let payload: [UInt8] =
      switch value {
      case .uint8(let number): little(number)
      case .int8(let number): little(number)
      case .uint16(let number): little(number)
      case .int16(let number): little(number)
      case .uint32(let number): little(number)
      case .int32(let number): little(number)
      case .uint64(let number): little(number)
      case .int64(let number): little(number)
      case .float32(let number): little(number.bitPattern)
      case .float64(let number): little(number.bitPattern)
      case .bool(let isTrue): [isTrue ? 1 : 0]
      case .string(let text): string(text)
      case .array(let array):
        little(array.elementType.rawValue) + little(UInt64(array.count)) + array.withBytes { Array($0) }
      }
    return little(value.type.rawValue) + payload
  }
}
