import Kernels

/// Differential attention (arXiv:2410.05258): what one softmax attends to, less λ of what another one does.
///
/// Heads pair up by parity: with q1, k1, v1 the even and q2, k2, v2 the odd ones,
///
///     O = softmax(q1·k1ᵀ/√d)·[v1 | v2] − λ·softmax(q2·k2ᵀ/√d)·[v1 | v2]    out = RMSNorm(O)·(1 − λ_init)
struct DifferentialAttention: Sendable {
  // hidden → [H·d | G·d | G·d] in window layers, H·d in others
  let query: Linear
  // hidden → [G·d | G·d] in the full layer, nil in others
  let keyValue: Linear?
  // H·d → hidden
  let output: Linear
  /// λ = exp(λq1·λk1) − exp(λq2·λk2) + λ_init, one for all heads.
  let lambda: Float
  // [2·d]: RMSNorm's weights times 1 − λ_init
  let weight: [Float]

  /// ε of its RMSNorm, a constant of the published code.
  static let epsilon: Float = 1e-5
}

/// Attention of the layers of a hybrid, over the cache of one of its two kinds.
struct DifferentialOperations {
  let op: Operations
  let cache: KeyValueCache
  /// Positions that a token sees, its own included; nil for all.
  let window: Int?
  private let memory: AttentionMemory
  private var sizes: AttentionSizes { memory.sizes }
  private var d: Int { sizes.headDim }
  private var vectors: VectorOps { op.vectors }
  /// Pairs of key heads.
  private var pairs: Int { sizes.kvHeads / 2 }

  init(_ op: Operations, shape: HybridShape, cache: KeyValueCache, window: Int?, scratch: Scratch) {
    self.op = op
    self.cache = cache
    self.window = window
    memory = AttentionMemory(scratch, shape.attentionSizes)
  }

  /// Keeps keys and values of tokens at positions p, p + 1, …: keys, values [tokens, stride].
  ///
  /// An item is a pair of heads and the tokens of one panel of keys, so that no two threads write to one cache line.
  func store(
    keys: UnsafePointer<Float>, values: UnsafePointer<Float>, stride: Int, layer: Int, position: Int, tokens: Int
  ) {
    let firstPanel = position / KeyValueCache.panel
    let panels = (position + tokens - 1) / KeyValueCache.panel - firstPanel + 1
    let keep = { (thread: Int, item: Int) in
      let (panel, pair) = item.quotientAndRemainder(dividingBy: pairs)
      let start = (firstPanel + panel) * KeyValueCache.panel
      for place in max(start, position)..<min(start + KeyValueCache.panel, position + tokens) {
        let row = (place - position) * stride + 2 * pair * d
        for head in 0..<2 {
          cache.store(
            key: keys + row + head * d, layer: layer, head: 2 * pair + head, position: place, vectors: vectors,
            room: op.ownKey(thread))
        }
        cache.store(value: values + row, layer: layer, head: 2 * pair, position: place, vectors: vectors)
      }
    }
    // One token's are stored faster than threads are woken.
    guard tokens > 1 else {
      for pair in 0..<pairs { keep(0, pair) }
      return
    }
    op.pool.parallelItems(panels * pairs, keep)
  }

  /// out = differential attention: [tokens, H·d]; queries [tokens, stride].
  ///
  /// `isBackwards` says in which order a single token's tiles are read, which changes no bit of what comes out.
  func attend(
    _ attention: DifferentialAttention, queries: UnsafePointer<Float>, layer: Int, position: Int, tokens: Int,
    isBackwards: Bool = false, into out: UnsafeMutablePointer<Float>
  ) {
    if tokens == 1 {
      return attend(
        attention, query: queries, layer: layer, position: position, isBackwards: isBackwards, into: out)
    }
    let (stride, width) = (attention.query.stride, sizes.heads * d)
    let blocks = (tokens + sizes.blockTokens - 1) / sizes.blockTokens
    op.pool.parallelItems(blocks * pairs) { thread, item in
      let (index, pair) = item.quotientAndRemainder(dividingBy: pairs)
      // The last tokens see the most keys: begun first, they do not keep the other threads waiting at the end.
      let first = (blocks - 1 - index) * sizes.blockTokens
      let (queries, out) = (queries + first * stride, out + first * width)
      // One after the other: both read the same values, which are still in a cache.
      for parity in 0..<2 {
        let block = block(
          layer: layer, head: 2 * pair + parity, position: position + first,
          tokens: min(sizes.blockTokens, tokens - first), thread: thread)
        for token in 0..<block.tokens { gather(block, token: token, from: queries + token * stride) }
        block.attendToAllTiles()
        for token in 0..<block.tokens {
          let row = token * block.group
          take(
            block.work.out + row * cache.paddedDim, block.work.states + row, head: block.kvHead, attention,
            into: out + token * width)
        }
      }
      for token in 0..<min(sizes.blockTokens, tokens - first) { finish(out + token * width, pair: pair, attention) }
    }
  }

  /// One token: too few pairs to go round, so a tile of a pair is an item, and they are merged at the end.
  private func attend(
    _ attention: DifferentialAttention, query: UnsafePointer<Float>, layer: Int, position: Int, isBackwards: Bool,
    into out: UnsafeMutablePointer<Float>
  ) {
    let (group, padded) = (sizes.group, cache.paddedDim)
    let (outs, states) = (memory.tileOuts, memory.tileStates)
    let firstTile = block(layer: layer, head: 0, position: position, tokens: 1, thread: 0).firstTile
    let tiles = AttentionBlock.tiles(position + 1) - firstTile
    // [pairs, tiles, parity, group]
    op.pool.parallelItems(tiles * pairs) { thread, place in
      let item = isBackwards ? tiles * pairs - 1 - place : place
      let (pair, tile) = item.quotientAndRemainder(dividingBy: tiles)
      // The queries of the odd heads lie behind those of the even ones, as another token's would.
      for parity in 0..<2 {
        let block = block(layer: layer, head: 2 * pair + parity, position: position, tokens: 1, thread: thread)
        gather(block, token: parity, from: query)
      }
      let both = block(layer: layer, head: 2 * pair, position: position, tokens: 1, thread: thread)
      let row = 2 * item * group
      both.attend(tile: firstTile + tile, keyHeads: 2, into: outs + row * padded, states: states + row)
    }
    memory.mergeTiles(tiles, heads: pairs, rows: 2 * group, pool: op.pool, vectors: vectors) { pair, first in
      for parity in 0..<2 {
        let row = first + parity * group
        take(outs + row * padded, states + row, head: 2 * pair + parity, attention, into: out)
      }
      finish(out, pair: pair, attention)
    }
  }

  private func block(layer: Int, head: Int, position: Int, tokens: Int, thread: Int) -> AttentionBlock {
    AttentionBlock(
      layer: layer, kvHead: head, position: position, tokens: tokens, group: sizes.group, window: window,
      work: memory.own(thread), cache: cache, vectors: vectors)
  }

  /// The pair of query heads that is `row`-th among those of a key head.
  private func queryPair(_ head: Int, _ row: Int) -> Int { head / 2 * sizes.group + row }

  /// Copies the queries of one token that look at the block's key head, scaled.
  private func gather(_ block: AttentionBlock, token: Int, from queries: UnsafePointer<Float>) {
    let scale = 1 / Float(d).squareRoot()
    for row in 0..<block.group {
      let head = 2 * queryPair(block.kvHead, row) + block.kvHead % 2
      vectors.scale(
        queries + head * d, by: scale, into: block.work.query(token * block.group + row), count: d)
    }
  }

  /// out = o / s behind the first softmax, out −= λ·o / s behind the second, for one token and key head.
  private func take(
    _ sums: UnsafePointer<Float>, _ states: UnsafePointer<AttentionState>, head: Int,
    _ attention: DifferentialAttention, into out: UnsafeMutablePointer<Float>
  ) {
    for row in 0..<sizes.group {
      let place = out + 2 * queryPair(head, row) * d
      let o = sums + row * cache.paddedDim
      if head.isMultiple(of: 2) {
        vectors.scale(o, by: 1 / states[row].sum, into: place, count: 2 * d)
      } else {
        vectors.axpy(-attention.lambda / states[row].sum, o, place, count: 2 * d)
      }
    }
  }

  /// RMSNorm of every pair of heads of one token that look at a pair of key heads.
  private func finish(_ out: UnsafeMutablePointer<Float>, pair: Int, _ attention: DifferentialAttention) {
    for row in 0..<sizes.group {
      let place = out + 2 * queryPair(2 * pair, row) * d
      op.normalise(place, weight: attention.weight, epsilon: DifferentialAttention.epsilon, into: place)
    }
  }
}
