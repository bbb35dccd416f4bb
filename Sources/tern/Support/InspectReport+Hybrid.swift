import Engine
import Kernels
import ModelFiles

extension InspectReport {
  /// What the sizes do not say of a hybrid's graph, and what a session keeps between tokens.
  struct HybridFacts: Encodable {
    /// Layers of one kind.
    struct Layers: Encodable {
      let kind: HybridLayerKind
      let layers: Int
    }

    let kinds: [Layers]
    let window: Int
    let channels: Int
    let state: Int
    let convolution: Int
    let deltaRank: Int
    let tiedEmbeddings: Bool
    let layerNormEpsilon: Double
    /// The format of the matrices; absent where they are ternary.
    let denseWeights: String?
    /// How the head will be held in memory.
    let head: String
    /// Keys and values of one more position, once the windows are full.
    let cacheBytesPerToken: Int
    /// Keys and values of all window layers.
    let windowBytes: Int
    /// States and convolution tails of all Mamba layers.
    let mambaBytes: Int

    enum CodingKeys: String, CodingKey {
      case window, channels, state, convolution, head
      case kinds = "layer_kinds"
      case deltaRank = "delta_rank"
      case tiedEmbeddings = "tied_embeddings"
      case layerNormEpsilon = "layer_norm_eps"
      case denseWeights = "dense_weights"
      case cacheBytesPerToken = "cache_token_bytes"
      case windowBytes = "cache_window_bytes"
      case mambaBytes = "state_mamba_bytes"
    }

    /// Caches as `generate` keeps them, in floats.
    init(_ shape: HybridShape, head: DenseFormat) {
      kinds = HybridLayerKind.allCases.map { Layers(kind: $0, layers: shape.count($0)) }
      window = shape.window
      channels = shape.channels
      state = shape.state
      convolution = shape.convolution
      deltaRank = shape.deltaRank
      tiedEmbeddings = shape.tiedEmbeddings
      layerNormEpsilon = Double(shape.layerNormEpsilon)
      denseWeights = shape.denseWeights?.rawValue
      self.head = head.rawValue
      cacheBytesPerToken = shape.cacheBytesAdded(position: shape.window, format: .f32)
      windowBytes = shape.windowBytes(.f32)
      mambaBytes = shape.mambaBytes
    }
  }
}
