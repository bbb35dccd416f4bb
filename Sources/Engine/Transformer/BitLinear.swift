import Kernels

/// One or more ternary projections of one input, stacked by rows in one packed matrix.
///
/// With int8 activations q of scale s and a projection of scale g: y = Float(Σ t·q) · (g / s). The sum is exact, and
/// the quotient is rounded once, so y does not depend on kernel, thread or batch.
struct BitLinear: Sendable {
  /// The rows of one projection and its scale g.
  struct Part: Sendable {
    var rows: Range<Int>
    var scale: Float
    /// A norm of this projection alone, on its input before it is quantized.
    var inputNorm: InputNorm?
  }

  /// An RMSNorm with an ε of its own.
  struct InputNorm: Sendable {
    let weights: [Float]
    let epsilon: Float
  }

  let role: TransformerShape.Role
  let matrix: PackedMatrix
  let parts: [Part]

  var columns: Int { matrix.columns }
  /// Whether its parts quantize their inputs each on its own.
  var hasInputNorms: Bool { parts.contains { $0.inputNorm != nil } }
  /// Numbers between the outputs of two tokens.
  var stride: Int { matrix.paddedRows }

  /// Places parts one after another, each at a multiple of `rowBlock`: a thread that owns panels of one part can find
  /// the same rows of another.
  ///
  /// Rows between parts are zero weights.
  static func place(_ parts: [Int], rowBlock: Int) -> [Range<Int>] {
    var start = 0
    return parts.map { count in
      defer { start += (count + rowBlock - 1) / rowBlock * rowBlock }
      return start..<start + count
    }
  }

  /// The rows that `parts` take together, the gaps included.
  static func rows(of parts: [Int], rowBlock: Int) -> Int {
    place(parts, rowBlock: rowBlock).last?.upperBound ?? 0
  }
}
