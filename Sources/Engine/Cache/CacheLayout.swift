/// What a cache of keys and values is made for.
struct CacheLayout {
  let layers: Int
  let keyHeads: Int
  let keyDim: Int
  /// As many as key heads, or fewer: neighbouring key heads then share a value.
  let valueHeads: Int
  let valueDim: Int
  /// Positions that are kept; where more come, each takes the place of the one that many before it.
  let positions: Int

  /// Bytes of keys and values; `Int.max` when they do not fit 64 bits.
  func bytes(_ format: CacheFormat) -> Int { saturatingSum([keyBytes(format), valueBytes(format)]) }

  func keyBytes(_ format: CacheFormat) -> Int {
    saturatingProduct([layers, keyHeads, slots, format.bytes(width: keyDim)])
  }

  func valueBytes(_ format: CacheFormat) -> Int {
    saturatingProduct([layers, valueHeads, slots, format.bytes(width: KeyValueCache.paddedDim(valueDim))])
  }

  /// Bytes that tell of one position in one layer: what is read for each that a token sees.
  func positionBytes(_ format: CacheFormat) -> Int {
    keyHeads * format.bytes(width: keyDim) + valueHeads * format.bytes(width: valueDim)
  }

  /// Whole panels of positions.
  var slots: Int { KeyValueCache.rounded(positions, to: KeyValueCache.panel) }
}

extension TransformerShape {
  func cacheLayout(context: Int) -> CacheLayout {
    CacheLayout(
      layers: layers, keyHeads: kvHeads, keyDim: headDim, valueHeads: kvHeads, valueDim: headDim, positions: context)
  }
}
