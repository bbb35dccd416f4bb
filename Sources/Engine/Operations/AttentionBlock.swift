import Kernels

/// The unit of attention work: the query heads that share one key head, for a few neighbouring tokens.
///
/// Keys go by in tiles whose bounds are multiples of `tileKeys` from position 0. In each tile a row (one token and query
/// head) has its own largest score m, weights w_j = e^(x_j − m), their sum s, and o = Σ w_j·v_j in ascending order; tiles
/// are then merged in ascending order, as in online softmax (arXiv:1805.02867). Keys of a tile that come before a local
/// layer's window have no score and the weight 0. So what a row gets depends on its position alone: not on the block that
/// it is part of, nor on which thread did which tile.
struct AttentionBlock {
  /// Rows that share keys and values while these are in a cache: 32 times 128 floats are 16 KiB.
  static let rowsWanted = 32
  /// Few enough that scores of all rows stay in a first-level cache, enough that merging costs little.
  static let tileKeys = 256

  /// Tiles of so many positions.
  static func tiles(_ positions: Int) -> Int { (positions + tileKeys - 1) / tileKeys }

  let layer: Int
  let kvHead: Int
  /// Position of the first token.
  let position: Int
  let tokens: Int
  let group: Int
  /// Positions that a token sees, its own included; nil for all.
  let window: Int?
  let work: AttentionWork
  let cache: KeyValueCache
  let vectors: VectorOps

  var rows: Int { tokens * group }

  /// The tile where the first token's window begins.
  var firstTile: Int { firstPosition(of: 0) / Self.tileKeys }

  /// The first position that a token of the block sees.
  private func firstPosition(of token: Int) -> Int { window.map { max(0, position + token + 1 - $0) } ?? 0 }

  /// Positions of a tile up to the last that a token of the block sees; none or fewer where the tile begins after it.
  private func keys(of token: Int, tile: Int) -> Int {
    min(Self.tileKeys, position + token + 1 - tile * Self.tileKeys)
  }

  /// The first token that sees a position.
  private func firstToken(seeing position: Int) -> Int { max(0, position - self.position) }

  /// Attends to all tiles, one after the other: o into `work.out` and s and m into `work.states`.
  func attendToAllTiles() {
    let (first, padded) = (firstTile, cache.paddedDim)
    attend(tile: first, into: work.out, states: work.states)
    for tile in first + 1..<max(Self.tiles(position + tokens), first + 1) {
      attend(tile: tile, into: work.tileOut, states: work.tileStates)
      for row in firstToken(seeing: tile * Self.tileKeys) * group..<rows {
        work.states[row].merge(
          work.tileStates[row], work.tileOut + row * padded, into: work.out + row * padded, count: padded,
          vectors: vectors)
      }
    }
  }

  /// Attends to one tile: o into `out` [rows, paddedDim], s and m into `states`.
  ///
  /// Rows of tokens before the tile are left as they were.
  func attend(tile: Int, into out: UnsafeMutablePointer<Float>, states: UnsafeMutablePointer<AttentionState>) {
    let firstToken = firstToken(seeing: tile * Self.tileKeys)
    score(tile: tile)
    for token in firstToken..<tokens {
      let end = keys(of: token, tile: tile)
      let start = min(max(0, firstPosition(of: token) - tile * Self.tileKeys), end)
      for row in token * group..<(token + 1) * group {
        let scores = work.scores(row)
        let (sum, largest) = vectors.exponentials(scores + start, count: end - start)
        scores.update(repeating: 0, count: start)
        states[row] = AttentionState(sum: sum, largest: largest)
      }
    }
    let first = firstToken * group * cache.paddedDim
    (out + first).update(repeating: 0, count: rows * cache.paddedDim - first)
    mix(tile: tile, tokens: firstToken..<tokens, from: 0, into: out)
  }

  /// One token, several neighbouring key heads with the same values: attends to one tile, o into `out` [heads, group,
  /// paddedDim], s and m into `states`.
  ///
  /// The block is that of the first of the heads, whose queries lie one behind another. Each value is read once for all
  /// of them; what a row gets is the same as alone.
  func attend(
    tile: Int, keyHeads heads: Int, into out: UnsafeMutablePointer<Float>, states: UnsafeMutablePointer<AttentionState>
  ) {
    let end = keys(of: 0, tile: tile)
    let start = min(max(0, firstPosition(of: 0) - tile * Self.tileKeys), end)
    let rows = heads * group
    for head in 0..<heads {
      score(tile: tile, keyHead: kvHead + head, rows: head * group..<(head + 1) * group, end: end)
    }
    for row in 0..<rows {
      let scores = work.scores(row)
      let (sum, largest) = vectors.exponentials(scores + start, count: end - start)
      scores.update(repeating: 0, count: start)
      states[row] = AttentionState(sum: sum, largest: largest)
    }
    out.update(repeating: 0, count: rows * cache.paddedDim)
    guard end > 0 else { return }
    cache.addValues(
      weighted: work.scores(0), stride: Self.tileKeys, rows: rows, layer: layer, head: kvHead,
      positions: tile * Self.tileKeys..<tile * Self.tileKeys + end, vectors: vectors, to: out)
  }

  /// scores = q·k for some rows of one token and all keys of a tile before `end`.
  private func score(tile: Int, keyHead: Int, rows: Range<Int>, end: Int) {
    for start in stride(from: 0, to: end, by: KeyValueCache.panel) {
      cache.score(
        work.query(rows.lowerBound), rows: rows.count, layer: layer, head: keyHead,
        panel: (tile * Self.tileKeys + start) / KeyValueCache.panel, count: KeyValueCache.scores(seeing: end - start),
        vectors: vectors, into: work.scores(rows.lowerBound) + start, stride: Self.tileKeys)
    }
  }

  /// scores = q·k for every panel of the tile and the rows that see any of it.
  private func score(tile: Int) {
    let last = keys(of: tokens - 1, tile: tile)
    for start in stride(from: 0, to: last, by: KeyValueCache.panel) {
      let position = tile * Self.tileKeys + start
      let first = firstToken(seeing: position) * group
      cache.score(
        work.query(first), rows: rows - first, layer: layer, head: kvHead, panel: position / KeyValueCache.panel,
        count: KeyValueCache.scores(seeing: last - start), vectors: vectors, into: work.scores(first) + start,
        stride: Self.tileKeys)
    }
  }

  /// out += weights·v from key `start` of the tile on: together as far as the first token sees, then by halves, so that
  /// no row takes a key that its token does not see.
  private func mix(tile: Int, tokens: Range<Int>, from start: Int, into out: UnsafeMutablePointer<Float>) {
    let (first, end) = (tokens.lowerBound * group, keys(of: tokens.lowerBound, tile: tile))
    if end > start {
      let position = tile * Self.tileKeys
      cache.addValues(
        weighted: work.scores(first) + start, stride: Self.tileKeys, rows: tokens.count * group, layer: layer,
        head: kvHead, positions: position + start..<position + end, vectors: vectors,
        to: out + first * cache.paddedDim)
    }
    guard tokens.count > 1, end < Self.tileKeys else { return }
    let middle = tokens.lowerBound + tokens.count / 2
    mix(tile: tile, tokens: tokens.lowerBound..<middle, from: end, into: out)
    mix(tile: tile, tokens: middle..<tokens.upperBound, from: end, into: out)
  }
}

/// What a row knows of the keys that went by: o is relative to e^largest and not yet divided by the sum.
struct AttentionState {
  var sum: Float
  var largest: Float

  /// Whether no key was in the window: a key's largest weight is 1.
  private var isEmpty: Bool { sum == 0 }

  /// Takes in the next tile: its state, and its o added to this one's, both relative to the larger of the two; tiles
  /// without a key in the window leave no trace.
  mutating func merge(
    _ tile: AttentionState, _ tileOut: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>, count: Int,
    vectors: VectorOps
  ) {
    if tile.isEmpty { return }
    if isEmpty {
      out.update(from: tileOut, count: count)
      self = tile
      return
    }
    var factors: SIMD2<Float> = [largest, tile.largest]
    let largest = withUnsafeMutableBytes(of: &factors) {
      vectors.exponentials($0.baseAddress!.assumingMemoryBound(to: Float.self), count: 2).largest
    }
    vectors.scale(out, by: factors[0], into: out, count: count)
    vectors.axpy(factors[1], tileOut, out, count: count)
    self = AttentionState(sum: sum * factors[0] + tile.sum * factors[1], largest: largest)
  }
}
