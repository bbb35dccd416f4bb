import ArgumentParser
import Foundation
import Records
import Sinks

/// `tern export`: records in a format that other programs read.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write records as CSV, JSON, JSONL, Markdown or SQL.",
    discussion: "Data goes to stdout, or with -o to a file: tern export latest -f csv -o speed.csv")

  @Argument(help: "Record files, or latest.")
  var records: [String] = []

  @Option(name: [.customShort("f"), .long], help: "csv, json, jsonl, md or sql.")
  var format = "csv"

  @Option(name: [.customShort("o"), .long], help: "A file; - is stdout.")
  var output = "-"

  @Option(name: .customLong("results"), help: "The folder that latest is looked for in.")
  var folder = "Results"

  func validate() throws {
    if !SinkRegistry.names.contains(format) {
      throw ValidationError("-f \(format): formats are \(SinkRegistry.names.joined(separator: ", "))")
    }
  }

  func run() throws {
    let paths = try ResultsFolder(path: folder).resolve(records)
    try ExportTarget(format: format, path: output).write(try paths.map { try RecordFile.read($0) })
  }
}

/// FORMAT:PATH, as `--export` takes it.
struct ExportTarget: ExpressibleByArgument {
  let format: String
  let path: String

  init(format: String, path: String) {
    self.format = format
    self.path = path
  }

  init?(argument: String) {
    let parts = argument.split(separator: ":", maxSplits: 1).map(String.init)
    guard parts.count == 2, SinkRegistry.names.contains(parts[0]) else { return nil }
    self.init(format: parts[0], path: parts[1])
  }

  /// Renders the records and writes them.
  func write(_ records: [RunRecord]) throws {
    let data = try SinkRegistry.named(format).render(records)
    if path == "-" { Console.data(data) } else { try OutputFile.write(data, to: path) }
  }
}
