import ArgumentParser
import Charts
import Foundation
import Records
import Reports

/// `tern report`: records to one HTML page.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write one self-contained HTML page from records.",
    discussion: """
      Without a record the newest under Results/ is taken. The page needs no network and no JavaScript.

      Numbers that others have published stand hatched beside measured ones, where Results/published holds some for the \
      same models and the same architecture. A roofline takes its roofs from the record, or from the newest record of \
      tern probe on the same machine.
      """)

  @Argument(help: "Record files, or latest.")
  var records: [String] = []

  @Option(name: [.customShort("o"), .long], help: "The folder to write index.html to.")
  var output = "Reports"

  @Option(
    help: "Also write each figure to this folder: the drawing as SVG, its numbers as CSV, their provenance as text.")
  var figures: String?

  @Flag(inversion: .prefixedNo, help: "Draw published numbers beside measured ones.")
  var published = true

  @Option(name: .customLong("results"), help: "The folder that latest is looked for in.")
  var folder = "Results"

  func run() throws {
    let paths = try ResultsFolder(path: folder).resolve(records)
    let records = try paths.map { try RecordFile.read($0) }
    let context = ReportContext(published: try publishedNumbers(), probes: probes(of: records))
    try write(
      try ReportPage.render(records: records, command: CommandLine.arguments, context: context),
      to: "\(output)/index.html")
    if let figures { try writeFigures(of: records, in: context, to: figures) }
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
  private func write(_ text: String, to path: String) throws {
    try OutputFile.write(Data(text.utf8), to: path)
    Console.line(path)
  }
}
