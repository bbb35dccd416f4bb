import ArgumentParser
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

  @Option(name: .customLong("results"), help: "The folder that latest is looked for in.")
  var folder = "Results"

  func run() throws {
    let paths = try ResultsFolder(path: folder).resolve(records)
    let page = try ReportPage.render(records: try paths.map { try RecordFile.read($0) }, command: CommandLine.arguments)
    let path = "\(output)/index.html"
    do {
      try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
      try Data(page.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw CommandError("cannot write \(path): \(error.localizedDescription); choose another folder with -o")
    }
    Console.line(path)
  }
}
