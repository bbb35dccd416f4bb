import Foundation
import Testing

@testable import Records

/// Every schema ever shipped stays here and stays readable.
private let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
private let fixtureURL = fixtures.appending(path: "schema-2.json")

func fixture() throws -> Data { try Data(contentsOf: fixtureURL) }

func fixtureText(replacing old: String, with new: String) throws -> Data {
  let text = String(decoding: try fixture(), as: UTF8.self)
  #expect(text.contains(old))
  return Data(text.replacingOccurrences(of: old, with: new).utf8)
}

@Suite struct RecordCodecTests {
  @Test func schema1ReadsAsTheSchemaOfTodayWithNothingInvented() throws {
    let old = try RecordCodec.decode(try Data(contentsOf: fixtures.appending(path: "schema-1.json")))
    #expect(old.schema == RunRecord.currentSchema && old.idlePower == nil)
    #expect(old.cells.count == 5 && old.cells[1].samples[2].tokenTimesNs?.count == 24)
    for sample in old.cells.flatMap(\.samples) {
      #expect(sample.energyZones == nil && sample.counters == nil && sample.halfWidths == nil && sample.problems == nil)
    }
    let new = try RecordCodec.decode(try fixture())
    #expect(old.cells[0].samples == new.cells[0].samples)
  }

  @Test func theSchemaOfTodayReadsBackToTheSameBytes() throws {
    let data = try fixture()
    let record = try RecordCodec.decode(data)
    #expect(record.cells.count == 5 && record.cells[1].samples[2].tokenTimesNs?.count == 24)
    let written = try RecordCodec.encode(record)
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" { try written.write(to: fixtureURL) }
    #expect(written == data)
  }

  @Test func whatIsUnknownHasNoKey() throws {
    var record = try RecordCodec.decode(try fixture())
    record.tool.commit = nil
    record.finishedAt = nil
    let text = String(decoding: try RecordCodec.encode(record), as: UTF8.self)
    #expect(!text.contains("null") && !text.contains("\"commit\"") && !text.contains("finished_at"))
  }

  @Test func listsOfNumbersStandOnOneLineAndStringsAreLeftAlone() throws {
    var record = try RecordCodec.decode(try fixture())
    record.command = ["[1,\n  2]", "a\"[3,  4]\\"]
    let data = try RecordCodec.encode(record)
    let text = String(decoding: data, as: UTF8.self)
    #expect(text.contains("\"cpus\" : [0, 2]"))
    #expect(try RecordCodec.decode(data).command == record.command)
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity]) func aNumberThatIsNotFiniteIsNotWritten(value: Double) throws {
    var record = try RecordCodec.decode(try fixture())
    record.cells[0].samples[0].metrics["time_wall_ns"] = value
    #expect(throws: RecordError.self) { try RecordCodec.encode(record) }
  }

  @Test func aSeedAboveEveryDoubleSurvives() throws {
    var record = try RecordCodec.decode(try fixture())
    record.schedule.seed = .max
    #expect(try RecordCodec.decode(try RecordCodec.encode(record)) == record)
  }

  @Test func aNewerSchemaIsRefusedByName() throws {
    let data = try fixtureText(replacing: "\"schema\" : 2", with: "\"schema\" : 99")
    #expect(throws: RecordError.newerSchema(file: "r.json", found: 99, known: 2)) {
      try RecordCodec.decode(data, file: "r.json")
    }
    #expect(
      RecordError.newerSchema(file: "r.json", found: 99, known: 2).description
        == "r.json: written with schema 99, and this build reads up to 2. Read it with a newer tern.")
  }

  @Test(arguments: ["{}", "[]", "3", "{\"schema\": \"1\"}", "{\"schema\": 1.5}", "null"])
  func adocumentWithoutASchemaIsNoRecord(text: String) {
    #expect(throws: RecordError.noSchema(file: "x")) { try RecordCodec.decode(Data(text.utf8), file: "x") }
  }

  @Test func aSchemaBelowOneNeverExisted() {
    #expect(throws: RecordError.unknownSchema(file: "x", found: 0)) {
      try RecordCodec.decode(Data("{\"schema\": 0}".utf8), file: "x")
    }
  }

  @Test func aSyntaxErrorHasItsPlace() throws {
    let data = try fixtureText(replacing: "\"status\" : \"complete\"", with: "\"status\" ; \"complete\"")
    #expect {
      try RecordCodec.decode(data, file: "r.json")
    } throws: { error in
      "\(error)".hasPrefix("r.json: not a complete JSON document:") && "\(error)".contains("line")
    }
  }

  @Test(arguments: [
    ("\"threads\" : 2", "\"threads\" : \"two\"", "cells[0].threads: not a whole number in range."),
    ("\"threads\" : 2", "\"threads\" : 0", "cells[0].threads: 0 is not between 1 and 16777216."),
    ("\"iterations\" : 11", "\"iterations\" : 0", "cells[0].samples[0].iterations: 0 is not between"),
    ("\"architecture\"", "\"architektur\"", "machine.architecture: missing."),
    ("\"complete\"", "\"finished\"", "status: "),
    ("\"state\" : \"skipped\"", "\"state\" : \"lost\"", "cells[4].outcome.state: unknown outcome \"lost\"."),
  ])
  func aWrongFieldIsNamedByItsPath(old: String, new: String, message: String) throws {
    let data = try fixtureText(replacing: old, with: new)
    #expect {
      try RecordCodec.decode(data, file: "r.json")
    } throws: { error in
      "\(error)".hasPrefix("r.json: \(message)")
    }
  }

  @Test func twoCellsWithOneIdAreRefused() throws {
    let data = try fixtureText(replacing: "paper-13b/f16@avx2/t2", with: "paper-13b/simd@avx2/t2")
    #expect {
      try RecordCodec.decode(data, file: "r.json")
    } throws: { error in
      "\(error)".contains("cells[4].id") && "\(error)".contains("occurs twice")
    }
  }

  @Test func everyTruncationIsAnErrorAndNeverACrash() throws {
    let data = try fixture()
    // The last byte is a newline behind the closing brace.
    for length in stride(from: 0, to: data.count - 1, by: 37) {
      #expect(throws: RecordError.self) { try RecordCodec.decode(data.prefix(length)) }
    }
  }

  @Test func mutatedRecordsAreReadOrRefusedAndNeverCrash() throws {
    let original = [UInt8](try fixture())
    var state: UInt64 = 1
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let pieces = ["9", "-", "e99", "\"", "{", "}", "[", "]", "null", ",", "99999999999999999999", "\u{0}", "\\u"].map {
      Array($0.utf8)
    }
    var read = 0
    for _ in 0..<600 {
      var bytes = original
      for _ in 0...next(3) {
        let place = next(bytes.count)
        if next(2) == 0 {
          bytes[place] = UInt8(next(256))
        } else {
          bytes.insert(contentsOf: pieces[next(pieces.count)], at: place)
        }
      }
      guard let record = try? RecordCodec.decode(Data(bytes)) else { continue }
      read += 1
      // What was accepted can be used without overflow.
      _ = record.overhead?.timeHarnessNs
      for cell in record.cells { _ = cell.phase.tokensPerIteration.map { $0 * (cell.samples.first?.iterations ?? 1) } }
    }
    #expect(read > 0, "mutations inside strings are harmless, so some records must be readable")
  }
}
