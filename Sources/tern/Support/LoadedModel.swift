import Engine
import Harness
import Machine
import Meters
import ModelFiles

/// A model ready for one conversation: what `generate`, `chat`, `logits` and `profile` share.
struct LoadedModel {
  let pool: ThreadPool
  let session: Session
  /// How long it took to read and pack the weights.
  let loadTimeNs: UInt64

  /// Loads or makes the weights, after comparing what they need with the memory that there is.
  ///
  /// - Parameters:
  ///   - kernel: nil for what such a model is usually run with.
  ///   - logitsRows: rows of logits that are kept at once.
  /// - Throws: `CommandError` when the memory does not suffice; the loader's errors.
  init(
    _ name: String, kernel: String?, pool: ThreadPool, context: Int, logitsRows: Int = 1,
    cacheFormat: CacheFormat, machine: Machine
  ) throws {
    try self.init(
      ModelReference(name), kernel: kernel, pool: pool, context: context, logitsRows: logitsRows,
      cacheFormat: cacheFormat, machine: machine)
  }

  /// The same for a model that was looked up before.
  init(
    _ reference: ModelReference, kernel: String?, pool: ThreadPool, context: Int, logitsRows: Int = 1,
    cacheFormat: CacheFormat, machine: Machine
  ) throws {
    let kernel = kernel ?? KernelSelector.standard(for: reference.shape)
    if let refusal = KernelSelector.refusal(of: kernel, for: reference.shape) { throw refusal }
    let need = MemoryBudget.need(
      of: reference, kernels: try KernelSelector.estimate(kernel), threads: pool.threads, context: context,
      logitsRows: logitsRows, cacheFormat: cacheFormat)
    if let shortfall = MemoryBudget.shortfall(of: need.totalBytes, available: machine.memoryAvailableBytes()) {
      throw CommandError("\(reference.name) with \(kernel) \(shortfall)")
    }
    if context > reference.shape.context {
      Console.note(
        "W-context  \(reference.name) was made for \(reference.shape.context) positions; beyond them text degrades")
    }
    for note in reference.container?.notes ?? [] { Console.note("\(note.id)  \(note.text)") }
    self.pool = pool
    let kernels = try KernelSelector.ofThisBinary(machine: machine).plan(kernel, for: reference.shape, pool: pool)
    let start = WallClock.nowNs()
    let model = try reference.load(kernels: kernels, pool: pool, hashing: false)
    loadTimeNs = WallClock.nowNs() - start
    session = try model.makeSession(
      kernels: kernels, pool: pool, context: context, batch: MemoryBudget.batch,
      cacheFormat: cacheFormat)
  }
}
