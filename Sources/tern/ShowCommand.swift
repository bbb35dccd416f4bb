import ArgumentParser
import Foundation
import Records

/// `tern show RECORD`: a record's table and what to know before trusting it.
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Print a record's results, warnings and skipped cells.")

  @Argument(help: "A record file, or latest for the newest under Results/.")
  var record = "latest"

  @Option(name: .customLong("results"), help: "The folder that latest is looked for in.")
  var folder = "Results"

  @Option(help: "Columns to fit the table into (default: the terminal's, or 80).")
  var width: Int?

  @OptionGroup var options: OutputOptions

  func run() throws {
    let path = try ResultsFolder(path: folder).resolve([record])[0]
    let view = TableView(
      record: try RecordFile.read(path), width: width ?? Console.width, style: options.color.stdout)
    Console.data(try view.render())
  }
}
