/// How keys and values are kept.
///
/// In all but the first what is kept is less exact, and every configuration keeps the same: logits are the same bytes for
/// all of them.
public enum CacheFormat: String, Sendable, CaseIterable {
  /// As they were computed: logits are those of the oracles.
  case f32
  /// Rounded to IEEE 754 halves, ties to even: half of the memory, and half of what decoding at depth reads.
  case f16
  /// Rounded to whole numbers from −127 to 127, with a scale for each head and position: little more than a quarter.
  case int8

  /// Bytes of one number, without its part of a scale.
  var bytes: Int {
    switch self {
    case .f32: MemoryLayout<Float>.stride
    case .f16: MemoryLayout<UInt16>.stride
    case .int8: MemoryLayout<Int8>.stride
    }
  }

  /// Bytes of what the key or the value of one head and position has besides its numbers.
  private var scaleBytes: Int { self == .int8 ? MemoryLayout<Float>.stride : 0 }

  /// Bytes of the key or the value of one head and position: `width` numbers, and their scale.
  func bytes(width: Int) -> Int { width * bytes + scaleBytes }

  /// Bits of one number, without its part of a scale.
  public var bits: Int { 8 * bytes }
}
