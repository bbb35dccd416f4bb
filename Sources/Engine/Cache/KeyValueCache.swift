import Kernels

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

  func keyBytes(_ format: CacheFormat) -> Int { saturatingProduct([layers, keyHeads, keyDim, slots, format.bytes]) }

  func valueBytes(_ format: CacheFormat) -> Int {
    saturatingProduct([layers, valueHeads, KeyValueCache.paddedDim(valueDim), slots, format.bytes])
  }

  /// Whole panels of positions.
  var slots: Int { KeyValueCache.rounded(positions, to: KeyValueCache.panel) }
}

/// Keys and values of all positions so far, or of the last ones, for every layer and key head.
///
/// They lie as `VectorOps.multiplyAdd` reads them. Values: [layer][key head][position][d], d rounded up to a multiple of
/// eight. Keys: [layer][key head][panel][d][64], panels of 64 positions side by side, so that scores need no sums across
/// a vector. Memory is reserved for the whole context and touched as positions are filled.
final class KeyValueCache {
  /// Positions of one panel of keys: four vectors of AVX-512 or eight of AVX2.
  ///
  /// Decoding has two or three queries for a key head: with that many positions their sums do not wait for each other.
  static let panel = 64
  /// Positions of a panel that are scored together where its end is not needed: a cache line of floats.
  static let scoresTogether = 16
  /// Values that pass through the first-level cache together: a product goes over all of them for every few columns,
  /// and 64 values of 128 floats are 32 KiB.
  static let valuesTogether = 64

  let format: CacheFormat
  let layout: CacheLayout
  /// The width of a value rounded up to a multiple of eight; what lies between is zero.
  let paddedDim: Int
  private let keys: AlignedBuffer
  private let values: AlignedBuffer
  private let headDim: Int
  private let positions: Int
  /// Neighbouring key heads that share a value.
  private let headsOfValue: Int

  init(_ layout: CacheLayout, format: CacheFormat) throws {
    self.format = format
    self.layout = layout
    headDim = layout.keyDim
    paddedDim = Self.paddedDim(layout.valueDim)
    positions = layout.slots
    headsOfValue = layout.keyHeads / layout.valueHeads
    keys = try AlignedBuffer(bytes: layout.keyBytes(format))
    values = try AlignedBuffer(bytes: layout.valueBytes(format))
  }

  convenience init(shape: TransformerShape, context: Int, format: CacheFormat) throws {
    try self.init(shape.cacheLayout(context: context), format: format)
  }

  /// Bytes of keys and values for a whole context; `Int.max` when they do not fit 64 bits.
  static func bytes(shape: TransformerShape, context: Int, format: CacheFormat) -> Int {
    shape.cacheLayout(context: context).bytes(format)
  }

  static func paddedDim(_ headDim: Int) -> Int { rounded(headDim, to: 8) }

  static func rounded(_ count: Int, to multiple: Int) -> Int { (count + multiple - 1) / multiple * multiple }

  /// The place of one head's first key, counted in numbers.
  private func firstKey(layer: Int, head: Int) -> Int { (layer * layout.keyHeads + head) * positions * headDim }

  /// The place of the first value of one key head.
  private func firstValue(layer: Int, head: Int) -> Int {
    (layer * layout.valueHeads + head / headsOfValue) * positions * paddedDim
  }
}

extension KeyValueCache {
  /// Where one head's keys are kept.
  func key(layer: Int, head: Int) -> UnsafeMutableRawPointer {
    keys.address + firstKey(layer: layer, head: head) * format.bytes
  }

  /// Where the values are kept that are the `index`-th of a layer.
  func value(layer: Int, head index: Int) -> UnsafeMutableRawPointer {
    values.address + firstValue(layer: layer, head: index * headsOfValue) * format.bytes
  }
}

extension TransformerShape {
  func cacheLayout(context: Int) -> CacheLayout {
    CacheLayout(
      layers: layers, keyHeads: kvHeads, keyDim: headDim, valueHeads: kvHeads, valueDim: headDim, positions: context)
  }
}

// MARK: - Storing

extension KeyValueCache {
  /// Keeps the key and the value of one head and position, both [headDim].
  ///
  /// `row` is room for `headDim` halves. Threads may store at once where their panels differ.
  func store(
    key: UnsafePointer<Float>, value: UnsafePointer<Float>, layer: Int, head: Int, position: Int,
    vectors: VectorOps, row: UnsafeMutablePointer<UInt16>
  ) {
    store(key: key, layer: layer, head: head, position: position, vectors: vectors, row: row)
    store(value: value, layer: layer, head: head, position: position, vectors: vectors)
  }

  /// Keeps the key of one head and position, [keyDim].
  func store(
    key: UnsafePointer<Float>, layer: Int, head: Int, position: Int, vectors: VectorOps,
    row: UnsafeMutablePointer<UInt16>
  ) {
    let (panel, lane) = (position % positions).quotientAndRemainder(dividingBy: Self.panel)
    let place = firstKey(layer: layer, head: head) + panel * Self.panel * headDim + lane
    switch format {
    case .f32: Self.scatter(key, count: headDim, to: floats(keys) + place)
    case .f16:
      vectors.halves(key, into: row, count: headDim)
      Self.scatter(row, count: headDim, to: halves(keys) + place)
    }
  }

  /// Keeps the value of one key head, and of those that share it, [valueDim].
  func store(value: UnsafePointer<Float>, layer: Int, head: Int, position: Int, vectors: VectorOps) {
    let place = firstValue(layer: layer, head: head) + position % positions * paddedDim
    switch format {
    case .f32: (floats(values) + place).update(from: value, count: layout.valueDim)
    case .f16: vectors.halves(value, into: halves(values) + place, count: layout.valueDim)
    }
  }

  private static func scatter<Number>(
    _ row: UnsafePointer<Number>, count: Int, to place: UnsafeMutablePointer<Number>
  ) {
    for i in 0..<count { place[i * panel] = row[i] }
  }
}

// MARK: - Keeping a copy

extension KeyValueCache {
  /// Makes this cache hold what another one of the same layout and format holds.
  func copy(_ other: KeyValueCache) {
    keys.address.copyMemory(from: other.keys.address, byteCount: keys.bytes)
    values.address.copyMemory(from: other.values.address, byteCount: values.bytes)
  }
}

// MARK: - Reading

extension KeyValueCache {
  /// How many scores of a panel are computed where only so many of its positions are seen.
  static func scores(seeing positions: Int) -> Int {
    min(panel, (positions + scoresTogether - 1) / scoresTogether * scoresTogether)
  }

  /// scores[r][j] += q_r·k_j for the first `count` positions j of a panel; q: [rows, headDim].
  func addScores(
    of queries: UnsafePointer<Float>, rows: Int, layer: Int, head: Int, panel: Int, count: Int, vectors: VectorOps,
    to scores: UnsafeMutablePointer<Float>, stride: Int
  ) {
    let place = firstKey(layer: layer, head: head) + panel * Self.panel % positions * headDim
    switch format {
    case .f32:
      vectors.multiplyAdd(
        queries, stride: headDim, rows: rows, depth: headDim, floats(keys) + place, stride: Self.panel,
        columns: count, to: scores, stride: stride)
    case .f16:
      vectors.multiplyAdd(
        queries, stride: headDim, rows: rows, depth: headDim, halves(keys) + place, stride: Self.panel,
        columns: count, to: scores, stride: stride)
    }
  }

  /// out_r += Σ_j weights[r][j]·v_j over `positions`; weights begin with those of the first; out: [rows, paddedDim].
  func addValues(
    weighted weights: UnsafePointer<Float>, stride: Int, rows: Int, layer: Int, head: Int, positions: Range<Int>,
    vectors: VectorOps, to out: UnsafeMutablePointer<Float>
  ) {
    var (start, weights) = (positions.lowerBound, weights)
    // A few at a time, and once around where they wrap: sums go on in the same order.
    while start < positions.upperBound {
      let slot = start % self.positions
      let count = min(positions.upperBound - start, self.positions - slot, Self.valuesTogether)
      let place = firstValue(layer: layer, head: head) + slot * paddedDim
      switch format {
      case .f32:
        vectors.multiplyAdd(
          weights, stride: stride, rows: rows, depth: count, floats(values) + place, stride: paddedDim,
          columns: paddedDim, to: out, stride: paddedDim)
      case .f16:
        vectors.multiplyAdd(
          weights, stride: stride, rows: rows, depth: count, halves(values) + place, stride: paddedDim,
          columns: paddedDim, to: out, stride: paddedDim)
      }
      start += count
      weights += count
    }
  }

  private func floats(_ buffer: AlignedBuffer) -> UnsafeMutablePointer<Float> {
    buffer.address.assumingMemoryBound(to: Float.self)
  }

  private func halves(_ buffer: AlignedBuffer) -> UnsafeMutablePointer<UInt16> {
    buffer.address.assumingMemoryBound(to: UInt16.self)
  }
}
