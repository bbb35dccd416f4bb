import Foundation

/// Writes a safetensors file that appears at its path when it is complete, and never in part.
public enum SafetensorsWriter {
  /// One tensor to write.
  public struct Entry {
    /// The name in the file.
    public let name: String
    /// How elements are encoded.
    public let type: ElementType
    /// Sizes, the slowest dimension first.
    public let shape: [Int]
    /// The elements, row-major.
    public let bytes: UnsafeRawBufferPointer

    /// Describes a tensor; `bytes` must hold the elements that shape and type call for.
    public init(name: String, type: ElementType, shape: [Int], bytes: UnsafeRawBufferPointer) {
      precondition(shape.reduce(type.bytes, *) == bytes.count, "\(name): bytes do not fit the shape")
      self.name = name
      self.type = type
      self.shape = shape
      self.bytes = bytes
    }
  }

  /// Writes tensors, one behind another in the order given, names unique.
  ///
  /// A file that was there before stays as it is until the new one is complete and on the disk.
  ///
  /// - Parameter metadata: what stands in `__metadata__`.
  /// - Throws: `ModelFileError` that names the path: no folder, no room, a disk that fills up on the way.
  public static func write(_ entries: [Entry], metadata: [String: String] = [:], to path: String) throws {
    let header = try header(entries, metadata)
    let bytes = entries.reduce(8 + header.count) { $0 + $1.bytes.count }
    let output = try AtomicOutput(path: path, bytes: bytes)
    try withUnsafeBytes(of: UInt64(header.count).littleEndian) { try output.write($0) }
    try header.withUnsafeBytes { try output.write($0) }
    for entry in entries { try output.write(entry.bytes) }
    try output.commit()
  }

  private struct Description: Encodable {
    let dtype: String
    let shape: [Int]
    let data_offsets: [Int]
  }

  /// The JSON, with spaces behind it so that the data begins at a multiple of eight.
  private static func header(_ entries: [Entry], _ metadata: [String: String]) throws -> Data {
    var descriptions: [String: Header] = metadata.isEmpty ? [:] : ["__metadata__": .metadata(metadata)]
    var offset = 0
    for entry in entries {
      let end = offset + entry.bytes.count
      let description = Description(
        dtype: entry.type.rawValue, shape: entry.shape, data_offsets: [offset, end])
      precondition(descriptions.updateValue(.tensor(description), forKey: entry.name) == nil, "\(entry.name) twice")
      offset = end
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var json = try encoder.encode(descriptions)
    json.append(contentsOf: [UInt8](repeating: UInt8(ascii: " "), count: (8 - json.count % 8) % 8))
    return json
  }

  private enum Header: Encodable {
    case tensor(Description)
    case metadata([String: String])

    func encode(to encoder: any Encoder) throws {
      switch self {
      case .tensor(let description): try description.encode(to: encoder)
      case .metadata(let metadata): try metadata.encode(to: encoder)
      }
    }
  }
}
