import Kernels

extension DenseFormat {
  /// The same format in a GGUF file.
  var ggml: GGMLType {
    switch self {
    case .f32: .f32
    case .f16: .f16
    case .bf16: .bf16
    case .q8: .q8_0
    case .q6k: .q6K
    case .q4: .q4_0
    }
  }

  /// The largest magnitude that it holds: scales of blocks are halves, and halves have nothing above 65504.
  var largestWeight: Float {
    switch self {
    case .f32: .greatestFiniteMagnitude
    // All ones but the last of the exponent, in the upper half.
    case .bf16: Float(bitPattern: 0x7f7f_0000)
    case .f16, .q8, .q6k, .q4: 65504
    }
  }

  /// Rounds one row of finite floats to the format.
  func encode(_ values: UnsafePointer<Float>, columns: Int, into out: UnsafeMutableRawPointer) {
    switch self {
    case .f32: out.copyMemory(from: values, byteCount: 4 * columns)
    case .f16:
      for i in 0..<columns { out.storeBytes(of: FloatFormats.half(values[i]), toByteOffset: 2 * i, as: UInt16.self) }
    case .bf16:
      for i in 0..<columns { out.storeBytes(of: FloatFormats.bfloat(values[i]), toByteOffset: 2 * i, as: UInt16.self) }
    case .q8: encodeBlocks(values, columns, into: out, BlockWeights.encodeQ8)
    case .q6k: encodeBlocks(values, columns, into: out, BlockWeights.encodeQ6K)
    case .q4: encodeBlocks(values, columns, into: out, BlockWeights.encodeQ4)
    }
  }

  private func encodeBlocks(
    _ values: UnsafePointer<Float>, _ columns: Int, into out: UnsafeMutableRawPointer,
    _ encode: (UnsafePointer<Float>, UnsafeMutableRawPointer) -> Void
  ) {
    for block in 0..<columns / blockWeights { encode(values + block * blockWeights, out + block * blockBytes) }
  }
}
