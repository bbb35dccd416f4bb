import Foundation
import Records
import Testing

@Suite struct RecordFileTests {
  let folder = FileManager.default.temporaryDirectory.appending(path: "tern-records-\(UUID().uuidString)").path

  @Test func aRunIsNamedByTimeSuiteAndCommit() {
    let id = RecordFile.id(startedAt: "2026-11-20T23:20:08Z", suite: "demo", commit: "1a2b3c4d5e6f")
    #expect(id == "2026-11-20T23-20-08Z-demo-1a2b3c4")
    #expect(RecordFile.id(startedAt: "2026-11-20T23:20:08Z", suite: "demo", commit: nil) == "2026-11-20T23-20-08Z-demo")
  }

  @Test func noNameLeadsOutOfTheResultsFolder() throws {
    var record = try RecordCodec.decode(try fixture())
    #expect(
      RecordFile.path(of: record, in: "Results")
        == "Results/amd-epyc-7b13-a1f3/2026-11-20T23-20-05Z-decode-1a2b3c4.json")
    record.machine.name = "../../etc"
    record.id = ".hidden/x"
    #expect(RecordFile.path(of: record, in: "Results") == "Results/-.-..-etc/-hidden-x.json")
  }

  @Test func aRecordIsReadBackAndLeavesNothingElseInItsFolder() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let record = try RecordCodec.decode(try fixture())
    let path = RecordFile.path(of: record, in: folder)
    try RecordFile.write(record, to: path)
    try RecordFile.write(record, to: path)
    #expect(try RecordFile.read(path) == record)
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/amd-epyc-7b13-a1f3").count == 1)
  }

  @Test func aFailedWriteKeepsTheOldFileAndSaysWhy() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let record = try RecordCodec.decode(try fixture())
    // A folder stands where the file should go, which stops every user, root included.
    try FileManager.default.createDirectory(atPath: "\(folder)/r.json/x", withIntermediateDirectories: true)
    #expect {
      try RecordFile.write(record, to: "\(folder)/r.json")
    } throws: { error in
      "\(error)".contains("r.json: cannot rename") && "\(error)".contains("directory")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["r.json"])
  }

  @Test func aFileWhereTheFolderShouldBeIsReported() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data().write(to: URL(fileURLWithPath: "\(folder)/file"))
    let record = try RecordCodec.decode(try fixture())
    #expect(throws: RecordError.self) { try RecordFile.write(record, to: "\(folder)/file/r.json") }
  }

  @Test func aFileThatIsNotThereIsNamed() {
    #expect {
      try RecordFile.read("/nowhere/r.json")
    } throws: { error in
      "\(error)" == "/nowhere/r.json: cannot read the record: No such file or directory."
    }
  }
}
