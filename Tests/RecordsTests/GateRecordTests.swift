import Foundation
import Testing

@testable import Records

/// Every schema ever shipped stays here and stays readable.
private let gateURL = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .appending(path: "Fixtures/gate-1.json")

@Suite struct GateRecordTests {
  private func gate() throws -> Data { try Data(contentsOf: gateURL) }

  private func text(replacing old: String, with new: String) throws -> Data {
    let text = String(decoding: try gate(), as: UTF8.self)
    #expect(text.contains(old), "\(old)")
    return Data(text.replacingOccurrences(of: old, with: new).utf8)
  }

  @Test func aResultReadsBackToTheSameBytes() throws {
    let record = try RecordCodec.decodeGate(try gate())
    let written = try RecordCodec.encode(record)
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" { try written.write(to: gateURL) }
    #expect(written == (try gate()))
    #expect(record.seed == .max && record.verdicts[0].blocks[3].stage == .confirmation)
    #expect(record.verdicts[0].blocks[1].dropped == ["W-steal"] && record.leftOut.count == 2)
  }

  @Test func whatCountsIsToldFromWhatIsShown() throws {
    var record = try RecordCodec.decodeGate(try gate())
    #expect(record.counted(.regressed).map(\.metric) == ["time_wall_ns"])
    #expect(record.counted(.inconclusive) == [])
    record.verdicts[0].advisory = "shared"
    #expect(record.counted(.regressed) == [])
  }

  @Test func aGateAndARunAreNotTakenForEachOther() throws {
    #expect {
      try RecordCodec.decode(try gate(), file: "g.json")
    } throws: { error in
      "\(error)" == "g.json: holds a gate, and a run is needed here: `tern run` writes runs, `tern gate -o` gates."
    }
    #expect(throws: RecordError.otherKind(file: "r.json", found: "run", wanted: "gate")) {
      try RecordCodec.decodeGate(try fixture(), file: "r.json")
    }
  }

  @Test func aNewerSchemaIsRefusedByName() throws {
    let data = try text(replacing: "\"schema\" : 1", with: "\"schema\" : 7")
    #expect(throws: RecordError.newerSchema(file: "g", found: 7, known: 1)) {
      try RecordCodec.decodeGate(data, file: "g")
    }
  }

  @Test(arguments: [
    ("\"verdict\" : \"pass\"", "\"verdict\" : \"green\"", "verdicts[1].verdict: "),
    ("\"look1\"", "\"look0\"", "verdicts[0].blocks[0].stage: unknown stage \"look0\"."),
    ("\"baab\"", "\"abab\"", "verdicts[0].blocks[0].order: "),
    ("\"better\" : \"higher\"", "\"better\" : \"neutral\"", "verdicts[2].better: neutral"),
    ("\"agreement\" : 1", "\"agreement\" : 1.5", "verdicts[0].agreement: 1.5 is not between 0 and 1."),
    ("\"margin\" : 0.015", "\"margin\" : -1", "verdicts[2].margin: -1.0 is not between 0 and 1."),
    ("\"blocks_used\" : 3", "\"blocks_used\" : 9", "verdicts[0].blocks: 4 blocks, where 9 count and 1 were dropped."),
    ("\"blocks_used\" : 3", "\"blocks_used\" : -9", "verdicts[0].blocks_used: -9 is not between"),
    ("\"effect_lower\" : 0.027", "\"effect_lower\" : 0.27", "verdicts[0].effect_lower: 0.27 lies above"),
    ("[20, 40, 80]", "[]", "rules.looks: not an ascending list"),
    ("[20, 40, 80]", "[20, 2000]", "rules.looks: 2000 is not between 1 and 1000."),
    ("\"spread_factor\" : 10", "\"spread_factor\" : -10", "rules.spread_factor: -10.0 is below 0."),
    ("\"alpha\" : 0.005", "\"alpha\" : 5", "rules.alpha: 5.0 is not between 0 and 1."),
    ("\"paper-13b/simd@avx2/t2\" : 11", "\"x\" : 0", "iterations.x: 0 is not between 1 and"),
    (
      "\"counter_instructions\"", "\"time_wall_ns\"",
      "verdicts[1]: time_wall_ns of \"paper-13b/simd@avx2/t2\" is judged"
    ),
  ])
  func aWrongFieldIsNamedByItsPath(old: String, new: String, message: String) throws {
    let data = try text(replacing: old, with: new)
    #expect {
      try RecordCodec.decodeGate(data, file: "g.json")
    } throws: { error in
      "\(error)".hasPrefix("g.json: \(message)")
    }
  }

  @Test func everyTruncationIsAnErrorAndNeverACrash() throws {
    let data = try gate()
    for length in stride(from: 0, to: data.count - 1, by: 41) {
      #expect(throws: RecordError.self) { try RecordCodec.decodeGate(data.prefix(length)) }
    }
  }

  @Test func mutatedResultsAreReadOrRefusedAndNeverCrash() throws {
    let original = [UInt8](try gate())
    var state: UInt64 = 5
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let pieces = ["9", "-", "e99", "\"", "{", "]", "null", ",", "99999999999999999999", "\u{0}", "\\u"].map {
      Array($0.utf8)
    }
    var read = 0
    for _ in 0..<400 {
      var bytes = original
      for _ in 0...next(3) {
        let place = next(bytes.count)
        if next(2) == 0 {
          bytes[place] = UInt8(next(256))
        } else {
          bytes.insert(contentsOf: pieces[next(pieces.count)], at: place)
        }
      }
      guard let record = try? RecordCodec.decodeGate(Data(bytes)) else { continue }
      read += 1
      // What was accepted can be written again.
      #expect(throws: Never.self) { try RecordCodec.encode(record) }
    }
    #expect(read > 0, "mutations inside strings are harmless, so some results must be readable")
  }

  @Test func aResultIsWrittenAndReadByItsPath() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "tern-gate-\(UUID().uuidString).json").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let record = try RecordCodec.decodeGate(try gate())
    try RecordFile.write(record, to: path)
    #expect(try RecordFile.readGate(path) == record)
  }
}
