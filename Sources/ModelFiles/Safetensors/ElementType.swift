/// How one element of a stored tensor is encoded, by its name in safetensors.
///
/// Every type of the format is known, so that a file may hold tensors that a model does not use; which types a model's
/// own tensors may have is decided where they are read.
public enum ElementType: String, Sendable, CaseIterable {
  case bool = "BOOL"
  case u8 = "U8"
  case i8 = "I8"
  case f8E4M3 = "F8_E4M3"
  case f8E5M2 = "F8_E5M2"
  case i16 = "I16"
  case u16 = "U16"
  case f16 = "F16"
  case bf16 = "BF16"
  case i32 = "I32"
  case u32 = "U32"
  case f32 = "F32"
  case f64 = "F64"
  case i64 = "I64"
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
