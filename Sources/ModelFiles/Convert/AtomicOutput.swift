import Foundation

/// A file that appears at its path when it is complete, and never in part.
final class AtomicOutput {
  private let path: String
  private let temporary: String
  private var handle: FileHandle?
  /// Bytes written so far.
  private(set) var offset = 0

  /// Makes a file beside `path` after asking whether the disk has room for it.
  ///
  /// - Throws: `ModelFileError` that names the path.
  init(path: String, bytes: Int) throws {
    // A link is followed, so that what it points to is replaced and not the link.
    self.path = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    temporary = "\(self.path).\(getpid()).partial"
    try Self.requirePlace(self.path, bytes: bytes)
    guard FileManager.default.createFile(atPath: temporary, contents: nil),
      let handle = FileHandle(forWritingAtPath: temporary)
    else {
      throw ModelFileError(file: path, problem: "cannot be written: \(String(cString: strerror(errno)))")
    }
    self.handle = handle
  }

  deinit {
    guard let handle else { return }
    try? handle.close()
    try? FileManager.default.removeItem(atPath: temporary)
  }

  /// Appends bytes.
  func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while !rest.isEmpty, let handle {
      let written = Glibc.write(handle.fileDescriptor, rest.baseAddress, rest.count)
      if written < 0, errno == EINTR { continue }
      guard written > 0 else {
        throw ModelFileError(file: path, problem: "cannot be written: \(String(cString: strerror(errno)))")
      }
      offset += written
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
    }
  }

  /// Appends zeros up to a multiple.
  func pad(to alignment: Int) throws {
    let missing = (alignment - offset % alignment) % alignment
    try [UInt8](repeating: 0, count: missing).withUnsafeBytes(write)
  }

  /// Moves the file to its path, once it is on the disk.
  func commit() throws {
    guard let handle else { return }
    do {
      try handle.synchronize()
      try handle.close()
    } catch {
      throw ModelFileError(file: path, problem: "cannot be written: \(error.localizedDescription)")
    }
    self.handle = nil
    guard rename(temporary, path) == 0 else {
      let reason = String(cString: strerror(errno))
      try? FileManager.default.removeItem(atPath: temporary)
      throw ModelFileError(file: path, problem: "cannot be put in place: \(reason)")
    }
  }

  private static func requirePlace(_ path: String, bytes: Int) throws {
    let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
    guard type == nil || type == .typeRegular else {
      throw ModelFileError(file: path, problem: "is not a regular file; give the path of a file to write")
    }
    let folder = (path as NSString).deletingLastPathComponent
    let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder.isEmpty ? "." : folder)
    guard let free = (attributes?[.systemFreeSize] as? NSNumber)?.int64Value else {
      throw ModelFileError(file: path, problem: "cannot be written: there is no folder \(folder)")
    }
    guard Int64(bytes) <= free else {
      throw ModelFileError(
        file: path, problem: "needs \(bytes) bytes, but its disk has \(free) free; make room or choose another path")
    }
  }
}
