import Kernels
import ModelFiles

/// The sizes and choices that make one decoder-only transformer different from another.
///
/// The graph is that of BitNet b1.58 (arXiv:2402.17764, arXiv:2504.12285): norms before attention and feed-forward,
/// grouped-query attention with rotary positions, a gated feed-forward, ternary projections, float embedding and head;
/// or the same with the float projections of a dense checkpoint.
public struct TransformerShape: Sendable, Equatable {
  /// The non-linearity of the feed-forward gate.
  public enum Activation: String, Sendable {
    /// max(z, 0)²: BitNet b1.58 2B4T.
    case relu2
    /// z·sigmoid(z): 1bitLLM and the llama family.
    case silu
    /// GELU by the hyperbolic tangent: Gemma.
    case gelu
  }

  /// How suites and records call it.
  public var name: String
  /// Width of the residual stream.
  public var hidden: Int
  /// Decoder layers.
  public var layers: Int
  /// Query heads.
  public var heads: Int
  /// Key and value heads; each serves `heads / kvHeads` query heads.
  public var kvHeads: Int
  /// Width of a head; `heads · headDim` need not be `hidden`.
  public var headDim: Int
  /// Width of the feed-forward.
  public var feedForward: Int
  /// Rows of the embedding and of the head.
  public var vocabulary: Int
  /// The non-linearity of the feed-forward gate.
  public var activation: Activation
  /// Whether RMSNorms stand before the output and down projections, as in BitNet b1.58 and unlike llama.
  public var subNorms: Bool
  /// ε of an RMSNorm on the input of every projection; nil where there is none.
  public var inputNormEpsilon: Float?
  /// Whether every head of queries and of keys has an RMSNorm before it is rotated (Qwen3, Gemma 3).
  public var headNorms: Bool
  /// Whether what attention and feed-forward add to the residual stream passes an RMSNorm (Gemma 3).
  public var postNorms: Bool
  /// What embeddings are multiplied by.
  public var embeddingScale: Float
  /// What scores are multiplied by; nil for 1/√headDim.
  public var attentionScale: Float?
  /// Layers that see their neighbourhood alone; nil where every layer sees all positions.
  public var localAttention: LocalAttention?
  /// How many numbers of a head are turned, its first ones; nil for all (Phi-4-mini turns three quarters).
  public var rotaryDim: Int?
  /// Base of the rotary frequencies.
  public var ropeTheta: Double
  /// Added to the mean square in every RMSNorm.
  public var rmsNormEpsilon: Float
  /// Positions that the model was trained for.
  public var context: Int
  /// Whether the head is the embedding.
  public var tiedEmbeddings: Bool
  /// The format of the layers' matrices; nil where they are ternary.
  public var denseWeights: DenseFormat?
  /// What the shape is, in a few words.
  public var summary: String
  /// Where its numbers are published.
  public var source: String

  /// Makes a shape; `validate` says whether it can be run.
  ///
  /// - Parameter denseWeights: the format of the layers' matrices; nil for ternary ones.
  public init(
    name: String, hidden: Int, layers: Int, heads: Int, kvHeads: Int, headDim: Int, feedForward: Int, vocabulary: Int,
    activation: Activation, subNorms: Bool, ropeTheta: Double, rmsNormEpsilon: Float, context: Int,
    tiedEmbeddings: Bool, inputNormEpsilon: Float? = nil, headNorms: Bool = false, postNorms: Bool = false,
    embeddingScale: Float = 1, attentionScale: Float? = nil, localAttention: LocalAttention? = nil,
    denseWeights: DenseFormat? = nil, rotaryDim: Int? = nil, summary: String = "", source: String = ""
  ) {
    self.name = name
    self.hidden = hidden
    self.layers = layers
    self.heads = heads
    self.kvHeads = kvHeads
    self.headDim = headDim
    self.feedForward = feedForward
    self.vocabulary = vocabulary
    self.activation = activation
    self.subNorms = subNorms
    self.ropeTheta = ropeTheta
    self.rmsNormEpsilon = rmsNormEpsilon
    self.context = context
    self.tiedEmbeddings = tiedEmbeddings
    self.inputNormEpsilon = inputNormEpsilon
    self.headNorms = headNorms
    self.postNorms = postNorms
    self.embeddingScale = embeddingScale
    self.attentionScale = attentionScale
    self.localAttention = localAttention
    self.denseWeights = denseWeights
    self.rotaryDim = rotaryDim
    self.summary = summary
    self.source = source
  }

  /// How many numbers of a head are turned.
  var turnedDim: Int { rotaryDim ?? headDim }
  /// Width of all query heads together.
  public var queryWidth: Int { heads * headDim }
  /// Width of all key heads together, and of all value heads.
  public var keyValueWidth: Int { kvHeads * headDim }
}

// MARK: - Matrices and parameters

extension TransformerShape {
  /// What a matrix of a layer is for, in the order in which a layer uses them.
  public enum Role: Int, Sendable, CaseIterable {
    /// Queries, keys and values, of the attention's input.
    case qkv
    /// The attention's output.
    case output
    /// The feed-forward's gate and its linear half, of its input.
    case gateUp
    /// The feed-forward's output.
    case down

    /// "qkv", "o", "gate+up", "down".
    public var name: String {
      switch self {
      case .qkv: "qkv"
      case .output: "o"
      case .gateUp: "gate+up"
      case .down: "down"
      }
    }
  }

  /// A matrix of one layer as it is multiplied: projections of one input are stacked by rows.
  public struct Matrix: Sendable, Equatable {
    /// What it is for.
    public let role: Role
    /// Output width: the sum of `parts`.
    public let rows: Int
    /// Input width.
    public let columns: Int
    /// Rows of each stacked projection, in order.
    public let parts: [Int]

    init(_ role: Role, parts: [Int], columns: Int) {
      self.role = role
      self.parts = parts
      self.columns = columns
      rows = parts.reduce(0, +)
    }
  }

  /// The matrices of one layer in the order in which they are used.
  public var matrices: [Matrix] {
    [
      Matrix(.qkv, parts: [queryWidth, keyValueWidth, keyValueWidth], columns: hidden),
      Matrix(.output, parts: [hidden], columns: queryWidth),
      Matrix(.gateUp, parts: [feedForward, feedForward], columns: hidden),
      Matrix(.down, parts: [hidden], columns: feedForward),
    ]
  }

  /// Weights of all matrices of all layers.
  public var matrixParameters: Int {
    layers * matrices.reduce(0) { $0 + $1.rows * $1.columns }
  }

  /// All of `matrixParameters` where they are ternary, none where they are dense.
  public var ternaryParameters: Int { denseWeights == nil ? matrixParameters : 0 }

  /// All weights: matrices, norms, embedding, and the head where it is not the embedding.
  public var parameters: Int {
    matrixParameters + layers * normParametersOfLayer + hidden + vocabulary * hidden * (tiedEmbeddings ? 1 : 2)
  }

  private var normParametersOfLayer: Int {
    let inputs = matrices.reduce(0) { $0 + $1.columns * $1.parts.count }
    return 2 * hidden + (subNorms ? queryWidth + feedForward : 0) + (headNorms ? 2 * headDim : 0)
      + (postNorms ? 2 * hidden : 0) + (inputNormEpsilon != nil ? inputs : 0)
  }
}
