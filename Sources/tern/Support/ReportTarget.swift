import ArgumentParser
import Foundation

/// What `tern report` writes.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
  case html, md, pdf
}

/// Where a report goes: a folder, a file whose ending is a format, or stdout.
struct ReportTarget: Equatable {
  let format: ReportFormat
  /// "-" is stdout.
  let path: String

  /// Reads `-o` and `--format` together.
  ///
  /// - Parameters:
  ///   - output: A folder, a file ending in .html, .md or .pdf, or "-".
  ///   - format: Nil takes the file's ending, else HTML.
  ///   - name: The file's name in a folder, without ending.
  /// - Throws: `ValidationError` where the two contradict each other.
  init(output: String, format: ReportFormat?, name: String) throws {
    if let meant = ReportFormat(rawValue: output) {
      throw ValidationError(
        "-o \(output): -o names a folder or a file; for the format write --format \(meant.rawValue), for a folder of "
          + "that name -o ./\(output)")
    }
    let ending = ReportFormat(rawValue: (output as NSString).pathExtension.lowercased())
    if let ending, let format, ending != format {
      throw ValidationError("-o \(output) ends in .\(ending.rawValue), and --format says \(format.rawValue)")
    }
    self.format = ending ?? format ?? .html
    if output == "-" || ending != nil {
      path = output
    } else {
      path = "\(output)/\(name == "report" && self.format == .html ? "index" : name).\(self.format.rawValue)"
    }
    if path == "-", self.format == .pdf { throw ValidationError("-o -: a PDF needs a file, as in -o report.pdf") }
  }
}
