import Kernels

/// The unit of attention work: the query heads that share one key head, for a few neighbouring tokens.
///
/// Keys and values that are read once serve all its rows.
enum AttentionBlock {
  /// With four query heads per key head, 8 tokens make 32 rows: rows and a tile of keys fit a first-level cache.
  static let tokens = 8
  /// Keys of one tile: 16 rows of 128 floats are 8 KiB.
  static let tileKeys = 16

  /// Rows of scores that one block needs.
  static func rows(_ shape: TransformerShape) -> Int { tokens * (shape.heads / shape.kvHeads) }

  /// Floats between two rows of scores: the context, rounded up so that eight at a time can be written.
  static func scoreStride(context: Int) -> Int { (context + 15) / 16 * 16 }
}

extension Operations {
  /// Rotates queries and keys to their positions and appends keys and values to the cache.
  ///
  /// qkv: [tokens, stride]; the parts are those of `linear`, which made it.
  func rotateAndStore(
    _ qkv: UnsafeMutablePointer<Float>, from linear: BitLinear, layer: Int, position: Int, tokens: Int
  ) {
    let (d, stride) = (shape.headDim, linear.matrix.paddedRows)
    let (keyStart, valueStart) = (linear.parts[1].rows.lowerBound, linear.parts[2].rows.lowerBound)
    pool.parallelItems(tokens) { _, token in
      let row = qkv + token * stride
      let cosines = rotary.cosines(position + token)
      let sines = rotary.sines(position + token)
      for head in 0..<shape.heads { vectors.rope(row + head * d, cosines: cosines, sines: sines, half: d / 2) }
      for head in 0..<shape.kvHeads {
        let key = row + keyStart + head * d
        vectors.rope(key, cosines: cosines, sines: sines, half: d / 2)
        let place = (position + token) * d
        (cache.keys(layer: layer, head: head) + place).update(from: key, count: d)
        (cache.values(layer: layer, head: head) + place).update(from: row + valueStart + head * d, count: d)
      }
    }
  }

  /// out = softmax(q·Kᵀ / √d)·V for each token and head, over the token's own and all earlier positions.
  ///
  /// qkv: [tokens, stride], rotated queries first; out: [tokens, heads·headDim]. Every (token, head) goes through its
  /// keys in ascending order, whichever block it is part of.
  func attend(
    _ qkv: UnsafePointer<Float>, from linear: BitLinear, layer: Int, position: Int, tokens: Int,
    into out: UnsafeMutablePointer<Float>
  ) {
    let group = shape.heads / shape.kvHeads
    // One token has too few key heads to go round: then every query head is an item.
    let blockHeads = tokens == 1 ? 1 : group
    let blocks = (tokens + AttentionBlock.tokens - 1) / AttentionBlock.tokens
    pool.parallelItems(blocks * (shape.heads / blockHeads)) { thread, item in
      let (headBlock, tokenBlock) = item.quotientAndRemainder(dividingBy: blocks)
      let first = tokenBlock * AttentionBlock.tokens
      let heads = headBlock * blockHeads..<(headBlock + 1) * blockHeads
      var rows: [AttentionRow] = []
      for token in first..<min(first + AttentionBlock.tokens, tokens) {
        for head in heads {
          rows.append(
            AttentionRow(
              query: qkv + token * linear.matrix.paddedRows + head * shape.headDim,
              out: out + token * shape.queryWidth + head * shape.headDim,
              scores: ownScores(thread) + rows.count * scoreStride,
              keys: position + token + 1))
        }
      }
      attend(rows, layer: layer, kvHead: heads.lowerBound / group)
    }
  }

  /// The three steps of attention for the rows of one block, which share a key head.
  private func attend(_ rows: [AttentionRow], layer: Int, kvHead: Int) {
    score(rows, keys: cache.keys(layer: layer, head: kvHead))
    for row in rows { softmax(row.scores, count: row.keys) }
    mix(rows, values: cache.values(layer: layer, head: kvHead))
  }

  /// scores[j] = q·k_j / √d for the keys that each row sees.
  private func score(_ rows: [AttentionRow], keys: UnsafePointer<Float>) {
    let d = shape.headDim
    let scale = 1 / Float(d).squareRoot()
    forEachTile(of: rows) { row, tile in
      for j in tile { row.scores[j] = vectors.dot(row.query, keys + j * d, count: d) * scale }
    }
  }

  /// out = Σ p_j·v_j, one key after another.
  private func mix(_ rows: [AttentionRow], values: UnsafePointer<Float>) {
    let d = shape.headDim
    for row in rows { row.out.update(repeating: 0, count: d) }
    forEachTile(of: rows) { row, tile in
      addWeighted(values, weights: row.scores, rows: tile, width: d, to: row.out)
    }
  }

  /// Calls `body` for each tile of keys and each row that sees some of them.
  @inline(__always)
  private func forEachTile(of rows: [AttentionRow], _ body: (_ row: AttentionRow, _ tile: Range<Int>) -> Void) {
    let keys = rows.last?.keys ?? 0
    for start in stride(from: 0, to: keys, by: AttentionBlock.tileKeys) {
      for row in rows where row.keys > start {
        body(row, start..<min(start + AttentionBlock.tileKeys, row.keys))
      }
    }
  }
}

/// One token and query head of a block.
private struct AttentionRow {
  // [headDim]
  let query: UnsafePointer<Float>
  // [headDim]
  let out: UnsafeMutablePointer<Float>
  // [keys], aligned, with room to a multiple of eight
  let scores: UnsafeMutablePointer<Float>
  /// Positions that the token sees.
  let keys: Int
}
