import Foundation
import Records

/// Files that commands write because a flag says so.
enum OutputFile {
  /// Writes data whole or not at all; a device or a pipe takes it as it comes.
  ///
  /// - Throws: `CommandError` naming the path.
  static func write(_ data: Data, to path: String) throws {
    do {
      // Renaming a finished file into place would replace /dev/null itself.
      if isSpecial(path) {
        try FileHandle(forWritingTo: URL(fileURLWithPath: path)).write(contentsOf: data)
      } else {
        try RecordFile.write(data, to: path)
      }
    } catch let error as RecordError {
      throw CommandError("\(error)")
    } catch {
      throw CommandError("cannot write \(path): \(String(cString: strerror(errno)))")
    }
  }

  /// Whether something that is not a regular file stands at the path.
  private static func isSpecial(_ path: String) -> Bool {
    let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
    return type != nil && type != .typeRegular && type != .typeSymbolicLink
  }
}
