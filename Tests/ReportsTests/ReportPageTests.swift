import Foundation
import Records
import Testing

@testable import Reports

@Suite struct ReportPageTests {
  static let command = ["tern", "report", "--latest"]

  /// One record of each shape that a page must survive.
  static func shapes() throws -> [(name: String, record: RunRecord)] {
    let complete = try SyntheticRun().record()
    var empty = complete
    empty.cells = []
    empty.overhead = nil
    empty.warnings = []
    empty.meters = []
    var partial = complete
    partial.status = .interrupted
    partial.finishedAt = nil
    for index in partial.cells.indices.dropFirst(3) {
      partial.cells[index].outcome = .pending
      partial.cells[index].samples = []
    }
    var failed = complete
    for index in failed.cells.indices {
      failed.cells[index].outcome = .failed(reason: "the output is not the expected one")
      failed.cells[index].check = CheckRecord(expected: "ab", got: "cd")
    }
    var bare = complete
    bare.suite.question = nil
    bare.suite.analysis = nil
    bare.tool.commit = nil
    bare.machine = MachineRecord(
      name: "unknown-0000", hostHash: "0", architecture: "x86_64",
      cpu: CPURecord(model: "unknown", sockets: 1, coresPhysical: 1, cpusUsable: 1, cpusOnline: 1))
    var once = SyntheticRun()
    once.repetitions = 1
    once.threads = [2]
    return [
      ("complete", complete), ("empty", empty), ("partial", partial), ("failed", failed), ("bare", bare),
      ("one repetition", try once.record()),
    ]
  }

  static func page(_ records: RunRecord...) throws -> String {
    try ReportPage.render(records: records, command: command)
  }

  @Test("the structure of the page is as before")
  func skeleton() throws {
    try Golden.expect(PageReader(try Self.page(SyntheticRun().record())).skeleton, equals: "page.txt")
  }

  @Test("elements nest, whatever the record holds")
  func nesting() throws {
    for (name, record) in try Self.shapes() {
      let reader = PageReader(try Self.page(record))
      #expect(reader.faults.isEmpty, "\(name): \(reader.faults.prefix(3))")
      #expect(reader.tags.filter { $0.name == "h1" }.count == 1, "\(name)")
    }
  }

  @Test("every id is unique, and every reference leads to one, also with several runs on a page")
  func identifiers() throws {
    let record = try SyntheticRun().record()
    for page in [try Self.page(record), try Self.page(record, record, record)] {
      let reader = PageReader(page)
      #expect(Set(reader.ids).count == reader.ids.count)
      let known = Set(reader.ids)
      for tag in reader.tags {
        for reference in (tag.value(of: "aria-labelledby") ?? "").split(separator: " ") {
          #expect(known.contains(String(reference)), "\(reference)")
        }
        if let target = tag.value(of: "href"), target.hasPrefix("#") {
          #expect(known.contains(String(target.dropFirst())), "\(target)")
        }
      }
    }
  }

  @Test("the page fetches nothing")
  func selfContained() throws {
    let page = try Self.page(try SyntheticRun().record())
    let reader = PageReader(page)
    #expect(!reader.tags.contains { ["link", "img", "iframe", "object"].contains($0.name) })
    #expect(reader.tags.allSatisfy { $0.value(of: "src") == nil })
    for tag in reader.tags { #expect(tag.value(of: "href")?.hasPrefix("#") ?? true, "\(tag.attributes)") }
    let withoutNamespace = page.replacingOccurrences(of: "xmlns=\"http://www.w3.org/2000/svg\"", with: "")
    for word in ["http://", "https://", "@import", "fetch(", "XMLHttpRequest", "url(h"] {
      #expect(!withoutNamespace.contains(word), "\(word)")
    }
  }

  @Test("no number that is not one is ever printed")
  func noNaN() throws {
    for (name, record) in try Self.shapes() {
      let text = PageReader(try Self.page(record)).text.lowercased()
      let words = Set(text.split { !$0.isLetter }.map(String.init))
      #expect(words.isDisjoint(with: ["nan", "inf", "infinity", "nil", "optional"]), "\(name)")
    }
  }

  @Test("samples that are not finite or are zero break nothing and are not drawn")
  func badSamples() throws {
    for bad in [Double.nan, .infinity, 0, -5, .greatestFiniteMagnitude, .leastNonzeroMagnitude] {
      var record = try SyntheticRun().record()
      for index in record.cells.indices {
        for sample in record.cells[index].samples.indices {
          for key in record.cells[index].samples[sample].metrics.keys {
            record.cells[index].samples[sample].metrics[key] = bad
          }
        }
      }
      let reader = PageReader(try Self.page(record))
      let words = Set(reader.page.lowercased().split { !$0.isLetter }.map(String.init))
      #expect(reader.faults.isEmpty)
      #expect(!words.contains("inf"), "\(bad)")
      #expect(!PageReader(reader.page).text.lowercased().split { !$0.isLetter }.contains("nan"), "\(bad)")
    }
  }

  @Test("names from outside cannot become markup")
  func hostileNames() throws {
    let hostile = "\"><script>alert('x')</script>{{title}}&"
    var run = SyntheticRun()
    run.models = [.init(name: hostile, parameters: 1_000_000), .init(name: "b\u{0}", parameters: 2, tooLarge: hostile)]
    run.kernels = [("f16@avx2", 1), ("\(hostile)@<b>", 2)]
    var record = try run.record()
    record.suite.question = hostile
    record.suite.analysis = hostile
    record.suite.text = "</code></pre>" + hostile
    record.suite.name = hostile
    record.machine.cpu.model = hostile
    record.machine.settings = [hostile: hostile]
    record.warnings = [WarningRecord(id: hostile, message: hostile, fix: hostile)]
    record.meters = [MeterRecord(id: hostile, source: hostile, available: false, reason: hostile, fix: hostile)]
    record.command = [hostile]
    let page = try ReportPage.render(records: [record], command: [hostile])
    let reader = PageReader(page)
    #expect(reader.faults.isEmpty, "\(reader.faults.prefix(3))")
    #expect(reader.tags.filter { $0.name == "script" }.count == 1)
    #expect(!reader.tags.contains { $0.name == "b" && $0.attributes.contains("script") })
    #expect(page.contains("{{title}}"), "braces from outside are text, not a template")
    #expect(Set(reader.ids).count == reader.ids.count)
  }

  @Test("every figure has a title, a description and a table with its numbers")
  func figures() throws {
    let page = try Self.page(try SyntheticRun().record())
    let figures = page.components(separatedBy: "<figure ").dropFirst().map {
      $0.components(separatedBy: "</figure>")[0]
    }
    #expect(figures.count >= 8)
    for figure in figures {
      #expect(figure.contains("<svg ") && figure.contains("role=\"img\""))
      #expect(figure.contains("-title\">") && figure.contains("-desc\">"))
      let table = try #require(figure.components(separatedBy: "<details>").last)
      #expect(table.contains("<th scope=\"col\"") && table.contains("<td"))
    }
  }

  @Test("what did not run is said with its reason, and wrong output is named")
  func fates() throws {
    let shapes = Dictionary(uniqueKeysWithValues: try Self.shapes())
    let failed = PageReader(try Self.page(try #require(shapes["failed"]))).text
    #expect(failed.contains("failed") && failed.contains("the output is not the expected one"))
    #expect(failed.contains("Wrong output"))
    #expect(failed.contains("No cell finished"))
    let partial = PageReader(try Self.page(try #require(shapes["partial"]))).text
    #expect(partial.contains("interrupted") && partial.contains("not run yet"))
    let complete = PageReader(try Self.page(try #require(shapes["complete"]))).text
    #expect(complete.contains("Energy was not measured:") && complete.contains("Estimated, not measured:"))
    #expect(complete.contains("run on the host, or on a bare-metal machine"))
    #expect(complete.contains("W-turbo") && complete.contains("echo 0 | sudo tee"))
  }

  @Test("runs stand side by side and are never averaged")
  func several() throws {
    let first = try SyntheticRun().record()
    var faster = SyntheticRun()
    faster.kernels = [("f16@avx2", 2), ("simd@avx2", 9)]
    let reader = PageReader(try Self.page(first, try faster.record()))
    #expect(reader.tags.filter { $0.name == "article" }.count == 2)
    #expect(reader.ids.contains("r1-results") && reader.ids.contains("r2-results"))
    #expect(reader.text.contains("nothing is averaged across runs"))
  }

  @Test("a list without records is refused with a word on what to do")
  func noRecords() {
    #expect(throws: ReportError.noRecords) { try ReportPage.render(records: [], command: Self.command) }
    #expect(ReportError.noRecords.description.contains("name at least one"))
  }

  @Test("the footer names the command, and the provenance the record, its commit and the suite's digest")
  func provenance() throws {
    let record = try SyntheticRun().record()
    let text = PageReader(try Self.page(record)).text
    for part in ["tern report --latest", record.id, "0123abc", record.suite.sha256, "Student"] {
      #expect(text.contains(part), "\(part)")
    }
  }

  @Test("a sweep of two thousand cells is rendered")
  func manyCells() throws {
    var run = SyntheticRun()
    run.models = (0..<40).map { .init(name: "model-\($0)", parameters: 100_000_000 * ($0 + 1)) }
    run.threads = Array(1...9)
    let record = try run.record()
    let start = ContinuousClock.now
    let page = try Self.page(record)
    print("\(record.cells.count) cells: \(ContinuousClock.now - start), \(page.utf8.count / 1024) KiB")
    #expect(PageReader(page).tags.filter { $0.name == "tr" }.count > record.cells.count)
  }
}
