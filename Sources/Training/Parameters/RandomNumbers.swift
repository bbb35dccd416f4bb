import Foundation

/// SplitMix64 (Steele, Lea and Flood, 2014): the state is a counter, so that streams can be made for any purpose and
/// any place in them reached at once.
struct RandomNumbers: RandomNumberGenerator {
  private var state: UInt64

  /// Begins one of 2⁶⁴ streams of a seed.
  init(seed: UInt64, stream: UInt64 = 0) {
    state = Self.mix(seed &+ Self.mix(stream &+ 0x9e37_79b9_7f4a_7c15))
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    return Self.mix(state)
  }

  /// A number in [0, 1).
  mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A number in 0..<count; the bias of the remainder is below 2⁻⁴⁰ for any count here.
  mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }

  /// A standard normal number, by the transform of Box and Muller (1958).
  mutating func normal() -> Float {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return Float(radius * cos(2 * .pi * uniform()))
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
