import Foundation
import Testing

@testable import Records

/// Every schema ever shipped stays here and stays readable.
private let trainingURL = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .appending(path: "Fixtures/training-1.json")

@Suite struct TrainingRecordTests {
  private func training() throws -> Data { try Data(contentsOf: trainingURL) }

  @Test func aTrainingRunReadsBackToTheSameBytes() throws {
    let record = try RecordCodec.decodeTraining(try training())
    #expect(try RecordCodec.encode(record) == training())
    #expect(record.status == .complete && record.model.quantizer == "ternary")
    #expect(record.weights?.matrices.count == 7 * record.model.layers)
  }

  @Test func aTrainingRunAndARunAreNotTakenForEachOther() throws {
    #expect(throws: RecordError.otherKind(file: "t.json", found: "training", wanted: "run")) {
      try RecordCodec.decode(try training(), file: "t.json")
    }
    #expect(throws: RecordError.otherKind(file: "r.json", found: "run", wanted: "training")) {
      try RecordCodec.decodeTraining(try fixture(), file: "r.json")
    }
  }

  @Test(arguments: [
    (#""schema" : 1"#, #""schema" : 9"#, "written with schema 9, and this build reads up to 1"),
    (#""status" : "complete""#, #""status" : "done""#, "t: status: "),
    (#""threads" : 1"#, #""threads" : 0"#, "t: threads: 0 is not between 1"),
    (#""step" : 60,"#, #""step" : -1,"#, "t: step: -1 is not between 0"),
    (#""layers" : 3"#, #""layers" : "3""#, "t: model.layers: not a whole number"),
    (#""projection" : "k""#, #""projection" : "q""#, "t: weights.matrices[1]: q of layer 0 occurs twice"),
    (#""zeros" : "#, #""zeros" : 1"#, "they are the same"), (#""below" : "#, #""below" : -"#, "is not between 0"),
    (#""mean_magnitude" : 0"#, #""mean_magnitude" : -0"#, "mean_magnitude: -0.0"),
    (#""histogram" : ["#, #""histogram" : [0, "#, "histogram: 65 bins where 64 are needed"),
  ]) func whatNoRunCanHaveWrittenIsRefused(old: String, new: String, message: String) throws {
    let text = String(decoding: try training(), as: UTF8.self)
    let changed = text.replacing(old, with: new, maxReplacements: 1)
    #expect(changed != text, "\(old)")
    #expect {
      try RecordCodec.decodeTraining(Data(changed.utf8), file: "t")
    } throws: { error in
      let holds = "\(error)".contains(message)
      if !holds { Issue.record("\(error)") }
      return holds
    }
  }

  @Test(arguments: 1...8) func anyBytesAreReadOrRefused(seed: UInt64) throws {
    var state = seed &* 0x9E37_79B9_7F4A_7C15
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let original = [UInt8](try training())
    let pieces = ["", "-", "9", "999999999999999999999", "1e999", "null", "\"", "[", "}", "\u{0}"].map {
      [UInt8]($0.utf8)
    }
    for _ in 0..<20 {
      var bytes = original
      for _ in 0...next(3) {
        let start = next(bytes.count)
        bytes.replaceSubrange(start..<min(start + next(4), bytes.count), with: pieces[next(pieces.count)])
      }
      do {
        let record = try RecordCodec.decodeTraining(Data(bytes), file: "t")
        #expect((record.weights?.matrices ?? []).allSatisfy { $0.count > 0 })
      } catch let error as RecordError {
        #expect(error.description.hasPrefix("t: "))
      }
    }
  }
}
