import ModelFiles
import Testing

@Suite struct SHA256Tests {
  /// Examples of FIPS 180-4 and of NIST's test vectors for messages of whole bytes.
  static let vectors: [(message: [UInt8], digest: String)] = [
    ([], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    (Array("abc".utf8), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ([0xbd], "68325720aabd7c82f30f554b313d0570c95accbb7dc4b5aae11204c08ffe732b"),
    ([0xc9, 0x8c, 0x8e, 0x55], "7abc22c0ae5af26ce93dbb94433a0e0b2e119d014f8e7f65bd56c61ccccd9504"),
    (
      Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    ([UInt8](repeating: 0, count: 55), "02779466cdec163811d078815c633f21901413081449002f24aa3e80f0b88ef7"),
    ([UInt8](repeating: 0, count: 56), "d4817aa5497628e7c77e6b606107042bbba3130888c5f47a375e6179be789fbb"),
    ([UInt8](repeating: 0, count: 64), "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b"),
    (
      [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ]

  @Test(arguments: vectors) func publishedVectorsAreMet(message: [UInt8], digest: String) {
    #expect(SHA256.hex(of: message) == digest)
  }

  @Test(arguments: [1, 3, 63, 64, 65, 1000]) func piecesOfAnySizeGiveTheSameDigest(size: Int) {
    let message = (0..<5000).map { UInt8(truncatingIfNeeded: $0 * 7) }
    var hash = SHA256()
    for start in stride(from: 0, to: message.count, by: size) {
      message[start..<min(start + size, message.count)].withUnsafeBytes { hash.update($0) }
    }
    #expect(hash.hex() == SHA256.hex(of: message))
  }

  @Test func readingTheDigestDoesNotEndTheMessage() {
    var hash = SHA256()
    "ab".utf8.withContiguousStorageIfAvailable { hash.update(UnsafeRawBufferPointer($0)) }
    _ = hash.hex()
    "c".utf8.withContiguousStorageIfAvailable { hash.update(UnsafeRawBufferPointer($0)) }
    #expect(hash.hex() == SHA256.hex(of: "abc".utf8))
  }
}
