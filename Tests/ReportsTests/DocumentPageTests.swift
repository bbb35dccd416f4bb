import Charts
import Foundation
import Records
import Testing

@testable import Reports

@Suite struct DocumentPageTests {
  static let command = ["tern", "report"]
  static let prices = EnergyPrices(price: .init(perKWh: 0.3, currency: "EUR"), carbonGPerKWh: 400)

  /// The table with that id.
  static func table(_ document: Document, _ id: String) throws -> Table {
    let tables = document.sections.flatMap(\.blocks).compactMap { block in
      if case .table(let table) = block { table } else { nil }
    }
    return try #require(tables.first { $0.id == id })
  }

  static func number(_ table: Table, row: Int, _ key: String) throws -> Double {
    let column = try #require(table.columns.firstIndex { $0.key == key })
    guard case .number(let value, _) = table.rows[row][column] else { throw PageProblemError.noNumber(key) }
    return value
  }

  enum PageProblemError: Error { case noNumber(String) }

  // MARK: Energy

  @Test("a million tokens cost what their kilowatt-hours cost")
  func costs() throws {
    let record = SeveralRuns.withEnergy(try SyntheticRun().record())
    let document = try EnergyPage.document(records: [record], prices: Self.prices, problems: [])
    let table = try Self.table(document, "e1-energy")
    let joules = try Self.number(table, row: 0, "energy_j_per_token")
    let perKWh = try Self.number(table, row: 0, "rate_tokens_per_kwh")
    #expect(abs(perKWh * joules - 3.6e6) < 1)
    #expect(abs(try Self.number(table, row: 0, "cost_per_million_tokens") - joules / 3.6 * 0.3) < 1e-9)
    #expect(abs(try Self.number(table, row: 0, "carbon_g_per_million_tokens") - joules / 3.6 * 400) < 1e-9)
    #expect(document.answer.allSatisfy { $0.contains("EUR") && $0.contains("g CO₂") && $0.contains("±") })
  }

  @Test("without a stated price there is no cost, and the page says how to get one")
  func noPrices() throws {
    let record = SeveralRuns.withEnergy(try SyntheticRun().record())
    let document = try EnergyPage.document(records: [record], prices: EnergyPrices(), problems: [])
    let keys = try Self.table(document, "e1-energy").columns.map(\.key)
    #expect(!keys.contains("cost_per_million_tokens") && !keys.contains("carbon_g_per_million_tokens"))
    let text = PageReader(try document.html(command: Self.command)).text
    #expect(text.contains("--price-per-kwh 0.30 --currency EUR") && text.contains("--carbon-g-per-kwh 400"))
    let half = try EnergyPage.document(
      records: [record], prices: EnergyPrices(carbonGPerKWh: 400), problems: [])
    #expect(PageReader(try half.html(command: Self.command)).text.contains("no price was stated"))
  }

  @Test("without a source the first line says so, and no cost follows from the estimate")
  func noSource() throws {
    let record = try SyntheticRun().record()
    let document = try EnergyPage.document(records: [record], prices: Self.prices, problems: [])
    #expect(document.answer.count == 1)
    #expect(document.answer[0].hasPrefix("Energy was not measured on epyc-7b13-a1f3: "))
    #expect(document.answer[0].contains("run on the host"))
    #expect(document.sections.map(\.title) == ["Estimated, not measured"])
    let text = PageReader(try document.html(command: Self.command)).text
    #expect(!text.contains("EUR") && !text.contains("tokens per kWh"))
  }

  // MARK: History

  @Test("a change of level is found at its commit, with its direction")
  func history() throws {
    let document = try HistoryPage.document(records: try SeveralRuns.history(step: 0.9), metric: nil, problems: [])
    let table = try Self.table(document, "h1-changes")
    #expect(table.rows.allSatisfy { $0[0].shown == "c0ffee5" && $0.contains(.text("worse")) })
    #expect(abs(try Self.number(table, row: 0, "change_percent") + 10) < 0.5)
    // Every cell of the plan, the probes too.
    #expect(table.rows.count == (try SeveralRuns.small.record().cells.count))
    #expect(document.answer[0].contains("at c0ffee5"))
    let rules = document.sections.flatMap(\.blocks).compactMap { block -> Chart? in
      if case .figure(let figure) = block { figure.chart } else { nil }
    }.flatMap(\.panels).flatMap(\.marks).filter { if case .rule = $0 { true } else { false } }
    #expect(!rules.isEmpty)
  }

  @Test("a steady history has no change, a short one no verdict, and one run no line")
  func steady() throws {
    let steady = try SeveralRuns.history(step: 1)
    let calm = try HistoryPage.document(records: steady, metric: nil, problems: [])
    #expect(calm.answer[0].hasPrefix("No level changed"))
    let short = Array(steady.prefix(5))
    let few = try HistoryPage.document(records: short, metric: nil, problems: [])
    #expect(few.answer[0].contains("takes 14 runs"))
    let one = try HistoryPage.document(records: [steady[0]], metric: nil, problems: [])
    #expect(one.problems.count == 1 && one.problems[0].reason.contains("a line needs two"))
  }

  @Test("runs of an edited suite, of other weights or of another machine are never on one line")
  func separate() throws {
    var records = try SeveralRuns.history(step: 0.9)
    for index in records.indices.dropFirst(10) { records[index].suite.sha256 = String(repeating: "ef", count: 32) }
    let document = try HistoryPage.document(records: records, metric: nil, problems: [])
    #expect(document.sections.count == 3)
    #expect(document.answer[0].contains("No line is long enough"))
    records = try SeveralRuns.history(step: 0.9)
    for index in records.indices.dropFirst(10) {
      for cell in records[index].cells.indices { records[index].cells[cell].model?.seed = 9 }
    }
    let weights = try HistoryPage.document(records: records, metric: nil, problems: [])
    // The probes of the machine have no weights: their line goes on.
    #expect(try Self.table(weights, "h1-changes").rows.allSatisfy { $0[2].shown.hasPrefix("probe:") })
  }

  @Test("a metric that nobody measured is named with the meter's reason")
  func unmeasured() throws {
    let metric = try #require(Metric.named("energy_package_j_per_token"))
    let document = try HistoryPage.document(records: try SeveralRuns.history(step: 1), metric: metric, problems: [])
    #expect(document.problems.map(\.subject) == [metric.name])
    #expect(document.problems[0].reason.contains("no intel-rapl zone"))
  }

  // MARK: All pages

  static func pages() throws -> [(name: String, page: String)] {
    let problem = PageProblem(subject: "a<b>.json", reason: "It was \"cut\".")
    let energy = SeveralRuns.withEnergy(try SyntheticRun().record())
    return [
      (
        "machines",
        try ReportPage.render(records: SeveralRuns.machines(), command: command, problems: [problem])
      ),
      ("energy", try EnergyPage.render(records: [energy], prices: prices, command: command, problems: [problem])),
      (
        "no energy",
        try EnergyPage.render(
          records: SeveralRuns.machines(), prices: prices, command: command, problems: [problem])
      ),
      (
        "history",
        try HistoryPage.render(records: SeveralRuns.history(step: 1.1), command: command, problems: [problem])
      ),
    ]
  }

  @Test("elements nest, ids are unique, references lead somewhere, problems are named as text")
  func structure() throws {
    for (name, page) in try Self.pages() {
      let reader = PageReader(page)
      #expect(reader.faults.isEmpty, "\(name): \(reader.faults.prefix(3))")
      #expect(Set(reader.ids).count == reader.ids.count, "\(name)")
      #expect(reader.tags.filter { $0.name == "h1" }.count == 1, "\(name)")
      for target in reader.tags.compactMap({ $0.value(of: "href") }) {
        #expect(reader.ids.contains(String(target.dropFirst())), "\(name): \(target)")
      }
      #expect(page.contains("a&lt;b&gt;.json"), "\(name)")
      let words = Set(reader.text.lowercased().split { !$0.isLetter }.map(String.init))
      #expect(words.isDisjoint(with: ["nan", "inf", "nil", "optional"]), "\(name)")
    }
  }

  @Test("Markdown holds the same numbers and nothing that a renderer would take for markup")
  func markdown() throws {
    let hostile = PageProblem(subject: "<img src=x>", reason: "| a | `b` * [c](d)\nnew line")
    let record = SeveralRuns.withEnergy(try SyntheticRun().record())
    let texts = [
      try ReportPage.markdown(records: SeveralRuns.machines(), command: Self.command, problems: [hostile]),
      try EnergyPage.markdown(records: [record], prices: Self.prices, command: Self.command, problems: [hostile]),
      try HistoryPage.markdown(records: SeveralRuns.history(step: 1.1), command: Self.command, problems: [hostile]),
    ]
    for text in texts {
      #expect(text.hasPrefix("# "))
      #expect(!text.contains("<img") && text.contains("&lt;img src=x&gt;: \\| a \\| \\`b\\` \\* \\[c\\](d) new line"))
      // Rows of one table have as many fields as its heading.
      var fields: Int?
      for line in text.components(separatedBy: "\n") {
        guard line.hasPrefix("| ") else {
          fields = nil
          continue
        }
        let count = line.replacing("\\|", with: "").filter { $0 == "|" }.count
        #expect(count == fields ?? count, "\(line)")
        fields = count
      }
    }
    #expect(texts[0].contains("Side by side") && texts[0].contains("| paper-700m |"))
    #expect(texts[1].contains("EUR per million") && texts[2].contains("c0ffee5"))
  }

  @Test("a selection keeps the cells whose id has every word, and an empty one is named")
  func selection() throws {
    let record = try SyntheticRun().record()
    let some = CellSelection("SIMD tg32").apply(to: [record])
    #expect(some.problems.isEmpty)
    let kept = some.records[0].cells.filter { $0.phase.kind != .probe }
    #expect(kept.count == 6 && kept.allSatisfy { $0.id.contains("simd") && $0.id.contains("tg32") })
    let none = CellSelection("no-such").apply(to: [record])
    #expect(none.problems.map(\.subject) == [record.id])
    #expect(none.problems[0].reason.contains("paper-125m/f16@avx2"))
    let page = try ReportPage.render(records: none.records, command: Self.command, problems: none.problems)
    #expect(PageReader(page).faults.isEmpty && page.contains("Left out, and why"))
  }

  @Test("small multiples beyond a dozen are folded away under what they show")
  func folded() throws {
    var run = SyntheticRun()
    run.models = (1...8).map { .init(name: "model-\($0)", parameters: 100_000_000 * $0) }
    let page = try ReportPage.render(records: [try run.record()], command: Self.command)
    let threads = try #require(page.components(separatedBy: "<section id=\"r1-threads\"").last)
    let parts = threads.components(separatedBy: "</section>")[0].components(separatedBy: "<details class=\"folded\">")
    #expect(parts.count == 2)
    #expect(parts[0].components(separatedBy: "<figure ").count - 1 == 12)
    let summary = parts[1].components(separatedBy: "</summary>")[0]
    #expect(summary.contains("more figures: ") && summary.contains("model-8"))
    #expect(PageReader(page).faults.isEmpty)
  }

  @Test("figures of a large run are drawn from a part, what is left out is named, and every cell is in the table")
  func large() throws {
    var run = SyntheticRun()
    run.models = (1...40).map { .init(name: "model-\($0)", parameters: 100_000_000 * $0) }
    run.threads = Array(1...9)
    let record = try run.record()
    let page = try ReportPage.render(records: [record], command: Self.command)
    let text = PageReader(page).text
    #expect(text.contains("left out there are the models model-2,") && text.contains("--select"))
    #expect(text.contains("the same in every row: Placement pinned"))
    let table = try #require(page.components(separatedBy: "id=\"r1-results\"").last)
    #expect(table.components(separatedBy: "<tr><td>").count - 1 == record.cells.count)
    #expect(page.components(separatedBy: "<figure ").count < 60)
    // Numbers that are shown with a unit keep what sorting needs.
    #expect(page.utf8.count < record.cells.count * 250 + 1_000_000)
  }
}
