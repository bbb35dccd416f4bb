import Foundation
import Testing

/// Compares text with a golden file.
///
/// Run with TERN_UPDATE_GOLDEN=1 to write the files anew, and look at what changed before it is committed.
enum Golden {
  static func expect(
    _ text: String, equals name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden/\(name)")
    if ProcessInfo.processInfo.environment["TERN_UPDATE_GOLDEN"] == "1" {
      try Data(text.utf8).write(to: file)
    }
    let golden = try String(contentsOf: file, encoding: .utf8)
    let lines = zip(text.components(separatedBy: "\n"), golden.components(separatedBy: "\n")).enumerated()
    let first = lines.first { $0.element.0 != $0.element.1 }
    let place = first.map { "line \($0.offset + 1): \($0.element.0)" } ?? "one is longer"
    let isSame = text == golden
    #expect(isSame, "differs from Golden/\(name), \(place)", sourceLocation: sourceLocation)
  }
}
