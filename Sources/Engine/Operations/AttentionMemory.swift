import Kernels

/// The heads of an attention, and what a block of it takes.
struct AttentionSizes {
  /// Query heads.
  let heads: Int
  /// Key heads.
  let kvHeads: Int
  /// Width of a query and of a key.
  let headDim: Int
  /// Width of a value, rounded up to what the cache keeps.
  let paddedDim: Int

  init(heads: Int, kvHeads: Int, headDim: Int, valueDim: Int) {
    self.heads = heads
    self.kvHeads = kvHeads
    self.headDim = headDim
    paddedDim = KeyValueCache.paddedDim(valueDim)
  }

  /// Query heads of one key head.
  var group: Int { heads / kvHeads }
  /// Neighbouring tokens of one block.
  var blockTokens: Int { max(1, AttentionBlock.rowsWanted / group) }
  /// The most rows of one block, or of one token and two key heads that share values.
  var blockRows: Int { max(blockTokens, 2) * group }

  /// Queries, scores, o of a tile and of all tiles, states of a tile and of all tiles; in whole cache lines.
  var floats: Int {
    let row = [headDim, AttentionBlock.tileKeys, paddedDim, paddedDim, 2, 2]
    return saturatingSum([saturatingProduct([blockRows, row.reduce(0, +)]), 15]) / 16 * 16
  }

  /// What a scratch has for it: each thread's block, and one token's outputs and states of all tiles.
  func scratchParts(context: Int, threads: Int) -> [(part: Scratch.Part, bytes: Int)] {
    let float = MemoryLayout<Float>.stride
    let tileRows = saturatingProduct([heads, AttentionBlock.tiles(context)])
    return [
      (.attention, saturatingProduct([threads, floats, float])),
      (.tileOuts, saturatingProduct([tileRows, paddedDim, float])),
      (.tileStates, saturatingProduct([tileRows, MemoryLayout<AttentionState>.stride])),
    ]
  }
}

extension TransformerShape {
  var attentionSizes: AttentionSizes {
    AttentionSizes(heads: heads, kvHeads: kvHeads, headDim: headDim, valueDim: headDim)
  }
}

/// What attention works in: parts of the scratch; see `Scratch.Part` for their shapes.
struct AttentionMemory {
  let sizes: AttentionSizes
  let tileOuts: UnsafeMutablePointer<Float>
  let tileStates: UnsafeMutablePointer<AttentionState>
  private let base: UnsafeMutablePointer<Float>

  init(_ scratch: Scratch, _ sizes: AttentionSizes) {
    self.sizes = sizes
    base = scratch.floats(.attention)
    tileOuts = scratch.floats(.tileOuts)
    tileStates = scratch.raw(.tileStates).assumingMemoryBound(to: AttentionState.self)
  }

  /// From so many tiles on, threads merge those of different heads: a row takes a tenth of a microsecond, and waking
  /// threads some of them.
  private static let tilesWorthSharing = 8

  /// Merges what one token's tiles came to, [heads, tiles, rows]: in ascending order, into the first of each head.
  ///
  /// `finish` gets each head and the first of its rows. Inlined, so that a few tiles are merged without a call of it.
  @inline(__always)
  func mergeTiles(
    _ tiles: Int, heads: Int, rows: Int, pool: ThreadPool, vectors: VectorOps,
    finish: (_ head: Int, _ first: Int) -> Void
  ) {
    guard tiles >= Self.tilesWorthSharing else {
      for head in 0..<heads {
        merge(tiles, rows: rows, from: head * tiles * rows, vectors: vectors)
        finish(head, head * tiles * rows)
      }
      return
    }
    pool.parallelItems(heads) { _, head in
      merge(tiles, rows: rows, from: head * tiles * rows, vectors: vectors)
      finish(head, head * tiles * rows)
    }
  }

  /// Merges the tiles of one head, whose rows begin at `first`.
  private func merge(_ tiles: Int, rows: Int, from first: Int, vectors: VectorOps) {
    let padded = sizes.paddedDim
    for row in first + rows..<first + max(tiles, 1) * rows {
      let total = first + (row - first) % rows
      tileStates[total].merge(
        tileStates[row], tileOuts + row * padded, into: tileOuts + total * padded, count: padded, vectors: vectors)
    }
  }

  /// What one thread's attention block works in.
  func own(_ thread: Int) -> AttentionWork { AttentionWork(base + thread * sizes.floats, sizes) }
}

/// The memory of one thread's attention block, cut out of the scratch.
struct AttentionWork {
  private let base: UnsafeMutablePointer<Float>
  private let sizes: AttentionSizes

  init(_ base: UnsafeMutablePointer<Float>, _ sizes: AttentionSizes) {
    self.base = base
    self.sizes = sizes
  }

  /// The scores of a row: [tileKeys].
  func scores(_ row: Int) -> UnsafeMutablePointer<Float> { base + row * AttentionBlock.tileKeys }

  /// The query of a row, scaled: [headDim].
  func query(_ row: Int) -> UnsafeMutablePointer<Float> {
    base + sizes.blockRows * AttentionBlock.tileKeys + row * sizes.headDim
  }

  private var outs: UnsafeMutablePointer<Float> {
    base + sizes.blockRows * (AttentionBlock.tileKeys + sizes.headDim)
  }

  /// o of one tile: [rows, paddedDim].
  var tileOut: UnsafeMutablePointer<Float> { outs }
  /// o of all tiles so far: [rows, paddedDim].
  var out: UnsafeMutablePointer<Float> { outs + sizes.blockRows * sizes.paddedDim }

  /// States of one tile: [rows].
  var tileStates: UnsafeMutablePointer<AttentionState> {
    UnsafeMutableRawPointer(outs + 2 * sizes.blockRows * sizes.paddedDim).assumingMemoryBound(to: AttentionState.self)
  }
  /// States of all tiles so far: [rows].
  var states: UnsafeMutablePointer<AttentionState> { tileStates + sizes.blockRows }
}
