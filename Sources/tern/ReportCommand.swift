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
    discussion: "Without a record the newest under Results/ is taken. The page needs no network and no JavaScript.")

  @Argument(help: "Record files, or latest.")
  var records: [String] = []

  @Option(name: [.customShort("o"), .long], help: "The folder to write index.html to.")
  var output = "Reports"

  @Option(help: "Also write each figure of the page as an SVG file to this folder.")
  var figures: String?

  @Option(name: .customLong("results"), help: "The folder that latest is looked for in.")
  var folder = "Results"

  func run() throws {
    let paths = try ResultsFolder(path: folder).resolve(records)
    let records = try paths.map { try RecordFile.read($0) }
    try write(try ReportPage.render(records: records, command: CommandLine.arguments), to: "\(output)/index.html")
    if let figures { try writeFigures(of: records, to: figures) }
  }

  /// One file per figure; with several records the number of the record stands before the figure's name.
  private func writeFigures(of records: [RunRecord], to folder: String) throws {
    for (number, record) in records.enumerated() {
      let prefix = records.count > 1 ? "\(number + 1)-" : ""
      for figure in Figures.all(of: record) {
        let svg = SVGRenderer(for: .file).render(figure.chart)
        try write(svg, to: "\(folder)/\(prefix)\(figure.chart.id).svg")
      }
    }
  }

  /// Writes a text and names its path on stdout.
  private func write(_ text: String, to path: String) throws {
    try OutputFile.write(Data(text.utf8), to: path)
    Console.line(path)
  }
}
