import Foundation
import Testing

@testable import Reports

@Suite struct TrainingCurvesTests {
  static let heading = TrainingCurves.columns.joined(separator: ",") + ",zeros_layer_0,zeros_layer_1\n"
  static let rows = """
    1,64,5.5,244.69,0.001,0.1,2.25,400.0,,,,
    2,128,5.25,190.6,2e-05,0.1,1.5,800.0,5.3,200.3,0.31,0.32
    3,192,5.0,148.4,0.0,0.0,0.5,800.0,5.2,181.3,0.3,0.33

    """

  static func read(_ text: String) throws -> TrainingCurves { try TrainingCurves(csv: Data(text.utf8), file: "m.csv") }

  @Test("every step is read, and what was not measured is absent")
  func reads() throws {
    let curves = try Self.read(Self.heading + Self.rows)
    #expect(curves.layers == 2 && curves.rows.map(\.step) == [1, 2, 3])
    #expect(curves.rows[0].heldOut == nil && curves.rows[0].zeros == nil)
    #expect(curves.rows[1].learningRate == 2e-5 && curves.lastZeros == [0.3, 0.33])
    #expect(curves.best?.step == 3 && curves.best?.loss == 5.2)
    // 64 tokens at 400 a second, twice 64 at 800.
    #expect(abs((curves.secondsOfSteps ?? 0) - 0.32) < 1e-12)
  }

  @Test("a run that goes on without its first rows begins at its own step, and CRLF is a line end")
  func laterStart() throws {
    let text = (Self.heading + Self.rows).split(separator: "\n").enumerated().filter { $0.offset != 1 }
      .map { $0.element + "\r\n" }.joined()
    let curves = try Self.read(text)
    #expect(curves.rows.map(\.step) == [2, 3])
    #expect(abs((curves.secondsOfSteps ?? 0) - 0.16) < 1e-12)
  }

  @Test(
    "what is wrong is named with its line and its column",
    arguments: [
      ("5.25", "nan", "m.csv:3: column loss: \"nan\" is not a finite decimal number"),
      ("5.25", "inf", "m.csv:3: column loss: \"inf\" is not a finite"),
      ("5.25", "", "column loss: \"\" is not a number"),
      ("5.25", "1e400", "column loss: \"1e400\" is not a finite"), ("5.25", "0x1p3", "is not a finite decimal"),
      ("5.25", "-5.25", "is below 0"), ("190.6", "inf", "column perplexity: \"inf\""),
      ("5.3,200.3", "5.3,nan", "column validation_perplexity"),
      ("0.31", "1.01", "zeros_layer_0: \"1.01\" is not between"),
      ("0.31", "", "zeros_layer_0: \"\" is empty where other layers have a share"),
      ("2,128", "2.5,128", "column step: \"2.5\" is not a whole number above 0"),
      ("2,128", "0,128", "column step: \"0\" is not"), ("2,128", "1,128", "both must grow"),
      ("2,128", "2,64", "step 2 with 64 tokens stands behind step 1 with 64"),
      (",0.31,0.32", "", "10 fields where the heading has 12; where the file was cut"),
      ("800.0,5.3", "800.0,\"5.3", "opened here and never closed"),
    ])
  func wrong(old: String, new: String, message: String) throws {
    let rows = Self.rows.replacing(old, with: new, maxReplacements: 1)
    #expect(rows != Self.rows)
    let error = #expect(throws: TrainingCurvesError.self) { try Self.read(Self.heading + rows) }
    let description = try #require(error).description
    #expect(description.hasPrefix("m.csv:3: ") && description.contains(message), "\(description)")
  }

  @Test(
    "a file that is not of a run is refused with what it should be",
    arguments: [
      ("", "m.csv: is empty; it must be \"step,tokens,"), ("\n", "m.csv: is empty"),
      ("step,loss\n1,2\n", "m.csv:1: the heading is not that of tern train; it must be \"step,tokens,"),
      (heading.replacing("zeros_layer_1", with: "zeros_layer_2"), "m.csv:1: the heading"),
      (heading, "m.csv: holds no step yet"),
    ])
  func noRun(text: String, message: String) throws {
    let error = #expect(throws: TrainingCurvesError.self) { try Self.read(text) }
    #expect(try #require(error).description.hasPrefix(message))
    #expect(throws: TrainingCurvesError.self) { try TrainingCurves(csv: Data([0xFF, 0xFE, 0]), file: "m.csv") }
  }

  @Test("whatever a file holds, it is read and drawn or refused", arguments: 0..<8)
  func fuzz(seed: UInt64) throws {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let original = Array((Self.heading + Self.rows).utf8)
    let pieces: [[UInt8]] = [
      [0x22], [0x2C], [0x0A], [0x0D], [0xFF], [0], Array("nan".utf8), Array("1e308".utf8), Array("9e-309".utf8),
      Array("9007199254740992".utf8), Array("0".utf8), [],
    ]
    for round in 0..<40 {
      var bytes = original
      for _ in 0...next(3) {
        // Half of all changes are in the rows, where numbers are.
        let from = next(2) == 0 ? 0 : min(Self.heading.utf8.count, bytes.count - 1)
        let start = from + next(bytes.count - from)
        bytes.replaceSubrange(start..<min(bytes.count, start + next(5)), with: pieces[next(pieces.count)])
        if bytes.isEmpty { bytes = [0x2C] }
      }
      do {
        let curves = try TrainingCurves(csv: Data(bytes), file: "m.csv")
        guard round % 10 == 0 else { continue }
        let run = TrainedRun(folder: "m", curves: curves, record: nil, weights: nil)
        let reader = PageReader(try TrainingPage.render(runs: [run, run], command: ["tern"]))
        let words = Set(reader.text.lowercased().split { !$0.isLetter }.map(String.init))
        #expect(!reader.text.contains("perplexity of ,"))
        #expect(reader.faults.isEmpty && words.isDisjoint(with: ["nan", "inf", "nil", "optional"]))
      } catch let error as TrainingCurvesError {
        #expect(error.description.hasPrefix("m.csv"))
      }
    }
  }
}
