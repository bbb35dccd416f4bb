import Kernels

/// Where the ternary weights of a model are put: wherever the system likes, or each node's rows on that node.
///
/// Rows are cut as `ThreadPool.parallelRows` cuts them, so with the pool that the model was made for, every thread reads
/// rows of its own node only; any other pool gives the same results, some of them from farther away.
final class WeightMemory {
  private let shape: TransformerShape
  private let kernels: KernelPlan
  private let pool: ThreadPool
  /// By node index; none where there is one node, whose memory needs no asking for.
  private let arenas: [NodeArena]

  init(shape: TransformerShape, kernels: KernelPlan, pool: ThreadPool) throws {
    self.shape = shape
    self.kernels = kernels
    self.pool = pool
    arenas = pool.layout.nodes.count > 1 ? pool.layout.nodes.map(NodeArena.init) : []
  }

  /// Takes the memory of one matrix; gives it with the rows of its parts.
  func matrix(_ matrix: TransformerShape.Matrix) throws -> (PackedMatrix, places: [Range<Int>]) {
    let packing = kernels[matrix.role].packing
    let places = BitLinear.place(matrix.parts, rowBlock: packing.rowBlock)
    let rows = BitLinear.rows(of: matrix.parts, rowBlock: packing.rowBlock)
    guard !arenas.isEmpty else {
      return (try PackedMatrix(rows: rows, columns: matrix.columns, packing: packing), places)
    }
    let slices = self.slices(of: matrix, rows: rows, packing: packing, places: places)
    let bounds = slices.map(\.firstPanel) + [packing.paddedRows(rows) / packing.rowBlock]
    let memory = try slices.enumerated().map { index, slice in
      try arenas[slice.node].take((bounds[index + 1] - bounds[index]) * packing.panelBytes(columns: matrix.columns))
    }
    let packed = try PackedMatrix(
      rows: rows, columns: matrix.columns, packing: packing, cuts: Array(bounds[1..<slices.count]), memory: memory)
    return (packed, places)
  }

  /// Counts where the pages are, once everything is packed; nil where no node was asked for.
  ///
  /// - Throws: `EngineError` when the kernel refuses the question.
  func verify() throws -> PagePlacement? {
    guard !arenas.isEmpty else { return nil }
    var placement = PagePlacement()
    for arena in arenas { try arena.count(into: &placement) }
    return placement
  }

  private struct Slice {
    let firstPanel: Int
    let node: Int
  }

  /// The panels at which another node's rows begin: gate and up are walked together, everything else as one.
  private func slices(
    of matrix: TransformerShape.Matrix, rows: Int, packing: Packing, places: [Range<Int>]
  ) -> [Slice] {
    let block = packing.rowBlock
    let padded = packing.paddedRows(rows)
    let walks =
      matrix.role == .gateUp
      ? [0..<places[1].lowerBound, places[1].lowerBound..<padded] : [0..<padded]
    let walked = walks[0].count
    var slices: [Slice] = []
    for walk in walks {
      for node in pool.layout.nodes.indices {
        let threads = pool.layout.threads(of: node)
        let first = ThreadPool.share(of: walked, block: block, thread: threads.lowerBound, threads: pool.threads)
        let last = ThreadPool.share(of: walked, block: block, thread: threads.upperBound - 1, threads: pool.threads)
        let own = (walk.lowerBound + first.lowerBound..<walk.lowerBound + last.upperBound).clamped(to: walk)
        if !own.isEmpty { slices.append(Slice(firstPanel: own.lowerBound / block, node: node)) }
      }
    }
    return slices
  }
}
