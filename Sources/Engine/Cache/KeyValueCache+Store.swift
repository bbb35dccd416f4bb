import Kernels

extension KeyValueCache {
  /// Keeps the key and the value of one head and position, both [headDim].
  ///
  /// `room` is for `headDim` halves. Threads may store at once where their panels differ.
  func store(
    key: UnsafePointer<Float>, value: UnsafePointer<Float>, layer: Int, head: Int, position: Int,
    vectors: VectorOps, room: UnsafeMutableRawPointer
  ) {
    store(key: key, layer: layer, head: head, position: position, vectors: vectors, room: room)
    store(value: value, layer: layer, head: head, position: position, vectors: vectors)
  }

  /// Keeps the key of one head and position, [keyDim].
  func store(
    key: UnsafePointer<Float>, layer: Int, head: Int, position: Int, vectors: VectorOps,
    room: UnsafeMutableRawPointer
  ) {
    let (panel, lane) = (position % positions).quotientAndRemainder(dividingBy: Self.panel)
    let (head, first) = (self.key(layer: layer, head: head), panel * Self.panel * headDim + lane)
    switch format {
    case .f32: Self.scatter(key, count: headDim, to: head.floats + first)
    case .f16:
      let halves = room.assumingMemoryBound(to: UInt16.self)
      vectors.halves(key, into: halves, count: headDim)
      Self.scatter(halves, count: headDim, to: head.halves + first)
    case .int8:
      let codes = room.assumingMemoryBound(to: Int8.self)
      head.scales[panel * Self.panel + lane] = Self.round(key, count: headDim, into: codes, vectors: vectors)
      Self.scatter(codes, count: headDim, to: head.codes + first)
    }
  }

  /// Keeps the value of one key head, and of those that share it, [valueDim].
  func store(value: UnsafePointer<Float>, layer: Int, head: Int, position: Int, vectors: VectorOps) {
    let (head, slot) = (self.value(layer: layer, head: head / headsOfValue), position % positions)
    let (first, count) = (slot * paddedDim, layout.valueDim)
    switch format {
    case .f32: (head.floats + first).update(from: value, count: count)
    case .f16: vectors.halves(value, into: head.halves + first, count: count)
    case .int8: head.scales[slot] = Self.round(value, count: count, into: head.codes + first, vectors: vectors)
    }
  }

  /// codes = rint(x·127 / max |x|), and what they are to be multiplied by: max |x| / 127.
  ///
  /// Where x holds anything that is no number, that is what comes back: all that is made of it is no number then.
  private static func round(
    _ x: UnsafePointer<Float>, count: Int, into codes: UnsafeMutablePointer<Int8>, vectors: VectorOps
  ) -> Float {
    let largest = vectors.maxAbs(x, count: count)
    // Below the second, 127 / max |x| is infinite: so little is nothing beside what other positions hold.
    guard largest.isFinite, largest >= 127 / Float.greatestFiniteMagnitude else {
      codes.update(repeating: 0, count: count)
      return largest.isFinite ? 0 : largest
    }
    vectors.quantize(x, scale: 127 / largest, into: codes, count: count)
    return largest / 127
  }

  private static func scatter<Number>(
    _ row: UnsafePointer<Number>, count: Int, to place: UnsafeMutablePointer<Number>
  ) {
    for i in 0..<count { place[i * panel] = row[i] }
  }
}
