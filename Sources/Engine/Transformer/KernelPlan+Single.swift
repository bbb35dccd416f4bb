import Kernels

// One kernel for everything is the usual case: these spell it without a plan.

extension Session {
  /// Makes an empty session with one kernel for every matrix and batch.
  ///
  /// - Throws: as the initialiser that takes a plan.
  public convenience init(
    model: Transformer, kernel: Kernel, pool: ThreadPool, context: Int, batch: Int = 512,
    cacheFormat: CacheFormat = .f32
  ) throws {
    try self.init(
      model: model, kernels: KernelPlan(kernel), pool: pool, context: context, batch: batch, cacheFormat: cacheFormat)
  }
}

extension Transformer {
  /// Generates weights, packed for one kernel.
  ///
  /// - Throws: as the function that takes a plan.
  public static func synthetic(
    _ shape: TransformerShape, seed: UInt64, kernel: Kernel, head: DenseFormat, pool: ThreadPool
  ) throws -> Transformer {
    try synthetic(shape, seed: seed, kernels: KernelPlan(kernel), head: head, pool: pool)
  }

  /// Reads a checkpoint, packed for one kernel.
  ///
  /// - Throws: as the function that takes a plan.
  public static func load(
    path: String, kernel: Kernel, head: DenseFormat? = nil, pool: ThreadPool, hashing: Bool = true
  ) throws -> Transformer {
    try load(path: path, kernels: KernelPlan(kernel), head: head, pool: pool, hashing: hashing)
  }
}
