import Engine
import Harness
import Kernels
import Machine
import Records

/// A model ready for one conversation: what `generate` and `logits` share.
struct LoadedModel {
  let pool: ThreadPool
  let session: Session

  /// Loads or makes the weights, after comparing what they need with the memory that there is.
  ///
  /// - Throws: `CommandError` when the memory does not suffice; the loader's errors.
  init(_ name: String, kernel: Kernel, pool: ThreadPool, context: Int, machine: Machine) throws {
    let reference = try ModelReference(name)
    let need = MemoryNeed.of(
      reference.shape, packing: kernel.packing, head: reference.head, context: context, batch: min(512, context))
    if let available = machine.memoryAvailableBytes(), need.totalBytes > available {
      throw CommandError(
        "\(name) with \(kernel.id) needs \(ByteCount(need.totalBytes)), \(ByteCount(available)) available")
    }
    if context > reference.shape.context {
      Console.note("W-context  \(name) was made for \(reference.shape.context) positions; beyond them text degrades")
    }
    self.pool = pool
    let model = try reference.load(kernel: kernel, pool: pool)
    session = try Session(model: model, kernel: kernel, pool: pool, context: context)
  }
}
