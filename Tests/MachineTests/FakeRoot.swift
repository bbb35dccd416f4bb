import Foundation

@testable import Machine

/// A folder that stands in for `/`: procfs and sysfs as a test writes them.
///
/// It is removed with the value; a machine made from it keeps it.
final class FakeRoot: Sendable {
  let path: String

  init() {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("tern-root-\(UUID().uuidString)").path
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, and the folders above it.
  @discardableResult
  func write(_ file: String, _ text: String) -> FakeRoot { write(file, bytes: Array((text + "\n").utf8)) }

  /// Writes a file of any bytes.
  @discardableResult
  func write(_ file: String, bytes: [UInt8]) -> FakeRoot {
    makeFolder(above: file)
    _ = FileManager.default.createFile(atPath: path + file, contents: Data(bytes))
    return self
  }

  /// Writes a symbolic link.
  @discardableResult
  func link(_ file: String, to target: String) -> FakeRoot {
    makeFolder(above: file)
    try? FileManager.default.createSymbolicLink(atPath: path + file, withDestinationPath: target)
    return self
  }

  /// Removes a file or a folder.
  @discardableResult
  func remove(_ file: String) -> FakeRoot {
    try? FileManager.default.removeItem(atPath: path + file)
    return self
  }

  /// Every regular file below the root, as paths from the root.
  var files: [String] {
    let all = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    return all.filter { name in
      let type = try? FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")[.type] as? FileAttributeType
      return type == .typeRegular
    }.map { "/\($0)" }.sorted()
  }

  /// The machine that lies here, with a kernel that gives these answers about perf events.
  func machine(
    cycles: PerfProbe.Answer = .counts, software: PerfProbe.Answer = .counts, denying denied: Set<String> = []
  ) -> Machine {
    var files = SystemFiles(root: path)
    files.denied = denied
    let probe = PerfProbe { [self] event in
      withExtendedLifetime(self) { event == .cycles ? cycles : software }
    }
    return Machine(files: files, perf: probe)
  }

  private func makeFolder(above file: String) {
    let folder = (path + file as NSString).deletingLastPathComponent
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }
}
