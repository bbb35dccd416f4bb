/// How one element of a stored tensor is encoded, by its name in safetensors.
///
/// Every type of the format is known, so that a file may hold tensors that a model does not use; which types a model's
/// own tensors may have is decided where they are read.
public enum ElementType: String, Sendable, CaseIterable {
  /// A byte that is 0 or 1.
  case bool = "BOOL"
  /// Unsigned, 8 bits; four packed ternary weights.
  case u8 = "U8"
  /// Signed, 8 bits.
  case i8 = "I8"
  /// Float of 8 bits, 4 of exponent.
  case f8E4M3 = "F8_E4M3"
  /// Float of 8 bits, 5 of exponent.
  case f8E5M2 = "F8_E5M2"
  /// Signed, 16 bits.
  case i16 = "I16"
  /// Unsigned, 16 bits.
  case u16 = "U16"
  /// IEEE 754 half precision.
  case f16 = "F16"
  /// The upper half of a single-precision float.
  case bf16 = "BF16"
  /// Signed, 32 bits.
  case i32 = "I32"
  /// Unsigned, 32 bits.
  case u32 = "U32"
  /// IEEE 754 single precision.
  case f32 = "F32"
  /// IEEE 754 double precision.
  case f64 = "F64"
  /// Signed, 64 bits.
  case i64 = "I64"
  /// Unsigned, 64 bits.
  case u64 = "U64"

  /// Bytes of one element.
  public var bytes: Int {
    switch self {
    case .bool, .u8, .i8, .f8E4M3, .f8E5M2: 1
    case .i16, .u16, .f16, .bf16: 2
    case .i32, .u32, .f32: 4
    case .f64, .i64, .u64: 8
    }
  }

  /// Whether elements are floats that every model may store its weights in.
  public var isFloat: Bool { self == .f32 || self == .f16 || self == .bf16 }
}
