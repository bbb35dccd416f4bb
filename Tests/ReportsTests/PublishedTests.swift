import Foundation
import Testing

@testable import Reports

@Suite struct PublishedTests {
  static let heading = PublishedResults.columns.joined(separator: ",") + "\n"
  static let row =
    "arXiv:1,Table 4,2024-10,llama.cpp,FP16,m,paper-125m,0.125,\"CPU, fast\",x86_64,best,tg,rate_tokens_per_s,434.4,,\n"

  static func read(_ text: String) throws -> PublishedResults {
    try PublishedResults(csv: Data(text.utf8), file: "a.csv")
  }

  static var folder: String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Results/published").path
  }

  @Test("the files that ship are read, and every number says where it comes from")
  func shipped() throws {
    let values = try #require(try PublishedResults.read(folder: Self.folder)).values
    #expect(values.count > 500)
    #expect(values.allSatisfy { !$0.source.isEmpty && !$0.place.isEmpty && $0.origin.contains($0.source) })
    let table = PublishedResults(values: values).values(
      of: .speed, source: "arXiv:2410.16144", place: "Table 4", architecture: "x86_64")
    #expect(table.count == 24)
    let best = try #require(table.first { $0.zooModel == "paper-100b" && $0.system == "bitnet.cpp" })
    #expect(best.value == 1.7)
    #expect(best.threads == .best)
    let absent = try #require(table.first { $0.zooModel == "paper-100b" && $0.system == "llama.cpp" })
    #expect(absent.value == nil)
    #expect(absent.note.contains("N/A"))
  }

  @Test("there may be no folder, and that is no error")
  func noFolder() throws {
    #expect(try PublishedResults.read(folder: "/nonexistent/published") == nil)
  }

  @Test("a row is read with its quotes, and an empty value is absent")
  func row() throws {
    let values = try Self.read(Self.heading + Self.row).values
    let value = try #require(values.first)
    #expect(value.cpu == "CPU, fast")
    #expect(value.parameters == 1.25e8)
    #expect(value.halfWidth == nil)
    #expect(value.origin == "published for CPU, fast, 2024-10, in arXiv:1, Table 4")
  }

  @Test(
    "what is wrong is named with its line",
    arguments: [
      ("434.4", "fast", "a.csv:2: column value: \"fast\" is not a decimal number"),
      ("434.4", "nan", "is not a decimal number"), ("434.4", "0x10", "is not a decimal number"),
      ("434.4", "0", "must be more than"), ("434.4", "", "is empty and note does not say why"),
      ("434.4", "-3", "is not a decimal number"), ("434.4", "1e400", "is not a decimal number"),
      ("rate_tokens_per_s", "speed", "column metric: \"speed\" is not one of rate_tokens_per_s"),
      ("2024-10", "2024-13", "column date"), ("2024-10", "October", "column date"), ("best", "0", "column threads"),
      ("best", "all", "neither a number of threads nor best"), ("x86_64", "ppc", "neither x86_64 nor arm64"),
      ("arXiv:1", "", "column source: must not be empty"), ("Table 4,", "", "15 fields where the heading has 16"),
      ("\"CPU, fast\"", "\"CPU, fast", "opened here and never closed"),
      ("\"CPU, fast\"", "CPU \"fast\"", "a quotation mark inside a field"),
      ("\"CPU, fast\"", "\"CPU\" fast", "text behind the end of a field"),
    ])
  func wrong(from: String, to: String, message: String) throws {
    let text = Self.heading + Self.row.replacingOccurrences(of: from, with: to)
    let error = #expect(throws: PublishedError.self) { try Self.read(text) }
    let description = try #require(error).description
    #expect(description.contains(message), "\(description)")
    #expect(description.hasPrefix("a.csv:2: "))
  }

  @Test("another heading is refused")
  func heading() {
    for text in ["", "\n", "source,value\n", Self.row] {
      #expect(throws: PublishedError.self) { try Self.read(text) }
    }
    #expect(throws: PublishedError.self) { try PublishedResults(csv: Data([0xFF, 0xFE, 0x00]), file: "a.csv") }
  }

  @Test("whatever a file holds, it is read or refused", arguments: 0..<40)
  func fuzz(seed: UInt64) throws {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let original = Array((Self.heading + Self.row + Self.row).utf8)
    let pieces: [[UInt8]] = [[0x22], [0x2C], [0x0A], [0x0D], [0xFF], [0], Array("nan".utf8), Array("1e999".utf8), []]
    for _ in 0..<50 {
      var bytes = original
      for _ in 0...next(4) {
        let start = next(bytes.count)
        bytes.replaceSubrange(start..<min(bytes.count, start + next(6)), with: pieces[next(pieces.count)])
        if bytes.isEmpty { bytes = [0x2C] }
      }
      do {
        let values = try PublishedResults(csv: Data(bytes), file: "a.csv").values
        #expect(values.allSatisfy { $0.value?.isFinite ?? !$0.note.isEmpty })
      } catch let error as PublishedError {
        #expect(error.description.hasPrefix("a.csv"))
      }
    }
  }
}
