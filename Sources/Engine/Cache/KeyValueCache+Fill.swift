import Kernels

extension KeyValueCache {
  /// Keeps numbers drawn from a seed as keys and values of the first positions, or of as many as there is room for.
  ///
  /// A tile of positions is drawn, and copied for all others, layers and heads: what reads them does not look at them.
  ///
  /// - Throws: `KernelError` when the system has not enough memory.
  func fill(positions: Int, seed: UInt64, pool: ThreadPool) throws {
    let slots = min(Self.rounded(positions, to: Self.panel), layout.slots)
    var random = UniformNumbers(seed: seed)
    let keys = try drawn(width: layout.keyDim, padded: layout.keyDim, random: &random)
    let values = try drawn(width: layout.valueDim, padded: paddedDim, random: &random)
    pool.parallelItems(layout.layers * max(layout.keyHeads, layout.valueHeads)) { _, item in
      let (layer, head) = item.quotientAndRemainder(dividingBy: max(layout.keyHeads, layout.valueHeads))
      if head < layout.keyHeads {
        repeated(keys, to: key(layer: layer, head: head), slots: slots, width: layout.keyDim)
      }
      if head < layout.valueHeads {
        repeated(values, to: value(layer: layer, head: head), slots: slots, width: paddedDim)
      }
    }
  }

  /// Numbers of a tile of positions, as they are kept; the last `padded - width` of each are zero.
  private func drawn(width: Int, padded: Int, random: inout UniformNumbers) throws -> AlignedBuffer {
    let count = AttentionBlock.tileKeys * padded
    let buffer = try AlignedBuffer(bytes: count * format.bytes)
    let numbers = (0..<count).map { $0 % padded < width ? random.next() : 0 }
    switch format {
    case .f32: buffer.address.assumingMemoryBound(to: Float.self).update(from: numbers, count: count)
    case .f16:
      VectorOps.best.halves(numbers, into: buffer.address.assumingMemoryBound(to: UInt16.self), count: count)
    case .int8:
      let codes = buffer.address.assumingMemoryBound(to: Int8.self)
      VectorOps.best.quantize(numbers, scale: 127 / UniformNumbers.largest, into: codes, count: count)
    }
    return buffer
  }

  /// Copies numbers to the first positions of a place until there are `slots` of `width`.
  private func repeated(_ numbers: AlignedBuffer, to place: Place, slots: Int, width: Int) {
    let bytes = slots * width * format.bytes
    for start in stride(from: 0, to: bytes, by: numbers.bytes) {
      (place.numbers + start).copyMemory(from: numbers.address, byteCount: min(numbers.bytes, bytes - start))
    }
    if format == .int8 { place.scales.update(repeating: UniformNumbers.largest / 127, count: slots) }
  }
}

/// Numbers between −√3 and √3, all alike: their variance is 1, as that of what a norm gives.
struct UniformNumbers {
  static let largest = Float(3).squareRoot()

  // Knuth's multiplier of 64 bits (MMIX): its high bits are what is used.
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> Float {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (Float(state >> 40) * 0x1p-23 - 1) * Self.largest
  }
}
