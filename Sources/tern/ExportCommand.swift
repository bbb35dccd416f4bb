import ArgumentParser
import Foundation
import Records
import Sinks

/// `tern export`: records in a format that other programs read.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write records as tables, for databases or for CI systems.",
    discussion: """
      Data goes to stdout, or with -o to a file: tern export latest -f csv -o speed.csv

      Formats of records:
      \(SinkRegistry.all.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n"))

      Formats of a gate's result, as tern gate -o keeps it:
      \(GateSinkRegistry.all.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n"))
      """)

  @Argument(help: "Record files, latest, or the result of one gate.")
  var records: [String] = []

  @Option(name: [.customShort("f"), .long], help: "One of the formats above.")
  var format = "csv"

  @Option(name: [.customShort("o"), .long], help: "A file; - is stdout.")
  var output = "-"

  @Option(name: .customLong("results"), help: "The folder that latest is looked for in.")
  var folder = "Results"

  func validate() throws {
    let names = SinkRegistry.names + GateSinkRegistry.names.filter { !SinkRegistry.names.contains($0) }
    if !names.contains(format) {
      throw ValidationError("-f \(format): formats are \(names.joined(separator: ", "))")
    }
  }

  func run() throws {
    let paths = try ResultsFolder(path: folder).resolve(records)
    do {
      try ExportTarget(format: format, path: output).write(try paths.map { try RecordFile.read($0) })
    } catch RecordError.otherKind(let file, GateRecord.kind, _) {
      guard paths.count == 1 else {
        throw CommandError("\(file) is the result of a gate, which is written alone: name no other file beside it")
      }
      try ExportTarget(format: format, path: output).write(try RecordFile.readGate(file))
    }
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
    try write(try SinkRegistry.named(format).render(records))
  }

  /// Renders a gate's result and writes it.
  func write(_ gate: GateRecord) throws {
    try write(try GateSinkRegistry.named(format).render(gate))
  }

  private func write(_ data: Data) throws {
    if path == "-" { Console.data(data) } else { try OutputFile.write(data, to: path) }
  }
}
