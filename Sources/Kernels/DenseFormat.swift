/// Says how a dense weight is stored.
public enum DenseFormat: String, Sendable, CaseIterable, Codable {
  /// IEEE 754 single precision.
  case f32
  /// IEEE 754 half precision.
  case f16
  /// The upper half of a single: eight bits of exponent, seven of fraction.
  case bf16
  /// ggml's Q8_0: 32 weights of eight bits share a scale.
  case q8 = "q8_0"
  /// ggml's Q6_K: 16 weights of six bits share a scale of eight, and 256 share the scale of those.
  case q6k = "q6_k"
  /// ggml's Q4_0: 32 weights of four bits share a scale.
  case q4 = "q4_0"

  /// The weights that are stored together: a row has a multiple of them.
  public var blockWeights: Int {
    switch self {
    case .f32, .f16, .bf16: 1
    case .q8, .q4: 32
    case .q6k: 256
    }
  }

  /// The bytes of `blockWeights` weights.
  public var blockBytes: Int {
    switch self {
    case .f32: 4
    case .f16, .bf16: 2
    case .q8: 34
    case .q6k: 210
    case .q4: 18
    }
  }

  /// Bits per weight, scales included.
  public var bitsPerWeight: Double { Double(8 * blockBytes) / Double(blockWeights) }

  /// Tells whether rows of so many weights can be stored in this format.
  public func divides(columns: Int) -> Bool { columns.isMultiple(of: blockWeights) }

  /// Says why rows of so many weights cannot be stored in this format, and which formats can store them; nil where it
  /// can.
  public func refusal(columns: Int) -> String? {
    guard !divides(columns: columns) else { return nil }
    let others = Self.allCases.filter { $0.divides(columns: columns) }.map(\.rawValue).joined(separator: ", ")
    return "\(rawValue) stores \(blockWeights) weights together, and \(columns) is no multiple of that; "
      + "formats for \(columns) are \(others)"
  }
}
