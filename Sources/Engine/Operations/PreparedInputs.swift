import Kernels

/// The prepared activations of one product: one copy, or one on each memory node, so that no thread reads its inputs
/// from another node.
struct PreparedInputs {
  /// By node index; part of the scratch where no node was asked for.
  let copies: [UnsafeMutableRawPointer]
  /// The copies that were put on nodes.
  let placed: PlacedMemory
  private let nodeOfThread: [Int]

  init(first: UnsafeMutableRawPointer, bytes: Int, pool: ThreadPool) throws {
    nodeOfThread = pool.layout.nodeOfThread
    let owners = try pool.placesMemory ? pool.layout.nodes.map { try NodeMemory(bytes: bytes, node: $0) } : []
    placed = PlacedMemory(owners.map { PlacedMemory.Range($0.buffer, bytes: bytes, node: $0.node) })
    copies = owners.isEmpty ? [first] : owners.map(\.buffer.address)
  }

  /// The copy that a thread reads.
  func copy(of thread: Int) -> UnsafeMutableRawPointer { copies[nodeOfThread[thread]] }
}
