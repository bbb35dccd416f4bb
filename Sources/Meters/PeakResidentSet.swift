import Glibc

/// The high-water mark of this process's resident set.
enum PeakResidentSet {
  /// Sets the mark to what is resident now; false where the kernel does not allow it.
  static func reset() -> Bool {
    let descriptor = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return write(descriptor, "5", 1) == 1
  }

  /// VmHWM of /proc/self/status, which is in kB; nil where it is missing.
  static func bytes() -> Int? {
    let descriptor = open("/proc/self/status", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    // The file is under 2 KiB, and VmHWM stands in its first half.
    var buffer = [UInt8](repeating: 0, count: 8192)
    let count = read(descriptor, &buffer, buffer.count)
    guard count > 0 else { return nil }
    return parse(String(decoding: buffer[..<count], as: UTF8.self))
  }

  /// Finds "VmHWM:	   12345 kB".
  static func parse(_ status: String) -> Int? {
    guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }) else { return nil }
    let words = line.dropFirst(6).split { $0 == " " || $0 == "\t" }
    guard words.count == 2, words[1] == "kB", let kibibytes = Int(words[0]), kibibytes >= 0 else { return nil }
    let (bytes, overflow) = kibibytes.multipliedReportingOverflow(by: 1024)
    return overflow ? nil : bytes
  }
}
