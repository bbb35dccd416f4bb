import Glibc
import Kernels

/// Where the weights of a model are put: wherever the system likes, or each node's rows on that node.
///
/// Rows are cut as `ThreadPool.parallelRows` cuts them, so with the pool that the model was made for, every thread reads
/// rows of its own node only; any other pool gives the same results, some of them from farther away.
final class WeightMemory {
  private let kernels: KernelPlan
  private let pool: ThreadPool
  /// By node index; none where the machine has one node, whose memory needs no asking for.
  private var arenas: [NodeArena] = []
  /// Where no node is asked for: one buffer for all matrices, so that what fills the last huge page is lost once and
  /// not per matrix, which is a third of the packed weights of BitNet b1.58 2B4T.
  private var buffer: AlignedBuffer?
  private var usedBytes = 0
  private var headRanges: [PlacedMemory.Range] = []

  /// Takes the memory of all ternary matrices, where nodes are asked for.
  ///
  /// - Throws: `EngineError` when a node has no room for its rows or may not be asked for.
  convenience init(shape: TransformerShape, kernels: KernelPlan, pool: ThreadPool) throws {
    try self.init(kinds: [(shape.matrices, shape.layers)], kernels: kernels, pool: pool)
  }

  /// The same for kinds of layers: the matrices of one, and how many there are.
  init(
    kinds: [(matrices: [TransformerShape.Matrix], layers: Int)], kernels: KernelPlan, pool: ThreadPool
  ) throws {
    self.kernels = kernels
    self.pool = pool
    guard pool.placesMemory else {
      let bytes = try kinds.map { saturatingProduct([try bytesOfOneLayer($0.matrices), $0.layers]) }
      buffer = try AlignedBuffer(bytes: saturatingSum(bytes))
      return
    }
    arenas = try pool.layout.nodes.enumerated().map { index, node in
      let bytes = kinds.map { kind in
        let pieces = kind.matrices.flatMap { self.pieces(of: $0) }
        let ofOneLayer = pieces.filter { $0.node == index }.map { NodeArena.rounded($0.bytes) }
        return saturatingProduct([saturatingSum(ofOneLayer), kind.layers])
      }
      return try NodeArena(node: node, bytes: saturatingSum(bytes))
    }
  }

  /// Takes the memory of one matrix of one layer; gives it with the rows of its parts.
  func matrix(_ matrix: TransformerShape.Matrix) throws -> (PackedMatrix, places: [Range<Int>]) {
    let packing = kernels[matrix.role].packing
    let places = BitLinear.place(matrix.parts, rowBlock: packing.rowBlock)
    let rows = BitLinear.rows(of: matrix.parts, rowBlock: packing.rowBlock)
    if let buffer {
      let memory = PanelMemory(buffer, offset: usedBytes)
      usedBytes += try Self.bytes(rows: rows, matrix, packing)
      precondition(usedBytes <= buffer.bytes, "the matrices are those that the memory was taken for")
      return (
        try PackedMatrix(rows: rows, columns: matrix.columns, packing: packing, cuts: [], memory: [memory]), places
      )
    }
    let pieces = pieces(of: matrix)
    let packed = try PackedMatrix(
      rows: rows, columns: matrix.columns, packing: packing, cuts: pieces.dropFirst().map(\.firstPanel),
      memory: pieces.map { arenas[$0.node].take($0.bytes) })
    return (packed, places)
  }

  private func bytesOfOneLayer(_ matrices: [TransformerShape.Matrix]) throws -> Int {
    saturatingSum(
      try matrices.map { matrix in
        let packing = kernels[matrix.role].packing
        return try Self.bytes(rows: BitLinear.rows(of: matrix.parts, rowBlock: packing.rowBlock), matrix, packing)
      })
  }

  /// What a matrix takes of the one buffer: whole pages, so that it begins where one of its own would.
  private static func bytes(rows: Int, _ matrix: TransformerShape.Matrix, _ packing: Packing) throws -> Int {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    return saturatingSum([try packing.bytes(rows: rows, columns: matrix.columns), page - 1]) / page * page
  }

  /// Has the rows of a head, to which nothing was written yet, come from the nodes of the threads that will read them.
  ///
  /// A page that holds rows of two nodes is left to the first of them.
  ///
  /// - Throws: `EngineError` when a node has no room for its rows or may not be asked for.
  func place(head: DenseMatrix) throws {
    guard !arenas.isEmpty else { return }
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    var start = 0
    for (index, node) in pool.layout.nodes.enumerated() {
      let rows = pool.rows(of: index, among: head.rows, block: Operations.headRowBlock)
      let isLast = index == pool.layout.nodes.count - 1
      let end = isLast ? head.bytes : (rows.upperBound * head.rowBytes + page - 1) / page * page
      guard start < min(end, head.bytes) else { continue }
      let range = PlacedMemory.Range(head.buffer, offset: start, bytes: min(end, head.bytes) - start, node: node)
      try MemoryNodes.requireRoom(for: range.bytes, on: node)
      try MemoryNodes.bind(head.buffer.address + start, bytes: range.bytes, to: node)
      headRanges.append(range)
      start += range.bytes
    }
  }

  /// The memory that was placed, to be counted once everything is packed; nil where no node was asked for.
  var placed: PlacedMemory? {
    arenas.isEmpty ? nil : PlacedMemory(arenas.map(\.range) + headRanges)
  }

  /// Panels of one matrix that lie together on one node.
  private struct Piece {
    let firstPanel: Int
    /// An index into the nodes of the pool.
    let node: Int
    var bytes = 0
  }

  /// Cuts a matrix where another node's rows begin: gate and up are walked together, everything else as one.
  private func pieces(of matrix: TransformerShape.Matrix) -> [Piece] {
    let packing = kernels[matrix.role].packing
    let block = packing.rowBlock
    let places = BitLinear.place(matrix.parts, rowBlock: block)
    let padded = packing.paddedRows(BitLinear.rows(of: matrix.parts, rowBlock: block))
    let walks =
      matrix.role == .gateUp
      ? [0..<places[1].lowerBound, places[1].lowerBound..<padded] : [0..<padded]
    var pieces: [Piece] = []
    for walk in walks {
      for node in pool.layout.nodes.indices {
        let rows = pool.rows(of: node, among: walks[0].count, block: block)
        let own = (walk.lowerBound + rows.lowerBound..<walk.lowerBound + rows.upperBound).clamped(to: walk)
        if !own.isEmpty { pieces.append(Piece(firstPanel: own.lowerBound / block, node: node)) }
      }
    }
    let ends = pieces.dropFirst().map(\.firstPanel) + [padded / block]
    for (index, end) in ends.enumerated() {
      pieces[index].bytes = (end - pieces[index].firstPanel) * packing.panelBytes(columns: matrix.columns)
    }
    return pieces
  }
}
