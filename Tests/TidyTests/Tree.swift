import Foundation

/// The source tree that these tests read.
enum Tree {
  /// The repository's root, three levels above this file.
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The folders of Sources/.
  static let targets: [String] = {
    let names =
      (try? FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent("Sources").path)) ?? []
    return names.filter { !$0.hasPrefix(".") }.sorted()
  }()

  /// A file with its text.
  struct File {
    let path: String
    let text: String

    /// The modules that its import lines name.
    var imports: [String] {
      text.split(separator: "\n").compactMap { line in
        var words = line.split(separator: " ")
        while let first = words.first, first.hasPrefix("@") || ["public", "internal", "package"].contains(first) {
          words.removeFirst()
        }
        guard words.first == "import", words.count >= 2 else { return nil }
        // "import struct Foundation.Data" names the module last.
        return words.last.flatMap { $0.split(separator: ".").first }.map(String.init)
      }
    }
  }

  /// Every Swift file under a folder of the repository.
  static func swiftFiles(under folder: String) throws -> [File] { try files(under: folder, endingIn: [".swift"]) }

  /// Every file under a folder of the repository with one of the endings.
  static func files(under folder: String, endingIn endings: [String]) throws -> [File] {
    let base = root.appendingPathComponent(folder)
    let paths = (FileManager.default.enumerator(atPath: base.path)?.allObjects as? [String] ?? []).sorted()
    return try paths.filter { path in endings.contains { path.hasSuffix($0) } }.map { path in
      File(path: "\(folder)/\(path)", text: try String(contentsOf: base.appendingPathComponent(path), encoding: .utf8))
    }
  }
}
