import Foundation

/// The JSON at the beginning of a safetensors file, read with suspicion: a header decides which memory is touched.
///
/// The format: 8 bytes of header length, little-endian; the header, an object of `{name: {dtype, shape,
/// data_offsets: [begin, end]}}` beside an optional `__metadata__`; then the data, which offsets count from.
struct SafetensorsHeader {
  /// The limit of the format's reference implementation.
  static let bytesMax = 100_000_000

  /// One tensor as the header states it.
  struct Entry: Decodable, Equatable {
    var dtype: String
    var shape: [Int]
    var dataOffsets: [Int]

    enum CodingKeys: String, CodingKey {
      case dtype, shape
      case dataOffsets = "data_offsets"
    }
  }

  /// Where the data begins in the file.
  let dataStart: Int
  let entries: [String: Entry]

  /// Reads the header of `file`.
  ///
  /// - Throws: `ModelFileError` when the length or the JSON is wrong.
  init(of file: MappedFile) throws {
    let bytes = file.bytes
    guard bytes.count >= 8 else {
      throw ModelFileError(
        file: file.path, problem: "has \(bytes.count) bytes, too few for safetensors; the file was cut off")
    }
    let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard length <= Self.bytesMax else {
      throw ModelFileError(
        file: file.path, problem: "claims a header of \(length) bytes (limit \(Self.bytesMax)); this is not safetensors"
      )
    }
    guard Int(length) <= bytes.count - 8 else {
      throw ModelFileError(
        file: file.path,
        problem: "has \(bytes.count) bytes, but its header alone is said to have \(length); the file was cut off")
    }
    dataStart = 8 + Int(length)
    do {
      let json = Data(bytes[8..<dataStart])
      entries = try JSONDecoder().decode(Entries.self, from: json).entries
    } catch {
      throw ModelFileError(file: file.path, problem: "has a damaged header: \(decodingWords(error))")
    }
  }

  /// All keys but `__metadata__`, whose values are strings that no model needs.
  private struct Entries: Decodable {
    var entries: [String: Entry] = [:]

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: AnyKey.self)
      for key in container.allKeys where key.stringValue != "__metadata__" {
        entries[key.stringValue] = try container.decode(Entry.self, forKey: key)
      }
    }
  }
}

/// Any string as a key.
struct AnyKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
