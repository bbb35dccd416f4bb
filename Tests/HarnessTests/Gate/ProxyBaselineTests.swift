import Foundation
import Records
import Statistics
import Testing

@testable import Harness

@Suite struct ProxyBaselineTests {
  private let baseline = ProxyBaseline(
    createdAt: "2026-01-01T00:00:00Z", tool: Rig.tool, architecture: "x86_64", emulator: "valgrind-3.19.0",
    suite: "regression", cells: ["a/t1": ["proxy_instructions_per_token": 12.5]])

  @Test("a baseline is read back as it was written")
  func roundTrip() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).json").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try baseline.write(to: path)
    #expect(try ProxyBaseline.read(path) == baseline)
  }

  @Test("a name is a file of Results/baselines, and one that is not there is told apart")
  func names() {
    #expect(ProxyBaseline.path(of: "main") == "Results/baselines/main.json")
    #expect(ProxyBaseline.path(of: "./main") == "./main")
    let error = #expect(throws: GateError.self) { try ProxyBaseline.read("no-such-name") }
    #expect(error?.kind == .baselineNotFound)
  }

  @Test("another file, a later schema and a value that is no count are refused by name")
  func refusals() throws {
    func refused(_ text: String, _ words: String) {
      let error = #expect(throws: GateError.self) { try ProxyBaseline.decode(Data(text.utf8), file: "b.json") }
      #expect(error?.description.contains(words) == true && error?.description.contains("b.json") == true)
    }
    let text = String(decoding: try JSONEncoder().encode(baseline), as: UTF8.self)
    refused("", "not a JSON document")
    refused(#"{"schema": 2}"#, "tern compare")
    refused(#"{"schema": 1, "kind": "gate"}"#, "\"gate\"")
    refused(text.replacingOccurrences(of: #""schema":1"#, with: #""schema":2"#), "schema 2")
    refused(text.replacingOccurrences(of: "12.5", with: "-1"), "no count")
    refused(text.replacingOccurrences(of: "12.5", with: "\"x\""), "proxy_instructions_per_token")
  }

  @Test("no damage to a file crashes the reader")
  func fuzz() throws {
    let bytes = [UInt8](try JSONEncoder().encode(baseline))
    var random = SplitMix64(seed: 3)
    for _ in 0..<500 {
      var damaged = bytes
      for _ in 0...Int(random.next() % 4) {
        damaged[Int(random.next() % UInt64(damaged.count))] = UInt8(truncatingIfNeeded: random.next())
      }
      _ = try? ProxyBaseline.decode(Data(damaged), file: "b.json")
    }
  }
}

@Suite struct FailingLinesTests {
  @Test("of a build's log the lines with errors are shown, each once, and of one without any its end")
  func lines() {
    let log = "[1/2] compiling\na.swift:1: error: no\na.swift:1: error: no\nb.swift:2: error: never\nmake: *** 1\n"
    #expect(GateRevision.failingLines(of: log) == "a.swift:1: error: no\nb.swift:2: error: never")
    let long = (1...50).map { "line \($0)" }.joined(separator: "\n")
    #expect(GateRevision.failingLines(of: long).split(separator: "\n").count == 20)
    #expect(GateRevision.failingLines(of: "").isEmpty)
  }
}
