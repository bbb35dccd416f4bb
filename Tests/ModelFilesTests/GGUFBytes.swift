import ModelFiles

/// Builds GGUF files byte by byte, good ones and bad ones, without the program's own writer.
struct GGUFBytes {
  var version: UInt32 = 3
  var keys: [(name: String, type: UInt32, bytes: [UInt8])] = []
  var tensors: [(name: String, sizes: [UInt64], type: UInt32, offset: UInt64)] = []
  var data: [UInt8] = []
  var alignment = 32
  var tensorCount: UInt64?
  var keyCount: UInt64?

  static func little(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.littleEndian, Array.init) }

  static func string(_ text: String) -> [UInt8] { little(UInt64(text.utf8.count)) + Array(text.utf8) }

  static func array(_ type: UInt32, _ elements: [[UInt8]]) -> [UInt8] {
    little(type) + little(UInt64(elements.count)) + elements.flatMap { $0 }
  }

  mutating func set(_ name: String, _ text: String) { keys.append((name, 8, Self.string(text))) }
  mutating func set(_ name: String, _ number: UInt32) { keys.append((name, 4, Self.little(number))) }
  mutating func set(_ name: String, _ number: Float) { keys.append((name, 6, Self.little(number.bitPattern))) }

  /// Appends a tensor at the next aligned place.
  mutating func add(_ name: String, _ sizes: [UInt64], _ type: GGMLType, _ bytes: [UInt8]) {
    data += [UInt8](repeating: 0, count: (alignment - data.count % alignment) % alignment)
    tensors.append((name, sizes, type.rawValue, UInt64(data.count)))
    data += bytes
  }

  var bytes: [UInt8] {
    var out = Array("GGUF".utf8) + Self.little(version)
    out += Self.little(tensorCount ?? UInt64(tensors.count)) + Self.little(keyCount ?? UInt64(keys.count))
    for key in keys { out += Self.string(key.name) + Self.little(key.type) + key.bytes }
    for tensor in tensors {
      out += Self.string(tensor.name) + Self.little(UInt32(tensor.sizes.count))
      out += tensor.sizes.flatMap { Self.little($0) } + Self.little(tensor.type) + Self.little(tensor.offset)
    }
    return out + [UInt8](repeating: 0, count: (alignment - out.count % alignment) % alignment) + data
  }
}
