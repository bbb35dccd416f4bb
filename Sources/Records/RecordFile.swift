import Foundation

/// Record files: where they lie, what they are called, and how they are written so that a crash leaves the old or the
/// new content and nothing else.
public enum RecordFile {
  /// Names a run: `2026-11-20T23-20-08Z-demo-1a2b3c4`, the UTC start time, the suite and the short commit.
  ///
  /// `startedAt` is ISO-8601 UTC; colons become hyphens because some file systems refuse them. Without a commit the
  /// name ends with the suite.
  public static func id(startedAt: String, suite: String, commit: String?) -> String {
    let time = startedAt.replacingOccurrences(of: ":", with: "-")
    return ([time, suite] + (commit.map { [String($0.prefix(7))] } ?? [])).map(safe).joined(separator: "-")
  }

  /// The place of a record below a results folder: `<folder>/<machine>/<id>.json`.
  public static func path(of record: RunRecord, in folder: String) -> String {
    "\(folder)/\(safe(record.machine.name))/\(safe(record.id)).json"
  }

  /// Reads a record.
  ///
  /// Throws `RecordError`, which names the file.
  public static func read(_ path: String) throws -> RunRecord {
    try RecordCodec.decode(try bytes(of: path), file: path)
  }

  /// Reads the bytes of a record of any kind; throws `RecordError.io`.
  static func bytes(of path: String) throws -> Data {
    do {
      return try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw RecordError.io(file: path, action: "read the record", reason: reason(of: error))
    }
  }

  /// Writes a record atomically, making the folder if need be.
  ///
  /// Throws `RecordError`; the old file is then untouched.
  public static func write(_ record: RunRecord, to path: String) throws {
    try write(try RecordCodec.encode(record), to: path)
  }

  /// Writes bytes atomically: a temporary file in the same folder, `fsync`, `rename`, `fsync` of the folder.
  ///
  /// Without the first `fsync` a power cut can leave an empty file under the final name on some file systems.
  public static func write(_ data: Data, to path: String) throws {
    let folder = (path as NSString).deletingLastPathComponent
    try makeFolder(folder.isEmpty ? "." : folder)
    let temporary = "\(path).\(getpid()).tmp"
    do {
      try writeAndSync(data, to: temporary)
      guard rename(temporary, path) == 0 else { throw systemError(path, "rename the finished file to its name") }
    } catch {
      unlink(temporary)
      throw error
    }
    syncFolder(folder.isEmpty ? "." : folder)
  }

  private static func makeFolder(_ folder: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw RecordError.io(file: folder, action: "make the folder", reason: reason(of: error))
    }
  }

  private static func writeAndSync(_ data: Data, to path: String) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw systemError(path, "create the file") }
    defer { close(file) }
    try data.withUnsafeBytes { bytes in
      var done = 0
      while done < bytes.count {
        let count = Foundation.write(file, bytes.baseAddress! + done, bytes.count - done)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw systemError(path, "write the file") }
        done += count
      }
    }
    guard fsync(file) == 0 else { throw systemError(path, "bring the file to the disk") }
  }

  /// Makes the rename itself durable.
  ///
  /// Not every file system can; the content is safe either way, so failure is ignored.
  private static func syncFolder(_ folder: String) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  private static func systemError(_ path: String, _ action: String) -> RecordError {
    .io(file: path, action: action, reason: String(cString: strerror(errno)))
  }

  /// The system's own words, where Foundation hides them in an underlying error.
  private static func reason(of error: any Error) -> String {
    let error = error as NSError
    let underlying = (error.userInfo[NSUnderlyingErrorKey] as? any Error).map { $0 as NSError }
    guard let underlying, underlying.domain == NSPOSIXErrorDomain else { return error.localizedDescription }
    return String(cString: strerror(Int32(truncatingIfNeeded: underlying.code)))
  }

  /// Letters, digits, dot, underscore and hyphen; everything else becomes a hyphen, so that no name leaves its folder.
  private static func safe(_ name: String) -> String {
    let text = String(
      name.unicodeScalars.map { scalar in
        scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789._-".unicodeScalars.contains(scalar))
          ? Character(scalar) : "-"
      })
    return text.hasPrefix(".") ? "-" + text.dropFirst() : text
  }
}
