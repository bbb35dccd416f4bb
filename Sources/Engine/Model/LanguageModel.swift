import Kernels
import ModelFiles

/// The weights of one model, whatever its graph, shared by any number of sessions.
public protocol LanguageModel: AnyObject, Sendable {
  /// Sizes and choices.
  associatedtype Shape: ModelShape

  /// Sizes and graph.
  var shape: Shape { get }
  /// How ternary weights lie in memory, in the order of `TransformerShape.Role`; none where no weight is ternary.
  var packings: [Packing] { get }
  /// Where the weights came from.
  var source: ModelSource { get }
  /// How the output head is stored.
  var head: DenseFormat { get }
  /// Bytes of all matrices of all layers, padding included: what decoding one token reads.
  var matrixBytes: Int { get }
  /// Bytes of the output head: what computing one token's logits reads.
  var headBytes: Int { get }
  /// Bytes of all weights.
  var totalBytes: Int { get }

  /// Bytes of weights that reading a prompt takes in batches of so many tokens, the head once.
  func promptBytes(tokens: Int, batch: Int) -> Int

  /// Makes an empty session.
  ///
  /// - Parameters:
  ///   - context: positions to reserve memory for.
  ///   - batch: longer inputs are cut into pieces of this many tokens.
  ///   - cacheFormat: how keys and values are kept.
  /// - Throws: `EngineError` when a kernel cannot read the model's packing, cannot run here, or a size is not possible;
  ///   `KernelError` when the system has not enough memory.
  func makeSession(
    kernels: KernelPlan, pool: ThreadPool, context: Int, batch: Int, cacheFormat: CacheFormat
  ) throws -> Session

  /// Asks the kernel where the pages of the placed weights are; nil where no node was asked for.
  ///
  /// - Throws: `EngineError` when the kernel refuses the question.
  func countPages() throws -> PagePlacement?
}

/// Loads a model of any graph.
public enum ModelLoader {
  /// The shape of a model on disk; `name` is how records call it.
  ///
  /// - Throws: `EngineError` when it cannot be run, `ModelFileError` for weights that are missing.
  public static func shape(of stored: any StoredModel, name: String) throws -> any ModelShape {
    switch stored {
    case let container as any ModelContainer: try TransformerShape(container, name: name)
    case let hybrid as any StoredHybrid: try HybridShape(hybrid, name: name)
    default: throw unknown(stored)
    }
  }

  /// How the output head of a model on disk is stored without loss.
  ///
  /// - Throws: `ModelFileError` that names the tensor.
  public static func exactHead(of stored: any StoredModel, shape: any ModelShape) throws -> DenseFormat {
    switch stored {
    case let container as any ModelContainer:
      try container.matrix(
        shape.tiedEmbeddings ? .embedding : .head, rows: shape.vocabulary, columns: shape.hidden
      ).exactFormat
    case let hybrid as any StoredHybrid: try hybrid.matrix(shape.tiedEmbeddings ? .embedding : .head).exactFormat
    default: throw unknown(stored)
    }
  }

  /// Reads a model's weights; as `Transformer.load` and `Hybrid.load`.
  ///
  /// - Throws: as these do.
  public static func load(
    _ stored: any StoredModel, kernels: KernelPlan, head: DenseFormat? = nil, pool: ThreadPool, hashing: Bool = true
  ) throws -> any LanguageModel {
    switch stored {
    case let container as any ModelContainer:
      try Transformer.load(container, kernels: kernels, head: head, pool: pool, hashing: hashing)
    case let hybrid as any StoredHybrid:
      try Hybrid.load(hybrid, kernels: kernels, head: head, pool: pool, hashing: hashing)
    default: throw unknown(stored)
    }
  }

  private static func unknown(_ stored: any StoredModel) -> EngineError {
    EngineError(.shape, "\(stored.path): no graph of this engine runs what is in it")
  }
}
