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

  /// Finds out before a long run whether a file can be written at its end, without touching anything.
  ///
  /// - Throws: `CommandError` naming the folder that stands in the way.
  static func requireWritable(_ path: String) throws {
    if isSpecial(path) {
      guard access(path, W_OK) == 0 else { throw refusal(path, of: path) }
      return
    }
    // Folders that are missing will be made, so the nearest one that is there must allow it.
    var folder = (path as NSString).deletingLastPathComponent
    while !folder.isEmpty, access(folder, F_OK) != 0, errno == ENOENT {
      folder = (folder as NSString).deletingLastPathComponent
    }
    if folder.isEmpty { folder = path.hasPrefix("/") ? "/" : "." }
    guard access(folder, W_OK | X_OK) == 0 else { throw refusal(path, of: folder) }
    var status = stat()
    guard stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw CommandError("cannot write \(path): \(folder) is not a folder; choose another path")
    }
  }

  private static func refusal(_ path: String, of place: String) -> CommandError {
    CommandError("cannot write \(path): \(place): \(String(cString: strerror(errno))); choose another path")
  }

  /// Whether something that is not a regular file stands at the path.
  private static func isSpecial(_ path: String) -> Bool {
    let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
    return type != nil && type != .typeRegular && type != .typeSymbolicLink
  }
}
