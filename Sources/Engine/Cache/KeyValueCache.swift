import Kernels

/// Keys and values of all positions so far, or of the last ones, for every layer and key head.
///
/// They lie as `VectorOps.multiplyAdd` reads them. Values: [layer][key head][position][d], d rounded up to a multiple of
/// eight. Keys: [layer][key head][panel][d][64], panels of 64 positions side by side, so that scores need no sums across
/// a vector. Behind the numbers of a key head lie its scales, one for each position, where the format has any. Memory is
/// reserved for the whole context and touched as positions are filled.
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
  let headDim: Int
  /// Whole panels of them.
  let positions: Int
  /// Neighbouring key heads that share a value.
  let headsOfValue: Int

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

  /// Where one head's keys are kept.
  func key(layer: Int, head: Int) -> Place {
    let bytes = positions * format.bytes(width: headDim)
    return Place(numbers: keys.address + (layer * layout.keyHeads + head) * bytes, count: positions * headDim)
  }

  /// Where the values are kept that are the `index`-th of a layer.
  func value(layer: Int, head index: Int) -> Place {
    let bytes = positions * format.bytes(width: paddedDim)
    return Place(numbers: values.address + (layer * layout.valueHeads + index) * bytes, count: positions * paddedDim)
  }

  /// Where keys or values of one head are kept, as whichever numbers the format has.
  struct Place {
    let numbers: UnsafeMutableRawPointer
    /// Numbers of all positions.
    let count: Int

    var floats: UnsafeMutablePointer<Float> { numbers.assumingMemoryBound(to: Float.self) }
    var halves: UnsafeMutablePointer<UInt16> { numbers.assumingMemoryBound(to: UInt16.self) }
    var codes: UnsafeMutablePointer<Int8> { numbers.assumingMemoryBound(to: Int8.self) }
    /// Of int8 alone: [positions].
    var scales: UnsafeMutablePointer<Float> { (numbers + count).assumingMemoryBound(to: Float.self) }
  }
}

extension KeyValueCache {
  /// Makes this cache hold what another one of the same layout and format holds.
  func copy(_ other: KeyValueCache) {
    keys.address.copyMemory(from: other.keys.address, byteCount: keys.bytes)
    values.address.copyMemory(from: other.values.address, byteCount: values.bytes)
  }
}
