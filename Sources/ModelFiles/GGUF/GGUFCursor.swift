/// Reads a GGUF header from front to back, never beyond its end.
struct GGUFCursor {
  let bytes: UnsafeRawBufferPointer
  let path: String
  private(set) var offset = 0

  /// Arrays within arrays, which no published file has: deep enough for any use, shallow enough for any stack.
  static let depthMax = 8

  init(bytes: UnsafeRawBufferPointer, path: String) {
    self.bytes = bytes
    self.path = path
  }

  var remaining: Int { bytes.count - offset }

  /// One little-endian integer.
  mutating func integer<Value: FixedWidthInteger>(_ what: @autoclosure () -> String) throws -> Value {
    let size = MemoryLayout<Value>.size
    guard remaining >= size else { throw cutOff(what()) }
    defer { offset += size }
    return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Value.self))
  }

  /// A count or a length, refused when the rest of the file cannot hold so many things of `bytesMin` bytes.
  mutating func count(_ what: @autoclosure () -> String, bytesMin: Int) throws -> Int {
    let stated: UInt64 = try integer(what())
    guard stated <= UInt64(remaining / max(bytesMin, 1)) else {
      throw error(
        "\(what()) is \(stated), more than the \(remaining) bytes behind it can hold; the file is cut off or damaged: "
          + "download it again")
    }
    return Int(stated)
  }

  /// The bytes of a string: a length of 64 bits, then UTF-8.
  mutating func stringBytes(_ what: @autoclosure () -> String) throws -> UnsafeRawBufferPointer {
    let length = try count("the length of \(what())", bytesMin: 1)
    defer { offset += length }
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length])
  }

  /// A name, which must be UTF-8 and not empty.
  mutating func name(_ what: @autoclosure () -> String) throws -> String {
    let utf8 = try stringBytes(what())
    guard !utf8.isEmpty, let name = String(validating: utf8, as: UTF8.self) else {
      throw error("\(what()) is \(utf8.isEmpty ? "empty" : "no UTF-8"); the file is damaged: download it again")
    }
    return name
  }

  /// A metadata value of a type; `makeArray` gets an array's element type, its count and where its elements lie.
  mutating func value(
    _ type: GGUFValueType, of key: String, makeArray: (GGUFValueType, Int, Range<Int>) -> GGUFArray
  ) throws -> GGUFValue {
    switch type {
    case .uint8: return .uint8(try integer(key))
    case .int8: return .int8(try integer(key))
    case .uint16: return .uint16(try integer(key))
    case .int16: return .int16(try integer(key))
    case .uint32: return .uint32(try integer(key))
    case .int32: return .int32(try integer(key))
    case .uint64: return .uint64(try integer(key))
    case .int64: return .int64(try integer(key))
    case .float32: return .float32(Float(bitPattern: try integer(key)))
    case .float64: return .float64(Double(bitPattern: try integer(key)))
    case .bool:
      let byte: UInt8 = try integer(key)
      guard byte <= 1 else { throw error("\(byte) is no truth value; the file is damaged", part: key) }
      return .bool(byte == 1)
    case .string: return .string(String(decoding: try stringBytes(key), as: UTF8.self))
    case .array:
      let (type, count, range) = try arrayRange(key, depth: 1)
      return .array(makeArray(type, count, range))
    }
  }

  /// The type of a metadata value.
  mutating func valueType(_ key: String) throws -> GGUFValueType {
    let id: UInt32 = try integer(key)
    guard let type = GGUFValueType(rawValue: id) else {
      throw error("type \(id) is none of GGUF's; the file is damaged or of a newer version", part: key)
    }
    return type
  }

  /// Walks over an array and says what it holds and where.
  private mutating func arrayRange(_ key: String, depth: Int) throws -> (GGUFValueType, Int, Range<Int>) {
    guard depth <= Self.depthMax else {
      throw error("holds more than \(Self.depthMax) arrays in each other", part: key)
    }
    let type = try valueType(key)
    let count = try count("the count of \(key)", bytesMin: type.bytesMin)
    let start = offset
    switch type {
    case .string: for _ in 0..<count { _ = try stringBytes(key) }
    case .array: for _ in 0..<count { _ = try arrayRange(key, depth: depth + 1) }
    // The count is bounded by the bytes that are there, so that the product fits.
    default: offset += count * (type.bytes ?? 0)
    }
    return (type, count, start..<offset)
  }

  private func cutOff(_ what: String) -> ModelFileError {
    error("ends within \(what), at byte \(bytes.count); the file is cut off: download it again")
  }

  func error(_ problem: String, part: String? = nil) -> ModelFileError {
    ModelFileError(file: path, part: part, problem: problem)
  }
}
