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
  /// Whether the bytes are this process' own to give back.
  private let isMapped: Bool

  /// Maps a file.
  ///
  /// - Throws: `ModelFileError` when it cannot be opened, is no regular file, or cannot be mapped.
  public init(path: String) throws {
    self.path = path
    isMapped = true
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

  /// Stands for bytes that are part of the binary, and so are there for ever, as a file of that name.
  public init(name: String, constant bytes: UnsafeRawBufferPointer) {
    path = name
    self.bytes = bytes
    isMapped = false
  }

  /// Tells the system that bytes will not be read again soon: their pages stop counting as this process' memory, and
  /// come back from the file when they are touched.
  public func release(_ range: Range<Int>) {
    let range = range.clamped(to: 0..<bytes.count)
    guard isMapped, !range.isEmpty, let address = bytes.baseAddress else { return }
    // Page by page: what else lies on the first and the last page is read again from the file, never lost.
    let page = Int(getpagesize())
    let first = range.lowerBound / page * page
    madvise(UnsafeMutableRawPointer(mutating: address + first), range.upperBound - first, MADV_DONTNEED)
  }

  /// The SHA-256 of all bytes, which are released piece by piece.
  public func sha256() -> SHA256 {
    var hash = SHA256()
    for start in stride(from: 0, to: bytes.count, by: Self.pieceBytes) {
      let piece = start..<min(start + Self.pieceBytes, bytes.count)
      hash.update(UnsafeRawBufferPointer(rebasing: bytes[piece]))
      release(piece)
    }
    return hash
  }

  /// Large enough that the calls cost nothing, small beside any model.
  private static let pieceBytes = 4 << 20

  deinit {
    if isMapped, let address = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: address), bytes.count) }
  }

  private static func error(_ path: String, _ what: String) -> ModelFileError {
    ModelFileError(file: path, problem: "\(what): \(String(cString: strerror(errno)))")
  }
}
