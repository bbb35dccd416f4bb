import Glibc

/// The powercap tree's RAPL zones as far as it takes to say whether they can be read.
///
/// Documentation/power/powercap/powercap.rst. Every entry of the class folder is a symbolic link; zone numbers are
/// hexadecimal ("%s:%x" in drivers/powercap/powercap_sys.c); `enabled` is about limits and says nothing about reading.
struct Powercap: Sendable {
  static let folder = "/sys/class/powercap"

  let files: SystemFiles

  /// How the tree presents itself.
  enum State: Sendable, Equatable {
    /// There is no powercap class, or no RAPL zone in it.
    case absent
    /// Links are there and lead nowhere, or a zone has lost its files: a container hides the tree.
    case masked
    /// Zones exist; `energy_uj` of the first answers with this errno.
    case refused(Int32)
    /// Every top-level zone can be read; their `name`s, in order.
    case readable([String])
  }

  /// The top-level zones: packages and psys, "intel-rapl:0", "intel-rapl:a".
  var zones: [String] { files.names(in: Self.folder).filter(Self.isTopLevel) }

  /// Reads every top-level zone once.
  var state: State {
    let entries = files.names(in: Self.folder)
    if zones.isEmpty { return entries.contains("intel-rapl") ? .masked : .absent }
    var names: [String] = []
    for zone in zones {
      let path = "\(Self.folder)/\(zone)"
      guard files.exists(path) else { return .masked }
      switch files.read("\(path)/energy_uj") {
      case .failure(FileRefusal(number: ENOENT)): return .masked
      case .failure(let refusal): return .refused(refusal.number)
      // The kernel writes decimal microjoules; anything else is a driver that failed.
      case .success(let text):
        guard let value = UInt64(Fields.trimmed(text)), value < .max else { return .refused(EINVAL) }
      }
      names.append(files.line("\(path)/name") ?? zone)
    }
    return .readable(names)
  }

  static func isTopLevel(_ name: String) -> Bool {
    let parts = name.split(separator: ":", omittingEmptySubsequences: false)
    return parts.count == 2 && parts[0] == "intel-rapl" && Fields.hexadecimal(parts[1]) != nil
  }
}
