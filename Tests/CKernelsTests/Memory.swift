/// Memory aligned to a cache line, followed by bytes that nobody may write.
final class Memory {
  let bytes: Int
  private let address: UnsafeMutableRawPointer
  private static let guardBytes = 128
  private static let guardByte: UInt8 = 0xa5

  init(bytes: Int) {
    self.bytes = bytes
    address = .allocate(byteCount: bytes + Self.guardBytes, alignment: 64)
    // Neither zero nor a code: whatever reads what it did not write gives a wrong sum.
    address.initializeMemory(as: UInt8.self, repeating: 0x7b, count: bytes)
    (address + bytes).initializeMemory(as: UInt8.self, repeating: Self.guardByte, count: Self.guardBytes)
  }

  deinit { address.deallocate() }

  var raw: UnsafeMutableRawPointer { address }

  func pointer<T>(_ type: T.Type) -> UnsafeMutablePointer<T> { address.assumingMemoryBound(to: type) }

  /// Tells whether the bytes after the end are as they were.
  var isGuardIntact: Bool {
    (0..<Self.guardBytes).allSatisfy { (address + bytes + $0).load(as: UInt8.self) == Self.guardByte }
  }
}

/// SplitMix64: the same numbers on every run.
struct Generator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
