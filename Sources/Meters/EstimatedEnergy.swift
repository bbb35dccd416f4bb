/// The arithmetic energy of a model's matrix products, as the BitNet papers estimate it.
///
/// What arXiv 2402.17764 and 2504.12285 call "energy" is this: operations of one forward pass times the energy of one
/// operation at 7 nm (arXiv 2310.11453 table 2, after Horowitz 2014). Memory traffic, the embedding, the output head,
/// norms, softmax and activations are left out, so that it is a lower bound of a part, and never a measurement.
///
///     linears:    MACs_lin = L · S · Σ(in·out)          q, k, v, o, gate, up, down at their grouped-query widths
///     attention:  MACs_att = L · 2 · S · C · heads·head_dim     QKᵀ and PV; C = S in a pass over a whole sequence
///     float16:    E = (MACs_lin + MACs_att) · (add + mul)
///     ternary:    E = MACs_lin · int8 add + MACs_att · (add + mul) + L · S · Σ(in+out) · mul
public struct EstimatedEnergy: Sendable, Equatable {
  /// How the linear layers are computed; attention is float16 in both.
  public enum Arithmetic: Sendable, CaseIterable {
    /// float16 multiply and add per weight.
    case float16
    /// An int8 add per weight, and a float16 scale per input and output of each matrix.
    case ternary
  }

  /// Joules of one operation at 7 nm: arXiv 2310.11453 table 2.
  private static let float16AddJ = 0.16e-12
  private static let float16MultiplyJ = 0.34e-12
  private static let int8AddJ = 0.007e-12

  /// Transformer layers, L.
  public let layers: Int
  /// Σ(in·out) over the linear layers of one transformer layer.
  public let weightsPerLayer: Int
  /// Σ(in+out) over the same.
  public let widthsPerLayer: Int
  /// heads · head_dim of the queries.
  public let attentionWidth: Int

  /// Makes the estimate of a model.
  public init(layers: Int, weightsPerLayer: Int, widthsPerLayer: Int, attentionWidth: Int) {
    self.layers = layers
    self.weightsPerLayer = weightsPerLayer
    self.widthsPerLayer = widthsPerLayer
    self.attentionWidth = attentionWidth
  }

  /// Makes the estimate of a model whose layer has matrices of these (rows, columns).
  public init(layers: Int, matrices: [(rows: Int, columns: Int)], attentionWidth: Int) {
    self.init(
      layers: layers, weightsPerLayer: matrices.reduce(0) { $0 + $1.rows * $1.columns },
      widthsPerLayer: matrices.reduce(0) { $0 + $1.rows + $1.columns }, attentionWidth: attentionWidth)
  }

  /// Joules of one pass over `tokens` positions at once behind `depth` cached ones.
  ///
  /// Attention is counted in full, every query against every key of the pass, as the papers count it. At depth 0 and
  /// 512 tokens this is the "energy" column of arXiv 2504.12285 table 1.
  public func joules(_ arithmetic: Arithmetic, tokens: Int, depth: Int = 0) -> Double {
    let queryKeys = Double(tokens) * (Double(depth) + Double(tokens))
    return linear(arithmetic, tokens: Double(tokens)) + attention(queryKeys: queryKeys)
  }

  /// Joules of generating `tokens` one after the other behind `depth` cached ones: the i-th attends to depth + i keys.
  public func decodeJoules(_ arithmetic: Arithmetic, tokens: Int, depth: Int = 0) -> Double {
    let count = Double(tokens)
    let queryKeys = count * Double(depth) + count * (count + 1) / 2
    return linear(arithmetic, tokens: count) + attention(queryKeys: queryKeys)
  }

  private func linear(_ arithmetic: Arithmetic, tokens: Double) -> Double {
    let passes = Double(layers) * tokens
    return switch arithmetic {
    case .float16: passes * Double(weightsPerLayer) * (Self.float16AddJ + Self.float16MultiplyJ)
    case .ternary:
      passes * (Double(weightsPerLayer) * Self.int8AddJ + Double(widthsPerLayer) * Self.float16MultiplyJ)
    }
  }

  private func attention(queryKeys: Double) -> Double {
    Double(layers) * 2 * queryKeys * Double(attentionWidth) * (Self.float16AddJ + Self.float16MultiplyJ)
  }
}
