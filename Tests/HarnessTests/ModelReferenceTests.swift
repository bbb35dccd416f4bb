import Foundation
import Kernels
import ModelFiles
import Testing

@testable import Harness

@Suite struct ModelReferenceTests {
  @Test(
    "a head format is what follows the last colon, where such a format exists",
    arguments: [
      ("bitnet-2b-4t", "bitnet-2b-4t", nil), ("bitnet-2b-4t:q6_k", "bitnet-2b-4t", .q6k),
      ("./a:b/model:q8_0", "./a:b/model", .q8), ("./a:b", "./a:b", nil), ("./a:q4", "./a:q4", nil),
      ("model.safetensors:q4_0", "model.safetensors", .q4), ("x:f32", "x", .f32), (":", ":", nil),
    ] as [(String, String, DenseFormat?)])
  func parts(name: String, place: String, format: DenseFormat?) throws {
    let parts = try ModelReference.parts(of: name)
    #expect(parts.place == place && parts.format == format)
  }

  @Test("a zoo model's head is f16 unless its name says otherwise")
  func zoo() throws {
    #expect(try ModelReference("bitnet-2b-4t").head == .f16)
    let reference = try ModelReference("bitnet-2b-4t:q6_k")
    #expect(reference.head == .q6k && reference.name == "bitnet-2b-4t:q6_k" && !reference.isFile)
  }

  @Test("a head in blocks is expanded unless the name asks for them")
  func heads() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "ModelFilesTests/Fixtures/gguf")
    func reference(_ name: String, _ suffix: String = "") throws -> ModelReference {
      try ModelReference(folder.appending(path: "\(name)/model.gguf").path + suffix)
    }
    #expect(try reference("bitnet2b_tq1").head == .f32)
    #expect(try reference("bitnet2b_tq1", ":q8_0").head == .q8)
    #expect(try reference("bitnet2b_i2s").head == .f16)
    #expect(try reference("bitnet2b_i2s").container?.format == "gguf")
  }

  @Test("what cannot be is refused with what can")
  func refused() {
    #expect { try ModelReference("bitnet-2b-4t:q5_k") } throws: {
      "\($0)".contains("there is no head format \"q5_k\"; there are f32, f16, bf16, q8_0, q6_k, q4_0")
    }
    #expect { try ModelReference("bitnet-2b:q6_k") } throws: { "\($0)".contains("no model is called \"bitnet-2b\"") }
  }
}
