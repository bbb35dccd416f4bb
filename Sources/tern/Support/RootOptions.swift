import ArgumentParser
import Foundation
import Machine

/// Flags that put other folders in place of /sys and /proc: a copy of another machine's, or a made-up one.
struct RootOptions: ParsableArguments {
  @Option(help: "A folder in place of /sys.")
  var sysfsRoot = "/sys"

  @Option(help: "A folder in place of /proc.")
  var procfsRoot = "/proc"

  /// The machine whose files lie there.
  ///
  /// - Throws: `CommandError` naming a folder that is none.
  func machine() throws -> Machine {
    for (flag, path) in [("--sysfs-root", sysfsRoot), ("--procfs-root", procfsRoot)] {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
        throw CommandError("\(flag) \(path): there is no such folder")
      }
    }
    return Machine(sysfsRoot: sysfsRoot, procfsRoot: procfsRoot)
  }
}
