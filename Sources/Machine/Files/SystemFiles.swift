import Glibc

/// Reads the small text files of procfs and sysfs below a root.
///
/// Nothing here throws: a file that is missing, refused or malformed is an ordinary state of a machine. Callers that
/// must know why (the probes) ask `read`, everybody else asks for text or a number and takes nil for "not known".
struct SystemFiles: Sendable {
  /// Where `/proc` and `/sys` are looked up; "/" on a real machine.
  let root: String
  /// Paths that answer EACCES whatever their mode is, so that tests run by root can see a refusal.
  var denied: Set<String> = []

  /// Files longer than this are cut: /proc/cpuinfo of 1024 CPUs is under 2 MiB.
  private static let longestBytes = 4 << 20

  /// The whole text, or the errno that stood in the way.
  func read(_ path: String) -> Result<String, FileRefusal> {
    if denied.contains(path) { return .failure(FileRefusal(number: EACCES)) }
    // Without O_NONBLOCK, a FIFO in the place of a file would wait for a writer forever.
    let descriptor = open(absolute(path), O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return .failure(FileRefusal(number: errno)) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16 << 10)
    while bytes.count < Self.longestBytes {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { return .failure(FileRefusal(number: errno)) }
      if count == 0 { break }
      bytes.append(contentsOf: chunk[..<count])
    }
    return .success(String(decoding: bytes, as: UTF8.self))
  }

  /// The whole text; nil when it cannot be read.
  func text(_ path: String) -> String? { try? read(path).get() }

  /// The first line without the white space around it; nil when it cannot be read or is empty.
  func line(_ path: String) -> String? {
    guard let first = text(path)?.split(whereSeparator: \.isNewline).first else { return nil }
    let trimmed = Fields.trimmed(first)
    return trimmed.isEmpty ? nil : trimmed
  }

  /// The first line as a whole number; nil when it is anything else.
  func integer(_ path: String) -> Int? { line(path).flatMap { Fields.integer($0) } }

  /// The first line as a list of CPUs; nil when it is anything else.
  func cpus(_ path: String) -> [Int]? { text(path).flatMap(CPUList.parse) }

  /// The names in a folder in ascending order; empty when it cannot be listed.
  func names(in path: String) -> [String] {
    guard !denied.contains(path), let folder = opendir(absolute(path)) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Whether the path leads to something; a dangling link does not.
  func exists(_ path: String) -> Bool { access(absolute(path), F_OK) == 0 }

  /// The target of a symbolic link as it is written; nil for anything else.
  func link(_ path: String) -> String? {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = buffer.withUnsafeMutableBytes {
      readlink(absolute(path), $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
    }
    return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
  }

  /// The path on this system of a path below the root.
  func absolute(_ path: String) -> String { root == "/" ? path : root + path }
}

/// Why a file could not be read.
struct FileRefusal: Error, Equatable {
  /// The errno.
  let number: Int32
}
