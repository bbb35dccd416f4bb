import Kernels

extension GGUFTensor {
  /// Decodes weights `start..<start + count`, exactly as ggml's reference does.
  ///
  /// Both numbers are multiples of the type's block, of `TernaryBlocks.i2SBlock` for `I2_S`; the type is readable.
  public func readFloats(from start: Int, count: Int, into out: UnsafeMutablePointer<Float>) {
    precondition(start >= 0 && count >= 0 && start + count <= elements)
    let source = bytes.baseAddress! + start / type.blockWeights * type.blockBytes
    switch type {
    case .f32:
      UnsafeMutableRawPointer(out).copyMemory(from: source, byteCount: 4 * count)
    case .f16:
      for i in 0..<count { out[i] = FloatFormats.float(half: Self.half(source, i)) }
    case .bf16:
      for i in 0..<count { out[i] = Float(bitPattern: UInt32(Self.half(source, i)) << 16) }
    case .i2S:
      readI2S(from: start, count: count, into: out)
    default:
      let (weights, bytes) = (type.blockWeights, type.blockBytes)
      precondition(start.isMultiple(of: weights) && count.isMultiple(of: weights), "whole blocks of \(type.name)")
      for block in 0..<count / weights {
        BlockDecoder.decode(type, source + block * bytes, into: out + block * weights)
      }
    }
  }

  /// Decodes a small tensor whole, such as a norm, and checks that every element is finite.
  ///
  /// - Throws: `ModelFileError` that names the file and the tensor.
  public func finiteFloats(shape expected: [Int]) throws -> [Float] {
    try require(shape: expected)
    guard type == .f32 || type == .f16 || type == .bf16 else {
      throw error("is stored as \(type.name); F32, F16 or BF16 belongs here: convert the model again")
    }
    let floats = [Float](unsafeUninitializedCapacity: elements) { buffer, count in
      if elements > 0 { readFloats(from: 0, count: elements, into: buffer.baseAddress!) }
      count = elements
    }
    if let place = floats.firstIndex(where: { !$0.isFinite }) {
      throw error("element \(place) is \(floats[place]); the file is damaged: download it again")
    }
    return floats
  }

  private func readI2S(from start: Int, count: Int, into out: UnsafeMutablePointer<Float>) {
    let scale = i2SScale
    withUnsafeTemporaryAllocation(of: Int8.self, capacity: count) { weights in
      _ = TernaryBlocks.readI2S(
        bytes.baseAddress! + start / 4, count: count, layout: .blocksOf128, into: weights.baseAddress!)
      for i in 0..<count { out[i] = Float(weights[i]) * scale }
    }
  }

  /// The scale behind the codes of an `I2_S` tensor.
  var i2SScale: Float {
    let bits = bytes.loadUnaligned(fromByteOffset: byteCount - GGMLType.i2STrailerBytes, as: UInt32.self)
    return Float(bitPattern: UInt32(littleEndian: bits))
  }

  @inline(__always)
  private static func half(_ source: UnsafeRawPointer, _ index: Int) -> UInt16 {
    UInt16(littleEndian: source.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
  }
}
