import Kernels

/// The types in which converters store projections: ternary weights, and dense ones where the type is one of floats.
public enum TernaryType: String, Sendable, CaseIterable {
  /// bitnet.cpp's I2_S: two bits per weight, one float scale per tensor.
  case i2S = "i2_s"
  /// ggml's TQ1_0: 1.6875 bits per weight, the scale as a half.
  case tq1 = "tq1_0"
  /// ggml's TQ2_0: 2.0625 bits per weight, the scale as a half.
  case tq2 = "tq2_0"
  /// Halves that are -g, 0 or +g.
  case f16
  /// ggml's Q8_0, whose numbers are -127, 0 or +127.
  case q8 = "q8_0"
  /// Floats that are -g, 0 or +g.
  case f32
  /// Upper halves of floats that are -g, 0 or +g.
  case bf16

  /// The type in the file.
  public var ggml: GGMLType {
    switch self {
    case .i2S: .i2S
    case .tq1: .tq1_0
    case .tq2: .tq2_0
    case .f16: .f16
    case .q8: .q8_0
    case .f32: .f32
    case .bf16: .bf16
    }
  }

  /// The format of dense weights that are stored so; nil for types of ternary weights alone.
  public var dense: DenseFormat? {
    switch self {
    case .i2S, .tq1, .tq2: nil
    case .f16: .f16
    case .q8: .q8
    case .f32: .f32
    case .bf16: .bf16
    }
  }

  /// Why a model's weights cannot be stored so, with what to do; nil where they can.
  func refusal(isDense: Bool, ternarize: Ternarization?) -> String? {
    if isDense, ternarize == nil, dense == nil {
      return "has dense weights, which \(rawValue) cannot hold; store them as f32, f16, bf16 or q8_0, or, as an "
        + "experiment that destroys the model's text, make them ternary with --ternarize absmean"
    }
    return !isDense && ternarize != nil ? "is ternary already; leave out --ternarize" : nil
  }

  /// What rows are a multiple of.
  public var blockWeights: Int { self == .i2S ? TernaryBlocks.i2SBlock : ggml.blockWeights }

  /// `general.file_type` of a file whose projections have this type (llama.h's `llama_ftype`; 40 is bitnet.cpp's).
  var fileType: UInt32 {
    switch self {
    case .f32: 0
    case .f16: 1
    case .q8: 7
    case .bf16: 32
    case .tq1: 36
    case .tq2: 37
    case .i2S: 40
    }
  }

  /// Why rows of so many weights cannot be stored so, with the types that they fit; nil where they can.
  func refusal(columns: Int) -> String? {
    guard !columns.isMultiple(of: blockWeights) else { return nil }
    let fitting = Self.allCases.filter { columns.isMultiple(of: $0.blockWeights) }.map(\.rawValue)
    return "has rows of \(columns), no multiple of the \(blockWeights) that \(rawValue) stores together; types that "
      + "fit are \(fitting.joined(separator: ", "))"
  }

  /// The scale as it will be stored, as a float; nil where it does not fit a half.
  func stored(_ scale: Float) -> Float? {
    switch self {
    case .i2S, .f32: return scale
    case .bf16: return Float(bitPattern: UInt32(FloatFormats.bfloat(scale)) << 16)
    case .tq1, .tq2, .f16: return Self.half(scale)
    // A product of a half and 127.
    case .q8: return Self.half(scale / 127).map { $0 * 127 }
    }
  }

  private static func half(_ scale: Float) -> Float? {
    let stored = FloatFormats.float(half: FloatFormats.half(scale))
    return stored.isFinite && stored > 0 ? stored : nil
  }

  /// Bytes of one row.
  func rowBytes(columns: Int) -> Int { columns / ggml.blockWeights * ggml.blockBytes }

  /// Encodes one row of -1, 0 and +1; the scale of I2_S comes behind all rows.
  func encode(
    _ weights: UnsafePointer<Int8>, columns: Int, scale: Float, into out: UnsafeMutableRawPointer
  ) {
    switch self {
    case .i2S: TernaryBlocks.writeI2S(weights, count: columns, into: out)
    case .tq1, .tq2:
      let half = FloatFormats.half(scale)
      for block in 0..<columns / TernaryBlocks.tqBlock {
        let source = weights + block * TernaryBlocks.tqBlock
        let bytes = out + block * ggml.blockBytes
        if self == .tq1 {
          TernaryBlocks.writeTQ1(source, scale: half, into: bytes)
        } else {
          TernaryBlocks.writeTQ2(source, scale: half, into: bytes)
        }
      }
    case .f16, .bf16:
      let half = self == .f16 ? FloatFormats.half(scale) : FloatFormats.bfloat(scale)
      for column in 0..<columns {
        let bits = weights[column] == 0 ? 0 : weights[column] > 0 ? half : half | 0x8000
        out.storeBytes(of: bits.littleEndian, toByteOffset: 2 * column, as: UInt16.self)
      }
    case .f32:
      for column in 0..<columns {
        let value = weights[column] == 0 ? 0 : weights[column] > 0 ? scale : -scale
        out.storeBytes(of: value.bitPattern.littleEndian, toByteOffset: 4 * column, as: UInt32.self)
      }
    case .q8:
      withUnsafeTemporaryAllocation(of: Float.self, capacity: 32) { values in
        for block in 0..<columns / 32 {
          for i in 0..<32 { values[i] = Float(weights[32 * block + i]) * scale }
          BlockWeights.encodeQ8(values.baseAddress!, into: out + 34 * block)
        }
      }
    }
  }
}
