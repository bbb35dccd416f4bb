extension Tensor {
  /// Checks that the tensor has this shape and holds F32, F16 or BF16.
  ///
  /// - Throws: `ModelFileError` that names the file and the tensor.
  public func requireFloats(shape expected: [Int]) throws {
    guard shape == expected else { throw error("has shape \(shape), but config.json calls for \(expected)") }
    guard type.isFloat else {
      throw error("is stored as \(type.rawValue); floats must be F32, F16 or BF16: convert the checkpoint")
    }
  }

  /// Decodes elements `start..<start + count` of a float tensor; F16 and BF16 become Float exactly.
  public func readFloats(from start: Int, count: Int, into out: UnsafeMutablePointer<Float>) {
    let source = bytes.baseAddress! + start * type.bytes
    switch type {
    case .f32:
      UnsafeMutableRawPointer(out).copyMemory(from: source, byteCount: 4 * count)
    case .bf16:
      for i in 0..<count {
        out[i] = Float(bitPattern: UInt32(source.loadUnaligned(fromByteOffset: 2 * i, as: UInt16.self)) << 16)
      }
    case .f16:
      for i in 0..<count {
        out[i] = Self.float(half: source.loadUnaligned(fromByteOffset: 2 * i, as: UInt16.self))
      }
    default:
      preconditionFailure("\(name) is \(type.rawValue), which requireFloats refuses")
    }
  }

  /// Decodes a small float tensor whole, such as a norm or a scale, and checks that every element is finite.
  ///
  /// - Throws: `ModelFileError` that names the file and the tensor.
  public func finiteFloats(shape expected: [Int]) throws -> [Float] {
    try requireFloats(shape: expected)
    let floats = [Float](unsafeUninitializedCapacity: elements) { buffer, count in
      if elements > 0 { readFloats(from: 0, count: elements, into: buffer.baseAddress!) }
      count = elements
    }
    if let place = floats.firstIndex(where: { !$0.isFinite }) {
      throw error("element \(place) is \(floats[place]); the file is damaged: download it again")
    }
    return floats
  }

  /// Binary16 to Float.
  ///
  /// Swift's Float16 does not exist on every platform that this package builds for.
  static func float(half bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let magnitude = UInt32(bits & 0x7fff)
    if magnitude >= 0x7c00 { return Float(bitPattern: sign | 0x7f80_0000 | (magnitude & 0x3ff) << 13) }
    // Move the exponent's bias from 15 to 127 by a multiplication, which makes subnormals right as well.
    let value = Float(bitPattern: magnitude << 13) * 0x1p112
    return Float(bitPattern: value.bitPattern | sign)
  }
}
