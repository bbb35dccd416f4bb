import Foundation
import Records
import Testing

@testable import Suites

/// The folder of the suites that come with the program.
private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .appending(path: "../../Suites").standardizedFileURL

@Suite struct CommittedSuitesTests {
  static let files =
    (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?
    .filter { $0.hasSuffix(".toml") }.sorted() ?? []

  /// A machine that runs every family: the committed suites name no other.
  private static let machine: SuiteContext = {
    var machine = context
    machine.kernels.removeAll { $0.name == "wide" }
    return machine
  }()

  /// The best row of every family that runs.
  static let families = Set(
    context.kernels.filter { $0.isBest && $0.unavailableReason == nil && !$0.isAutomatic }.map(\.id))

  @Test func theSuitesAreThere() {
    #expect(
      Self.files == [
        "demo.toml", "hybrid-int8.toml", "hybrid.toml", "kernels.toml", "paper-speed.toml", "peers.toml",
        "regression.toml", "smoke.toml", "threads.toml",
      ])
  }

  @Test(arguments: files) func aCommittedSuiteDecodesAndExpands(file: String) throws {
    let suite = try SuiteDecoder.read(path: folder.appending(path: file).path)
    #expect("\(suite.name).toml" == file)
    #expect(suite.question?.hasSuffix("?") == true && suite.analysis?.isEmpty == false)
    let cells = try suite.cells(in: Self.machine)
    #expect(!cells.isEmpty && cells.allSatisfy { $0.skipReason == nil })
    // Rendering is another way to read it.
    #expect(try SuiteDecoder.decode(text: suite.toml, path: nil).cases == suite.cases)
  }

  @Test func theKernelsSuiteHasThePublishedProductsWithOneThread() throws {
    // "[batch, K] x [K, N]" of bitnet.cpp's table, all with one thread.
    let published = [1, 32, 128, 256, 512, 2048].map { ($0, "2048x2048") } + [(128, "2048x8192"), (128, "8192x2048")]
    let cells = try SuiteDecoder.read(path: folder.appending(path: "kernels.toml").path).cells(in: Self.machine)
    for (batch, shape) in published {
      let found = cells.filter { $0.matrix?.description == shape && $0.phase.batch == batch && $0.threads == 1 }
      #expect(Set(found.compactMap(\.kernel)) == Self.families.subtracting(["naive@portable"]), "\(batch) × \(shape)")
    }
  }

  @Test(arguments: ["kernels.toml", "threads.toml"])
  func everyCellOfASuiteWithCeilingsHasItsProbes(file: String) throws {
    let cells = try SuiteDecoder.read(path: folder.appending(path: file).path).cells(in: Self.machine)
    let probed = Set(cells.filter { $0.phase.kind == .probe }.map { "\($0.phase.label) \($0.threads) \($0.placement)" })
    for cell in cells where cell.phase.kind != .probe {
      for probe in PhaseRecord.probes { #expect(probed.contains("\(probe) \(cell.threads) \(cell.placement)")) }
    }
  }

  @Test func theSmokeSuiteTouchesEveryKindOfPhaseAndEveryFamily() throws {
    let cells = try SuiteDecoder.read(path: folder.appending(path: "smoke.toml").path).cells(in: Self.machine)
    #expect(Set(cells.map(\.phase.kind)).count == 4)
    #expect(Set(cells.compactMap(\.kernel)) == Self.families)
  }
}

/// FORMAT.md is kept true.
@Suite struct FormatDocumentTests {
  static let text = (try? String(contentsOf: folder.appending(path: "FORMAT.md"), encoding: .utf8)) ?? ""

  /// The fields of the rows that begin with a key in backquotes.
  static let rows: [[String]] = text.components(separatedBy: "## Keys").last!.components(separatedBy: "\n## ")[0]
    .split(separator: "\n").filter { $0.hasPrefix("| `") }
    .map { row in row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) } }

  @Test func everyKeyOfTheDecoderIsDocumentedAndNoOther() {
    #expect(Self.rows.map { $0[0] } == SuiteKey.all.map { "`\($0.name)`" })
  }

  @Test(arguments: SuiteKey.all) func aKeysPlaceTypeAndDefaultAreAsDocumented(key: SuiteKey) throws {
    let row = try #require(Self.rows.first { $0[0] == "`\(key.name)`" })
    #expect(row[1] == key.tables.map(\.spelling).joined(separator: ", "))
    #expect(row[2] == key.type)
    #expect(row[3] == key.standard)
    #expect(row[4].hasSuffix("."))
  }

  @Test func theExamplesDecodeAndExpand() throws {
    let blocks = Self.text.components(separatedBy: "```toml\n").dropFirst()
      .map { $0.components(separatedBy: "```")[0] }
    #expect(blocks.count == 2)
    #expect(try SuiteDecoder.decode(text: blocks[0], path: "FORMAT.md").cells(in: context).count == 7 * 8)
    let peers = try SuiteDecoder.decode(text: "schema = 1\nname = \"p\"\n" + blocks[1], path: "FORMAT.md")
    #expect(try peers.cells(in: context).count == 3 * 2)
  }

  @Test func thePlaceholderTableIsTrue() {
    for placeholder in SuiteProgram.Placeholder.allCases {
      #expect(Self.text.contains("`\(placeholder.spelling)`"), "\(placeholder)")
    }
  }

  @Test func theThreadTableIsTrue() throws {
    for (spelling, counts) in [("1-8+2", "1, 3, 5, 7"), ("1-64*2", "1, 2, 4, … 64"), ("1-8", "1, 2, 3, … 8")] {
      let expanded = try ThreadRange.parse(spelling, all: 1).map(String.init)
      let shown =
        expanded.count > 5
        ? expanded.prefix(3).joined(separator: ", ") + ", … \(expanded.last!)" : expanded.joined(separator: ", ")
      #expect(shown == counts)
    }
    for order in Suite.Order.allCases { #expect(Self.text.contains("| `\(order.rawValue)` |")) }
  }
}
