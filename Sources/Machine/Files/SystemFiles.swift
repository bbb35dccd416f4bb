import Glibc

/// Reads the small text files of procfs and sysfs below their roots.
///
/// Paths are given as a live machine has them, `/sys/…` and `/proc/…`; where they are looked up is this value's affair.
/// Nothing here throws: a file that is missing, refused or malformed is an ordinary state of a machine. Callers that
/// must know why (the probes) ask `read`, everybody else asks for text or a number and takes nil for "not known".
struct SystemFiles: Sendable {
  /// What stands in place of `/sys`.
  let sysfs: String
  /// What stands in place of `/proc`.
  let procfs: String
  /// What stands in place of `/` for all other paths; nil where nothing of them may be looked at.
  let rest: String?
  /// Paths that answer EACCES whatever their mode is, so that tests run by root can see a refusal.
  var denied: Set<String> = []

  /// The whole tree of files below one root; "/" is this machine.
  init(root: String) {
    let root = Self.trimmed(root)
    self.init(sysfs: root + "/sys", procfs: root + "/proc", rest: root.isEmpty ? "/" : root)
  }

  /// Two roots of their own; what lies in neither belongs to this machine only where both do.
  init(sysfs: String, procfs: String) {
    let (sysfs, procfs) = (Self.trimmed(sysfs), Self.trimmed(procfs))
    self.init(sysfs: sysfs, procfs: procfs, rest: sysfs == "/sys" && procfs == "/proc" ? "/" : nil)
  }

  private init(sysfs: String, procfs: String, rest: String?) {
    self.sysfs = sysfs
    self.procfs = procfs
    self.rest = rest
  }

  /// Whether the files are those of the running kernel, so that its system calls speak of the same machine.
  var isLive: Bool { sysfs == "/sys" && procfs == "/proc" }

  /// Files longer than this are cut: /proc/cpuinfo of 1024 CPUs is under 2 MiB.
  private static let longestBytes = 4 << 20

  /// The whole text, or the errno that stood in the way.
  func read(_ path: String) -> Result<String, FileRefusal> {
    read(path, upTo: Self.longestBytes)
  }

  /// The text's first bytes: at least `most` where there are as many.
  func read(_ path: String, upTo most: Int) -> Result<String, FileRefusal> {
    if denied.contains(path) { return .failure(FileRefusal(number: EACCES)) }
    guard let place = absolute(path) else { return .failure(FileRefusal(number: ENOENT)) }
    // Without O_NONBLOCK, a FIFO in the place of a file would wait for a writer forever.
    let descriptor = open(place, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return .failure(FileRefusal(number: errno)) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16 << 10)
    while bytes.count < most {
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
    guard !denied.contains(path), let place = absolute(path), let folder = opendir(place) else { return [] }
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
  func exists(_ path: String) -> Bool { absolute(path).map { access($0, F_OK) == 0 } ?? false }

  /// The target of a symbolic link as it is written; nil for anything else.
  func link(_ path: String) -> String? {
    guard let place = absolute(path) else { return nil }
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = buffer.withUnsafeMutableBytes {
      readlink(place, $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
    }
    return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
  }

  /// Where a path of a live machine lies here; nil where it lies in no root.
  func absolute(_ path: String) -> String? {
    if let below = Self.remainder(of: path, after: "/sys") { return sysfs + below }
    if let below = Self.remainder(of: path, after: "/proc") { return procfs + below }
    return rest.map { $0 == "/" ? path : $0 + path }
  }

  /// The same for a file that is opened later; a path in no root leads nowhere.
  func place(_ path: String) -> String { absolute(path) ?? "" }

  private static func remainder(of path: String, after prefix: String) -> Substring? {
    guard path.hasPrefix(prefix) else { return nil }
    let below = path.dropFirst(prefix.count)
    return below.isEmpty || below.first == "/" ? below : nil
  }

  private static func trimmed(_ root: String) -> String {
    var root = root
    while root.hasSuffix("/") { root.removeLast() }
    return root
  }
}

/// Why a file could not be read or written.
struct FileRefusal: Error, Equatable {
  /// The errno.
  let number: Int32

  /// The kernel's words for it.
  var words: String { String(cString: strerror(number)) }
}
