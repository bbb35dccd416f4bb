import ArgumentParser
import Foundation
import Records
import Sinks

/// FORMAT:PATH of a gate's result, as `tern gate --export` takes it.
struct GateExport: ExpressibleByArgument {
  let target: ExportTarget

  init?(argument: String) {
    let parts = argument.split(separator: ":", maxSplits: 1).map(String.init)
    guard parts.count == 2, GateSinkRegistry.names.contains(parts[0]) else { return nil }
    target = ExportTarget(format: parts[0], path: parts[1])
  }
}

/// What a step of GitHub Actions tells its job.
enum GitHubActions {
  /// Prints annotations, which the runner takes from either stream, and appends the result to the job's summary where
  /// there is one.
  ///
  /// - Throws: `CommandError` when the summary cannot be written.
  static func publish(_ record: GateRecord, suite: String, isData: Bool) throws {
    // An annotation points at a file of the repository: a suite that was given by its name has no path here.
    let file = suite.contains("/") ? suite : nil
    let annotations = String(decoding: try GateAnnotationsSink(file: file).render(record), as: UTF8.self)
    if isData { Console.raw(annotations) } else { Console.text(annotations) }
    guard let path = ProcessInfo.processInfo.environment["GITHUB_STEP_SUMMARY"], !path.isEmpty else { return }
    // Other steps have written there before.
    guard FileManager.default.fileExists(atPath: path) || FileManager.default.createFile(atPath: path, contents: nil),
      let summary = FileHandle(forWritingAtPath: path)
    else { throw CommandError("cannot write GITHUB_STEP_SUMMARY, \(path)") }
    defer { try? summary.close() }
    do {
      try summary.seekToEnd()
      try summary.write(contentsOf: try GateMarkdownSink().render(record))
    } catch let error as CocoaError {
      throw CommandError("cannot write GITHUB_STEP_SUMMARY, \(path): \(error.localizedDescription)")
    }
  }
}
