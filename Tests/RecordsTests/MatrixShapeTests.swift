import Records
import Testing

@Suite struct MatrixShapeTests {
  @Test(arguments: [("2048x8192", 2048, 8192), ("1x1", 1, 1), ("16777215x7", 16_777_215, 7), ("064x8", 64, 8)])
  func inputsStandBeforeOutputs(text: String, inputs: Int, outputs: Int) throws {
    let shape = try MatrixShape(label: text)
    #expect(shape.inputs == inputs && shape.outputs == outputs && shape.weights == inputs * outputs)
    #expect(shape.description == "\(inputs)x\(outputs)")
    #expect(try MatrixShape(label: shape.description) == shape)
  }

  @Test(arguments: [
    "", "x", "2048", "0x5", "5x0", "-1x2", "2x-1", "2x3x4", "2X3", "2×3", " 2x3", "2x3 ", "+2x3", "ax3", "2x",
    "16777216x1", "1x99999999999999999999", "2.0x3", "٣x3",
  ])
  func anythingElseIsRefusedWithWhatIsAccepted(text: String) {
    #expect {
      try MatrixShape(label: text)
    } throws: { error in
      "\(error)".contains("is not a matrix") && "\(error)".contains("2048x8192")
    }
  }
}
