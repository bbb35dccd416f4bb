/// The 64-bit FNV-1a hash (draft-eastlake-fnv): enough to tell host names apart, and not meant to hide one.
enum FNV1a {
  /// Sixteen hexadecimal digits of the hash of the text's UTF-8 bytes.
  static func hexadecimal(of text: String) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
