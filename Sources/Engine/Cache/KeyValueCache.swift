import Kernels

/// Keys and values of all positions so far, for every layer and key head.
///
/// They lie as `VectorOps.multiplyAdd` reads them. Values: [layer][key head][position][d], d rounded up to a multiple of
/// eight. Keys: [layer][key head][panel][d][16], panels of 16 positions side by side, so that scores need no sums across
/// a vector. Memory is reserved for the whole context and touched as positions are filled.
final class KeyValueCache {
  /// Positions of one panel of keys: one cache line of floats, two vectors of AVX2.
  static let panel = 16

  let format: CacheFormat
  let context: Int
  let headDim: Int
  /// `headDim` rounded up to a multiple of eight; what lies between is zero.
  let paddedDim: Int
  private let keys: AlignedBuffer
  private let values: AlignedBuffer
  private let kvHeads: Int
  private let positions: Int

  init(shape: TransformerShape, context: Int, format: CacheFormat) throws {
    self.format = format
    self.context = context
    kvHeads = shape.kvHeads
    headDim = shape.headDim
    paddedDim = Self.paddedDim(shape.headDim)
    positions = Self.rounded(context, to: Self.panel)
    keys = try AlignedBuffer(bytes: Self.bytes(shape: shape, width: headDim, context: context, format: format))
    values = try AlignedBuffer(bytes: Self.bytes(shape: shape, width: paddedDim, context: context, format: format))
  }

  /// Bytes of keys and values for a whole context; `Int.max` when they do not fit 64 bits.
  static func bytes(shape: TransformerShape, context: Int, format: CacheFormat) -> Int {
    saturatingSum([
      bytes(shape: shape, width: shape.headDim, context: context, format: format),
      bytes(shape: shape, width: paddedDim(shape.headDim), context: context, format: format),
    ])
  }

  static func paddedDim(_ headDim: Int) -> Int { rounded(headDim, to: 8) }

  private static func bytes(shape: TransformerShape, width: Int, context: Int, format: CacheFormat) -> Int {
    saturatingProduct([shape.layers, shape.kvHeads, width, rounded(context, to: panel), format.bytes])
  }

  private static func rounded(_ count: Int, to multiple: Int) -> Int { (count + multiple - 1) / multiple * multiple }

  /// The place of one head's first key, counted in numbers.
  private func firstKey(layer: Int, head: Int) -> Int { (layer * kvHeads + head) * positions * headDim }

  /// The place of one head's first value.
  private func firstValue(layer: Int, head: Int) -> Int { (layer * kvHeads + head) * positions * paddedDim }
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
    let (panel, lane) = position.quotientAndRemainder(dividingBy: Self.panel)
    let keyPlace = firstKey(layer: layer, head: head) + panel * Self.panel * headDim + lane
    let valuePlace = firstValue(layer: layer, head: head) + position * paddedDim
    switch format {
    case .f32:
      Self.scatter(key, count: headDim, to: floats(keys) + keyPlace)
      (floats(values) + valuePlace).update(from: value, count: headDim)
    case .f16:
      vectors.halves(key, into: row, count: headDim)
      Self.scatter(row, count: headDim, to: halves(keys) + keyPlace)
      vectors.halves(value, into: halves(values) + valuePlace, count: headDim)
    }
  }

  private static func scatter<Number>(
    _ row: UnsafePointer<Number>, count: Int, to place: UnsafeMutablePointer<Number>
  ) {
    for i in 0..<count { place[i * panel] = row[i] }
  }
}

// MARK: - Reading

extension KeyValueCache {
  /// scores[r][j] += q_r·k_j for the 16 positions j of a panel; q: [rows, headDim].
  func addScores(
    of queries: UnsafePointer<Float>, rows: Int, layer: Int, head: Int, panel: Int, vectors: VectorOps,
    to scores: UnsafeMutablePointer<Float>, stride: Int
  ) {
    let place = firstKey(layer: layer, head: head) + panel * Self.panel * headDim
    switch format {
    case .f32:
      vectors.multiplyAdd(
        queries, stride: headDim, rows: rows, depth: headDim, floats(keys) + place, stride: Self.panel,
        columns: Self.panel, to: scores, stride: stride)
    case .f16:
      vectors.multiplyAdd(
        queries, stride: headDim, rows: rows, depth: headDim, halves(keys) + place, stride: Self.panel,
        columns: Self.panel, to: scores, stride: stride)
    }
  }

  /// out_r += Σ_j weights[r][j]·v_j over `positions`; weights begin with those of the first; out: [rows, paddedDim].
  func addValues(
    weighted weights: UnsafePointer<Float>, stride: Int, rows: Int, layer: Int, head: Int, positions: Range<Int>,
    vectors: VectorOps, to out: UnsafeMutablePointer<Float>
  ) {
    let place = firstValue(layer: layer, head: head) + positions.lowerBound * paddedDim
    switch format {
    case .f32:
      vectors.multiplyAdd(
        weights, stride: stride, rows: rows, depth: positions.count, floats(values) + place, stride: paddedDim,
        columns: paddedDim, to: out, stride: paddedDim)
    case .f16:
      vectors.multiplyAdd(
        weights, stride: stride, rows: rows, depth: positions.count, halves(values) + place, stride: paddedDim,
        columns: paddedDim, to: out, stride: paddedDim)
    }
  }

  private func floats(_ buffer: AlignedBuffer) -> UnsafeMutablePointer<Float> {
    buffer.address.assumingMemoryBound(to: Float.self)
  }

  private func halves(_ buffer: AlignedBuffer) -> UnsafeMutablePointer<UInt16> {
    buffer.address.assumingMemoryBound(to: UInt16.self)
  }
}
