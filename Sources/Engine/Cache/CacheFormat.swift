/// How keys and values are kept.
public enum CacheFormat: String, Sendable, CaseIterable {
  /// As they were computed: logits are those of the oracles.
  case f32
  /// Rounded to IEEE 754 halves, ties to even: half of the memory, and half of what decoding at depth reads.
  ///
  /// What is kept is less exact, and every configuration keeps the same: logits are the same bytes for all of them.
  case f16

  /// Bytes of one number.
  var bytes: Int { self == .f32 ? MemoryLayout<Float>.stride : MemoryLayout<UInt16>.stride }
}
