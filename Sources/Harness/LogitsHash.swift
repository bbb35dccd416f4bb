import Engine
import Kernels
import ModelFiles

/// Hashes a model's logits, which are the same bytes whatever computes them.
public struct LogitsHash {
  /// One way to compute them.
  public struct Configuration: Codable, Sendable, Equatable {
    /// A kernel's id.
    public var kernel: String
    /// Worker threads.
    public var threads: Int
    /// Where they run.
    public var placement: String

    /// Makes a configuration.
    public init(kernel: String, threads: Int, placement: String) {
      self.kernel = kernel
      self.threads = threads
      self.placement = placement
    }
  }

  /// The model.
  public let model: ModelReference
  /// The CPUs that threads may be pinned to.
  public let cpus: [Int]
  /// Tokens that are read at once; then `decoded` more, one at a time, each the most likely one.
  public let prompt: Int
  /// Tokens that are generated.
  public let decoded: Int

  private let selector: KernelSelector
  /// The weights of the last packings: configurations come kernel by kernel.
  private var last: (packings: [Packing], weights: any LanguageModel)?

  /// Prepares to hash the logits of a model, synthetic or from a file.
  public init(model: ModelReference, cpus: [Int], selector: KernelSelector, prompt: Int, decoded: Int) {
    self.selector = selector
    self.model = model
    self.cpus = cpus
    self.prompt = prompt
    self.decoded = decoded
  }

  /// SHA-256 over the logits of every prompt position and of every decoded token, as little-endian Float32.
  ///
  /// - Throws: `KernelError` and `EngineError` for what cannot run here.
  public mutating func sha256(_ configuration: Configuration) throws -> String {
    guard let placement = Placement(rawValue: configuration.placement) else {
      throw CellSkip("placement \(configuration.placement) is not known to this build")
    }
    let pool = try ThreadPool(threads: configuration.threads, placement: placement, cpus: cpus)
    let kernels = try selector.plan(configuration.kernel, for: model.shape, pool: pool)
    let session = try weights(kernels, pool: pool).makeSession(
      kernels: kernels, pool: pool, context: prompt + decoded, batch: MemoryBudget.batch, cacheFormat: .f32)
    var hash = SHA256()
    let ids = (0..<prompt).map { Int32($0 * 7919 % model.shape.vocabulary) }
    var logits = try session.forward(ids, logits: .all)
    for row in 0..<logits.rows { hash.update(UnsafeRawBufferPointer(logits[row])) }
    for _ in 0..<decoded {
      let next = logits.argmax(logits.rows - 1)
      logits = try session.forward([next], logits: .last)
      hash.update(UnsafeRawBufferPointer(logits[0]))
    }
    return hash.hex()
  }

  /// Weights are made once per packing; those under numa lie elsewhere and are made anew.
  private mutating func weights(_ kernels: KernelPlan, pool: ThreadPool) throws -> any LanguageModel {
    if pool.placesMemory { return try model.load(kernels: kernels, pool: pool) }
    if let last, last.packings == kernels.packings { return last.weights }
    let made = try model.load(kernels: kernels, pool: pool)
    last = (kernels.packings, made)
    return made
  }
}
