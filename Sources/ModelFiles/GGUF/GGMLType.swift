/// How a tensor of a GGUF file is encoded, by ggml's type id.
///
/// Names, blocks and sizes are those of ggml (gguf-py's `constants.py`) and, for `I2_S`, of bitnet.cpp. Types that are
/// only listed, so that a file that holds them can be described, say so in `isReadable`.
public enum GGMLType: UInt32, Sendable, CaseIterable {
  case f32 = 0
  case f16 = 1
  case q4_0 = 2
  case q4_1 = 3
  case q5_0 = 6
  case q5_1 = 7
  case q8_0 = 8
  case q2K = 10
  case q3K = 11
  case q4K = 12
  case q5K = 13
  case q6K = 14
  case q8K = 15
  case iq2XXS = 16
  case iq2XS = 17
  case iq3XXS = 18
  case iq1S = 19
  case iq4NL = 20
  case iq3S = 21
  case iq2S = 22
  case iq4XS = 23
  case i8 = 24
  case i16 = 25
  case i32 = 26
  case i64 = 27
  case f64 = 28
  case iq1M = 29
  case bf16 = 30
  case tq1_0 = 34
  case tq2_0 = 35
  /// bitnet.cpp's two bits per weight and one scale per tensor.
  case i2S = 36
  /// Upstream's meaning of 39, which bitnet.cpp took for TL2.
  case mxfp4 = 39

  /// The name as other programs print it: "TQ1_0", "Q6_K", "I2_S".
  public var name: String { row.name }
  /// Weights that are stored together: a row has a multiple of them.
  public var blockWeights: Int { row.weights }
  /// The bytes of one block; for `I2_S` the scale of the tensor comes on top.
  public var blockBytes: Int { row.bytes }

  /// Whether `GGUFTensor.readFloats` can decode it.
  public var isReadable: Bool {
    switch self {
    case .f32, .f16, .bf16, .q4_0, .q4_1, .q5_0, .q5_1, .q8_0, .q2K, .q3K, .q4K, .q5K, .q6K, .tq1_0, .tq2_0, .i2S:
      true
    default: false
    }
  }

  /// Whether the type holds nothing but -1, 0 and +1 times a scale.
  public var isTernary: Bool { self == .tq1_0 || self == .tq2_0 || self == .i2S }

  /// Bytes behind the codes of an `I2_S` tensor: its scale, a float, and 28 that mean nothing.
  public static let i2STrailerBytes = 32

  /// The bytes of a tensor of so many weights in rows of `columns`.
  ///
  /// Nil where rows are no whole blocks or the number does not fit an Int.
  public func byteCount(elements: Int, columns: Int) -> Int? {
    guard columns.isMultiple(of: blockWeights), elements.isMultiple(of: blockWeights) else { return nil }
    let (bytes, overflow) = (elements / blockWeights).multipliedReportingOverflow(by: blockBytes)
    guard !overflow else { return nil }
    guard self == .i2S else { return bytes }
    let (all, tooMany) = bytes.addingReportingOverflow(Self.i2STrailerBytes)
    return tooMany ? nil : all
  }

  private var row: (name: String, weights: Int, bytes: Int) {
    switch self {
    case .f32: ("F32", 1, 4)
    case .f16: ("F16", 1, 2)
    case .bf16: ("BF16", 1, 2)
    case .f64: ("F64", 1, 8)
    case .i8: ("I8", 1, 1)
    case .i16: ("I16", 1, 2)
    case .i32: ("I32", 1, 4)
    case .i64: ("I64", 1, 8)
    case .q4_0: ("Q4_0", 32, 18)
    case .q4_1: ("Q4_1", 32, 20)
    case .q5_0: ("Q5_0", 32, 22)
    case .q5_1: ("Q5_1", 32, 24)
    case .q8_0: ("Q8_0", 32, 34)
    case .iq4NL: ("IQ4_NL", 32, 18)
    case .mxfp4: ("MXFP4", 32, 17)
    case .q2K: ("Q2_K", 256, 84)
    case .q3K: ("Q3_K", 256, 110)
    case .q4K: ("Q4_K", 256, 144)
    case .q5K: ("Q5_K", 256, 176)
    case .q6K: ("Q6_K", 256, 210)
    case .q8K: ("Q8_K", 256, 292)
    case .iq2XXS: ("IQ2_XXS", 256, 66)
    case .iq2XS: ("IQ2_XS", 256, 74)
    case .iq3XXS: ("IQ3_XXS", 256, 98)
    case .iq1S: ("IQ1_S", 256, 50)
    case .iq3S: ("IQ3_S", 256, 110)
    case .iq2S: ("IQ2_S", 256, 82)
    case .iq4XS: ("IQ4_XS", 256, 136)
    case .iq1M: ("IQ1_M", 256, 56)
    case .tq1_0: ("TQ1_0", 256, 54)
    case .tq2_0: ("TQ2_0", 256, 66)
    // Four codes to a byte; that blocks of 128 do not cross rows is checked where weights are read.
    case .i2S: ("I2_S", 4, 1)
    }
  }
}
