import Kernels
import ModelFiles

/// Attention of a transformer: heads with rotary positions, over a cache of keys and values.
struct RotaryAttention {
  let op: Operations
  let shape: TransformerShape
  let rotary: RotaryTable
  /// The table of local layers, where there are any.
  let localRotary: RotaryTable?
  let cache: KeyValueCache
  private let memory: AttentionMemory
  private var pool: ThreadPool { op.pool }
  private var vectors: VectorOps { op.vectors }

  init(
    _ op: Operations, shape: TransformerShape, rotary: RotaryTable, localRotary: RotaryTable?, cache: KeyValueCache,
    scratch: Scratch
  ) {
    self.op = op
    self.shape = shape
    self.rotary = rotary
    self.localRotary = localRotary
    self.cache = cache
    memory = AttentionMemory(scratch, shape.attentionSizes)
  }

  /// Normalises heads, where they have norms, rotates queries and keys to their positions, and keeps keys and values in
  /// the cache.
  ///
  /// qkv: [tokens, stride]; the parts are those of `linear`, which made it. An item is one key head, its queries, and
  /// the tokens of one panel of keys, so that no two threads write to one cache line.
  func rotateAndStore(
    _ qkv: UnsafeMutablePointer<Float>, from linear: Linear, norms: Weights.HeadNorms?, layer: Int, position: Int,
    tokens: Int
  ) {
    let rotate = { (thread: Int, head: Int, positions: Range<Int>) in
      for place in positions {
        let row = qkv + (place - position) * linear.stride
        rotateAndStore(row, from: linear, norms: norms, layer: layer, head: head, position: place, thread: thread)
      }
    }
    // One token's heads are turned faster than threads are woken.
    guard tokens > 1 else {
      for head in 0..<shape.kvHeads { rotate(0, head, position..<position + 1) }
      return
    }
    let firstPanel = position / KeyValueCache.panel
    let panels = (position + tokens - 1) / KeyValueCache.panel - firstPanel + 1
    pool.parallelItems(panels * shape.kvHeads) { thread, item in
      let (panel, head) = item.quotientAndRemainder(dividingBy: shape.kvHeads)
      let start = (firstPanel + panel) * KeyValueCache.panel
      rotate(thread, head, max(start, position)..<min(start + KeyValueCache.panel, position + tokens))
    }
  }

  /// The same for one token and key head; row: [stride].
  private func rotateAndStore(
    _ row: UnsafeMutablePointer<Float>, from linear: Linear, norms: Weights.HeadNorms?, layer: Int, head: Int,
    position: Int, thread: Int
  ) {
    let (d, group) = (shape.headDim, memory.sizes.group)
    let table = shape.localAttention?.isLocal(layer) == true ? localRotary ?? rotary : rotary
    let (cosines, sines) = (table.cosines(position), table.sines(position))
    for query in head * group..<(head + 1) * group {
      let query = row + query * d
      if let norms { op.normalise(query, weight: norms.query, epsilon: shape.rmsNormEpsilon, into: query) }
      vectors.rope(query, cosines: cosines, sines: sines, half: table.half)
    }
    let key = row + linear.starts[1] + head * d
    let value = row + linear.starts[2] + head * d
    if let norms { op.normalise(key, weight: norms.key, epsilon: shape.rmsNormEpsilon, into: key) }
    vectors.rope(key, cosines: cosines, sines: sines, half: table.half)
    cache.store(
      key: key, value: value, layer: layer, head: head, position: position, vectors: vectors, room: op.ownKey(thread))
  }

  /// out = softmax(q·Kᵀ · scale)·V for each token and head, over the token's own and all earlier positions, or those of
  /// them that a local layer sees; the scale is 1/√d unless the shape has another.
  ///
  /// qkv: [tokens, stride], rotated queries first; out: [tokens, heads·headDim].
  func attend(
    _ qkv: UnsafePointer<Float>, from linear: Linear, layer: Int, position: Int, tokens: Int,
    into out: UnsafeMutablePointer<Float>
  ) {
    if tokens == 1 { return attend(token: qkv, layer: layer, position: position, into: out) }
    let blockTokens = memory.sizes.blockTokens
    let blocks = (tokens + blockTokens - 1) / blockTokens
    pool.parallelItems(blocks * shape.kvHeads) { thread, item in
      let (index, head) = item.quotientAndRemainder(dividingBy: shape.kvHeads)
      // The last tokens see the most keys: begun first, they do not keep the other threads waiting at the end.
      let first = (blocks - 1 - index) * blockTokens
      let block = block(
        layer: layer, kvHead: head, position: position + first, tokens: min(blockTokens, tokens - first),
        thread: thread)
      let stride = linear.stride
      attend(block, queries: qkv + first * stride, stride: stride, into: out + first * shape.queryWidth)
    }
  }

  /// All tiles of one block, one after the other; queries: [tokens, stride], out: [tokens, heads·headDim].
  private func attend(
    _ block: AttentionBlock, queries: UnsafePointer<Float>, stride: Int, into out: UnsafeMutablePointer<Float>
  ) {
    let (work, padded) = (block.work, cache.paddedDim)
    for token in 0..<block.tokens { gather(block, token: token, from: queries + token * stride) }
    block.attendToAllTiles()
    for token in 0..<block.tokens {
      let row = token * block.group
      finish(work.out + row * padded, work.states + row, of: block, into: out + token * shape.queryWidth)
    }
  }

  /// One token: too few key heads to go round, so a tile of a head is an item, and they are merged at the end.
  private func attend(
    token qkv: UnsafePointer<Float>, layer: Int, position: Int, into out: UnsafeMutablePointer<Float>
  ) {
    let (group, padded) = (memory.sizes.group, cache.paddedDim)
    let (tileOuts, tileStates) = (memory.tileOuts, memory.tileStates)
    let firstTile = block(layer: layer, kvHead: 0, position: position, tokens: 1, thread: 0).firstTile
    let tiles = AttentionBlock.tiles(position + 1) - firstTile
    pool.parallelItems(tiles * shape.kvHeads) { thread, item in
      let (head, tile) = item.quotientAndRemainder(dividingBy: tiles)
      let block = block(layer: layer, kvHead: head, position: position, tokens: 1, thread: thread)
      gather(block, token: 0, from: qkv)
      block.attend(tile: firstTile + tile, into: tileOuts + item * group * padded, states: tileStates + item * group)
    }
    memory.mergeTiles(tiles, heads: shape.kvHeads, rows: group, pool: pool, vectors: vectors) { head, first in
      let block = block(layer: layer, kvHead: head, position: position, tokens: 1, thread: 0)
      finish(tileOuts + first * padded, tileStates + first, of: block, into: out)
    }
  }

  private func block(layer: Int, kvHead: Int, position: Int, tokens: Int, thread: Int) -> AttentionBlock {
    let local = shape.localAttention
    return AttentionBlock(
      layer: layer, kvHead: kvHead, position: position, tokens: tokens, group: memory.sizes.group,
      window: local?.isLocal(layer) == true ? local?.window : nil, work: memory.own(thread), cache: cache,
      vectors: vectors)
  }

  /// Copies the queries of one token into the block, scaled.
  private func gather(_ block: AttentionBlock, token: Int, from queries: UnsafePointer<Float>) {
    let (d, first) = (shape.headDim, token * block.group)
    let scale = shape.attentionScale ?? 1 / Float(d).squareRoot()
    for row in 0..<block.group {
      let query = queries + (block.kvHead * block.group + row) * d
      vectors.scale(query, by: scale, into: block.work.query(first + row), count: d)
    }
  }

  /// out = o / s for the heads of one token.
  private func finish(
    _ sums: UnsafePointer<Float>, _ states: UnsafePointer<AttentionState>, of block: AttentionBlock,
    into out: UnsafeMutablePointer<Float>
  ) {
    for row in 0..<block.group {
      let head = block.kvHead * block.group + row
      vectors.scale(
        sums + row * cache.paddedDim, by: 1 / states[row].sum, into: out + head * shape.headDim, count: shape.headDim)
    }
  }
}
