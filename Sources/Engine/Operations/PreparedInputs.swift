import Kernels

/// The prepared activations of one product: one copy, or one on each memory node, so that no thread reads its inputs
/// from another node.
struct PreparedInputs {
  /// By node index; the first is part of the scratch.
  let copies: [UnsafeMutableRawPointer]
  private let nodeOfThread: [Int]
  private let owners: [AlignedBuffer]

  init(first: UnsafeMutableRawPointer, bytes: Int, pool: ThreadPool) throws {
    nodeOfThread = pool.layout.nodeOfThread
    owners = try pool.layout.nodes.dropFirst().map { try MemoryNodes.map(bytes: bytes, node: $0) }
    copies = [first] + owners.map(\.address)
  }

  /// The copy that a thread reads.
  func copy(of thread: Int) -> UnsafeMutableRawPointer { copies[nodeOfThread[thread]] }
}
