import Kernels
import ModelFiles

/// One conversation with a model: the keys and values so far, and the memory that a forward pass works in.
///
/// A session belongs to one thread at a time. Its logits depend on the model and the ids alone: not on kernel, threads,
/// placement, or how ids are split over calls.
public final class Session {
  /// Which tokens of a call get logits.
  public enum Logits: Sendable {
    /// No token: only the cache is filled.
    case none
    /// The last token of the call: what generation needs.
    case last
    /// Every token: what perplexity needs.
    case all
  }

  /// The weights.
  public let model: any LanguageModel
  /// The kernels of the ternary products.
  public let kernels: KernelPlan
  /// The threads.
  public let pool: ThreadPool
  /// Positions that the cache has room for.
  public let context: Int
  /// The most tokens that share one pass over the weights.
  public let batch: Int
  /// How keys and values are kept.
  public var cacheFormat: CacheFormat { op.choices.cacheFormat }
  /// The tokens in the cache, by position.
  public private(set) var ids: [Int32] = []
  /// How many there are; the next token gets this position.
  public var position: Int { ids.count }
  /// Hears when each part of a forward pass is done; nil, as it is by default, costs a comparison per part.
  public var observer: (any ForwardObserver)? {
    get { pass.observer }
    set { pass.observer = newValue }
  }

  let pass: any ForwardPass
  var op: Operations { pass.op }
  let weightsOfHead: DenseMatrix
  /// Tokens whose state the pass holds: fewer than `position` where it could not go back far enough.
  private var held = 0
  private var logits: AlignedBuffer?

  /// Makes an empty session of a transformer.
  ///
  /// - Parameters:
  ///   - context: positions to reserve memory for; may exceed what the model was trained for.
  ///   - batch: longer inputs are cut into pieces of this many tokens.
  ///   - cacheFormat: how keys and values are kept.
  /// - Throws: `EngineError` when a kernel cannot read the model's packing, cannot run here, or a size is not positive;
  ///   `KernelError` when the system has not enough memory.
  public convenience init(
    model: Transformer, kernels: KernelPlan, pool: ThreadPool, context: Int, batch: Int = 512,
    cacheFormat: CacheFormat = .f32
  ) throws {
    try self.init(
      model: model, head: model.weights.head, kernels: kernels, pool: pool, context: context, batch: batch,
      cacheFormat: cacheFormat
    ) { batch in
      try TransformerPass(
        model: model, kernels: kernels, pool: pool, context: context, batch: batch, cacheFormat: cacheFormat)
    }
  }

  /// Makes an empty session; `makePass` gets the batch and is called once everything else was checked.
  init(
    model: any LanguageModel, head: DenseMatrix, kernels: KernelPlan, pool: ThreadPool, context: Int, batch: Int,
    cacheFormat: CacheFormat, makePass: (_ batch: Int) throws -> any ForwardPass
  ) throws {
    try Self.check(
      model: model, kernels: kernels, pool: pool, context: context, batch: batch, cacheFormat: cacheFormat)
    self.model = model
    self.kernels = kernels
    self.pool = pool
    self.context = context
    self.batch = min(batch, context)
    weightsOfHead = head
    pass = try makePass(self.batch)
    ids.reserveCapacity(context)
  }

  /// Forgets everything.
  public func reset() { truncate(to: 0) }

  /// Forgets what came after the first `position` tokens; does nothing if there are not that many.
  public func truncate(to position: Int) {
    let position = min(self.position, max(position, 0))
    ids.removeLast(self.position - position)
    if position < held { held = pass.rewind(to: position) }
  }

  /// Stands behind `position` tokens that were never read, as if they had been: for measuring what follows.
  ///
  /// Keys, values and what recurs are drawn from a seed, the same for every kernel and thread count, as large as those of
  /// normalised inputs. What comes behind takes the time that it takes behind a prompt, because no time depends on the
  /// values; what it computes means nothing. `ids` is zeros.
  ///
  /// - Throws: `EngineError` for more positions than `context`; `KernelError` when the system has not enough memory.
  public func fill(to position: Int, seed: UInt64) throws {
    reset()
    try check([Int32](repeating: 0, count: max(position, 0)))
    guard position > 0 else { return }
    try pass.fill(to: position, seed: seed)
    ids = [Int32](repeating: 0, count: position)
    held = position
    pass.remember(position)
  }

  /// Feeds tokens and gives the logits that were asked for.
  ///
  /// - Throws: `EngineError` for an id outside the vocabulary, for more positions than `context`, and for activations
  ///   that are not finite, naming layer and tensor; the position is then what it was.
  @discardableResult
  public func forward(_ ids: [Int32], logits wanted: Logits) throws -> LogitsView {
    try check(ids)
    let rows = wanted == .all ? ids.count : wanted == .last ? min(ids.count, 1) : 0
    let logits = try logitsBuffer(rows: rows)
    try read(ids, wanted: wanted) { first, count, row in
      try computeLogits(first: first, rows: count, into: logits! + row * vocabulary)
    }
    if wanted == .none { pass.remember(position) }
    return LogitsView(rows: rows, vocabulary: vocabulary, buffer: self.logits)
  }

  /// Feeds tokens in pieces of a batch; `each` gets those that are wanted while their states are in `x`: the first row
  /// there, how many, and where they stand among all that are wanted.
  func read(
    _ ids: [Int32], wanted: Logits, each: (_ first: Int, _ count: Int, _ row: Int) throws -> Void
  ) throws {
    try check(ids)
    let start = position
    do {
      try catchUp()
      for first in stride(from: 0, to: ids.count, by: batch) {
        let chunk = ids[first..<min(first + batch, ids.count)]
        let isLast = chunk.endIndex == ids.endIndex
        let count = wanted == .all ? chunk.count : wanted == .last && isLast ? 1 : 0
        try pass.forward(chunk, at: position, wanted: count)
        self.ids += chunk
        held = position
        if count > 0 { try each(chunk.count - count, count, wanted == .all ? first : 0) }
      }
    } catch {
      // What failed in the middle of a pass may have changed what recurs: it is not trusted any more.
      held = pass.rewind(to: min(start, held))
      truncate(to: start)
      throw error
    }
  }

  /// Reads again what the pass could not go back to.
  private func catchUp() throws {
    while held < position {
      let chunk = ids[held..<min(held + batch, position)]
      try pass.forward(chunk, at: held, wanted: 0)
      held = chunk.endIndex
    }
  }

  /// logits = head · norm(x) for `rows` tokens from `first` on: [rows, vocabulary].
  private func computeLogits(first: Int, rows: Int, into logits: UnsafeMutablePointer<Float>) throws {
    try pass.normaliseStates(first: first, rows: rows)
    op.multiply(head: weightsOfHead, pass.x + first * weightsOfHead.columns, tokens: rows, into: logits)
    observer?.finished(.head, layer: nil)
  }

  /// The buffer for so many rows of logits: grown when needed, then kept.
  ///
  /// Nil for no rows.
  func logitsBuffer(rows: Int) throws -> UnsafeMutablePointer<Float>? {
    guard rows > 0 else { return nil }
    let bytes = try DenseMatrix.bytes(rows: rows, columns: vocabulary, format: .f32)
    if (logits?.bytes ?? 0) < bytes { logits = try AlignedBuffer(bytes: bytes) }
    return logits?.address.assumingMemoryBound(to: Float.self)
  }

  private var vocabulary: Int { weightsOfHead.rows }

  // MARK: - Checks

  private static func check(
    model: any LanguageModel, kernels: KernelPlan, pool: ThreadPool, context: Int, batch: Int, cacheFormat: CacheFormat
  ) throws {
    try model.shape.validate(kernels: kernels)
    for (role, packing) in zip(TransformerShape.Role.allCases, model.packings) where packing != kernels[role].packing {
      let kernel = kernels[role].single
      throw EngineError(
        .mismatch,
        "kernel \(kernel.id) reads packing \(kernel.packing.id), but the model's \(role.name) was packed as "
          + "\(packing.id); load the model for this kernel")
    }
    for kernel in kernels.kernels {
      if let reason = kernel.availability.reason {
        throw EngineError(.mismatch, "kernel \(kernel.id) cannot run here: \(reason)")
      }
    }
    guard context > 0, batch > 0 else {
      throw EngineError(.context, "context \(context) and batch \(batch) must be at least 1")
    }
    let need = model.shape.memoryNeed(
      kernels: kernels, head: model.head, context: context, batch: min(batch, context),
      threads: pool.threads, cacheFormat: cacheFormat)
    guard need.totalBytes < Int.max else {
      throw EngineError(.memory, "a context of \(context) positions needs more bytes than 64 bits can count")
    }
  }

  private func check(_ ids: [Int32]) throws {
    guard ids.count <= context - position else {
      throw EngineError(
        .context,
        "\(position) tokens and \(ids.count) more do not fit a context of \(context); make the session with more")
    }
    try checkVocabulary(ids[...])
  }

  /// Refuses ids that the embedding has no row for.
  func checkVocabulary(_ ids: ArraySlice<Int32>) throws {
    if let place = ids.firstIndex(where: { !(0..<vocabulary).contains(Int($0)) }) {
      throw EngineError(
        .token,
        "token \(place - ids.startIndex) is id \(ids[place]), but \(model.shape.name) has ids 0 to \(vocabulary - 1)")
    }
  }
}
