import Foundation
import Testing

@testable import Records

@Suite struct SeverityTests {
  @Test func theyHaveAnOrder() {
    #expect(Severity.allCases.sorted() == [.note, .warn, .veto])
    #expect([Severity.note, .veto, .warn].max() == .veto)
  }

  @Test func aWarningOfAnOlderRecordHasNone() throws {
    let old = try JSONDecoder().decode(WarningRecord.self, from: Data(#"{"id": "W-load", "message": "busy"}"#.utf8))
    #expect(old.severity == nil && !old.isVeto)
    #expect(try !String(decoding: JSONEncoder().encode(old), as: UTF8.self).contains("severity"))
    let new = WarningRecord(id: "W-load", message: "busy", fix: nil)
    #expect(new.severity == .warn)
    #expect(try JSONDecoder().decode(WarningRecord.self, from: JSONEncoder().encode(new)) == new)
  }

  @Test func anUnknownSeverityIsRefused() {
    let text = #"{"id": "W-load", "message": "busy", "severity": "deadly"}"#
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(WarningRecord.self, from: Data(text.utf8)) }
  }

  @Test func aCellIsVetoedByTheSamplesThatStand() throws {
    var record = try RecordCodec.decode(try fixture())
    #expect(!record.cells[1].isVetoed && record.cells[1].vetoes == [])
    record.cells[1].samples[0].vetoes = ["W-thermal", "W-steal"]
    record.cells[1].samples[2].vetoes = ["W-steal"]
    #expect(record.cells[1].isVetoed && record.cells[1].vetoes == ["W-steal", "W-thermal"])
    record.cells[1].replacedSamples = [record.cells[1].samples[0]]
    record.cells[1].samples[0].vetoes = nil
    record.cells[1].samples[2].vetoes = []
    #expect(!record.cells[1].isVetoed)
    #expect(try RecordCodec.decode(try RecordCodec.encode(record)) == record)
  }

  @Test func replacedSamplesAreValidatedAsOthersAre() throws {
    var record = try RecordCodec.decode(try fixture())
    var sample = record.cells[1].samples[0]
    sample.iterations = 0
    record.cells[1].replacedSamples = [sample]
    let data = try JSONEncoder().encode(record)
    #expect(throws: RecordError.self) { try RecordCodec.decode(data) }
  }
}
