import Kernels

/// Memory whose pages come from one node and no other.
public final class NodeMemory: Sendable {
  /// The memory itself; its pages are taken from the node when they are first written.
  public let buffer: AlignedBuffer
  /// The kernel's number of the node.
  public let node: Int

  /// Maps `bytes` zero bytes that will come from `node`.
  ///
  /// - Throws: `EngineError` when there is no such node, when it has not enough free memory, or when the system refuses
  ///   the placement; `KernelError` when the process has no room for the mapping.
  public init(bytes: Int, node: Int) throws {
    try MemoryNodes.requireRoom(for: bytes, on: node)
    buffer = try AlignedBuffer(bytes: bytes)
    self.node = node
    try MemoryNodes.bind(buffer.address, bytes: buffer.bytes, to: node)
  }

  /// Asks the kernel where the pages are now; those that nothing was written to are taken from the node by it.
  ///
  /// - Throws: `EngineError` when the kernel refuses the question.
  public func countPages() throws -> PagePlacement {
    try PlacedMemory([PlacedMemory.Range(buffer, bytes: buffer.bytes, node: node)]).count()
  }
}
