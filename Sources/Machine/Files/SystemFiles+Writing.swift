import Glibc

extension SystemFiles {
  /// Writes a setting's file that exists; a kernel that does not take the text says so by an errno.
  ///
  /// A link in the file's place is not followed: attributes of sysfs and procfs are never links.
  func write(_ path: String, _ text: String) -> Result<Void, FileRefusal> {
    if denied.contains(path) { return .failure(FileRefusal(number: EACCES)) }
    guard let place = absolute(path) else { return .failure(FileRefusal(number: ENOENT)) }
    let descriptor = open(place, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
    guard descriptor >= 0 else { return .failure(FileRefusal(number: errno)) }
    defer { close(descriptor) }
    let bytes = Array((text + "\n").utf8)
    // A setting is one write: what a second one would hold is another setting.
    return Glibc.write(descriptor, bytes, bytes.count) == bytes.count
      ? .success(()) : .failure(FileRefusal(number: errno))
  }

  /// The permission bits of a file; nil where it cannot be looked at.
  func mode(_ path: String) -> UInt32? {
    guard !denied.contains(path), let place = absolute(path) else { return nil }
    var status = stat()
    return stat(place, &status) == 0 ? status.st_mode & 0o7777 : nil
  }

  /// Sets the permission bits of a file.
  func setMode(_ path: String, _ mode: UInt32) -> Result<Void, FileRefusal> {
    if denied.contains(path) { return .failure(FileRefusal(number: EACCES)) }
    guard let place = absolute(path) else { return .failure(FileRefusal(number: ENOENT)) }
    return chmod(place, mode) == 0 ? .success(()) : .failure(FileRefusal(number: errno))
  }
}
