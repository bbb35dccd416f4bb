import Foundation
import Kernels
import ModelFiles

/// The sizes of a decoder-hybrid-decoder (SambaY, arXiv:2507.06607; Phi-4-mini-flash).
///
/// Layers alternate between Mamba and attention. The first half is a decoder of its own, whose attention sees a window.
/// One full attention follows, the only cache that grows; the layers behind it read its keys and values, or gate the
/// memory of the last Mamba layer, and keep nothing. There is no positional encoding.
public struct HybridShape: ModelShape, Equatable {
  /// What one layer does before its feed-forward.
  public typealias LayerKind = HybridLayerKind

  /// How suites and records call it.
  public var name: String
  /// Width of the residual stream.
  public var hidden: Int
  /// Layers, a multiple of 4.
  public var layers: Int
  /// Query heads, which pair up by parity.
  public var heads: Int
  /// Key and value heads, which pair up by parity.
  public var kvHeads: Int
  /// Width of the feed-forward.
  public var feedForward: Int
  /// Rows of the embedding and of the head.
  public var vocabulary: Int
  /// Positions that a token of a window layer sees, its own included.
  public var window: Int
  /// Channels of a Mamba layer.
  public var channels: Int
  /// Numbers that a channel remembers.
  public var state: Int
  /// Positions that the causal convolution sees.
  public var convolution: Int
  /// The width through which the step sizes Δ are projected.
  public var deltaRank: Int
  /// Added to the variance in every LayerNorm.
  public var layerNormEpsilon: Float
  /// Positions that the model was trained for; a session takes no more.
  public var context: Int
  /// Whether the head is the embedding.
  public var tiedEmbeddings: Bool
  /// The format of the layers' matrices; nil where they are ternary.
  public var denseWeights: DenseFormat?
  /// The format of Δ's projections, which are dense in any case.
  public var deltaWeights: DenseFormat
  /// What the shape is, in a few words.
  public var summary: String
  /// Where its numbers are published.
  public var source: String

  /// Makes a shape; `validate` says whether it can be run.
  ///
  /// - Parameters:
  ///   - denseWeights: the format of the layers' matrices; nil for ternary ones.
  ///   - deltaWeights: the format of Δ's projections; nil for that of the matrices, or f16 where these are ternary.
  public init(
    name: String, hidden: Int, layers: Int, heads: Int, kvHeads: Int, feedForward: Int, vocabulary: Int, window: Int,
    channels: Int, state: Int, convolution: Int, deltaRank: Int, layerNormEpsilon: Float, context: Int,
    tiedEmbeddings: Bool, denseWeights: DenseFormat? = nil, deltaWeights: DenseFormat? = nil, summary: String = "",
    source: String = ""
  ) {
    self.name = name
    self.hidden = hidden
    self.layers = layers
    self.heads = heads
    self.kvHeads = kvHeads
    self.feedForward = feedForward
    self.vocabulary = vocabulary
    self.window = window
    self.channels = channels
    self.state = state
    self.convolution = convolution
    self.deltaRank = deltaRank
    self.layerNormEpsilon = layerNormEpsilon
    self.context = context
    self.tiedEmbeddings = tiedEmbeddings
    self.denseWeights = denseWeights
    self.deltaWeights = deltaWeights ?? denseWeights ?? .f16
    self.summary = summary
    self.source = source
  }

  /// Takes the sizes of a model on disk; `name` is how records call it.
  ///
  /// - Throws: `EngineError` when they cannot be run, `ModelFileError` when its first matrices are missing.
  public init(_ stored: any StoredHybrid, name: String) throws {
    let it = stored.configuration
    self.init(
      name: name, hidden: it.hiddenSize, layers: it.layers, heads: it.attentionHeads, kvHeads: it.keyValueHeads,
      feedForward: it.intermediateSize, vocabulary: it.vocabularySize, window: it.window, channels: it.innerSize,
      state: it.stateSize, convolution: it.convolutionWidth, deltaRank: it.deltaRank,
      layerNormEpsilon: Float(it.layerNormEpsilon), context: it.maxPositions, tiedEmbeddings: stored.tiedEmbeddings,
      denseWeights: stored.isTernary ? nil : try stored.matrix(.layer(0, .gate)).exactFormat,
      deltaWeights: try stored.matrix(.layer(0, .delta)).exactFormat,
      summary: "\(HybridConfiguration.modelType)\(stored.isTernary ? ", ternary," : "") in \(stored.format)",
      source: it.path)
    try validate()
  }

  /// Width of a head.
  public var headDim: Int { hidden / max(heads, 1) }
  /// z·sigmoid(z).
  public var activation: TransformerShape.Activation { .silu }
  /// Width of all key heads together, and of all value heads.
  public var keyValueWidth: Int { kvHeads * headDim }
  /// The last Mamba layer, whose memory is read behind it; the full attention follows.
  public var memoryLayer: Int { layers / 2 }

  /// What a layer does.
  public func kind(_ layer: Int) -> LayerKind { LayerKind(layer: layer, of: layers) }

  /// How many layers are of a kind.
  public func count(_ kind: LayerKind) -> Int {
    switch kind {
    case .mamba: layers / 4 + 1
    case .window: layers / 4
    case .full: 1
    case .gatedMemory, .cross: layers / 4 - 1
    }
  }

  /// λ_init of a layer: how much of the second softmax is taken away before training.
  static func lambdaInit(_ layer: Int) -> Double { 0.8 - 0.6 * exp(-0.3 * Double(layer)) }
}

// MARK: - Matrices and parameters

extension HybridShape {
  /// The matrices of a layer of one kind, in the order in which it uses them; Δ's narrow projection is not among them,
  /// as it is never ternary.
  public func matrices(_ kind: LayerKind) -> [TransformerShape.Matrix] {
    let mixer: [TransformerShape.Matrix]
    switch kind {
    case .mamba:
      mixer = [
        .init(.qkv, parts: [channels, channels], columns: hidden),
        .init(.output, parts: [deltaRank, state, state], columns: channels),
        .init(.output, parts: [hidden], columns: channels),
      ]
    case .window:
      mixer = [
        .init(.qkv, parts: [hidden, keyValueWidth, keyValueWidth], columns: hidden),
        .init(.output, parts: [hidden], columns: hidden),
      ]
    case .full:
      mixer = [
        .init(.qkv, parts: [keyValueWidth, keyValueWidth], columns: hidden),
        .init(.qkv, parts: [hidden], columns: hidden), .init(.output, parts: [hidden], columns: hidden),
      ]
    case .gatedMemory:
      mixer = [
        .init(.qkv, parts: [channels], columns: hidden), .init(.output, parts: [hidden], columns: channels),
      ]
    case .cross:
      mixer = [.init(.qkv, parts: [hidden], columns: hidden), .init(.output, parts: [hidden], columns: hidden)]
    }
    return mixer + [
      .init(.gateUp, parts: [feedForward, feedForward], columns: hidden),
      .init(.down, parts: [hidden], columns: feedForward),
    ]
  }

  /// Weights of all matrices of all layers.
  public var matrixParameters: Int {
    LayerKind.allCases.reduce(0) { $0 + count($1) * weights($1) }
  }

  /// All of `matrixParameters` where they are ternary, none where they are dense.
  public var ternaryParameters: Int { denseWeights == nil ? matrixParameters : 0 }

  /// All weights.
  public var parameters: Int {
    matrixParameters + deltaParameters + floats + vocabulary * hidden * embeddings
  }

  /// Weights of Δ's projections of all Mamba layers.
  var deltaParameters: Int { count(.mamba) * channels * deltaRank }

  /// Single numbers: norms, biases, convolutions, A, D and λ.
  var floats: Int {
    let norms = (2 * layers + 1) * 2 * hidden
    let mamba = count(.mamba) * channels * (convolution + 1 + 1 + state + 1)
    let differential = 4 * headDim + 2 * headDim
    let attention =
      count(.window) * (2 * hidden + 2 * keyValueWidth + differential) + 2 * hidden + 2 * keyValueWidth + differential
      + count(.cross) * (2 * hidden + differential)
    return norms + mamba + attention
  }

  private func weights(_ kind: LayerKind) -> Int { matrices(kind).reduce(0) { $0 + $1.rows * $1.columns } }

  /// Multiply-accumulates of all matrices: layers behind the full attention, and its queries, see the last token of a
  /// prompt alone.
  ///
  /// Δ's small projections are not counted.
  public func matrixProducts(prompt: Int, generate: Int) -> Int {
    let lower = count(.mamba) * weights(.mamba) + count(.window) * weights(.window)
    let keysAndValues = 2 * keyValueWidth * hidden
    return max(prompt - 1, 0) * (lower + keysAndValues) + (min(prompt, 1) + generate) * matrixParameters
  }

  /// A transformer with the matrices of this shape's attention layers and feed-forward, where most weights are.
  public var kernelShape: TransformerShape {
    TransformerShape(
      name: name, hidden: hidden, layers: layers, heads: heads, kvHeads: kvHeads, headDim: headDim,
      feedForward: feedForward, vocabulary: vocabulary, activation: .silu, subNorms: false, ropeTheta: 10_000,
      rmsNormEpsilon: layerNormEpsilon, context: context, tiedEmbeddings: tiedEmbeddings)
  }
}
