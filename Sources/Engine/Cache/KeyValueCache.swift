import Kernels

/// Keys and values of all positions so far, for every layer and key head, as floats.
///
/// One key head's rows follow one another, [layer][key head][position][headDim], so that attention reads them in one
/// stream. Memory is reserved for the whole context and touched as positions are filled.
final class KeyValueCache {
  private let keys: AlignedBuffer
  private let values: AlignedBuffer
  private let kvHeads: Int
  private let headDim: Int
  let context: Int

  init(shape: TransformerShape, context: Int) throws {
    kvHeads = shape.kvHeads
    headDim = shape.headDim
    self.context = context
    let bytes = Self.bytes(shape: shape, context: context) / 2
    keys = try AlignedBuffer(bytes: bytes)
    values = try AlignedBuffer(bytes: bytes)
  }

  /// Bytes of keys and values for a whole context; `Int.max` when they do not fit 64 bits.
  static func bytes(shape: TransformerShape, context: Int) -> Int {
    saturatingProduct([2, shape.layers, shape.keyValueWidth, context, MemoryLayout<Float>.stride])
  }

  /// The keys of one head from position 0: [context, headDim].
  func keys(layer: Int, head: Int) -> UnsafeMutablePointer<Float> { row(keys, layer, head) }

  /// The values of one head from position 0: [context, headDim].
  func values(layer: Int, head: Int) -> UnsafeMutablePointer<Float> { row(values, layer, head) }

  private func row(_ buffer: AlignedBuffer, _ layer: Int, _ head: Int) -> UnsafeMutablePointer<Float> {
    buffer.address.assumingMemoryBound(to: Float.self) + (layer * kvHeads + head) * context * headDim
  }
}
