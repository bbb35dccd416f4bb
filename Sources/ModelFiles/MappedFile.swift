import Glibc

/// A file's bytes, mapped read-only: opened in microseconds, read from disk when touched.
///
/// A file that another program shortens while it is mapped ends the process with SIGBUS when a lost page is touched;
/// nothing short of copying prevents that.
public final class MappedFile: @unchecked Sendable {
  /// The path as given.
  public let path: String
  /// All bytes of the file.
  public let bytes: UnsafeRawBufferPointer

  /// Maps a file.
  ///
  /// - Throws: `ModelFileError` when it cannot be opened, is no regular file, or cannot be mapped.
  public init(path: String) throws {
    self.path = path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.error(path, "cannot be opened") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Self.error(path, "cannot be examined") }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw ModelFileError(file: path, problem: "is not a regular file; give the path of a model file")
    }
    let size = Int(status.st_size)
    guard size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    guard let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
      throw Self.error(path, "cannot be mapped into memory")
    }
    bytes = UnsafeRawBufferPointer(start: address, count: size)
  }

  deinit {
    if let address = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: address), bytes.count) }
  }

  private static func error(_ path: String, _ what: String) -> ModelFileError {
    ModelFileError(file: path, problem: "\(what): \(String(cString: strerror(errno)))")
  }
}
