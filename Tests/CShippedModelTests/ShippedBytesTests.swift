import CShippedModel
import Foundation
import Testing

@Suite struct ShippedBytesTests {
  @Test("the binary holds the file as it is in the repository, small and where tensors can be read")
  func bytes() throws {
    var count = 0
    let address = try #require(tern_tiny(&count))
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Sources/CShippedModel/tern-tiny.gguf")
    let inside = Data(bytes: address, count: count)
    #expect(try inside == Data(contentsOf: path))
    #expect(inside.prefix(4) == Data("GGUF".utf8) && Int(bitPattern: address).isMultiple(of: 32))
    // Everybody who clones the repository or copies the binary carries it.
    #expect(count < 5 << 20)
  }
}
