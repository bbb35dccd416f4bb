import Foundation
import Records

/// A gate's result to put verdicts into.
enum SampleGate {
  static func record() throws -> GateRecord {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "RecordsTests/Fixtures/gate-1.json")
    return try RecordCodec.decodeGate(try Data(contentsOf: url))
  }
}
