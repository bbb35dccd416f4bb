import Kernels

/// The memory of one node for all of a model's matrices, given out in pieces: one matrix' share is often smaller than a
/// huge page, all of them together are not.
final class NodeArena {
  private let memory: NodeMemory
  private var used = 0

  /// Takes all the memory at once, so that a node that is too small is refused before anything is written.
  ///
  /// - Parameter bytes: the sum of `rounded` over the pieces to come.
  /// - Throws: `EngineError` when the node has no room or may not be asked for.
  init(node: Int, bytes: Int) throws { memory = try NodeMemory(bytes: bytes, node: node) }

  /// Gives a piece that starts on a cache line.
  func take(_ bytes: Int) -> PanelMemory {
    let start = used
    used += Self.rounded(bytes)
    precondition(used <= memory.buffer.bytes, "the pieces are those that the memory was taken for")
    return PanelMemory(memory.buffer, offset: start)
  }

  /// What a piece takes.
  static func rounded(_ bytes: Int) -> Int { (bytes + 63) / 64 * 64 }

  /// The bytes that were given out, and the node that their pages belong on.
  var range: PlacedMemory.Range { PlacedMemory.Range(memory.buffer, bytes: used, node: memory.node) }
}
