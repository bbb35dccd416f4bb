import ArgumentParser
import Charts
import Foundation
import Records
import Reports

/// `tern report`: records, or the folders of training runs, to one page.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write one self-contained page: results, energy and its cost, history, or the curves of training.",
    discussion: """
      Without a record the newest under Results/ is taken. The page needs no network and no JavaScript. Several records \
      stand side by side, in total and per core, GB/s and watt; what cannot be compared is named, and nothing is averaged.

        tern report A.json B.json C.json
        tern report --energy --price-per-kwh 0.30 --currency EUR
        tern report --history Results/
        tern report .build/training/tern-tiny .build/training/tern-tiny-float
        tern report --format md -o - | gh pr comment --body-file -

      Numbers that others have published stand hatched beside measured ones, where Results/published holds some for the \
      same models and the same architecture. A roofline takes its roofs from the record, or from the newest record of \
      tern probe on the same machine.

      Folders of tern train make a page of their curves and weights; of several runs the losses are compared.

      A record that cannot be read is named on the page and on stderr, the others are rendered, and the status is 1.
      """)

  @Argument(help: "Record files, or latest; or folders of tern train.")
  var records: [String] = []

  @Option(
    name: [.customShort("o"), .long],
    help:
      "A folder, where index.html, energy.html, history.html or training.html is written; a file .html, .md or .pdf; - is stdout."
  )
  var output = "Reports"

  @Option(help: "html, md (for pull requests) or pdf (printed by an installed Chromium). Default: by -o, else html.")
  var format: ReportFormat?

  @Flag(help: "Energy per token, tokens per kWh, and what they cost, on one page.")
  var energy = false

  @Option(name: .customLong("price-per-kwh"), help: "With --energy: the price of a kilowatt-hour.")
  var pricePerKWh: Double?

  @Option(help: "With --price-per-kwh: its currency, as in EUR.")
  var currency: String?

  @Option(name: .customLong("carbon-g-per-kwh"), help: "With --energy: grams of CO₂ per kilowatt-hour.")
  var carbonGPerKWh: Double?

  @Option(help: "Lines by commit of all records under this folder, with the commits where a level changed.")
  var history: String?

  @Option(help: "With --history: the metric to follow, as in energy_package_j_per_token. Default: speed.")
  var metric: String?

  @Option(help: "Only cells whose id contains these words, as in \"simd tg128\".")
  var select = ""

  @Option(
    help: "Also write each figure to this folder: the drawing as SVG, its numbers as CSV, their provenance as text.")
  var figures: String?

  @Flag(inversion: .prefixedNo, help: "Draw published numbers beside measured ones.")
  var published = true

  @Option(name: .customLong("results"), help: "The folder that latest is looked for in.")
  var folder = "Results"

  private var name: String {
    isTraining ? "training" : energy ? "energy" : history == nil ? "report" : "history"
  }

  func validate() throws {
    _ = try ReportTarget(output: output, format: format, name: name)
    try validateTraining()
    if energy, history != nil { throw ValidationError("--energy and --history are two pages: ask for one at a time") }
    if !energy, pricePerKWh != nil || currency != nil || carbonGPerKWh != nil {
      throw ValidationError("--price-per-kwh, --currency and --carbon-g-per-kwh go with --energy")
    }
    if pricePerKWh != nil, currency == nil { throw ValidationError("--price-per-kwh needs --currency, as in EUR") }
    if currency != nil, pricePerKWh == nil { throw ValidationError("--currency needs --price-per-kwh, as in 0.30") }
    for (flag, value) in [("--price-per-kwh", pricePerKWh), ("--carbon-g-per-kwh", carbonGPerKWh)] {
      if let value, !(value >= 0 && value.isFinite) {
        throw ValidationError("\(flag) \(value): a number, zero or more")
      }
    }
    if let metric {
      if history == nil { throw ValidationError("--metric goes with --history") }
      if Metric.named(metric) == nil {
        let near = NearestName.of(metric, in: Metric.all.map(\.name)).map { "; did you mean \($0)?" } ?? ""
        throw ValidationError("--metric \(metric): records know no such metric\(near)")
      }
    }
    if figures != nil, energy || history != nil {
      throw ValidationError("--figures writes the figures of the report: leave out --energy and --history")
    }
  }

  func run() throws {
    let target = try ReportTarget(output: output, format: format, name: name)
    // Found out before the work, not after it.
    let browser = target.format == .pdf ? try Browser() : nil
    if target.path != "-" { try OutputFile.requireWritable(target.path) }
    if isTraining { return try writeTraining(to: target, with: browser) }
    let read = RecordReader.read(try paths())
    for problem in read.problems { Console.note("\(problem.subject): \(problem.reason)") }
    guard !read.records.isEmpty else { throw CommandError("no record could be read, so no page was written") }
    let selected = CellSelection(select).apply(to: read.records)
    for problem in selected.problems { Console.note("\(problem.subject): \(problem.reason)") }
    let text = try page(
      of: selected.records, isMarkdown: target.format == .md, problems: read.problems + selected.problems)
    try emit(text, to: target, with: browser)
    if let figures {
      try writeFigures(of: selected.records, in: try context(of: selected.records), to: figures)
    }
    if !read.problems.isEmpty { throw ExitCode.failure }
  }

  /// Writes the page to its place, printed by the browser where there is one.
  func emit(_ text: String, to target: ReportTarget, with browser: Browser?) throws {
    if let browser {
      try OutputFile.write(try browser.pdf(of: text), to: target.path)
      Console.line(target.path)
    } else if target.path == "-" {
      Console.text(text)
    } else {
      try write(text, to: target.path)
    }
  }

  private func paths() throws -> [String] {
    guard let history else { return try ResultsFolder(path: folder).resolve(records) }
    let all = ResultsFolder(path: history).all() + records
    guard !all.isEmpty else { throw CommandError("no record under \(history); make one with: tern run demo") }
    return all
  }

  /// The page that was asked for, as HTML or Markdown.
  private func page(of records: [RunRecord], isMarkdown: Bool, problems: [PageProblem]) throws -> String {
    let command = CommandLine.arguments
    if energy {
      let price = pricePerKWh.flatMap { value in currency.map { EnergyPrices.Price(perKWh: value, currency: $0) } }
      let prices = EnergyPrices(price: price, carbonGPerKWh: carbonGPerKWh)
      return isMarkdown
        ? try EnergyPage.markdown(records: records, prices: prices, command: command, problems: problems)
        : try EnergyPage.render(records: records, prices: prices, command: command, problems: problems)
    }
    if history != nil {
      let metric = metric.flatMap(Metric.named)
      return isMarkdown
        ? try HistoryPage.markdown(records: records, metric: metric, command: command, problems: problems)
        : try HistoryPage.render(records: records, metric: metric, command: command, problems: problems)
    }
    let context = try context(of: records)
    return isMarkdown
      ? try ReportPage.markdown(records: records, command: command, context: context, problems: problems)
      : try ReportPage.render(records: records, command: command, context: context, problems: problems)
  }

  private func context(of records: [RunRecord]) throws -> ReportContext {
    ReportContext(published: try publishedNumbers(), probes: probes(of: records))
  }

  /// Three files per figure; with several records the number of the record stands before the figure's name.
  private func writeFigures(of records: [RunRecord], in context: ReportContext, to folder: String) throws {
    for (number, record) in records.enumerated() {
      let prefix = records.count > 1 ? "\(number + 1)-" : ""
      for figure in Figures.all(of: record, in: context) {
        for file in figure.files(of: record, command: CommandLine.arguments) {
          try write(file.text, to: "\(folder)/\(prefix)\(figure.chart.id).\(file.ending)")
        }
      }
    }
  }

  /// Without the folder there is nothing to draw, which is no error; a file that cannot be read is one.
  private func publishedNumbers() throws -> PublishedResults {
    guard published else { return .none }
    do { return try PublishedResults.read(folder: "\(folder)/published") ?? .none } catch let error as PublishedError {
      throw CommandError("\(error); mend the file, or leave published numbers out with --no-published")
    }
  }

  /// The newest probe of each machine that a record was made on; one that cannot be read is named and left out.
  private func probes(of records: [RunRecord]) -> [RunRecord] {
    let all = ResultsFolder(path: folder).all()
    let newest = Set(records.map(\.machine.name)).compactMap { machine in
      // "…Z-probe-<commit>.json", and without a commit "…Z-probe.json".
      all.last { path in
        path.hasPrefix("\(folder)/\(machine)/") && (path.contains("Z-probe-") || path.hasSuffix("Z-probe.json"))
      }
    }
    return newest.sorted().compactMap { path in
      do { return try RecordFile.read(path) } catch {
        Console.note("\(path) is left out of the figures: \(error)")
        return nil
      }
    }
  }

  /// Writes a text and names its path on stdout.
  func write(_ text: String, to path: String) throws {
    try OutputFile.write(Data(text.utf8), to: path)
    Console.line(path)
  }
}
