import Foundation
import Glibc

/// Where the journal of `tern tune` lies, and who holds it.
///
/// For root /run/tern, which a boot empties as it resets the settings; for others the state folder of the XDG base
/// directory specification. Where another root is looked at, the journal lies in that, beside what it speaks of.
struct TuneStore {
  let files: SystemFiles
  let folders: [String]

  private static let name = "tern-tune.json"
  private static let lockName = "tern-tune.lock"
  /// A journal of every file of 1024 CPUs is under a mebibyte.
  private static let longestBytes = 4 << 20

  init(files: SystemFiles, environment: [String: String] = ProcessInfo.processInfo.environment) {
    self.files = files
    folders = files.isLive ? Self.folders(environment) : [files.sysfs]
  }

  private static func folders(_ environment: [String: String]) -> [String] {
    // The specification: a path that is not absolute is to be ignored.
    let state = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? "\($0)/.local/state" : nil }
    return ["/run/tern"] + [state ?? home].compactMap { $0.map { "\($0)/tern" } }
  }

  /// This boot; nil where the kernel does not say.
  var bootID: String? { files.line("/proc/sys/kernel/random/boot_id") }

  // MARK: - The journal

  /// The journal of this boot and its path; nil where there is none.
  ///
  /// - Throws: `TuneError` for a file that is not a journal.
  func find() throws -> (journal: TuneJournal, path: String)? {
    for folder in folders {
      let path = "\(folder)/\(Self.name)"
      guard let data = FileManager.default.contents(atPath: path), data.count <= Self.longestBytes else { continue }
      let journal: TuneJournal
      do { journal = try JSONDecoder().decode(TuneJournal.self, from: data) } catch {
        throw TuneError("\(path) is not a journal of tern tune; look at it, and remove it")
      }
      guard journal.schema == TuneJournal.currentSchema else {
        throw TuneError("\(path) has schema \(journal.schema), and this build reads \(TuneJournal.currentSchema)")
      }
      if journal.bootID == bootID { return (journal, path) }
    }
    return nil
  }

  /// Writes the journal where it was found, or in the first folder that takes it, and waits until it is on the disk.
  ///
  /// - Throws: `TuneError` where no folder takes it.
  func write(_ journal: TuneJournal) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let data = try encoder.encode(journal)
    let found = try? find()
    var refusals: [String] = []
    for folder in (found.map { [($0.path as NSString).deletingLastPathComponent] } ?? folders) {
      if let refusal = Self.write(data, in: folder) { refusals.append("\(folder): \(refusal)") } else { return }
    }
    let hint = geteuid() == 0 ? "" : " (as root: sudo tern tune …)"
    throw TuneError("no journal can be written, and nothing was set: \(refusals.joined(separator: "; "))\(hint)")
  }

  /// Removes the journals of this boot.
  func remove() {
    while let found = try? find() {
      guard unlink(found.path) == 0 else { return }
      Self.sync((found.path as NSString).deletingLastPathComponent)
    }
  }

  /// A temporary file that is renamed into place, both settled on the disk; nil, or why not.
  private static func write(_ data: Data, in folder: String) -> String? {
    try? FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    let (path, temporary) = ("\(folder)/\(name)", "\(folder)/.\(name).\(getpid())")
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else { return String(cString: strerror(errno)) }
    defer { close(descriptor) }
    let written = data.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    guard written == data.count, fsync(descriptor) == 0, rename(temporary, path) == 0 else {
      let reason = String(cString: strerror(errno))
      unlink(temporary)
      return reason
    }
    sync(folder)
    return nil
  }

  private static func sync(_ folder: String) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  // MARK: - The lock

  /// Takes the lock for as long as the value lives; other commands then neither set nor remind.
  ///
  /// - Throws: `TuneError` where another process holds it, or no folder takes it.
  func lock() throws -> TuneLock {
    for folder in folders {
      try? FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
      let descriptor = open("\(folder)/\(Self.lockName)", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
      guard descriptor >= 0 else { continue }
      // `isHeld` takes it for an instant: what is gone after a few tries was only that.
      for _ in 0..<20 {
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return TuneLock(descriptor: descriptor) }
        usleep(5000)
      }
      close(descriptor)
      throw TuneError("another tern tune is at work, and restores its settings when its command ends")
    }
    throw TuneError("no journal can be kept in \(folders.joined(separator: " or ")), and nothing was set")
  }

  /// Whether some process holds the lock now.
  func isHeld() -> Bool {
    folders.contains { folder in
      let descriptor = open("\(folder)/\(Self.lockName)", O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
      guard descriptor >= 0 else { return false }
      defer { close(descriptor) }
      return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }
  }
}

/// The lock of `TuneStore`, held while the value lives; the kernel drops it when the process ends, however it ends.
final class TuneLock {
  private let descriptor: Int32

  init(descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }
}
