import Foundation
import Suites

/// Suites by path, or by name in the folder Suites/ of where the user stands.
enum SuiteLibrary {
  /// Reads a suite.
  ///
  /// - Throws: `SuiteError` for what the text gets wrong; a message naming the places that were tried.
  static func load(_ name: String) throws -> Suite {
    let isPath = name.contains("/") || name.hasSuffix(".toml")
    let candidates = isPath ? [name] : [name, "Suites/\(name).toml"]
    guard let path = candidates.first(where: isFile) else {
      if let refused = candidates.first(where: { problem(of: $0) == EACCES }) {
        throw CommandError("\(refused) cannot be looked at: no permission; check the permissions of its folders")
      }
      let known = names.isEmpty ? "" : "; suites here are \(names.joined(separator: ", "))"
      throw CommandError("no suite at \(candidates.joined(separator: " or "))\(known)")
    }
    guard let data = FileManager.default.contents(atPath: path), let text = String(data: data, encoding: .utf8) else {
      throw CommandError("\(path) cannot be read as UTF-8 text; check its permissions and encoding")
    }
    return try SuiteDecoder.decode(text: text, path: path)
  }

  /// Why the folder of suites cannot be listed; nil where it can, or is not there.
  static var refusal: String? {
    guard access("Suites", F_OK) == 0, access("Suites", R_OK | X_OK) != 0 else { return nil }
    return "the folder Suites cannot be read: \(String(cString: strerror(errno)))"
  }

  /// The names in Suites/, sorted.
  static var names: [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: "Suites")) ?? []
    return files.filter { $0.hasSuffix(".toml") }.map { String($0.dropLast(5)) }.sorted()
  }

  /// What the system says when it is asked for a file; 0 where it is there.
  private static func problem(of path: String) -> Int32 {
    var status = stat()
    return stat(path, &status) == 0 ? 0 : errno
  }

  private static func isFile(_ path: String) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && !isDirectory.boolValue
  }
}

extension Suite {
  /// The suite with every case on one kernel: what TERN_KERNEL asks for.
  func forced(to kernel: String?) -> Suite {
    guard let kernel else { return self }
    var suite = self
    for index in cases.indices where !cases[index].kernels.isEmpty { suite.cases[index].kernels = [kernel] }
    // The record embeds what is run, which is no longer what the file says.
    suite.path = nil
    suite.text = suite.toml
    return suite
  }
}

/// Something a command cannot do, in a sentence with the way out.
struct CommandError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
