import Foundation
import Testing

@testable import ModelFiles

/// The hand-written scanners against the expressions that they stand for.
@Suite struct TokenizerPieceTests {
  private func pieces(_ text: String, _ expression: PieceExpression) -> [String] {
    var text = text
    return text.withUTF8 { bytes in
      CharacterClass.basicPlane.withUnsafeBufferPointer { classes in
        let scanner = PieceScanner(text: bytes, classes: classes)
        var pieces: [String] = []
        var position = 0
        while position < bytes.count {
          let end = expression.end(of: position, in: scanner)
          pieces.append(String(decoding: bytes[position..<end], as: UTF8.self))
          position = end
        }
        return pieces
      }
    }
  }

  @Test(arguments: zip(["llama3", "gpt4o", "qwen2"], [PieceExpression.llama3, .gpt4o, .qwen2]))
  func textIsCutWhereTheReferencesExpressionCutsIt(name: String, expression: PieceExpression) throws {
    let expected = try #require(TokenizerFixture.decode([String: [[String]]].self, "pieces.json")[name])
    #expect(expected.count > 200)
    for one in expected {
      let found = pieces(one.joined(), expression)
      #expect(found.map { Array($0.utf8) } == one.map { Array($0.utf8) }, "\(found) instead of \(one)")
    }
  }

  @Test func bytesThatAreNoTextStillMoveForward() {
    // Text is checked before it comes here; a scanner that stood still would hang all the same.
    var generator = SeededGenerator(state: 3)
    for _ in 0..<300 {
      let bytes = (0..<20).map { _ in UInt8.random(in: 0...255, using: &generator) }
      for expression in PieceExpression.allCases {
        bytes.withUnsafeBufferPointer { bytes in
          CharacterClass.basicPlane.withUnsafeBufferPointer { classes in
            let scanner = PieceScanner(text: bytes, classes: classes)
            var position = 0
            while position < bytes.count {
              let end = expression.end(of: position, in: scanner)
              #expect(end > position && end <= bytes.count)
              position = max(end, position + 1)
            }
          }
        }
      }
    }
  }

  // MARK: UTF-8

  @Test func everyScalarIsReadAndNothingElse() {
    for value in stride(from: UInt32(0), through: 0x10ffff, by: 97) {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let bytes = Array(String(Character(scalar)).utf8)
      bytes.withUnsafeBufferPointer { bytes in
        #expect(UTF8Text.scalar(bytes, at: 0)?.scalar == scalar)
        #expect(UTF8Text.firstInvalid(in: bytes) == nil && UTF8Text.incompleteTail(of: bytes) == 0)
        let part = UnsafeBufferPointer(rebasing: bytes.dropLast())
        #expect(UTF8Text.incompleteTail(of: part) == part.count)
      }
    }
  }

  @Test func invalidBytesAreFoundWhereTheStandardLibraryReplacesThem() {
    var generator = SeededGenerator(state: 4)
    for _ in 0..<3000 {
      let lead: [UInt8] = [0xc0, 0xc3, 0xe0, 0xe4, 0xed, 0xf0, 0xf4, 0xf5, 0x41]
      let bytes = (0..<12).map { _ in
        Bool.random(using: &generator)
          ? lead.randomElement(using: &generator) ?? 0 : UInt8.random(in: 0x70...0xbf, using: &generator)
      }
      let isText = String(validating: bytes, as: UTF8.self) != nil
      let offset = bytes.withUnsafeBufferPointer { UTF8Text.firstInvalid(in: $0) }
      #expect((offset == nil) == isText, "\(bytes)")
      if let offset { #expect(String(validating: bytes[..<offset], as: UTF8.self) != nil, "\(bytes)") }
    }
  }
}
